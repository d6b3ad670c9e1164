"""What the journal says of commands reaches the town: each entry once, none left out, whatever ends in between."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from fleet.audit import AuditEntry
from fleet.clock import ManualClock
from fleet.errors import UnavailableError
from fleet.text import Text
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.service import journal_follower
from ground_station.service.journal_follower import JournalFollower
from tests.ground_station.flight.aircraft import eventually
from tests.ground_station.service.fake_core import Disk, FakeCore


class Core(FakeCore):
    """A core with a journal, which hangs up after every batch."""

    journal: MemoryJournal

    async def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        yield await self.journal.entries_after(after, 3)
        raise UnavailableError(Text("切れた", "hung up"))


def _core(clock: ManualClock, entries: int) -> Core:
    core = Core()
    core.journal = MemoryJournal(clock)
    for number in range(entries):
        action = "command.hold.sent" if number % 2 == 0 else "parameter.set"
        core.journal.hand_over(actor="hanako", action=action, subject="hato-1", detail={"command_id": f"c-{number}"})
    return core


@contextlib.asynccontextmanager
async def _following(core: Core, disk: Disk, told: list[str], clock: ManualClock) -> AsyncIterator[JournalFollower]:
    async def tell(command: FlightCommand) -> None:
        told.append(command.id)

    follower = JournalFollower(core, tell, cast("Any", disk), clock)
    running = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_follower, "_AGAIN_S", 0.01)


async def test_each_command_is_told_once_over_hang_ups_and_a_restart() -> None:
    clock, disk, told = ManualClock(), Disk(), list[str]()
    core = _core(clock, 8)
    async with _following(core, disk, told, clock) as follower:
        await eventually(lambda: follower.told == 8)
    core.journal.hand_over(actor="h", action="command.land.done", subject="hato-1", detail={"command_id": "c-8"})
    async with _following(core, disk, told, clock) as follower:
        await eventually(lambda: follower.told == 9)
    assert told == ["c-0", "c-2", "c-4", "c-6", "c-8"]


async def test_what_the_disk_did_not_note_is_told_again_and_nothing_is_left_out() -> None:
    clock, told = ManualClock(), list[str]()
    disk = Disk(refuses={0, 1})
    core = _core(clock, 4)
    async with _following(core, disk, told, clock) as follower:
        await eventually(lambda: follower.told == 4)
    assert set(told) == {"c-0", "c-2"}
    assert disk.all("flight-journal", int) == [4]
