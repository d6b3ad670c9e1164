"""Group commit: durable when `put` returns, bounded, and nothing left behind at the end."""

import asyncio
import contextlib
from collections.abc import Sequence

import pytest

from fleet.errors import TooManyError, UnavailableError
from fleet.text import Text
from telemetry.outbox_memory import MemoryOutbox
from telemetry.outbox_writer import MAX_COMMIT_RECORDS, MAX_WAITING_RECORDS, OutboxWriter
from telemetry.records import Lane, Record
from tests.telemetry.field import alert, running, track


class CountedOutbox(MemoryOutbox):
    """Counts commits; refuses while `full`."""

    def __init__(self) -> None:
        super().__init__()
        self.commits = 0
        self.full = False

    def put(self, records: Sequence[Record]) -> None:
        self.commits += 1
        if self.full:
            raise UnavailableError(Text("ディスクがいっぱいです", "disk full"))
        super().put(records)


async def test_callers_who_wait_together_share_a_commit() -> None:
    outbox, lanes = CountedOutbox(), list[Lane]()
    writer = OutboxWriter(outbox, lanes.append)
    async with running(writer.run):
        await asyncio.gather(*(writer.put([track(number)]) for number in range(200)), writer.put([alert(1)]))
    assert outbox.pending()[Lane.TRACK].records == 200
    assert outbox.commits <= 5
    assert {Lane.TRACK, Lane.ALERT} == set(lanes)


async def test_a_full_disk_is_told_to_whom_it_concerns_and_passes() -> None:
    outbox = CountedOutbox()
    writer = OutboxWriter(outbox, lambda _lane: None)
    async with running(writer.run):
        outbox.full = True
        with pytest.raises(UnavailableError):
            await writer.put([track(1)])
        outbox.full = False
        await writer.put([track(2)])
    assert outbox.pending()[Lane.TRACK].records == 1


async def test_more_than_the_disk_can_take_is_refused_at_once() -> None:
    writer = OutboxWriter(MemoryOutbox(), lambda _lane: None)
    with pytest.raises(TooManyError):
        await writer.put([track(1)] * (MAX_WAITING_RECORDS + 1))


async def test_what_waits_when_the_writer_ends_is_still_kept() -> None:
    outbox = CountedOutbox()
    writer = OutboxWriter(outbox, lambda _lane: None)
    writing = asyncio.create_task(writer.run())
    putting = asyncio.create_task(writer.put([track(1)]))
    await asyncio.sleep(0)
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    await putting
    assert outbox.pending()[Lane.TRACK].records == 1
    with pytest.raises(TooManyError):
        await writer.put([track(2)])


async def test_a_writer_that_fell_and_is_run_again_takes_records_again() -> None:
    outbox = MemoryOutbox()
    writer = OutboxWriter(outbox, lambda _: None)
    for number in range(2):
        running = asyncio.create_task(writer.run())
        await asyncio.sleep(0)
        await writer.put([track(number)])
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert outbox.pending()[Lane.TRACK].records == 2


class MistakenOutbox(MemoryOutbox):
    """Makes a mistake at its first commit."""

    def __init__(self) -> None:
        super().__init__()
        self.commits = 0

    def put(self, records: Sequence[Record]) -> None:
        self.commits += 1
        if self.commits == 1:
            raise RuntimeError("nobody thought of this record")
        super().put(records)


async def test_nobody_waits_for_ever_for_a_commit_that_fell_and_who_came_after_is_served_by_the_next_run() -> None:
    outbox = MistakenOutbox()
    writer = OutboxWriter(outbox, lambda _lane: None)
    first = asyncio.create_task(writer.put([track(1)]))
    second = asyncio.create_task(writer.put([track(2)] * MAX_COMMIT_RECORDS))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError):
        await writer.run()
    async with asyncio.timeout(5.0):
        with pytest.raises(UnavailableError, match="unforeseen"):
            await first
        async with running(writer.run):
            await second
    assert outbox.pending()[Lane.TRACK].records == MAX_COMMIT_RECORDS
