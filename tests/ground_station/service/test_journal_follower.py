"""What the journal says of commands reaches the town: each entry once, none left out, whatever ends in between."""

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from fleet.audit import AuditEntry
from fleet.clock import ManualClock
from fleet.errors import ConflictError, UnavailableError
from fleet.text import Text
from ground_station.flight.journal.files import segment_name
from ground_station.flight.journal.journal import Journal
from ground_station.flight.journal_paper import JournalPaper
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.service import journal_follower
from ground_station.service.journal_follower import JournalFollower
from tests.ground_station.flight.aircraft import eventually
from tests.ground_station.flight.journal.troubled import SMALL, TroubledFolder, opened
from tests.ground_station.service.fake_core import Disk, FakeCore


@dataclass
class Core(FakeCore):
    """A core with a journal, which hangs up after every batch."""

    journal: MemoryJournal = field(default_factory=lambda: MemoryJournal(ManualClock()))
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        if after > len(self.journal.recent()):
            raise ConflictError(Text("短い", "the journal does not reach so far"))
        reading = asyncio.create_task(self.journal.entries_after(after, 3))
        hanging_up = asyncio.create_task(self.hung_up.wait())
        try:
            await asyncio.wait({reading, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                yield reading.result()
        finally:
            reading.cancel()
            hanging_up.cancel()
        raise UnavailableError(Text("切れた", "hung up"))

    def hang_up(self, journal: MemoryJournal) -> None:
        """Go on with another journal, as after a restart."""
        self.journal = journal
        self.hung_up.set()
        self.hung_up = asyncio.Event()


def _core(clock: ManualClock, entries: int) -> Core:
    core = Core()
    core.journal = MemoryJournal(clock)
    for number in range(entries):
        action = "command.hold.sent" if number % 2 == 0 else "parameter.set"
        core.journal.hand_over(actor="hanako", action=action, subject="hato-1", detail={"command_id": f"c-{number}"})
    return core


@contextlib.asynccontextmanager
async def _following(
    core: FakeCore, disk: Disk, told: list[str], clock: ManualClock, trouble: list[Text | None] | None = None
) -> AsyncIterator[JournalFollower]:
    async def tell(command: FlightCommand) -> None:
        told.append(command.id)

    said = [] if trouble is None else trouble
    follower = JournalFollower(core, tell, cast("Any", disk), clock, said.append)
    running = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_follower, "_AGAIN_S", 0.01)
    monkeypatch.setattr(journal_follower, "_AT_ONCE_S", 0.5)


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
    async with _following(core, disk, told, clock) as follower:
        assert follower.told == 4


def _journal(clock: ManualClock, prefix: str, entries: int) -> MemoryJournal:
    journal = MemoryJournal(clock)
    for number in range(1, entries + 1):
        _add(journal, f"{prefix}-{number}")
    return journal


def _add(journal: MemoryJournal, command_id: str) -> None:
    journal.hand_over(actor="hanako", action="command.hold.sent", subject="hato-1", detail={"command_id": command_id})


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("length", [1, 2, 4, 5, 6, 7, 8, 13])
async def test_another_journal_of_whatever_length_is_told_from_its_beginning(length: int, restarted: bool) -> None:
    clock, disk, told = ManualClock(), Disk(), list[str]()
    core = Core()
    core.journal = _journal(clock, "old", 6)
    other = _journal(clock, "new", length)
    expected = [f"new-{number}" for number in range(1, length + 1)]
    async with _following(core, disk, told, clock) as follower:
        await eventually(lambda: follower.told == 6)
        if not restarted:
            core.hang_up(other)
            await eventually(lambda: told[6:] == expected)
    if restarted:
        core.hang_up(other)
        async with _following(core, disk, told, clock):
            await eventually(lambda: told[6:] == expected)
    assert told == [*(f"old-{number}" for number in range(1, 7)), *expected]


async def test_another_journal_that_ends_before_the_entry_told_last_is_found_out_though_nothing_new_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal_follower, "_AT_ONCE_S", 0.05)
    clock, disk, told = ManualClock(), Disk(), list[str]()
    core = Core()
    core.journal = _journal(clock, "old", 6)
    async with _following(core, disk, told, clock) as follower:
        await eventually(lambda: follower.told == 6)
    first, other = _journal(clock, "old", 6), _journal(clock, "new", 5)
    core.journal, listen = first, core.listen

    def becoming_another(after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        core.journal = other if after else core.journal  # between the look at its beginning and that at its end
        return listen(after)

    monkeypatch.setattr(core, "listen", becoming_another)
    async with _following(core, disk, told, clock):
        await eventually(lambda: told[6:] == [f"new-{number}" for number in range(1, 6)])
    assert core.journal is other


@pytest.mark.parametrize("more", [0, 1, 2])
async def test_a_journal_that_went_back_to_a_copy_of_before_and_on_from_there_leaves_nothing_out(more: int) -> None:
    clock, disk, told = ManualClock(), Disk(), list[str]()
    core = Core()
    core.journal = _journal(clock, "act", 6)
    copy = _journal(clock, "act", 4)
    for number in range(more + 2):
        _add(copy, f"after-{number}")
    async with _following(core, disk, told, clock) as follower:
        await eventually(lambda: follower.told == 6)
        core.hang_up(copy)
        await eventually(lambda: told[-1] == f"after-{more + 1}")
    assert set(told[6:]) == {*(f"act-{n}" for n in range(1, 5)), *(f"after-{n}" for n in range(more + 2))}


async def test_the_number_that_an_earlier_version_kept_is_gone_on_from() -> None:
    clock, disk, told = ManualClock(), Disk(), list[str]()
    core = Core()
    core.journal = _journal(clock, "act", 6)
    disk.put("flight-journal", "told", 4, 0.0)
    async with _following(core, disk, told, clock) as follower:
        await eventually(lambda: follower.told == 6)
    async with _following(core, disk, told, clock) as follower:
        _add(core.journal, "act-7")
        await eventually(lambda: follower.told == 7)
    assert told == ["act-5", "act-6", "act-7"]


@dataclass
class CoreOnDisk(FakeCore):
    """A core with a journal of files, of which little is in memory."""

    folder: TroubledFolder = field(default_factory=TroubledFolder)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.files = opened(self.folder, replace(SMALL, most_in_tail=3))

    async def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        paper = JournalPaper(self.files)
        while self.gone is None:
            entries = await paper.entries_after(after, 3)
            yield entries
            after = entries[-1].number
        raise self.gone


async def _hold(journal: Journal, first: int, last: int) -> None:
    for number in range(first, last + 1):
        await journal.record(
            actor="hanako", action="command.hold.sent", subject="hato-1", detail={"command_id": f"c-{number}"}
        )


async def test_a_segment_of_long_ago_that_cannot_be_read_keeps_nobody_from_what_comes_after() -> None:
    clock, disk, told = ManualClock(), Disk(), list[str]()
    core = CoreOnDisk()
    await _hold(core.files, 1, 40)
    async with _following(core, disk, told, clock):
        await eventually(lambda: told[-1:] == ["c-40"])
    assert segment_name(3) in core.folder.names()
    lost = segment_name(1)
    core.folder.trouble = lambda _step, operation, name: errno.EIO if (operation, name) == ("read", lost) else None
    async with _following(core, disk, told, clock):
        await _hold(core.files, 41, 50)
        await eventually(lambda: told[-1] == "c-50")
    assert told == [f"c-{number}" for number in range(1, 51)]
    assert core.files.close(10.0)


async def test_who_comes_back_reads_no_file() -> None:
    clock, disk, told = ManualClock(), Disk(), list[str]()
    core = CoreOnDisk()
    await _hold(core.files, 1, 40)
    async with _following(core, disk, told, clock):
        await eventually(lambda: told[-1:] == ["c-40"])
    core.folder.steps.clear()
    async with _following(core, disk, told, clock):
        await _hold(core.files, 41, 41)
        await eventually(lambda: told[-1] == "c-41")
    assert "read" not in {operation for operation, _ in core.folder.steps}
    assert core.files.close(10.0)


async def test_a_number_alone_is_gone_on_from_though_the_beginning_cannot_be_read() -> None:
    clock, disk, told = ManualClock(), Disk(), list[str]()
    core = CoreOnDisk()
    await _hold(core.files, 1, 40)
    disk.put("flight-journal", "told", core.files.head.number - 1 if core.files.head else 0, 0.0)
    lost = segment_name(1)
    core.folder.trouble = lambda _step, operation, name: errno.EIO if (operation, name) == ("read", lost) else None
    async with _following(core, disk, told, clock):
        await eventually(lambda: told == ["c-40"])
    assert core.files.close(10.0)


async def test_who_watches_hears_after_a_minute_that_nothing_can_be_told_and_when_it_can_again() -> None:
    clock, disk, told = ManualClock(), Disk(), list[str]()
    said: list[Text | None] = []
    core = CoreOnDisk(gone=UnavailableError(Text("中枢がありません", "the core is gone")))
    async with _following(core, disk, told, clock, said):
        for _ in range(5):
            await asyncio.sleep(0.1)
            clock.advance(11.0)
        assert said == []
        clock.advance(11.0)
        await eventually(lambda: said)
        assert said[0] is not None
        assert "the core is gone" in said[0].en
        assert "中枢がありません" in said[0].ja
        core.gone = None
        await _hold(core.files, 1, 1)
        await eventually(lambda: said[1:] == [None])
    assert told == ["c-1"]
    assert core.files.close(10.0)


async def test_single_refusals_far_apart_are_no_standstill() -> None:
    clock = ManualClock()
    said: list[Text | None] = []
    standstill = journal_follower._Standstill(clock, said.append)
    for _ in range(10):
        standstill.refused(Text("切れた", "hung up"))
        clock.advance(40.0)
    assert said == []
