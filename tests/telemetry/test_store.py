"""The record store's contract, over every adapter, and what only the SQL one can do."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from fleet.errors import InvalidValueError, UnavailableError
from fleet.ids import VehicleId
from fleet.text import Text
from telemetry.codec import WireWriter, encode_record
from telemetry.downlink import DownEntry
from telemetry.downlink_sql import SqlDownStore
from telemetry.engine_sql import open_engine
from telemetry.history_sql import TrackHistory
from telemetry.ingest import Ingest
from telemetry.records import Lane, Record
from telemetry.store import ReceivedRecord, RecordStore
from telemetry.store_memory import MemoryRecordStore
from telemetry.store_sql import SqlRecordStore
from telemetry.tables_sql import create_tables, records
from telemetry.tables_sql import track as track_table
from tests.telemetry.field import START_S, STATION, TOPICS, alert, state, track
from tests.telemetry.postgres_server import postgres_url


def received(made: Sequence[Record]) -> list[ReceivedRecord]:
    payload = WireWriter().batch("b", [encode_record(record) for record in made])
    batch = Ingest(TOPICS).read(TOPICS.up(STATION, Lane.RECORD), payload, START_S + 9000.0)
    assert batch is not None
    assert list(batch.refused) == []
    return [record for _, record in batch.records]


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_url() as url:
        yield url


def empty_engine(kind: str, request: pytest.FixtureRequest, folder: Path) -> sa.Engine:
    if kind == "sqlite":
        made = open_engine(f"sqlite:///{folder / 'office.sqlite'}")
    else:
        made = open_engine(request.getfixturevalue("postgres"))
        with made.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    create_tables(made)
    return made


POSTGRES = pytest.param("postgres", marks=pytest.mark.peer)


@pytest.fixture(params=["sqlite", POSTGRES])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    made = empty_engine(request.param, request, tmp_path)
    yield made
    made.dispose()


@pytest.fixture(params=["memory", "sqlite", POSTGRES])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RecordStore]:
    if request.param == "memory":
        yield MemoryRecordStore()
        return
    made = empty_engine(request.param, request, tmp_path)
    yield SqlRecordStore(made)
    made.dispose()


def test_new_records_are_kept_and_told(store: RecordStore) -> None:
    made = received([track(1), alert(1), track(2)])
    stored = store.store(made)
    assert {record.id for record in stored.new} == {record.id for record in made}
    assert store.count() == 3


def test_the_second_copy_changes_nothing_and_is_not_told(store: RecordStore) -> None:
    store.store(received([track(1), alert(1)]))
    again = store.store(received([track(1), alert(1), track(2), track(2)]))
    assert [record.id for record in again.new] == [track(2).id]
    assert store.count() == 3


def test_only_the_newest_of_a_key_is_kept_whatever_comes_late(store: RecordStore) -> None:
    store.store(received([state(5)]))
    assert store.store(received([state(4)])).new == []
    assert [record.id for record in store.store(received([state(6)])).new] == [state(6).id]
    store.store(received([state(1, "kite-2")]))
    newest = {record.key: record for record in store.newest()}
    assert set(newest) == {"vehicle.state/kite-1", "vehicle.state/kite-2"}
    assert newest["vehicle.state/kite-1"].id == state(6).id
    assert newest["vehicle.state/kite-1"].body()["vehicle_id"] == "kite-1"
    assert store.count() == 0


def test_storing_nothing_is_nothing(store: RecordStore) -> None:
    assert store.store([]).new in ([], ())


def test_records_of_a_kind_not_known_yet_are_kept_as_they_are(store: RecordStore) -> None:
    note = Record(
        id=alert(9).id, lane=Lane.RECORD, kind="note.of.tomorrow", recorded_at_s=START_S, body={"a": [1, "二"]}
    )
    stored = store.store(received([note]))
    assert [record.body() for record in stored.new] == [{"a": [1, "二"]}]
    assert store.count() == 1


def test_records_survive_the_process(engine: sa.Engine) -> None:
    SqlRecordStore(engine).store(received([track(1), alert(1), state(1)]))
    engine.dispose()
    again = SqlRecordStore(engine)
    assert again.count() == 2
    assert len(again.newest()) == 1


def test_a_track_record_becomes_one_row_of_the_track(engine: sa.Engine) -> None:
    SqlRecordStore(engine).store(received([track(3)]))
    with engine.connect() as connection:
        row = connection.execute(sa.select(track_table)).mappings().one()
        assert connection.execute(sa.select(sa.func.count()).select_from(records)).scalar_one() == 0
    assert (row["vehicle_id"], row["at"], row["alt_agl_m"], row["station"]) == ("kite-1", START_S + 3, 80.0, "tent-1")


class Tally:
    """A durable handler: writes each alert's id into a table of its own; can be told to misbehave."""

    kinds = frozenset({"alert"})

    def __init__(self, engine: sa.Engine, *, keeps_body: bool = True) -> None:
        self.keeps_body = keeps_body
        self.refuse: set[str] = set()
        self.fail: Exception | None = None
        self.table = sa.Table("tally", sa.MetaData(), sa.Column("id", sa.String, primary_key=True))
        self.table.create(engine)

    def handle(self, connection: sa.Connection, record: ReceivedRecord) -> None:
        connection.execute(sa.insert(self.table), {"id": record.id})
        if self.fail is not None:
            raise self.fail
        if record.id in self.refuse:
            raise InvalidValueError(Text("だめ", "not this one"))

    def ids(self, engine: sa.Engine) -> set[str]:
        with engine.connect() as connection:
            return set(connection.execute(sa.select(self.table.c.id)).scalars())


