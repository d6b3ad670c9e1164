"""No route of the station takes more than it needs, whatever a body's head says, and nothing of it goes to disk."""

import tempfile

import pytest

from ground_station.api.picture_routes import COMPANION_FORM, COMPANION_PATH
from tests.ground_station.api.conftest import Served, browser
from tests.portal.bodies import (
    FORM,
    PIECE_BYTES,
    Gigabyte,
    part,
    require_json_limits,
    require_told,
    routes_with_bodies,
)

DEVICE = {"Authorization": f"Bearer {'k' * 32}", **FORM}


async def test_every_route_with_a_body_refuses_a_gigabyte_while_it_arrives(served: Served) -> None:
    async with browser(served.app) as stranger:
        tried = await require_json_limits(served.app, served.founder.client, served.founder.csrf, stranger)
    assert {*tried, COMPANION_PATH} == {route.path for route in routes_with_bodies(served.app)}
    assert len(tried) > 8


@pytest.fixture
def no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be written to a temporary file on disk."""

    def refuse(_: object) -> None:
        pytest.fail("a body went to disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)


@pytest.mark.usefixtures("no_disk")
async def test_every_field_of_a_picture_refuses_a_gigabyte_while_it_arrives(served: Served) -> None:
    (fields,) = (route.fields for route in routes_with_bodies(served.app) if route.path == COMPANION_PATH)
    assert set(fields) == {"file", "vehicle_id", "image_index", "captured_at"}
    heads = [part(name) for name in (*fields, "another")]
    heads += [part(name, filename="a.jpg") for name in (*fields, "another") if name != "file"]
    heads += [part("vehicle_id", head="X-Long: "), b"--limit\r\n" * 10_000]
    async with browser(served.app) as device:
        for head in heads:
            body = Gigabyte(head)
            answer = await device.post(COMPANION_PATH, content=body, headers=DEVICE)
            assert answer.status_code in (400, 413), (head[:80], answer.text)
            require_told(answer, answer.status_code, "too-large" if answer.status_code == 413 else "bad-form")
            assert body.taken_bytes <= len(head) + COMPANION_FORM.field_bytes + PIECE_BYTES, head[:80]


async def test_the_picture_itself_is_refused_once_it_is_larger_than_the_intake_takes(served: Served) -> None:
    async with browser(served.app) as device:
        body = Gigabyte(part("file", filename="a.jpg"))
        require_told(await device.post(COMPANION_PATH, content=body, headers=DEVICE), 413, "too-large")
        assert body.taken_bytes <= COMPANION_FORM.file_bytes + 2 * PIECE_BYTES
        body = Gigabyte(part("file", filename="a.jpg"))
        announced = {**DEVICE, "Content-Length": str(1 << 30)}
        require_told(await device.post(COMPANION_PATH, content=body, headers=announced), 413, "too-large")
        assert body.taken_bytes == 0


@pytest.mark.usefixtures("no_disk")
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/json", ""])
async def test_what_is_no_form_is_refused_at_the_first_piece(served: Served, kind: str) -> None:
    async with browser(served.app) as device:
        body = Gigabyte(b"vehicle_id=")
        answer = await device.post(COMPANION_PATH, content=body, headers={**DEVICE, "Content-Type": kind})
        assert answer.status_code in (413, 422)
        assert body.taken_bytes <= 2 * PIECE_BYTES
