"""Orders that reach what stood still: carried out late is not carried out at all, and that is said."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from fleet.errors import FleetError
from ground_station.flight.vehicles.modes import CopterMode
from kakehashi.page_client import PageClient
from tests.faults.world import OPERATOR, PASSWORD, VEHICLE, WAIT, World

pytestmark = pytest.mark.timeout(900)

FROZEN = [7.0, pytest.param(20.0, marks=pytest.mark.campaign)]
LAND = int(CopterMode.LAND)


@asynccontextmanager
async def _frozen(process: int, seconds: float) -> AsyncIterator[None]:
    """Freeze a process, do what the context does, and let it go on `seconds` after it was frozen."""
    os.kill(process, signal.SIGSTOP)
    began_s = time.monotonic()
    try:
        yield
        await asyncio.sleep(max(0.0, began_s + seconds - time.monotonic()))
    finally:
        os.kill(process, signal.SIGCONT)


def _heard(page: PageClient) -> dict[str, Any]:
    core = page.state["flight"]
    return {"boot_id": core["boot_id"], "stamp_s": core["stamp_s"], "elapsed_s": 0.2}


def _told_to_land(drill: World, since_s: float) -> list[dict[str, Any]]:
    return [note for note in drill.wire.sent(since_s) if note.get("param2") == LAND or note.get("command") == 21]


async def _signed_in(drill: World) -> httpx.AsyncClient:
    client = httpx.AsyncClient(base_url=drill.run.station, trust_env=False, timeout=60.0)
    answer = await client.post("/api/session", json={"name": OPERATOR, "password": PASSWORD})
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client


@pytest.mark.parametrize("seconds", FROZEN)
async def test_landings_given_to_a_frozen_desk_are_not_carried_out_after_it(drill: World, seconds: float) -> None:
    """With a beat that the giver heard and without, by one that waits for the answer and by one that is gone."""
    desk = await drill.only("desk")
    async with drill.page() as page:
        await drill.flying(page)
        heard = _heard(page)
    waiting, gone = await _signed_in(drill), await _signed_in(drill)
    async with contextlib.aclosing(waiting):
        began_s = time.monotonic()
        async with _frozen(desk, seconds):
            asked = [asyncio.ensure_future(_land(waiting, told)) for told in (heard, None)]
            lost = [asyncio.ensure_future(_land(gone, told)) for told in (heard, None)]
            await asyncio.sleep(1.0)
            for one in lost:
                one.cancel()
            await asyncio.gather(*lost, return_exceptions=True)
            await gone.aclose()
        answers = await asyncio.gather(*asked)
    await asyncio.sleep(3.0)
    assert _told_to_land(drill, began_s) == []
    assert LAND not in drill.wire.modes(began_s)
    for answer in answers:
        assert answer.status_code >= 400
        assert "送りませんでした" in json.dumps(answer.json(), ensure_ascii=False)


async def _land(client: httpx.AsyncClient, heard: dict[str, Any] | None) -> httpx.Response:
    body = {"id": f"land-{time.monotonic_ns()}", "action": "land", "heard": heard}
    return await client.post(f"/api/vehicles/{VEHICLE}/commands", json=body)


@pytest.mark.parametrize("hours", [-9, 9])
async def test_a_page_whose_clock_is_hours_off_is_heard(drill: World, hours: int) -> None:
    async with drill.page() as page:
        await drill.flying(page)
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 3600 * hours))
        client = await _signed_in(drill)
        async with contextlib.aclosing(client):
            for action, mode in (("hold", CopterMode.BRAKE), ("resume", CopterMode.AUTO)):
                body = {"id": f"{action}-{time.monotonic_ns()}", "action": action, "heard": _heard(page)}
                path = f"/api/vehicles/{VEHICLE}/commands"
                answer = await client.post(path, json=body, headers={"Date": date})
                assert answer.status_code == 202, answer.text
                await drill.in_mode(mode)


@pytest.mark.parametrize("seconds", FROZEN)
async def test_landing_given_to_a_frozen_core_is_not_carried_out_after_it(drill: World, seconds: float) -> None:
    """The aircraft hears nobody meanwhile and goes home by itself, as it must: that is no landing of ours."""
    async with drill.page() as page:
        await drill.flying(page)
        body = {"id": f"land-{time.monotonic_ns()}", "action": "land", "heard": _heard(page)}
        began_s = time.monotonic()
        async with _frozen(drill.core, seconds):
            with pytest.raises(FleetError) as unsure:
                await page.post(f"/api/vehicles/{VEHICLE}/commands", body)
        await asyncio.sleep(4.0)
        assert unsure.value.what.ja
        assert unsure.value.cure is not None
        assert _told_to_land(drill, began_s) == []
        await page.until(lambda now: now["flight"].get("problem") is None, within_s=20, what=WAIT)
        with pytest.raises(FleetError, match="not sent"):
            await page.post(f"/api/vehicles/{VEHICLE}/commands", body)
        assert _told_to_land(drill, began_s) == []
