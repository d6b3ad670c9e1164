"""The end of a run: its flight core ends with it if nothing flies, and stays if something does, until it is told."""

import asyncio
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ground_station.flight.core_lock import holder
from kakehashi.page_client import PageClient
from tests.faults.world import World, aircraft, end_core, environment_of_faults, on_terminal, until
from tests.kakehashi.running import command, kakehashi

pytestmark = pytest.mark.timeout(900)

LONGEST_GAP_S = 2.0
ENDED_WITHIN_S = 40.0
FOLDER_SEEN_GONE_WITHIN_S = 7.0


async def test_from_a_run_with_nothing_in_the_air_to_a_core_that_is_told_to_end_in_flight(tmp_path: Path) -> None:
    env = environment_of_faults(tmp_path)
    with contextlib.ExitStack() as air:
        wire = air.enter_context(aircraft(env, tmp_path)).wire
        link = f"kakehashi-1={wire.link}"
        try:
            with on_terminal("--drill", "--vehicle", link, env=env) as run:
                drill = World(run=run, wire=wire, env=env)
                await drill.set_up()
                run.press("C")
                assert run.process.wait(ENDED_WITHIN_S) == 0
                assert holder(drill.home.station) is None, "nothing flew, and the core did not end with its run"

            with on_terminal("--drill", "--vehicle", link, env=env) as run:
                drill = World(run=run, wire=wire, env=env)
                run.wait_for("Ctrl-C", within_s=180)
                async with drill.page() as page:
                    await drill.flying(page)
                core, began_s = drill.core, time.monotonic()
                run.stop()
                run.wait_for("a later run takes it up", within_s=5)
                assert drill.core == core

            refused = kakehashi("flight", "--drill", "stop", env=env)
            assert refused.returncode == 1
            assert "something flies" in refused.stderr
            assert "--in-flight" in refused.stderr
            assert holder(drill.home.station) == core

            with on_terminal("--drill", "--vehicle", link, env=env) as run:
                drill = World(run=run, wire=wire, env=env, delivery_id=drill.delivery_id)
                run.wait_for("Ctrl-C", within_s=180)
                await _is_taken_up(drill, core)
                gap_s = wire.longest_gap_s(began_s)
                run.press("C")
                run.wait_for("Ctrl-C once more ends it", within_s=ENDED_WITHIN_S)
                assert any("in the air" in line for line in run.lines)
                await asyncio.sleep(1.0)
                assert drill.core == core
                assert wire.longest_gap_s(began_s) <= LONGEST_GAP_S
                assert wire.sent(began_s) == []
                run.press("C")
                run.process.wait(ENDED_WITHIN_S)
                assert holder(drill.home.station) is None
            sys.stdout.write(json.dumps({"gap_over_ends_of_runs_s": round(gap_s, 2)}) + "\n")

            _a_core_alone_ends_when_told_or_when_its_folder_is_gone_and_nothing_flies(drill, link, air)
        finally:
            end_core(World(run=run, wire=wire, env=env).home.station)


async def _is_taken_up(drill: World, core: int) -> None:
    assert drill.core == core
    async with drill.page() as page:
        assert page.state["deliveries"][drill.delivery_id]["state"] == "flying"
        assert _fresh(page)
    assert drill.wire.aircraft()[0]


def _fresh(page: PageClient) -> bool:
    return bool(page.state["vehicles"]["kakehashi-1"]["link"] == "fresh")


def _a_core_alone_ends_when_told_or_when_its_folder_is_gone_and_nothing_flies(
    drill: World, link: str, air: contextlib.ExitStack
) -> None:
    with _alone(drill, link) as core_alone:
        time.sleep(3.0)
        done = kakehashi("flight", "--drill", "stop", "--in-flight", env=drill.env)
        assert done.returncode == 0, done.stderr
        assert core_alone.wait(20) == 0

    with _alone(drill, link) as core_alone:
        shutil.rmtree(drill.home.station)
        time.sleep(FOLDER_SEEN_GONE_WITHIN_S)
        assert core_alone.poll() is None, "a core without its folder left an aircraft in the air"
        assert drill.wire.longest_gap_s(time.monotonic() - FOLDER_SEEN_GONE_WITHIN_S) <= LONGEST_GAP_S
        air.close()
        assert core_alone.wait(60) is not None


@contextlib.contextmanager
def _alone(drill: World, link: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a core by itself that has the aircraft in the air on its link."""
    env = {**drill.env, "KAKEHASHI_STATION__VEHICLES": json.dumps([link])}
    began_s = time.monotonic()
    with subprocess.Popen(command("flight", "--drill"), env=env, start_new_session=True) as core:
        try:
            until(lambda: holder(drill.home.station) is not None, 30, "no core started")
            until(lambda: bool(_heartbeats(drill, began_s)), 30, "it sends nothing")
            assert drill.wire.aircraft()[0]
            yield core
        finally:
            core.send_signal(signal.SIGKILL)


def _heartbeats(drill: World, since_s: float) -> list[float]:
    return [note["at_s"] for note in drill.wire.seen(since_s) if note["name"] == "HEARTBEAT" and note.get("down")]
