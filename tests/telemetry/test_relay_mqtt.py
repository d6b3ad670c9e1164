"""The station's relay on a disk that fails: what fails is shown while it does, and alerts still go out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from fleet.errors import TooLargeError, UnavailableError
from fleet.ids import RecordId
from fleet.text import Text
from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.ingest_mqtt import OfficeAddress, OfficeIngest
from telemetry.outbox import Packed
from telemetry.outbox_memory import MemoryOutbox
from telemetry.records import Lane, Record
from telemetry.relay_mqtt import StationRelay
from telemetry.store_memory import MemoryRecordStore
from tests.telemetry.field import CLOCK, START_S, TOPICS, alert, book, office_at, running, station_at, track, until


class FailingOutbox(MemoryOutbox):
    """Refuses the work named in `refuses`: put, take, settle."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses: set[str] = set()
        self.failed: set[str] = set()

    def _check(self, work: str) -> None:
        if work in self.refuses:
            self.failed.add(work)
            raise UnavailableError(Text(f"{work} できません", f"no {work}"))

    def put(self, records: Sequence[Record]) -> None:
        self._check("put")
        super().put(records)

    def take(self, *, lane: Lane, after: int, max_bytes: int, limit: int) -> Sequence[Packed]:
        self._check("take")
        return super().take(lane=lane, after=after, max_bytes=max_bytes, limit=limit)

    def settle(self, numbers: Sequence[int]) -> None:
        self._check("settle")
        super().settle(numbers)

    @property
    def waiting(self) -> int:
        return sum(lane.records for lane in self.pending().values())


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One station with a disk that fails at will, one broker, one office."""

    outbox: FailingOutbox
    relay: StationRelay
    store: MemoryRecordStore

    async def fault(self) -> str | None:
        fault = (await self.relay.status()).fault
        return None if fault is None else fault.en

    async def shows(self, fault: str | None) -> None:
        """Wait until the status shows a fault, or none; fails with TimeoutError."""
        async with asyncio.timeout(10.0):
            while True:
                if await self.fault() == fault:
                    return
                await asyncio.sleep(0.01)


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    outbox, store = FailingOutbox(), MemoryRecordStore()
    async with EmbeddedBroker(book=book(), port=0) as broker:
        relay = StationRelay(address=station_at(broker.port), outbox=outbox, clock=CLOCK)
        address = OfficeAddress(topics=TOPICS, broker=office_at(broker.port))
        office = OfficeIngest(address=address, store=store, clock=CLOCK)
        async with running(relay.run, office.run):
            await relay.put([alert(1)])
            async with asyncio.timeout(20.0):
                await relay.drained()
            yield World(outbox=outbox, relay=relay, store=store)


async def test_a_disk_that_refuses_records_is_shown_until_it_takes_some() -> None:
    large = Record(id=RecordId("x"), lane=Lane.RECORD, kind="x", recorded_at_s=START_S, body={"data": bytes(1 << 16)})
    async with world() as one:
        one.outbox.refuses = {"put"}
        with pytest.raises(UnavailableError):
            await one.relay.put([alert(2)])
        assert await one.fault() == "no put"
        one.outbox.refuses = set()
        with pytest.raises(TooLargeError):
            await one.relay.put([large])
        assert await one.fault() == "no put"
        await one.relay.put([alert(3)])
        assert await one.fault() is None


async def test_alerts_go_out_while_the_disk_lets_nothing_be_taken_out() -> None:
    async with world() as one:
        one.outbox.refuses = {"settle"}
        await one.relay.put([track(1)])
        await until(lambda: "settle" in one.outbox.failed)
        await one.relay.put([alert(2)])
        await until(lambda: len(one.store.records) == 3)
        await one.shows("no settle")
        assert one.outbox.waiting == 2
        one.outbox.refuses = set()
        await one.shows(None)
        assert one.outbox.waiting == 0


async def test_the_worst_fault_is_shown_and_each_ends_by_itself() -> None:
    async with world() as one:
        one.outbox.refuses = {"settle"}
        await one.relay.put([track(1)])
        await one.shows("no settle")
        one.outbox.refuses = {"settle", "put"}
        with pytest.raises(UnavailableError):
            await one.relay.put([alert(2)])
        assert await one.fault() == "no put"
        one.outbox.refuses = {"settle"}
        await one.relay.put([alert(3)])
        assert await one.fault() == "no settle"


async def test_a_lane_that_could_not_be_read_is_read_again() -> None:
    async with world() as one:
        one.outbox.refuses = {"take"}
        await one.relay.put([alert(2)])
        await one.shows("no take")
        one.outbox.refuses = set()
        await one.relay.put([track(1)])
        await until(lambda: one.outbox.waiting == 0)
        await one.shows(None)
        assert len(one.store.records) == 3


async def test_what_is_sent_without_a_receipt_is_owed_until_one_comes_or_the_line_breaks() -> None:
    async with EmbeddedBroker(book=book(), port=0) as broker:
        relay = StationRelay(address=station_at(broker.port), outbox=MemoryOutbox(), clock=CLOCK)
        async with running(relay.run):
            assert relay.unreceipted_s() is None
            await relay.put([track(1)])
            await until(lambda: (relay.unreceipted_s() or 0.0) > 0.1)
            address = OfficeAddress(topics=TOPICS, broker=office_at(broker.port))
            office = OfficeIngest(address=address, store=MemoryRecordStore(), clock=CLOCK)
            async with running(office.run):
                await until(lambda: relay.unreceipted_s() is None)
            await relay.put([track(2)])
            await until(lambda: relay.unreceipted_s() is not None)
            await broker.stop()
            await until(lambda: relay.unreceipted_s() is None)
