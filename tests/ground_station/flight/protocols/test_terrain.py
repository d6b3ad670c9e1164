import math

import numpy as np
import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.positions import FloatArray
from ground_station.flight.protocols.terrain import answer_terrain_request

LAT, LON = 347_000_000, 1_332_000_000
M_PER_DEG = 111_318.84


class Slope:
    """One metre up for every 100 m north, two for every 100 m east, nothing known west of its corner."""

    def elevation_m(self, lon_deg: FloatArray, lat_deg: FloatArray) -> FloatArray:
        north_m = (lat_deg - LAT / 1e7) * M_PER_DEG
        east_m = (lon_deg - LON / 1e7) * M_PER_DEG * math.cos(math.radians(LAT / 1e7))
        heights: FloatArray = np.where(east_m < -1.0, np.nan, north_m / 100.0 + east_m / 50.0)
        return heights


def _request(mask: int, lon: int = LON) -> object:
    return dialect.MAVLink_terrain_request_message(LAT, lon, 100, mask)


@pytest.mark.parametrize(("bit", "north", "east"), [(0, 0, 0), (1, 0, 4), (8, 4, 0), (55, 24, 28)])
def test_each_bit_is_a_block_of_four_by_four_east_first_in_rows_to_the_north(bit: int, north: int, east: int) -> None:
    (answer,) = answer_terrain_request(_request(1 << bit), Slope())
    assert answer.gridbit == bit
    assert answer.data[0] == north + 2 * east
    assert answer.data[1] == north + 2 * (east + 1)
    assert answer.data[4] == north + 1 + 2 * east


def test_no_more_blocks_than_the_link_can_bear_are_sent_at_once() -> None:
    assert len(answer_terrain_request(_request((1 << 56) - 1), Slope())) == 16


def test_a_block_with_a_gap_is_not_answered() -> None:
    assert answer_terrain_request(_request(1, lon=LON - 500_000), Slope()) == []


def test_a_request_for_nothing_gets_nothing() -> None:
    assert not answer_terrain_request(_request(0), Slope())
