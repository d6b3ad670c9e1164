from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import InvalidValueError
from fleet.positions import LonLat, distance_m
from missions.terrain.profile import profile_along
from tests.missions.terrain.hills import FRAME, hills, terrain_of

corner = st.tuples(st.floats(-1400.0, 1400.0), st.floats(-1400.0, 1400.0)).map(lambda at: FRAME.place_of(*at))


@given(st.lists(corner, min_size=2, max_size=6), st.none() | st.floats(1.0, 200.0))
def test_samples_are_never_further_apart_than_a_cell_and_hold_every_corner(
    corners: list[LonLat], step_m: float | None
) -> None:
    terrain = hills()
    profile = profile_along(terrain, corners, step_m)
    assert np.diff(profile.distance_m).max(initial=0.0) <= min(step_m or 10.0, 10.0) + 1e-6
    for place in corners:
        nearest = np.hypot(profile.lon_deg - place.lon_deg, profile.lat_deg - place.lat_deg).min()
        assert nearest < 1e-9
    total = sum(distance_m(a, b) for a, b in pairwise(corners))
    assert profile.distance_m[-1] == pytest.approx(total, rel=2e-3, abs=0.01)
    np.testing.assert_allclose(profile.ground_amsl_m, terrain.elevation_m(profile.lon_deg, profile.lat_deg), atol=1e-6)


def test_the_highest_ground_of_a_segment_is_found_between_its_corners() -> None:
    heights = np.zeros((101, 101))
    heights[:, 50] = 100.0
    west, middle, east = (FRAME.place_of(at, 3.0) for at in (-400.0, -100.0, 400.0))
    highest = profile_along(terrain_of(heights), [west, middle, east]).highest_amsl_m()
    assert highest[0] == pytest.approx(0.0, abs=1e-6)
    assert highest[1] == pytest.approx(100.0, abs=1.0)


def test_a_segment_over_unknown_ground_has_no_highest_point() -> None:
    heights = np.zeros((101, 101))
    heights[50, 70] = np.nan
    places = [FRAME.place_of(at, 0.0) for at in (-400.0, 0.0, 400.0)]
    highest = profile_along(terrain_of(heights), places).highest_amsl_m()
    assert highest[0] == 0.0
    assert np.isnan(highest[1])


def test_one_point_is_no_line() -> None:
    with pytest.raises(InvalidValueError):
        profile_along(hills(), [FRAME.place_of(0.0, 0.0)])
