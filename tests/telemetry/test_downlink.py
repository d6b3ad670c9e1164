"""What the town asks: kept until acknowledged, sent again until then, by its own station alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from fleet.errors import InvalidValueError
from fleet.ids import StationId
from telemetry.bodies import DownReceipt
from telemetry.downlink import DownEntry, DownPacer, DownStore, MemoryDownStore
from telemetry.downlink_sql import DownReceiptHandler, SqlDownStore, queue_down
from telemetry.engine_sql import open_engine, writing
from telemetry.making import make_record
from telemetry.store_sql import SqlRecordStore
from telemetry.tables_sql import create_tables
from tests.telemetry.field import START_S, STATION
from tests.telemetry.test_store import received

OTHER = StationId("tent-2")


def entry(number: int, station: StationId = STATION, *, size: int = 0) -> DownEntry:
    body = {"request_id": f"request-{number}", "item": "水", "mass_kg": 4.0, "note": "x" * size}
    return DownEntry(
        id=f"down-{number}", station=station, kind="delivery.request", body=body, created_at_s=START_S + number
    )


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = open_engine(f"sqlite:///{tmp_path / 'office.sqlite'}")
    create_tables(made)
    yield made
    made.dispose()


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, engine: sa.Engine) -> DownStore:
    return MemoryDownStore() if request.param == "memory" else SqlDownStore(engine)


def waiting(store: DownStore, per_station: int = 10) -> list[str]:
    return [one.id for one in store.waiting(per_station=per_station)]


def test_entries_wait_in_order_until_acknowledged(store: DownStore) -> None:
    for number in (2, 1, 3):
        store.add(entry(number))
    assert waiting(store) == ["down-1", "down-2", "down-3"]
    store.acknowledge(station=STATION, ids=["down-2"], now_s=START_S)
    assert waiting(store) == ["down-1", "down-3"]
    assert store.waiting(per_station=10)[0] == entry(1)


def test_an_entry_added_twice_waits_once_even_after_its_acknowledgement(store: DownStore) -> None:
    store.add(entry(1))
    store.add(entry(1))
    assert waiting(store) == ["down-1"]
    store.acknowledge(station=STATION, ids=["down-1"], now_s=START_S)
    store.add(entry(1))
    assert waiting(store) == []


def test_a_station_cannot_acknowledge_anothers_entries(store: DownStore) -> None:
    store.add(entry(1))
    store.acknowledge(station=OTHER, ids=["down-1", "unknown"], now_s=START_S)
    assert waiting(store) == ["down-1"]


def test_each_station_has_its_own_share(store: DownStore) -> None:
    for number in range(5):
        store.add(entry(number))
    store.add(entry(9, OTHER))
    assert sorted(waiting(store, per_station=2)) == ["down-0", "down-1", "down-9"]


@pytest.mark.parametrize("kind", ["vehicle.arm", "command", "delivery.state", ""])
def test_no_command_can_go_down(kind: str) -> None:
    with pytest.raises(InvalidValueError):
        DownEntry(id="x", station=STATION, kind=kind, body={}, created_at_s=START_S)


def test_a_message_goes_at_once_and_then_again_with_growing_patience() -> None:
    pacer = DownPacer()
    times = [now_s for now_s in range(200) if pacer.due([entry(1)], float(now_s))]
    assert times == [0, 5, 15, 35, 75, 135, 195]


def test_after_a_new_connection_everything_goes_again() -> None:
    pacer = DownPacer()
    pacer.due([entry(1)], 0.0)
    assert pacer.due([entry(1)], 1.0) == {}
    pacer.forget()
    assert list(pacer.due([entry(1)], 1.1)) == [STATION]


def test_what_does_not_fit_one_payload_follows_in_the_next() -> None:
    pacer = DownPacer()
    large = [entry(number, size=25_000) for number in range(4)]
    assert [message.id for message in pacer.due(large, 0.0)[STATION]] == ["down-0", "down-1"]
    assert [message.id for message in pacer.due(large, 0.1)[STATION]] == ["down-2", "down-3"]


def test_the_acknowledgement_is_committed_with_the_record_that_brings_it(engine: sa.Engine) -> None:
    down = SqlDownStore(engine)
    with writing(engine) as connection:
        queue_down(connection, entry(1))
        queue_down(connection, entry(2))
    body = DownReceipt(ids=["down-1"])
    record = make_record(body, record_id="receipt-1", recorded_at_s=START_S)
    SqlRecordStore(engine, [DownReceiptHandler()]).store(received([record]))
    assert waiting(down) == ["down-2"]
