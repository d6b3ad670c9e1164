"""Desk or core killed in the second around the word to fly: started once at most, and what is said of it is so.

Every statement around it, one by one, is in `tests/ground_station/service/test_flight_intents.py`.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time

import numpy as np
import pytest

from fleet.errors import FleetError
from kakehashi.page_client import PageClient
from tests.faults.world import CLERK, PASSWORD, READY_WITHIN_S, VEHICLE, WAIT, World, eventually, patiently

pytestmark = pytest.mark.timeout(3600)

SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.campaign) for seed in range(2, 20))]
SETTLED_AFTER_S = 14.0
BEFORE_FLIGHT = {"uploading", "checking", "ready"}
AT_THE_OFFICE_BEFORE_FLIGHT = {"planned", "checked"}


def _starts(drill: World, since_s: float) -> int:
    """Return how often the aircraft's motors were started."""
    armed = [
        bool(note["base_mode"] & 128)
        for note in drill.wire.seen(since_s)
        if note["name"] == "HEARTBEAT" and not note["down"]
    ]
    return sum(now and not before for before, now in zip([False, *armed], armed, strict=False))


async def _said_and_killed(drill: World, page: PageClient, *, victim: str, after_s: float) -> None:
    """Give the word, and kill so long after (before, if negative) it was given."""
    process = drill.core if victim == "core" else await drill.only("desk")

    async def say() -> None:
        await asyncio.sleep(max(0.0, -after_s))
        with contextlib.suppress(FleetError):
            await page.post(f"/api/deliveries/{drill.delivery_id}/fly", {"id": f"fly-{time.monotonic_ns()}"})

    said = asyncio.ensure_future(say())
    await asyncio.sleep(max(0.0, after_s))
    os.kill(process, signal.SIGKILL)
    await said


async def _settled(drill: World, since_s: float) -> str:
    """Return the delivery's state at the station once it and the office agree with the aircraft."""
    await asyncio.sleep(SETTLED_AFTER_S)  # motors that nobody told to climb stop after ten seconds
    flies = drill.wire.aircraft()[0]
    wanted, shown = ({"flying"}, {"flying"}) if flies else (BEFORE_FLIGHT, AT_THE_OFFICE_BEFORE_FLIGHT)
    async with drill.page() as page, PageClient(drill.run.office) as office:
        state = await page.until(
            lambda now: now["deliveries"][drill.delivery_id]["state"] in wanted and not now["flight"].get("problem"),
            within_s=READY_WITHIN_S,
            what=WAIT,
        )
        delivery = dict(state["deliveries"][drill.delivery_id])
        assert (state["requests"][delivery["request_id"]]["state"] == "flying") is flies
        await patiently(lambda: office.sign_in(CLERK, PASSWORD))
        await office.until(
            lambda now: now.get("deliveries", {}).get(drill.delivery_id, {}).get("state") in shown,
            within_s=READY_WITHIN_S,
            what=WAIT,
        )
        return str(delivery["state"])


@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_around_the_word_to_fly_it_starts_once_at_most_and_all_say_what_is_so(
    drill: World, seed: int
) -> None:
    choice = np.random.default_rng(seed)
    victim, after_s = ("desk", "core")[seed % 2], choice.uniform(-0.2, 0.8)
    async with drill.page() as page:
        await _on_the_ground(drill, page)
        await drill.ready(page)
        began_s = time.monotonic()
        await _said_and_killed(drill, page, victim=victim, after_s=after_s)
    state = await _settled(drill, began_s)
    starts = _starts(drill, began_s)
    told = {"seed": seed, "victim": victim, "after_s": round(after_s, 2), "starts": starts, "state": state}
    sys.stdout.write(json.dumps(told) + "\n")
    assert starts <= 1
    async with drill.page() as page:
        await _on_the_ground(drill, page)


async def _on_the_ground(drill: World, page: PageClient) -> None:
    """Land whatever flies, and give up a delivery that did not start."""
    if drill.wire.aircraft()[0]:
        body = {"id": f"recall-{time.monotonic_ns()}", "action": "recall"}
        await page.post(f"/api/vehicles/{VEHICLE}/commands", body)
        await eventually(lambda: not drill.wire.aircraft()[0], within_s=900)
    elif page.state["deliveries"].get(drill.delivery_id, {}).get("state") in BEFORE_FLIGHT:
        await page.post(f"/api/deliveries/{drill.delivery_id}/cancel", {})
