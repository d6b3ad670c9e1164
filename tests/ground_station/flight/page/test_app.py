"""What a stranger may send to the core's page: refused in words, never a fault of ours."""

import json
from typing import Any, cast

import httpx
import pytest

from fleet.clock import ManualClock
from fleet.realm import Realm
from fleet.roles import Permission
from ground_station.flight.page.app import PageDoor, create_app
from ground_station.flight.page.code import CodeDoor
from ground_station.flight.port import LiveSession
from ground_station.flight.sessions import Sessions, digest_of_token

CODE = "1234-5678"
ORDER = {
    "id": "hold-1",
    "action": "hold",
    "heard": {"boot_id": "boot-1", "stamp_s": 1.0, "elapsed_s": 0.0},
    "vehicle_id": "hato-1",
}


class _Core:
    def __init__(self, clock: ManualClock) -> None:
        self.sessions = Sessions(clock)
        person = LiveSession(
            token_digest=digest_of_token("token"),
            person="操縦 太郎",
            permissions=frozenset({Permission.FLY}),
            remaining_s=60.0,
        )
        self.sessions.hold((person,))


async def _post(content: bytes, **headers: str) -> httpx.Response:
    clock = ManualClock()
    door = PageDoor(realm=Realm.DRILL, cookie="cookie", code=CodeDoor("12345678", clock), desk_port=8710)
    transport = httpx.ASGITransport(create_app(cast("Any", _Core(clock)), door))
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
        return await client.post("/flight/orders", content=content, headers=headers)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"id":"\xff"}',
        b'{"id":' + b"[" * 4000,
        json.dumps({**ORDER, "id": ""}).encode(),
        json.dumps({**ORDER, "action": "disarm"}).encode(),
        json.dumps(ORDER).replace("1.0", "NaN").encode(),
    ],
)
async def test_what_is_no_order_is_refused_in_words(content: bytes) -> None:
    answer = await _post(content, authorization=f"Code {CODE}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")


@pytest.mark.parametrize("origin", ["http://[::1", "http://[", "null", "http://station:x", "//", ""])
async def test_what_is_no_origin_of_ours_is_refused(origin: str) -> None:
    answer = await _post(json.dumps(ORDER).encode(), origin=origin)
    assert answer.status_code == 401
    answer = await _post(json.dumps(ORDER).encode(), origin=origin, cookie="cookie=token")
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
