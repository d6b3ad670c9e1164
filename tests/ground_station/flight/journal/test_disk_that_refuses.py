"""A disk that refuses, at any step and for any reason: nothing acknowledged is lost, nothing is written twice."""

import asyncio
import errno

import pytest

from fleet.audit import RESUMED
from fleet.errors import TooManyError, UnavailableError
from ground_station.flight.journal.health import Writing
from ground_station.flight.journal.journal import Begun, Journal
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.memory import MemoryFolder
from ground_station.flight.journal.opening import open_chain
from ground_station.flight.journal.reading import SegmentReader
from ground_station.flight.journal.verification import export_lines, verify_journal
from tests.ground_station.flight.journal.troubled import (
    SMALL,
    STAMP,
    Trouble,
    TroubledFolder,
    chain,
    draft,
    opened,
    refusing,
    times,
    write,
    write_until_refused,
)

REFUSALS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.ENOENT, errno.EDQUOT, errno.EMFILE]


def _begin(journal: Journal, action: str, *, urgent: bool = False) -> Begun:
    return journal.begin(
        actor="佐藤", action=action, subject="v1", detail={"command_id": f"id-{action}"}, urgent=urgent
    )


def _whole(folder: MemoryFolder) -> list[str]:
    """Return the actions written, after checking the chain."""
    verdict = verify_journal(folder, None)
    assert verdict.faults == ()
    lines = list(export_lines(folder))
    return [line.split('"action":"')[1].split('"')[0] for line in lines]


async def _life(folder: TroubledFolder) -> None:
    """Write in two lives of a journal over several segments and checkpoints; the trouble comes when it likes."""
    acknowledged: list[str] = []
    begun: list[str] = []
    for life in range(2):
        journal = opened(folder)
        waiting = []
        for number in range(18):
            name = f"{life}.{number}"
            if number % 6 == 5:
                try:
                    await journal.record(actor="a", action=name, subject="v", detail={"command_id": f"id-{name}"})
                except UnavailableError:
                    assert not journal.taken(f"id-{name}")
                else:
                    acknowledged.append(name)
            else:
                waiting.append(_begin(journal, name, urgent=number % 3 == 0))
                begun.append(name)
        for handle in waiting:
            assert await handle.wait_at_most(10.0) is not None
        assert journal.close(10.0)
    folder.trouble = refusing()
    written = [action for action in _whole(folder) if not action.startswith("journal.")]
    assert len(written) == len(set(written))
    assert set(begun) | set(acknowledged) == set(written)


def _passing(first: int, steps: int, code: int) -> Trouble:
    return lambda step, _operation, _name: code if first <= step < first + steps else None


async def test_an_untroubled_life_is_the_yardstick() -> None:
    folder = TroubledFolder()
    await _life(folder)
    assert {operation for operation, _ in folder.steps} == {"own", "names", "read", "allocate", "write", "replace"}


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("code", REFUSALS, ids=errno.errorcode.get)
async def test_refused_at_any_step_everything_begun_is_written_once_and_what_was_refused_is_not(
    code: int, steps: int
) -> None:
    untroubled = TroubledFolder()
    await _life(untroubled)
    for first in range(0, len(untroubled.steps), 1 if steps == 1 else 4):
        await _life(TroubledFolder(_passing(first, steps, code)))


@pytest.mark.parametrize("code", REFUSALS, ids=errno.errorcode.get)
async def test_a_refused_record_is_told_at_once_and_leaves_no_trace(code: int) -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    folder.trouble = refusing("write", "allocate", "replace", code=code)
    with pytest.raises(UnavailableError, match="cannot write the flight journal"):
        await journal.record(actor="a", action="take-off", subject="v", detail={"command_id": "c1"})
    assert not journal.taken("c1")
    assert journal.health().writing is Writing.REFUSED
    folder.trouble = refusing()
    await journal.record(actor="a", action="land", subject="v", detail={})
    journal.close(10.0)
    assert _whole(folder) == ["land"]


