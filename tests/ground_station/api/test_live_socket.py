"""The WebSocket of the live state: whom it lets in, and how a page goes on after a gap."""

import asyncio
from typing import Any

import msgspec
import pytest
import websockets

from tests.ground_station.api.conftest import Served
from tests.town_office.page import served as on_loopback

WISH = {"item": "水", "mass_kg": 4.0, "site_id": "takamuro"}
DEADLINE_S = 20.0


async def _first(socket: websockets.ClientConnection, *kinds: str) -> dict[str, Any]:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            message: dict[str, Any] = msgspec.json.decode(await socket.recv())
            if message["type"] in kinds:
                return message


async def test_the_live_state_is_for_signed_in_pages_of_this_station_and_goes_on_where_it_stopped(
    served: Served,
) -> None:
    founder = served.founder
    async with on_loopback(served.app) as port:
        uri = f"ws://127.0.0.1:{port}/api/live"
        async with websockets.connect(uri) as stranger:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                async with asyncio.timeout(DEADLINE_S):
                    await stranger.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401

        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in founder.client.cookies.items())}
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(uri, additional_headers=cookie, origin=websockets.Origin("http://evil.example"))
        assert refused.value.response.status_code == 403

        async with websockets.connect(uri, additional_headers=cookie) as page:
            snapshot = await _first(page, "snapshot", "delta")
        assert snapshot["type"] == "snapshot"
        made = await founder.client.post("/api/requests", json=WISH, headers=founder.csrf)
        async with websockets.connect(f"{uri}?cursor={snapshot['cursor']}", additional_headers=cookie) as again:
            missed = await _first(again, "snapshot", "delta")
            while missed["type"] == "delta" and "requests" not in missed["patch"]:
                missed = await _first(again, "snapshot", "delta")
        assert missed["type"] == "delta"
        assert missed["patch"]["requests"][made.json()["id"]]["item"] == "水"
        assert missed["cursor"] > snapshot["cursor"]

        async with websockets.connect(f"{uri}?cursor=1", additional_headers=cookie) as stale:
            assert (await _first(stale, "snapshot", "delta"))["type"] == "snapshot"
