import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.terrain.slope import slope_deg
from tests.missions.terrain.hills import FRAME, plane, terrain_of


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_the_slope_of_a_plane_is_its_slope(east: float, north: float) -> None:
    found = slope_deg(plane(east, north), FRAME.place_of(12.0, -31.0))
    assert found == pytest.approx(math.degrees(math.atan(math.hypot(east, north))), abs=0.01)


def test_the_slope_of_unknown_ground_is_unknown() -> None:
    assert math.isnan(slope_deg(terrain_of(np.full((20, 20), np.nan)), FRAME.place_of(0.0, 0.0)))