async def test_with_the_disk_full_the_rest_of_the_segment_and_one_more_can_be_written() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    for _ in range(2):  # the second is written after the spare of the first turn
        await journal.record(actor="a", action="first", subject="v", detail={})
    folder.trouble = refusing("allocate", "replace")
    written = await write_until_refused(journal, "more")
    line_bytes = len(folder.files["00000002.journal"].split(b"\n")[0]) + 1
    assert written >= 2 * (SMALL.segment_bytes // line_bytes) - 3
    assert journal.health().room_refused
    assert journal.health().free_entries == 0
    folder.trouble = refusing()
    for _ in range(2):  # the second is written after the spare of the first turn
        await journal.record(actor="a", action="room again", subject="v", detail={})
    assert journal.health().is_well
    journal.close(10.0)
    assert _whole(folder)[-1] == "room again"


async def test_a_full_disk_at_the_opening_leaves_what_is_preallocated() -> None:
    folder = TroubledFolder()
    opened(folder).close(10.0)
    folder.trouble = refusing("allocate", "replace")
    journal = opened(folder)
    await journal.record(actor="a", action="still", subject="v", detail={})
    journal.close(10.0)
    assert _whole(folder) == ["still"]


async def test_what_was_late_says_so_with_its_original_times() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    folder.trouble = refusing("write", "allocate")
    handle = _begin(journal, "recall", urgent=True)
    assert await handle.wait_at_most(0.05) is None
    assert [waiting.action for waiting in journal.waiting()] == ["recall"]
    assert journal.taken("id-recall")
    folder.trouble = refusing()
    entry = await handle.wait_at_most(10.0)
    assert entry is not None
    assert entry.detail["late"] == {"boot_id": "boot-1", "boottime_s": 0.0, "waited_s": 0.0}
    assert entry.at_s == times().clock.now_s()
    assert journal.waiting() == ()
    journal.close(10.0)


async def test_at_its_bound_ordinary_entries_go_first_and_what_went_is_written_down() -> None:
    folder = TroubledFolder()
    limits = JournalLimits(segment_bytes=4096, most_line_bytes=4096, retry_s=0.01, most_waiting=10)
    journal = opened(folder, limits)
    folder.trouble = refusing("write", "allocate")
    for number in range(12):
        _begin(journal, f"ordinary-{number}")
    urgent = [_begin(journal, f"urgent-{number}", urgent=True) for number in range(4)]
    with pytest.raises((TooManyError, UnavailableError)):
        await journal.record(actor="a", action="refused", subject="v", detail={"command_id": "never"})
    assert journal.health().dropped == 6
    assert not journal.health().is_well
    assert journal.taken("id-ordinary-0")
    folder.trouble = refusing()
    assert all([await handle.wait_at_most(10.0) for handle in urgent])
    assert journal.close(10.0)
    written = _whole(folder)
    assert [action for action in written if action.startswith("urgent")] == [f"urgent-{n}" for n in range(4)]
    assert [action for action in written if action.startswith("ordinary")] == [f"ordinary-{n}" for n in range(6, 12)]
    assert written.count("journal.dropped") == 1
    line = next(line for line in export_lines(folder) if "journal.dropped" in line)
    assert '"count":6' in line


async def test_urgent_entries_alone_drop_the_oldest_of_their_kind_last() -> None:
    folder = TroubledFolder()
    limits = JournalLimits(segment_bytes=4096, most_line_bytes=4096, retry_s=0.01, most_waiting=3)
    journal = opened(folder, limits)
    folder.trouble = refusing("write", "allocate")
    handles = [_begin(journal, f"urgent-{number}", urgent=True) for number in range(4)]
    _begin(journal, "ordinary")
    assert [waiting.action for waiting in journal.waiting()] == ["urgent-1", "urgent-2", "urgent-3"]
    assert await handles[0].wait_at_most(10.0) is None
    journal.close(10.0)


def test_a_place_that_cannot_be_written_is_left_for_the_spare_segment() -> None:
    folder = TroubledFolder()
    segments = chain(folder)
    write(segments, "before")
    folder.trouble = lambda _step, operation, name: (
        errno.EIO if operation == "write" and name == "00000001.journal" else None
    )
    for _ in range(2):
        with pytest.raises(OSError, match="Input/output"):
            segments.write([draft("after")], STAMP)
    resumed, after = segments.write([draft("after")], STAMP).entries
    assert resumed.action == RESUMED
    assert (resumed.number, after.number) == (2, 3)
    verdict = verify_journal(folder, None)
    assert verdict.faults == ()
    assert [finding.file for finding in verdict.set_aside] == ["00000001.journal"]
    assert chain(folder).last == after


def test_a_whole_line_that_was_left_in_a_bad_place_is_not_taken_for_an_entry() -> None:
    folder = TroubledFolder()
    segments = chain(folder)
    write(segments, "before")
    place = len(folder.files["00000001.journal"].rstrip(b"\0"))
    folder.trouble = lambda _step, operation, name: (
        errno.EIO if operation == "write" and name == "00000001.journal" else None
    )
    for _ in range(2):
        with pytest.raises(OSError, match="Input/output"):
            segments.write([draft("after")], STAMP)
    phantom = MemoryFolder()
    phantom.files = {name: bytearray(content) for name, content in folder.files.items()}
    line = next(iter(chain(phantom).write([draft("phantom")], STAMP).entries)).line().encode() + b"\n"
    folder.files["00000001.journal"][place : place + len(line)] = line
    new = segments.write([draft("after")], STAMP).entries[-1]
    verdict = verify_journal(folder, None)
    assert verdict.faults == ()
    assert verdict.last == new
    assert chain(folder).last == new
    assert [entry.action for entry in open_chain(folder).entries] == ["before", RESUMED, "after"]
    assert [entry.action for entry in SegmentReader(folder).after(0, limit=9, up_to=9)] == ["before", RESUMED, "after"]
    assert len(list(export_lines(folder))) == 3


def test_a_shorter_line_after_a_failed_longer_one_leaves_nothing_of_it() -> None:
    folder = TroubledFolder()
    segments = chain(folder)
    folder.trouble = refusing("write")
    with pytest.raises(OSError, match="No space"):
        segments.write([draft("long", {"words": "x" * 1500})], STAMP)
    folder.trouble = refusing()
    write(segments, "short")
    assert verify_journal(folder, None).faults == ()
    assert len(list(export_lines(folder))) == 1


def test_what_a_failed_write_left_behind_is_wiped_though_nothing_more_is_written() -> None:
    folder = TroubledFolder()
    segments = chain(folder)
    write(segments, "before")
    folder.trouble = refusing("write")
    with pytest.raises(OSError, match="No space"):
        segments.write([draft("after")], STAMP)
    assert verify_journal(folder, None).faults
    folder.trouble = refusing()
    segments.tend(at_leisure=True)
    assert verify_journal(folder, None).faults == ()


async def test_an_unreadable_segment_is_set_aside_and_stops_nothing() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    await journal.record(actor="a", action="before", subject="v", detail={})
    journal.close(10.0)
    folder.trouble = lambda _step, operation, name: (
        errno.EIO if operation == "read" and name == "00000001.journal" else None
    )
    journal = opened(folder)
    entry = await journal.record(actor="a", action="after", subject="v", detail={})
    assert entry.number > 1
    assert journal.health().set_aside == ("00000001.journal",)
    assert "00000001.journal" in journal.health().text().ja
    journal.close(10.0)


async def test_an_unreadable_older_segment_does_not_keep_the_journal_from_opening_without_its_checkpoint() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    for number in range(80):
        await journal.record(actor="a", action="x", subject="v", detail={"command_id": f"c{number}"})
    journal.close(10.0)
    del folder.files["checkpoint"]
    folder.trouble = lambda _step, operation, name: (
        errno.EIO if operation == "read" and name == "00000002.journal" else None
    )
    journal = opened(folder)
    assert journal.taken("c0")
    assert journal.taken("c79")
    assert (await journal.record(actor="a", action="after", subject="v", detail={})).number == 81
    journal.close(10.0)


async def test_a_folder_that_goes_and_comes_back_as_it_was_is_followed_on_without_a_double() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    for _ in range(3):
        await journal.record(actor="a", action="before", subject="v", detail={})
    there, folder.files = folder.files, {}
    folder.trouble = refusing("allocate", code=errno.ENOENT)
    begun = _begin(journal, "after")
    with pytest.raises(UnavailableError):
        await journal.record(actor="a", action="refused", subject="v", detail={})
    folder.files = there
    folder.trouble = refusing()
    assert await begun.wait_at_most(10.0) is not None
    assert [entry.number for entry in await journal.entries_after(0)] == [1, 2, 3, 4]
    journal.close(10.0)
    assert _whole(folder) == ["before", "before", "before", "after"]


async def test_an_urgent_entry_stands_before_the_making_of_a_spare_segment() -> None:
    folder = TroubledFolder(
        lambda step, operation, _name: errno.ENOSPC if operation == "allocate" and step > 9 else None
    )
    journal = opened(folder)
    while journal.health().free_entries > SMALL.segment_bytes // 1200:
        await journal.record(actor="a", action="fills", subject="v", detail={})
    folder.gate.clear()
    folder.is_writing.clear()
    _begin(journal, "held")
    assert await asyncio.to_thread(folder.is_writing.wait, 10.0)
    folder.steps.clear()
    folder.trouble = refusing()
    recall = _begin(journal, "recall", urgent=True)
    folder.gate.set()
    assert await recall.wait_at_most(10.0) is not None
    journal.close(10.0)
    assert [operation for operation, _ in folder.steps][:3] == ["write", "write", "allocate"]


async def test_spare_segments_of_an_earlier_smaller_size_are_passed_over() -> None:
    folder = TroubledFolder()
    assert opened(folder).close(10.0)
    journal = opened(folder, JournalLimits(segment_bytes=1 << 16, most_line_bytes=1 << 14))
    assert await journal.record(actor="a", action="x", subject="v", detail={"words": "w" * 9000})
    assert journal.close(10.0)
    assert _whole(folder) == ["x"]


async def test_a_folder_that_goes_and_comes_back_empty_gives_no_number_twice() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    await journal.record(actor="a", action="one", subject="v", detail={})
    await journal.record(actor="a", action="two", subject="v", detail={})
    folder.files.clear()
    entry = await _begin(journal, "three").wait_at_most(10.0)
    assert entry is not None
    assert entry.number > 2
    journal.close(10.0)
    assert _whole(folder) == [RESUMED, "three"]
