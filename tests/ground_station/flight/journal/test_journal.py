"""Two lanes, waiting that ends, and following by number."""

import asyncio
import errno
import os
from dataclasses import replace

import pytest

from fleet.audit import AuditTrail
from fleet.clock import ManualClock
from fleet.errors import ConflictError, ExpiredError, InvalidValueError, TooLargeError, TooManyError, UnavailableError
from fleet.text import Text
from ground_station.flight.journal.files import segment_numbers
from ground_station.flight.journal.health import Writing
from ground_station.flight.journal.journal import Begun, Journal
from ground_station.flight.journal.reading import SegmentReader, read_entries
from ground_station.flight.journal.verification import verify_journal
from tests.ground_station.flight.journal.troubled import SMALL, TroubledFolder, chain, opened, refusing, write


def _begin(journal: Journal, action: str, *, urgent: bool = False) -> Begun:
    return journal.begin(actor="a", action=action, subject="v", detail={"command_id": action}, urgent=urgent)


def _written(folder: TroubledFolder) -> list[str]:
    return [entry.action for entry in read_entries(folder, segment_numbers(folder.names()))]


async def _held_up(folder: TroubledFolder, journal: Journal) -> Begun:
    """Return an ordinary entry in whose write the disk stands still until `folder.gate` opens."""
    assert await _begin(journal, "warm").wait_at_most(10.0) is not None
    folder.gate.clear()
    folder.is_writing.clear()
    held = _begin(journal, "held")
    assert await asyncio.to_thread(folder.is_writing.wait, 10.0)
    return held


async def test_while_the_disk_stands_still_an_urgent_order_goes_on_and_its_entry_arrives_later() -> None:
    folder, clock = TroubledFolder(), ManualClock()
    journal = opened(folder, clock=clock)
    held = await _held_up(folder, journal)
    loop = asyncio.get_running_loop()
    before_s = loop.time()
    recall = _begin(journal, "recall", urgent=True)
    assert await recall.wait_at_most(0.2) is None
    assert loop.time() - before_s < 2.0
    clock.advance(10.0)
    health = journal.health()
    assert (health.writing, health.for_s, health.waiting, health.waiting_urgent) == (Writing.SLOW, 10.0, 2, 1)
    assert "10" in health.text().ja
    folder.gate.set()
    entry = await recall.wait_at_most(10.0)
    assert entry is not None
    assert entry.detail["late"] == {"boot_id": "boot-1", "boottime_s": 0.0, "waited_s": 10.0}
    assert await held.wait_at_most(10.0) is not None
    assert journal.close(10.0)


async def test_an_urgent_entry_is_written_before_ordinary_ones_that_came_before_it() -> None:
    folder = TroubledFolder()
    journal = opened(folder, replace(SMALL, segment_bytes=1 << 16))
    await _held_up(folder, journal)
    ordinary = [_begin(journal, f"ordinary-{number}") for number in range(100)]
    urgent = [_begin(journal, f"urgent-{number}", urgent=True) for number in range(3)]
    folder.gate.set()
    assert all([await handle.wait_at_most(10.0) for handle in (*ordinary, *urgent)])
    journal.close(10.0)
    assert _written(folder) == [
        "warm", "held", *[f"urgent-{number}" for number in range(3)], *[f"ordinary-{number}" for number in range(100)]
    ]  # fmt: skip
    assert verify_journal(folder, None).faults == ()


async def test_a_record_that_is_not_durable_in_time_is_refused_and_never_written() -> None:
    folder = TroubledFolder()
    journal = opened(folder, replace(SMALL, patience_s=0.05))
    await _held_up(folder, journal)
    with pytest.raises(ExpiredError):
        await journal.record(actor="a", action="take-off", subject="v", detail={"command_id": "c"})
    with pytest.raises(ExpiredError):
        await asyncio.to_thread(journal.append, actor="a", action="take-off", subject="v", detail={})
    assert not journal.taken("c")
    folder.gate.set()
    assert journal.close(10.0)
    assert "take-off" not in _written(folder)


async def test_a_record_given_up_in_the_middle_of_its_write_is_followed_by_an_entry_that_says_so() -> None:
    folder = TroubledFolder()
    journal = opened(folder, replace(SMALL, patience_s=0.05))
    assert await _begin(journal, "warm").wait_at_most(10.0) is not None
    folder.gate.clear()
    with pytest.raises(ExpiredError):
        await journal.record(actor="a", action="take-off", subject="v", detail={"command_id": "c"})
    folder.gate.set()
    assert journal.close(10.0)
    entries = list(read_entries(folder, segment_numbers(folder.names())))
    assert [entry.action for entry in entries] == ["warm", "take-off", "journal.withdrawn"]
    assert entries[2].subject == str(entries[1].number)
    assert entries[2].detail == {"action": "take-off", "command_id": "c"}