def test_a_handlers_effect_is_committed_with_the_record_and_once(engine: sa.Engine) -> None:
    tally = Tally(engine)
    store = SqlRecordStore(engine, [tally])
    store.store(received([alert(1), track(1)]))
    store.store(received([alert(1), alert(2)]))
    assert tally.ids(engine) == {alert(1).id, alert(2).id}


def test_a_record_its_handler_refuses_is_named_and_leaves_no_effect(engine: sa.Engine) -> None:
    tally = Tally(engine)
    tally.refuse = {str(alert(2).id)}
    stored = SqlRecordStore(engine, [tally]).store(received([alert(1), alert(2), alert(3)]))
    assert stored.refused == {alert(2).id: "not this one"}
    assert {record.id for record in stored.new} == {alert(1).id, alert(3).id}
    assert tally.ids(engine) == {alert(1).id, alert(3).id}


def test_a_handler_that_cannot_write_now_undoes_the_whole_commit(engine: sa.Engine) -> None:
    tally = Tally(engine)
    tally.fail = UnavailableError(Text("ディスク", "disk"))
    store = SqlRecordStore(engine, [tally])
    with pytest.raises(UnavailableError):
        store.store(received([track(1), alert(1)]))
    assert store.count() == 0
    assert tally.ids(engine) == set()
    tally.fail = None
    assert len(store.store(received([track(1), alert(1)])).new) == 2


def test_a_record_the_database_refuses_does_not_hold_up_the_others(engine: sa.Engine) -> None:
    tally = Tally(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(tally.table), {"id": alert(2).id})
    store = SqlRecordStore(engine, [tally])
    stored = store.store(received([alert(1), alert(2), alert(3)]))
    assert set(stored.refused) == {alert(2).id}
    assert {record.id for record in stored.new} == {alert(1).id, alert(3).id}
    assert store.count() == 2


def test_a_body_its_handler_keeps_is_not_kept_twice(engine: sa.Engine) -> None:
    SqlRecordStore(engine, [Tally(engine, keeps_body=False)]).store(received([alert(1)]))
    with engine.connect() as connection:
        assert connection.execute(sa.select(records.c.body)).scalar_one() == b""


def test_a_full_disk_gives_no_receipt_and_the_store_recovers(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'office.sqlite'}")
    create_tables(engine)
    store = SqlRecordStore(engine)
    store.store(received([track(number) for number in range(100)]))
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(UnavailableError) as caught:
        store.store(received([track(number) for number in range(100, 300)]))
    assert "full" in caught.value.what.en
    assert store.count() == 100
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert len(store.store(received([track(number) for number in range(100, 300)])).new) == 200
    engine.dispose()


def test_the_towns_requests_and_the_history_speak_the_same_to_every_database(engine: sa.Engine) -> None:
    down = SqlDownStore(engine)
    for number in (2, 1):
        entry = DownEntry(
            id=f"d{number}", station=STATION, kind="picture.missing", body={"indexes": [1]}, created_at_s=float(number)
        )
        down.add(entry)
        down.add(entry)
    down.acknowledge(station=STATION, ids=["d2"], now_s=START_S)
    assert [entry.id for entry in down.waiting(per_station=5)] == ["d1"]
    SqlRecordStore(engine).store(received([track(number) for number in range(200)]))
    points = TrackHistory(engine).between(VehicleId("kite-1"), start_s=START_S, end_s=START_S + 200, max_points=20)
    assert [point.at_s - START_S for point in points] == list(range(0, 200, 10))
