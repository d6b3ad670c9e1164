"""Disks that refuse under a flight, at the core, the desk and the office: safer orders go out at once all the same.

A disk that takes seconds is put under the journal in `tests/ground_station/flight/test_safer_orders.py`.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Iterator

import pytest

from fleet.errors import FleetError
from ground_station.flight.vehicles.modes import CopterMode
from kakehashi.page_client import PageClient
from tests.faults.world import VEHICLE, WAIT, World
from tests.kakehashi.test_refusing_disk import locked, refusing

pytestmark = pytest.mark.timeout(900)

ON_THE_WIRE_WITHIN_S = 0.5
TRIES = 3
HOLD = int(CopterMode.BRAKE)
RECALL = int(CopterMode.SMART_RTL)


@contextlib.contextmanager
def _trouble(drill: World, kind: str) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        if kind == "full":
            for process in (drill.core, *drill.living("desk"), *drill.living("office")):
                stack.enter_context(refusing(process))
        else:
            for file in sorted((*drill.home.station.glob("*.sqlite"), *drill.home.office.glob("*.sqlite"))):
                stack.enter_context(locked(file))
        yield


async def _on_the_wire_s(drill: World, page: PageClient, action: str, mode: int) -> float:
    """Return how long after it was given an order was on the aircraft's wire."""
    began_s = time.monotonic()
    body = {"id": f"{action}-{time.monotonic_ns()}", "action": action}
    given = asyncio.ensure_future(page.post(f"/api/vehicles/{VEHICLE}/commands", body))
    while time.monotonic() < began_s + 10.0:
        await asyncio.sleep(0.05)
        found = [note["at_s"] for note in drill.wire.sent(began_s) if note.get("param2") == mode]
        if found:
            await asyncio.gather(given, return_exceptions=True)
            return float(found[0]) - began_s
    await asyncio.gather(given, return_exceptions=True)
    message = f"{action} never was on the wire"
    raise AssertionError(message)


@pytest.mark.parametrize("kind", ["full", "locked"])
async def test_a_recall_goes_out_at_once_though_nothing_can_be_written(drill: World, kind: str) -> None:
    async with drill.page() as page:
        await drill.flying(page)
        with _trouble(drill, kind):
            took_s = []
            for _ in range(TRIES):
                # Each replaces one that is ending.
                took_s.append(await _on_the_wire_s(drill, page, "hold", HOLD))
                took_s.append(await _on_the_wire_s(drill, page, "recall", RECALL))
        sys.stdout.write(json.dumps({"disk": kind, "on_the_wire_s": [round(one, 3) for one in took_s]}) + "\n")
        assert min(took_s) <= ON_THE_WIRE_WITHIN_S
        assert sorted(took_s)[len(took_s) // 2] <= ON_THE_WIRE_WITHIN_S
        await page.until(lambda now: now.get("storage") == {}, within_s=60, what=WAIT)


async def test_the_word_to_fly_without_paper_is_refused_in_words_and_nothing_is_sent(drill: World) -> None:
    async with drill.page() as page:
        await page.until(lambda now: not now["vehicles"][VEHICLE]["armed"], within_s=900, what=WAIT)
        delivery = await drill.ready(page)
        for refusing_part in ("core", "desk"):
            began_s = time.monotonic()
            desk = await drill.only("desk")
            with refusing(drill.core if refusing_part == "core" else desk), pytest.raises(FleetError) as refused:
                await page.post(f"/api/deliveries/{delivery}/fly", {"id": f"fly-{time.monotonic_ns()}"})
            assert "書け" in refused.value.what.ja or "保存" in refused.value.what.ja, refused.value.what.ja
            await asyncio.sleep(2.0)
            assert drill.wire.sent(began_s) == []
            assert not drill.wire.aircraft()[0]
            await page.until(
                lambda now: now["deliveries"][delivery]["state"] in {"checking", "ready"}, within_s=40, what=WAIT
            )
