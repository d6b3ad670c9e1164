"""The line of alarms over real brokers: at once, again and again, past a full queue, and over."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fleet.disk_words import ShownAlarm
from fleet.errors import UnavailableError
from fleet.text import Text
from telemetry.alarm_mqtt import AlarmLine, AlarmTopics
from telemetry.alarm_wire import AlarmWord
from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.codec import WireWriter, encode_record
from telemetry.ingest_mqtt import MAX_QUEUED_BATCHES, OfficeAddress, OfficeIngest
from telemetry.records import Lane
from telemetry.store import ReceivedRecord, Stored
from telemetry.store_memory import MemoryRecordStore
from tests.telemetry.brokers.test_brokers import KINDS, Broker, started
from tests.telemetry.field import CLOCK, STATION, TOPICS, book, office_at, running, station_at, track, until


def alarm(key: str = "outbox") -> ShownAlarm:
    since_s = CLOCK.monotonic_s()
    return ShownAlarm(key=key, level="act", text=Text("書けません", "cannot"), cure=None, since_s=since_s)


@dataclass(slots=True)
class Ear:
    """What one side heard: by speaker, all words' places."""

    words: dict[str, list[list[str]]] = field(default_factory=dict)

    def hear(self, speaker: str, word: AlarmWord) -> None:
        self.words.setdefault(speaker, []).append([told.place for told in word.alarms])

    def newest(self, speaker: str) -> list[str] | None:
        said = self.words.get(speaker)
        return None if said is None else said[-1]


def station_line(port: int, ear: Ear) -> AlarmLine:
    topics = AlarmTopics(
        speak=TOPICS.alarm(STATION),
        listen=TOPICS.office_alarm,
        speaker_of=lambda topic: "office" if topic == TOPICS.office_alarm else None,
    )
    return AlarmLine(broker=station_at(port).broker, topics=topics, clock=CLOCK, on_heard=ear.hear)


def office_line(port: int, ear: Ear) -> AlarmLine:
    topics = AlarmTopics(speak=TOPICS.office_alarm, listen=TOPICS.every_alarm, speaker_of=TOPICS.read_alarm)
    return AlarmLine(broker=office_at(port), topics=topics, clock=CLOCK, on_heard=ear.hear)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    broker: Broker
    station: AlarmLine
    office: AlarmLine
    at_station: Ear
    at_office: Ear


@asynccontextmanager
async def sides(kind: str, folder: Path) -> AsyncIterator[Sides]:
    at_station, at_office = Ear(), Ear()
    async with started(kind, folder) as broker:
        station, office = station_line(broker.port, at_station), office_line(broker.port, at_office)
        async with running(station.run, office.run):
            yield Sides(broker=broker, station=station, office=office, at_station=at_station, at_office=at_office)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_side_hears_the_other_until_it_is_over_and_never_itself(kind: str, tmp_path: Path) -> None:
    async with sides(kind, tmp_path) as both:
        both.station.show([alarm(), alarm("audit")])
        both.office.show([alarm("office-database")])
        await until(lambda: both.at_office.newest(STATION) == ["outbox", "audit"])
        await until(lambda: both.at_station.newest("office") == ["office-database"])
        both.station.show([])
        both.office.show([])
        await until(lambda: both.at_office.newest(STATION) == [])
        await until(lambda: both.at_station.newest("office") == [])
        assert set(both.at_office.words) == {STATION}
        assert set(both.at_station.words) == {"office"}


async def test_an_alarm_that_holds_is_said_again_for_who_comes_later(tmp_path: Path) -> None:
    async with sides("embedded", tmp_path) as both:
        both.station.show([alarm()])
        await until(lambda: both.at_office.newest(STATION) == ["outbox"])
        late = Ear()
        async with running(office_line(both.broker.port, late).run):
            await until(lambda: late.newest(STATION) == ["outbox"])
            assert set(late.words) == {STATION}
            assert both.at_office.newest(STATION) == ["outbox"]


async def test_after_the_broker_came_back_it_is_said_again(tmp_path: Path) -> None:
    at_office = Ear()
    async with EmbeddedBroker(book=book(), port=0) as first:
        port = first.port
        station, office = station_line(port, Ear()), office_line(port, at_office)
        async with running(station.run, office.run):
            station.show([alarm()])
            await until(lambda: at_office.newest(STATION) == ["outbox"])
            await first.stop()
            said = len(at_office.words[STATION])
            async with EmbeddedBroker(book=book(), port=port):
                await until(lambda: len(at_office.words[STATION]) > said)
                assert at_office.newest(STATION) == ["outbox"]


async def test_what_cannot_be_read_is_counted_and_changes_nothing(tmp_path: Path) -> None:
    async with sides("embedded", tmp_path) as both:
        both.station.show([alarm()])
        await until(lambda: both.at_office.newest(STATION) == ["outbox"])
        async with station_at(both.broker.port).broker.connected(queue_messages=10) as station:
            for payload in (b"\xff", b"{}", b"[1]"):
                await station.publish(TOPICS.alarm(STATION), payload, qos=0)
            await until(lambda: both.office.unreadable == 3)
        assert both.at_office.newest(STATION) == ["outbox"]


class HangingStore(MemoryRecordStore):
    """A database that takes nothing and does not even say so before it is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def store(self, records: Sequence[ReceivedRecord]) -> Stored:
        self.over.wait(timeout=60.0)
        raise UnavailableError(Text("満杯", "full"))


async def test_an_office_whose_queue_of_records_is_full_still_hears_and_is_heard(tmp_path: Path) -> None:
    at_station, at_office, store = Ear(), Ear(), HangingStore()
    async with EmbeddedBroker(book=book(), port=0) as broker:
        ingest = OfficeIngest(
            address=OfficeAddress(topics=TOPICS, broker=office_at(broker.port)), store=store, clock=CLOCK
        )
        station, office = station_line(broker.port, at_station), office_line(broker.port, at_office)
        async with running(ingest.run, station.run, office.run):
            await until(lambda: ingest.status().connected)
            wire, packed = WireWriter(), [encode_record(track(number)) for number in range(3)]
            async with station_at(broker.port).broker.connected(queue_messages=10) as client:
                for number in range(2 * MAX_QUEUED_BATCHES):
                    await client.publish(TOPICS.up(STATION, Lane.TRACK), wire.batch(f"b.{number}", packed), qos=0)
            await until(ingest._queue.full)
            station.show([alarm()])
            office.show([alarm("office-database")])
            async with asyncio.timeout(10.0):
                await until(lambda: at_office.newest(STATION) == ["outbox"])
                await until(lambda: at_station.newest("office") == ["office-database"])
            assert ingest._queue.full()
            store.over.set()
        assert store.records == {}
