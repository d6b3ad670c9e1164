"""History: the right stretch, in order, thinned without inventing anything."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from fleet.ids import VehicleId
from telemetry.engine_sql import open_engine
from telemetry.history_sql import TrackHistory
from telemetry.store_sql import SqlRecordStore
from telemetry.tables_sql import create_tables
from tests.telemetry.field import START_S, track
from tests.telemetry.test_store import received

KITE = VehicleId("kite-1")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = open_engine(f"sqlite:///{tmp_path / 'office.sqlite'}")
    create_tables(made)
    store = SqlRecordStore(made)
    for start in range(0, 1000, 100):
        store.store(received([track(number) for number in range(start, start + 100)]))
    store.store(received([track(number, "kite-2") for number in range(5000, 5010)]))
    yield made
    made.dispose()


def test_a_stretch_has_its_start_and_not_its_end(engine: sa.Engine) -> None:
    points = TrackHistory(engine).between(KITE, start_s=START_S + 10, end_s=START_S + 20)
    assert [point.at_s - START_S for point in points] == list(range(10, 20))
    assert points[0].alt_agl_m == 80.0
    assert points[0].lon_deg == pytest.approx(132.3 + 10e-6)


def test_a_long_track_is_thinned_to_points_that_were_flown(engine: sa.Engine) -> None:
    points = TrackHistory(engine).between(KITE, start_s=START_S, end_s=START_S + 1000, max_points=50)
    times = [point.at_s - START_S for point in points]
    assert times == sorted(set(times))
    assert 45 <= len(points) <= 50
    assert times[0] == 0
    assert max(later - sooner for sooner, later in itertools.pairwise(times)) <= 40


def test_another_vehicles_track_does_not_mix_in(engine: sa.Engine) -> None:
    history = TrackHistory(engine)
    assert len(history.between(VehicleId("kite-2"), start_s=0.0, end_s=START_S * 2)) == 10
    assert history.between(VehicleId("kite-3"), start_s=0.0, end_s=START_S * 2) == []
    assert set(history.vehicles()) == {"kite-1", "kite-2"}
