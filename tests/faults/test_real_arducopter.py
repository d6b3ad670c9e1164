"""A real ArduCopter that goes home after five silent seconds: no fault of the run makes it do so. At its real speed."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ground_station.flight.vehicles.modes import CopterMode
from tests.faults.tap import tap
from tests.faults.world import World, end_core, environment_of_faults, on_terminal
from tests.kakehashi.real_arducopter import arducopter
from tests.kakehashi.test_refusing_disk import refusing

pytestmark = [pytest.mark.arducopter, pytest.mark.campaign, pytest.mark.timeout(1500)]

LONGEST_GAP_S = 2.0
SILENCE_S = 5.0
EACH_S = 3.0 * SILENCE_S


@pytest.fixture
def flown(tmp_path: Path) -> Iterator[World]:
    named = os.environ.get("KAKEHASHI_ARDUCOPTER")
    if not named:
        pytest.skip("KAKEHASHI_ARDUCOPTER names no ArduCopter binary")
    env = environment_of_faults(tmp_path)
    with (
        arducopter(Path(named), env=env, speedup=1.0) as link,
        tap(int(link.rpartition(":")[2]), tmp_path) as wire,
        on_terminal("--drill", "--vehicle", f"arducopter-1={wire.link}", env=env) as run,
    ):
        made = World(run=run, wire=wire, env=env, vehicle="arducopter-1")
        try:
            yield made
        finally:
            run.stop()
            end_core(made.home.station)


@contextmanager
def _fault(drill: World, kind: str) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        if kind.endswith("killed"):
            victims = drill.living(kind.removesuffix(" killed"))
            assert victims, kind
            for process in victims:
                os.kill(process, signal.SIGKILL)
        elif kind == "disk full":
            for process in (drill.core, *drill.living("desk"), *drill.living("office")):
                stack.enter_context(refusing(process))
        else:
            os.kill(drill.run.supervisor, signal.SIGSTOP)
            stack.callback(os.kill, drill.run.supervisor, signal.SIGCONT)
        yield


async def test_no_fault_of_the_run_sends_it_home(flown: World) -> None:
    await flown.set_up()
    async with flown.page() as page:
        await flown.flying(page)
    await flown.in_mode(CopterMode.AUTO)
    for kind in ("desk killed", "planner killed", "disk full", "supervisor stopped"):
        began_s = time.monotonic()
        with _fault(flown, kind):
            await asyncio.sleep(EACH_S)
            gap_s, modes = flown.wire.longest_gap_s(began_s), flown.wire.modes(began_s)
        told = {"arducopter": kind, "longest_gap_s": round(gap_s, 2), "modes": sorted(modes)}
        sys.stdout.write(json.dumps(told) + "\n")
        assert modes == {int(CopterMode.AUTO)}
        assert gap_s <= LONGEST_GAP_S
        assert flown.wire.sent(began_s) == []
