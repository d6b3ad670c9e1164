"""A supervisor that stands still, a terminal that takes nothing, an office that never comes up: the link goes on."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fleet.process import command_line_of
from tests.faults.world import WAIT, World, descendants, until, world

pytestmark = pytest.mark.timeout(900)

LONGEST_GAP_S = 2.0
SHORT_S = 6.0
LONG_S = 20.0


@contextmanager
def _stopped(drill: World, manner: str) -> Iterator[None]:
    supervisor = drill.run.supervisor
    if manner == "SIGSTOP":
        os.kill(supervisor, signal.SIGSTOP)
    elif manner == "SIGTSTP":
        os.kill(supervisor, signal.SIGTSTP)
    elif manner == "Ctrl-Z":
        drill.run.press("Z")
    else:
        drill.run.press("S")
        drill.run.deaf.set()
    try:
        yield
    finally:
        if manner == "Ctrl-S":
            drill.run.deaf.clear()
            drill.run.press("Q")
        os.killpg(os.getpgid(supervisor), signal.SIGCONT)


def _stands_still(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize(
    ("manner", "seconds"),
    [
        ("Ctrl-Z", SHORT_S),
        ("Ctrl-S", SHORT_S),
        *(
            pytest.param(manner, LONG_S, marks=pytest.mark.campaign)
            for manner in ("SIGSTOP", "SIGTSTP", "Ctrl-Z", "Ctrl-S")
        ),
    ],
)
async def test_a_supervisor_or_terminal_that_stops_holds_nothing_of_flight_up(
    drill: World, manner: str, seconds: float
) -> None:
    async with drill.page() as page:
        await drill.flying(page)
    began_s = time.monotonic()
    with drill.misbehaving("shout"), _stopped(drill, manner):
        await asyncio.sleep(seconds)
        if manner != "Ctrl-S":
            assert _stands_still(drill.run.supervisor)
        gap_s = drill.wire.longest_gap_s(began_s)
        assert not _stands_still(drill.core)
    sys.stdout.write(json.dumps({"stopped": manner, "seconds": seconds, "longest_gap_s": round(gap_s, 2)}) + "\n")
    assert gap_s <= LONGEST_GAP_S
    async with drill.page() as page:  # the page itself may have stood behind a terminal that took nothing
        await page.until(lambda now: now["vehicles"]["kakehashi-1"]["link"] == "fresh", within_s=10, what=WAIT)


@contextmanager
def _database_that_never_answers() -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"postgresql://nobody:nothing@127.0.0.1:{listening.getsockname()[1]}/town"


@pytest.mark.campaign
def test_an_office_that_never_gets_ready_is_named_and_holds_nothing_up(tmp_path: Path) -> None:
    with _database_that_never_answers() as database, world(tmp_path, OFFICE__DATABASE=database) as drill:
        drill.run.wait_for("✓ 飛行の中枢", within_s=60)
        drill.run.wait_for("✓ 地上局", within_s=120)
        began_s = time.monotonic()
        core = drill.core
        # The run names who is missing after two minutes; the flight core answers all that time.
        drill.run.wait_for("town-office", within_s=180)
        assert drill.wire.longest_gap_s(began_s) <= LONGEST_GAP_S
        assert drill.core == core
        # What is up can be used, for the first time too.
        drill.run.wait_for("/operator?setup=", within_s=5)


@pytest.mark.campaign
async def test_a_killed_supervisor_takes_its_services_with_it_and_leaves_the_core(tmp_path: Path) -> None:
    with world(tmp_path) as drill:
        await drill.set_up()
        async with drill.page() as page:
            await drill.flying(page)
        core, began_s = drill.core, time.monotonic()
        family = descendants(drill.run.supervisor)
        os.kill(drill.run.supervisor, signal.SIGKILL)
        until(lambda: not any(command_line_of(one) for one in family if one != core), 30, "services were left behind")
        await asyncio.sleep(SHORT_S)
        assert drill.core == core
        assert drill.wire.longest_gap_s(began_s) <= LONGEST_GAP_S
        assert drill.wire.sent(began_s) == []
        assert drill.wire.aircraft()[0]
