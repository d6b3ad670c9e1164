"""Field SQLite outbox → embedded broker → town database → receipts."""

from pathlib import Path

from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.engine_sql import open_engine
from telemetry.ingest_mqtt import OfficeAddress, OfficeIngest
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.relay_mqtt import StationRelay
from telemetry.store import ReceivedRecord
from telemetry.store_sql import SqlRecordStore
from telemetry.tables_sql import create_tables
from tests.telemetry.field import CLOCK, TOPICS, alert, book, office_at, running, state, station_at, track, until


async def test_every_record_reaches_the_town_and_then_leaves_the_outbox(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'office.sqlite'}")
    create_tables(engine)
    store = SqlRecordStore(engine)
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    arrived: list[ReceivedRecord] = []
    async with EmbeddedBroker(book=book(), port=0) as broker:
        relay = StationRelay(address=station_at(broker.port), outbox=outbox, clock=CLOCK)
        office = OfficeIngest(
            address=OfficeAddress(topics=TOPICS, broker=office_at(broker.port)),
            store=store,
            clock=CLOCK,
            on_stored=arrived.extend,
        )
        async with running(relay.run, office.run):
            await relay.put([track(number) for number in range(2000)] + [state(1), alert(1)])
            await until(lambda: sum(lane.records for lane in outbox.pending().values()) == 0)
            status = await relay.status()
    assert store.count() == 2001
    assert [record.kind for record in store.newest()] == ["vehicle.state"]
    assert len({record.id for record in arrived}) == len(arrived) == 2002
    assert arrived[0].kind in {"alert", "vehicle.state"}
    assert status.connected
    assert status.fault is None
    assert status.oldest_age_s is None