async def test_a_record_whose_caller_is_cancelled_is_given_up() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    await _held_up(folder, journal)
    task = asyncio.create_task(journal.record(actor="a", action="take-off", subject="v", detail={"command_id": "c"}))
    await asyncio.sleep(0)  # it begins, and waits
    assert journal.taken("c")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    folder.gate.set()
    assert journal.close(10.0)
    assert "take-off" not in _written(folder)


async def test_an_id_is_taken_from_the_moment_its_entry_is_begun() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    await _held_up(folder, journal)
    assert not journal.taken("recall")
    _begin(journal, "recall", urgent=True)
    assert journal.taken("recall")
    folder.gate.set()
    journal.close(10.0)
    assert journal.taken("recall")


@pytest.mark.parametrize(
    "detail",
    [{"x": float("nan")}, {"x": object()}, {"x": "\ud800"}, {"x": "y" * 100_000}, {1: {2: {3}}}],
    ids=["nan", "object", "surrogate", "long", "set"],
)
async def test_words_that_cannot_be_written_refuse_a_record_and_never_a_safer_order(
    detail: dict[str, object],
) -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    with pytest.raises((InvalidValueError, TooLargeError)):
        await journal.record(actor="a", action="take-off", subject="v", detail=detail)
    begun = journal.begin(actor="佐藤", action="recall", subject="v", detail={**detail, "command_id": "c"}, urgent=True)
    entry = await begun.wait_at_most(10.0)
    assert entry is not None
    assert (entry.actor, entry.action, entry.detail["command_id"]) == ("佐藤", "recall", "c")
    assert "not_recorded" in entry.detail
    journal.close(10.0)
    assert verify_journal(folder, None).faults == ()


async def test_a_later_change_of_the_detail_changes_nothing() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    await _held_up(folder, journal)
    detail: dict[str, object] = {"mode": "RTL"}
    begun = journal.begin(actor="a", action="x", subject="v", detail=detail)
    detail["mode"] = "LAND"
    folder.gate.set()
    entry = await begun.wait_at_most(10.0)
    assert entry is not None
    assert entry.detail["mode"] == "RTL"
    journal.close(10.0)


async def test_it_is_an_audit_trail_that_threads_can_write() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    trail: AuditTrail = journal
    entries = await asyncio.gather(
        *(asyncio.to_thread(trail.append, actor="a", action="x", subject=str(n), detail={}) for n in range(50))
    )
    assert sorted(entry.number for entry in entries) == list(range(1, 51))
    journal.close(10.0)
    assert verify_journal(folder, None).entries == 50


async def test_once_closed_nothing_is_taken_and_nobody_waits() -> None:
    journal = opened(TroubledFolder())
    assert journal.close(10.0)
    assert await _begin(journal, "late").wait_at_most(10.0) is None
    with pytest.raises(UnavailableError, match="closed"):
        await journal.record(actor="a", action="x", subject="v", detail={})
    assert journal.health().writing is Writing.ENDED
    assert not journal.health().is_well


async def test_closing_tells_whether_all_was_written() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    folder.trouble = refusing("write", "allocate")
    begun = _begin(journal, "lost")
    assert not journal.close(10.0)
    assert await begun.wait_at_most(10.0) is None


async def test_a_journal_that_cannot_be_opened_yet_keeps_what_is_begun_and_opens_later() -> None:
    folder = TroubledFolder(refusing("own", "names", "read"))
    journal = opened(folder)
    assert journal.health().writing is Writing.REFUSED
    begun = _begin(journal, "recall", urgent=True)
    with pytest.raises(UnavailableError):
        await journal.record(actor="a", action="take-off", subject="v", detail={})
    folder.trouble = refusing()
    assert await begun.wait_at_most(10.0) is not None
    assert journal.close(10.0)


class _OwnedByAnother(TroubledFolder):
    """Answers late: first the disk refuses, then another program is seen to own it."""

    is_owned = True

    def own(self) -> None:
        super().own()
        if len(self.steps) == 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if self.is_owned:
            raise ConflictError(Text("別のプログラムが使っています", "another program is using it"))


async def test_another_owner_found_late_is_said_and_waited_for() -> None:
    folder = _OwnedByAnother()
    journal = opened(folder)
    with pytest.raises(UnavailableError, match="another program"):
        await journal.record(actor="a", action="take-off", subject="v", detail={})
    assert "another program" in journal.health().text().en
    assert {operation for operation, _ in folder.steps} == {"own"}
    folder.is_owned = False
    assert await _begin(journal, "recall", urgent=True).wait_at_most(10.0) is not None
    assert journal.close(10.0)


