"""Whatever of a run is killed under a flight, in any order: the aircraft goes on hearing from us."""

import asyncio
import functools
import json
import os
import signal
import sys
import time

import numpy as np
import pytest

from fleet.errors import NotFoundError
from fleet.text import Text
from ground_station.service.delivery import DeliveryState
from tests.faults.world import VICTIMS, World, patiently
from tests.kakehashi.running import kakehashi

pytestmark = pytest.mark.timeout(3600)

LONGEST_GAP_S = 2.0
LONGEST_GAP_OVER_A_FALL_S = 4.0
IN_THE_AIR = {DeliveryState.FLYING, DeliveryState.PLACING, DeliveryState.DELIVERED, DeliveryState.RETURNING}
STARTS_WITHIN_S = 90.0
SEED = 34545


async def _kill(drill: World, count: int) -> tuple[dict[str, int], float]:
    """Kill so many of the others, all kinds equally often; return how many of each, and the longest gap.

    What is not there yet, since what starts it was just killed, is waited for: else only the first to start would die.
    """
    choice = np.random.default_rng(SEED)
    killed = dict.fromkeys(VICTIMS, 0)
    async with drill.page() as page:
        await drill.flying(page)
    began_s, gap_s = time.monotonic(), 0.0
    while sum(killed.values()) < count:
        fewest = min(killed.values())
        victim = str(choice.choice([kind for kind in VICTIMS if killed[kind] == fewest]))
        await patiently(functools.partial(_kill_one, drill, victim, choice), within_s=STARTS_WITHIN_S)
        killed[victim] += 1
        await asyncio.sleep(choice.uniform(0.3, 2.5))
        if not drill.wire.aircraft()[0]:
            gap_s = max(gap_s, _hold_gap(drill, began_s))
            async with drill.page() as page:
                await drill.flying(page)
            began_s = time.monotonic()
    return killed, max(gap_s, _hold_gap(drill, began_s))


async def _kill_one(drill: World, victim: str, choice: np.random.Generator) -> None:
    """Kill one of a kind; raises NotFoundError while there is none."""
    processes = drill.living(victim)
    if not processes:
        raise NotFoundError(Text("まだ動いていません", "it does not run yet"))
    os.kill(int(choice.choice(processes)), signal.SIGKILL)


def _hold_gap(drill: World, since_s: float) -> float:
    """Return the longest gap since then, on one connection that was never opened anew."""
    assert len({note["connection"] for note in drill.wire.seen(since_s)}) == 1
    gap_s = drill.wire.longest_gap_s(since_s)
    assert gap_s <= LONGEST_GAP_S
    return gap_s


@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.campaign)])
async def test_kills_of_all_others_in_any_order_are_not_noticed_on_the_wire(drill: World, count: int) -> None:
    core = drill.core
    killed, gap_s = await _kill(drill, count)
    sys.stdout.write(json.dumps({"kills": killed, "longest_gap_s": round(gap_s, 2)}) + "\n")
    assert drill.core == core
    assert min(killed.values()) >= count // len(VICTIMS)
    async with drill.page() as page:
        assert page.state["deliveries"][drill.delivery_id]["state"] in IN_THE_AIR


@pytest.mark.parametrize("count", [1, pytest.param(10, marks=pytest.mark.campaign)])
async def test_a_killed_core_is_back_before_the_aircraft_gives_us_up_and_sends_nothing_by_itself(
    drill: World, count: int
) -> None:
    gaps = []
    for _ in range(count):
        async with drill.page() as page:
            await drill.flying(page)
        mode = drill.wire.aircraft()
        core, began_s = drill.core, time.monotonic()
        os.kill(core, signal.SIGKILL)
        await drill.another_core(core)
        await asyncio.sleep(3.0)
        gaps.append(round(drill.wire.longest_gap_s(began_s), 2))
        assert drill.wire.sent(began_s) == []
        assert drill.wire.aircraft() == mode
        async with drill.page() as page:
            assert page.state["deliveries"][drill.delivery_id]["state"] == "flying"
        verified = kakehashi("audit", "verify", str(drill.home.station / "journal"), env=drill.env)
        assert verified.returncode == 0, verified.stdout + verified.stderr
    sys.stdout.write(json.dumps({"core_kills": count, "gaps_s": gaps}) + "\n")
    assert max(gaps) <= LONGEST_GAP_OVER_A_FALL_S
