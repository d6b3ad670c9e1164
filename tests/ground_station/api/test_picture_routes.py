"""Pictures from a companion computer: who may send them, and when that is checked."""

import json
from typing import Any

import httpx
import pytest

from ground_station.api.picture_routes import COMPANION_PATH
from kakehashi.web_server import WebServer
from tests.ground_station.api.conftest import Served
from tests.kakehashi.running import free_ports

KEY = "k" * 32


async def _asked_for_body(served: Served, *headers: tuple[bytes, bytes]) -> tuple[bool, int, dict[str, Any]]:
    """Return whether the body was asked for, the status and the answer; the body itself never ends."""
    asked = False
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked = True
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": COMPANION_PATH,
        "raw_path": COMPANION_PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"station"),
            (b"content-type", b"multipart/form-data; boundary=x"),
            (b"content-length", b"50000000"),
            *headers,
        ],
        "client": ("127.0.0.1", 1),
        "server": ("station", 80),
    }
    await served.app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent)
    return asked, sent[0]["status"], json.loads(body) if body else {}


@pytest.mark.parametrize("headers", [(), ((b"authorization", b"Bearer wrong"),), ((b"authorization", b"Bearer "),)])
async def test_without_a_known_key_nothing_of_the_picture_is_read(
    served: Served, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    asked, status, problem = await _asked_for_body(served, *headers)
    assert status == 401
    assert not asked
    assert problem["code"] == "unauthenticated"
    assert problem["what"]["ja"]
    assert problem["cure"]["en"]


async def test_who_has_a_wrong_key_hears_so_even_with_a_large_picture_under_way(served: Served) -> None:
    (port,) = free_ports(1)
    server = WebServer(served.app, "127.0.0.1", port)
    async with server, httpx.AsyncClient(base_url=server.address, trust_env=False) as client:
        for _ in range(5):
            answer = await client.post(
                COMPANION_PATH, headers={"Authorization": "Bearer wrong"}, files={"file": ("a.jpg", b"x" * 8_000_000)}
            )
            assert answer.status_code == 401


async def test_with_a_known_key_the_picture_is_read(served: Served) -> None:
    answer = await served.founder.client.post(
        COMPANION_PATH,
        headers={"Authorization": f"Bearer {KEY}"},
        files={"file": ("a.jpg", b"no picture")},
        data={"vehicle_id": "kakehashi-1"},
    )
    assert answer.status_code == 422
    assert answer.json()["code"] != "unauthenticated"
