"""Field SQLite outbox → embedded broker → town database → receipts, and back down."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from fleet.errors import UnavailableError
from fleet.ids import RecordId, VehicleId
from fleet.text import Text
from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.codec import DownMessage
from telemetry.downlink_sql import DownReceiptHandler, SqlDownStore
from telemetry.engine_sql import open_engine
from telemetry.ingest_mqtt import OfficeAddress, OfficeIngest
from telemetry.mqtt_address import MqttAddress
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.records import Lane, Record
from telemetry.relay import RelaySettings
from telemetry.relay_mqtt import OnDown, StationRelay
from telemetry.store import ReceivedRecord
from telemetry.store_sql import SqlRecordStore
from telemetry.tables_sql import create_tables
from tests.telemetry.field import (
    CLOCK,
    OFFICE_KEY,
    START_S,
    TOPICS,
    alert,
    book,
    office_at,
    running,
    state,
    station_at,
    track,
    until,
)
from tests.telemetry.test_downlink import entry

QUICK = RelaySettings(resend_after_s=0.5, resend_at_most_s=1.0)


class Chunks:
    """Bytes kept elsewhere, as a folder of pictures keeps them."""

    def __init__(self, kept: dict[str, bytes]) -> None:
        self.kept = kept

    def load(self, body_ref: str) -> dict[str, object] | None:
        data = self.kept.get(body_ref)
        return None if data is None else {"data": data}


class Arrivals:
    """What the office was told of, with the time."""

    def __init__(self) -> None:
        self.all: list[tuple[float, ReceivedRecord]] = []

    def note(self, records: Sequence[ReceivedRecord]) -> None:
        now_s = CLOCK.monotonic_s()
        self.all += [(now_s, record) for record in records]


class DiskQuota:
    """Bounds every connection of an engine to some pages, as a full disk does."""

    def __init__(self, engine: sa.Engine) -> None:
        self.pages = 1_000_000
        sa.event.listen(engine, "checkout", self._bound)

    def _bound(self, connection: DBAPIConnection, *_others: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {self.pages}")
        cursor.close()


@dataclass(kw_only=True)
class World:
    """One station, one broker, one office."""

    broker: EmbeddedBroker
    engine: sa.Engine
    store: SqlRecordStore
    outbox: SqliteOutbox
    relay: StationRelay
    office: OfficeIngest
    arrived: list[tuple[float, ReceivedRecord]]

    @property
    def waiting(self) -> int:
        return sum(lane.records for lane in self.outbox.pending().values())


@asynccontextmanager
async def world(folder: Path, *, on_down: OnDown | None = None, bodies: Chunks | None = None) -> AsyncIterator[World]:
    engine = open_engine(f"sqlite:///{folder / 'office.sqlite'}")
    create_tables(engine)
    store = SqlRecordStore(engine, [DownReceiptHandler()])
    outbox = SqliteOutbox(folder / "outbox.sqlite")
    arrivals = Arrivals()
    async with EmbeddedBroker(book=book(), port=0) as broker:
        relay = StationRelay(
            address=station_at(broker.port),
            outbox=outbox,
            clock=CLOCK,
            on_down=on_down,
            bodies=bodies,
            settings=QUICK,
        )
        office = OfficeIngest(
            address=OfficeAddress(topics=TOPICS, broker=office_at(broker.port)),
            store=store,
            clock=CLOCK,
            on_stored=arrivals.note,
            down=SqlDownStore(engine),
        )
        made = World(
            broker=broker,
            engine=engine,
            store=store,
            outbox=outbox,
            relay=relay,
            office=office,
            arrived=arrivals.all,
        )
        async with running(relay.run, office.run):
            yield made
    outbox.close()
    engine.dispose()


async def test_every_record_reaches_the_town_and_then_leaves_the_outbox(tmp_path: Path) -> None:
    async with world(tmp_path) as one:
        await one.relay.put([track(number) for number in range(2000)] + [state(1), alert(1)])
        async with asyncio.timeout(20.0):
            await one.relay.drained()
        status = await one.relay.status()
        await until(lambda: len(one.arrived) == 2002)
        assert one.store.count() == 2001
        assert [record.kind for record in one.store.newest()] == ["vehicle.state"]
        assert len({record.id for _, record in one.arrived}) == 2002
        assert one.arrived[0][1].kind in {"alert", "vehicle.state"}
        assert (status.connected, status.fault, status.oldest_age_s, status.refused) == (True, None, None, 0)
        assert one.office.status().connected


async def test_a_backlog_of_50000_does_not_delay_the_newest_position(tmp_path: Path) -> None:
    """A position overtakes all but what is under way; in its turn the first would come after all 50,000."""
    stood: dict[str, int] = {}
    backlog = SqliteOutbox(tmp_path / "outbox.sqlite")
    for start in range(0, 50_000, 5000):
        backlog.put([track(number) for number in range(start, start + 5000)])
    backlog.close()
    async with world(tmp_path) as one:
        async with asyncio.timeout(200.0):
            while one.waiting > 0:
                position = state(len(stood))
                stood[position.id] = len(one.arrived)
                await one.relay.put([position])
                await asyncio.sleep(0.1)
        order = [record.id for _, record in one.arrived]
        before = [order.index(position) - stood[position] for position in stood if position in order]
        assert one.store.count() == 50_000
    assert len(stood) >= 5
    assert len(before) >= len(stood) // 2
    assert max(before) < 15_000


async def test_the_newest_state_of_a_vehicle_is_plain_json_for_any_client(tmp_path: Path) -> None:
    async with world(tmp_path) as one:
        one.relay.show_vehicle(VehicleId("kite-1"), {"lat_deg": 34.6, "mode": "AUTO"})
        one.relay.show_vehicle(VehicleId("kite-1"), {"lat_deg": 34.7, "mode": "RTL"})
        await asyncio.sleep(1.2)
        wall = MqttAddress(host="127.0.0.1", port=one.broker.port, username="wall", password=OFFICE_KEY)
        async with wall.connected(queue_messages=10) as client, asyncio.timeout(5.0):
            await client.subscribe(TOPICS.vehicle_state(VehicleId("kite-1")))
            message = await anext(aiter(client.messages))
            assert isinstance(message.payload, bytes)
            assert json.loads(message.payload) == {"lat_deg": 34.7, "mode": "RTL"}


async def test_what_the_town_asks_reaches_the_station_once_and_is_acknowledged(tmp_path: Path) -> None:
    taken: list[DownMessage] = []
    refusals = [UnavailableError(Text("後で", "later"))]

    async def on_down(message: DownMessage) -> None:
        if refusals:
            raise refusals.pop()
        taken.append(message)

    async with world(tmp_path, on_down=on_down) as one:
        down = SqlDownStore(one.engine)
        await asyncio.to_thread(down.add, entry(1))
        await asyncio.to_thread(down.add, entry(2))
        one.office.wake_down()
        await until(lambda: not down.waiting(per_station=9), within_s=30.0)
        assert sorted(message.id for message in taken) == ["down-1", "down-2"]
        assert taken[0].body["item"] == "水"


async def test_bytes_kept_elsewhere_join_the_record_on_its_way(tmp_path: Path) -> None:
    def chunk(index: int) -> Record:
        return Record(
            id=RecordId(f"chunk-{index}"),
            lane=Lane.IMAGE,
            kind="picture.chunk",
            recorded_at_s=START_S,
            body={"index": index},
            body_ref=f"picture/{index}",
        )

    bodies = Chunks({f"picture/{index}": bytes([index]) * 48_000 for index in range(5) if index != 3})
    async with world(tmp_path, bodies=bodies) as one:
        await one.relay.put([chunk(index) for index in range(5)])
        async with asyncio.timeout(20.0):
            await one.relay.drained()
        await until(lambda: len(one.arrived) == 4)
        found = {record.id: msgspec.msgpack.decode(record.body_packed) for _, record in one.arrived}
        assert set(found) == {"chunk-0", "chunk-1", "chunk-2", "chunk-4"}
        assert found["chunk-4"] == {"index": 4, "data": bytes([4]) * 48_000}
    assert (tmp_path / "outbox.sqlite").stat().st_size < 48_000


async def test_a_record_the_town_refuses_is_counted_and_does_not_come_again(tmp_path: Path) -> None:
    wrong = Record(id=RecordId("w"), lane=Lane.ALERT, kind="alert", recorded_at_s=START_S, body={"level": "panic"})
    async with world(tmp_path) as one:
        await one.relay.put([wrong, alert(2)])
        async with asyncio.timeout(20.0):
            await one.relay.drained()
        assert (await one.relay.status()).refused == 1
        assert one.store.count() == 1
        assert one.office.status().counts.refused_by_kind == {"alert": 1}


async def test_a_full_town_disk_gives_no_receipt_says_so_and_recovers(tmp_path: Path) -> None:
    async with world(tmp_path) as one:
        quota = DiskQuota(one.engine)
        with one.engine.connect() as connection:
            quota.pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 2
        await one.relay.put([track(number) for number in range(1000)])
        await until(lambda: one.office.status().fault is not None)
        fault = one.office.status().fault
        assert fault is not None
        assert "full" in fault.en
        assert one.waiting == 1000
        quota.pages = 1_000_000
        async with asyncio.timeout(20.0):
            await one.relay.drained()
        assert one.store.count() == 1000
        assert one.office.status().fault is None


async def test_a_broker_that_is_not_there_is_said_in_words_and_records_are_kept(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    relay = StationRelay(address=station_at(9), outbox=outbox, clock=CLOCK)
    async with running(relay.run):
        await relay.put([track(1), alert(1)])
        await asyncio.sleep(0.2)
        status = await relay.status()
    assert not status.connected
    assert status.fault is not None
    assert "9" in status.fault.ja
    assert (status.pending[Lane.ALERT].records, status.pending[Lane.TRACK].records) == (1, 1)
    outbox.close()


@pytest.mark.parametrize("waiting", [1, 300])
async def test_many_callers_share_a_commit_and_each_hears_of_its_own_fault(tmp_path: Path, waiting: int) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    relay = StationRelay(address=station_at(9), outbox=outbox, clock=CLOCK)
    large = Record(id=RecordId("x"), lane=Lane.RECORD, kind="x", recorded_at_s=START_S, body={"data": bytes(1 << 16)})
    async with running(relay.run):
        puts = [relay.put([track(number)]) for number in range(waiting)]
        results = await asyncio.gather(*puts, relay.put([large]), return_exceptions=True)
    assert [type(result).__name__ for result in results if result is not None] == ["TooLargeError"]
    assert outbox.pending()[Lane.TRACK].records == waiting
    outbox.close()