@pytest.mark.parametrize("in_tail", [2000, 5], ids=["from memory", "from files"])
async def test_followed_by_number_no_entry_is_lost_or_doubled(in_tail: int) -> None:
    folder = TroubledFolder()
    journal = opened(folder, replace(SMALL, most_in_tail=in_tail))
    seen: list[int] = []

    async def follow() -> None:
        async for entries in journal.follow(0):
            seen.extend(entry.number for entry in entries)
            if seen[-1] >= 60:
                return

    following = asyncio.create_task(follow())
    for number in range(20):
        await asyncio.gather(
            *(journal.record(actor="a", action=f"{number}.{n}", subject="v", detail={}) for n in range(3))
        )
    async with asyncio.timeout(20.0):
        await following
    assert seen == list(range(1, 61))
    journal.close(10.0)


async def test_a_restart_is_followed_on_from_any_number() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    for number in range(40):
        await journal.record(actor="a", action=str(number), subject="v", detail={})
    journal.close(10.0)
    journal = opened(folder)
    await journal.record(actor="a", action="40", subject="v", detail={})
    for number in range(41):
        found = await journal.entries_after(number, limit=7)
        assert [entry.number for entry in found] == list(range(number + 1, min(number + 8, 42)))
    assert await journal.entries_after(41) == ()
    journal.close(10.0)


async def test_what_is_not_durable_is_not_followed() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    await _held_up(folder, journal)
    _begin(journal, "recall", urgent=True)
    assert await journal.wait_after(1, within_s=0.05) == ()
    assert [waiting.action for waiting in journal.waiting()] == ["held", "recall"]
    folder.gate.set()
    assert (await journal.wait_after(1, within_s=10.0))[0].action == "held"
    journal.close(10.0)


async def test_entries_found_at_the_opening_are_followed_once_they_are_durable_for_sure() -> None:
    folder = TroubledFolder()
    journal = opened(folder)
    await journal.record(actor="a", action="x", subject="v", detail={})
    journal.close(10.0)
    end = len(folder.files["00000001.journal"].rstrip(b"\0"))
    folder.files["00000001.journal"][end : end + 5] = b"{torn"
    folder.trouble = lambda _step, operation, name: (
        errno.EROFS if operation == "write" and name == "00000001.journal" else None
    )
    journal = opened(folder)
    assert journal.head is None
    assert await journal.entries_after(0) == ()
    with pytest.raises(UnavailableError):
        await journal.record(actor="a", action="y", subject="v", detail={})
    folder.trouble = refusing()
    assert (await journal.wait_after(0, within_s=10.0))[0].number == 1
    journal.close(10.0)


async def test_who_follows_beyond_the_end_is_told() -> None:
    journal = opened(TroubledFolder())
    await journal.record(actor="a", action="x", subject="v", detail={})
    with pytest.raises(ConflictError, match="ends at 1"):
        await journal.entries_after(7)
    journal.close(10.0)


async def test_followers_have_a_bound_and_leave_it_when_they_end() -> None:
    journal = opened(TroubledFolder(), replace(SMALL, most_followers=2))
    for _ in range(3):
        assert await journal.wait_after(0, within_s=0.01) == ()
    waiting = [asyncio.create_task(journal.wait_after(0, within_s=30.0)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyError):
        await journal.wait_after(0, within_s=0.01)
    await journal.record(actor="a", action="x", subject="v", detail={})
    assert [len(entries) for entries in await asyncio.gather(*waiting)] == [1, 1]
    journal.close(10.0)


def test_a_reader_stops_where_it_is_told_and_remembers_where_segments_begin() -> None:
    folder = TroubledFolder()
    segments = chain(folder)
    write(segments, *["x"] * 60)
    reader = SegmentReader(folder)
    assert [entry.number for entry in reader.after(3, limit=99, up_to=7)] == [4, 5, 6, 7]
    folder.steps.clear()
    assert [entry.number for entry in reader.after(0, limit=2, up_to=99)] == [1, 2]
    again = len(folder.steps)
    folder.steps.clear()
    assert [entry.number for entry in SegmentReader(folder).after(0, limit=2, up_to=99)] == [1, 2]
    assert again < len(folder.steps)


async def test_damage_is_read_past_by_followers() -> None:
    folder = TroubledFolder()
    journal = opened(folder, replace(SMALL, most_in_tail=2))
    for number in range(40):
        await journal.record(actor="a", action=str(number), subject="v", detail={})
    folder.files["00000002.journal"][10] ^= 1
    found = await journal.entries_after(0)
    assert len(found) == 39
    journal.close(10.0)
