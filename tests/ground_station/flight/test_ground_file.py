"""The heights for aircraft: read beside the loop, whatever becomes of the file."""

import os
from pathlib import Path

import numpy as np
import pytest

from fleet.clock import ManualClock
from fleet.errors import InvalidValueError
from fleet.positions import LocalFrame
from fleet.text import Text
from ground_station.flight.ground_file import NAME, GroundFile, read_ground, write_ground
from missions.terrain.grid import Terrain
from tests.ground_station.flight.aircraft import eventually

LON, LAT = np.array([133.23]), np.array([34.77])
LOOK_S = 3.1


def _terrain(height_m: float) -> Terrain:
    return Terrain(
        frame=LocalFrame(lon_deg=133.23, lat_deg=34.77),
        west_m=-500.0,
        south_m=-500.0,
        cell_m=10.0,
        heights_m=np.full((101, 101), height_m, dtype=np.float32),
        synthetic=True,
        source=Text("試験", "test"),
    )


async def _finds(ground: GroundFile, clock: ManualClock, height_m: float) -> None:
    clock.advance(LOOK_S)
    await eventually(lambda: np.array_equal(ground.elevation_m(LON, LAT), [height_m], equal_nan=True))


async def test_a_file_is_found_when_it_comes_and_when_it_is_replaced_and_missed_when_it_goes(tmp_path: Path) -> None:
    clock = ManualClock()
    ground = GroundFile(tmp_path / NAME, clock)
    assert ground.problem is None
    ground.elevation_m(LON, LAT)
    await eventually(lambda: np.isnan(ground.elevation_m(LON, LAT)).all() and ground._in_vain_since_s is not None)
    assert ground.problem is None, "it may be prepared within seconds"
    clock.advance(15.0)
    assert ground.problem is not None
    for height_m in (500.0, 600.0):
        assert write_ground(tmp_path / NAME, _terrain(height_m))
        await _finds(ground, clock, height_m)
        assert ground.problem is None
    (tmp_path / NAME).unlink()
    await _finds(ground, clock, float("nan"))
    clock.advance(15.0)
    assert ground.problem is not None


async def test_heights_that_were_read_stay_though_their_file_is_cut(tmp_path: Path) -> None:
    clock = ManualClock()
    ground = GroundFile(tmp_path / NAME, clock)
    write_ground(tmp_path / NAME, _terrain(500.0))
    await _finds(ground, clock, 500.0)
    os.truncate(tmp_path / NAME, 100)
    assert ground.elevation_m(LON, LAT) == 500.0


async def test_a_disk_that_does_not_answer_holds_nobody_up(tmp_path: Path) -> None:
    stuck = tmp_path / NAME
    os.mkfifo(stuck)
    clock = ManualClock()
    ground = GroundFile(stuck, clock)
    for _ in range(5):
        assert np.isnan(ground.elevation_m(LON, LAT)).all()
        clock.advance(LOOK_S)
    os.close(os.open(stuck, os.O_RDWR))


@pytest.mark.parametrize("length", [0, 10, 4_096, 4_097, 20_000, 4_096 + 4 * 101 * 101 - 4, 4_096 + 4 * 101 * 101 + 4])
def test_a_file_of_another_length_than_it_says_is_none(length: int, tmp_path: Path) -> None:
    write_ground(tmp_path / NAME, _terrain(500.0))
    assert read_ground(tmp_path / NAME).heights_m.shape == (101, 101)
    os.truncate(tmp_path / NAME, length)
    with pytest.raises(InvalidValueError):
        read_ground(tmp_path / NAME)
