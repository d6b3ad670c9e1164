import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.positions import FloatArray
from missions.planning.altitude import heights_along, taut_profile

X_M: FloatArray = np.arange(200, dtype=np.float64) * 5.0


def test_a_level_tunnel_gives_one_level_leg() -> None:
    corners = taut_profile(X_M, np.full(200, 100.0), np.full(200, 200.0), start_m=120.0, end_m=120.0)
    assert corners == [(0, 120.0), (199, 120.0)]


def test_a_bump_is_passed_over_with_few_corners() -> None:
    floor = 100.0 + 120.0 * np.exp(-(((X_M - 500.0) / 80.0) ** 2))
    corners = taut_profile(X_M, floor, floor + 107.0, start_m=110.0, end_m=110.0)
    heights = heights_along(X_M, corners)
    assert np.all(heights[1:-1] >= floor[1:-1])
    assert len(corners) <= 7
    assert heights.max() == pytest.approx(220.0, abs=20.0)


def test_a_low_ceiling_is_passed_under() -> None:
    floor = np.full(200, 100.0)
    ceiling = 300.0 - 150.0 * np.exp(-(((X_M - 500.0) / 80.0) ** 2))
    heights = heights_along(X_M, taut_profile(X_M, floor, ceiling, start_m=250.0, end_m=250.0))
    assert np.all(heights <= ceiling)
    assert np.all(heights >= floor)


def test_where_the_ceiling_is_under_the_floor_the_floor_is_kept() -> None:
    floor = np.where(X_M > 500.0, 400.0, 100.0)
    ceiling = np.where(X_M > 500.0, 500.0, 200.0)
    ceiling[95:105] = 150.0
    floor[95:105] = 380.0
    heights = heights_along(X_M, taut_profile(X_M, floor, ceiling, start_m=120.0, end_m=420.0))
    assert np.all(heights >= floor)


@given(seed=st.integers(0, 10_000), width_m=st.floats(20.0, 150.0), roughness_m=st.floats(0.1, 12.0))
def test_a_profile_through_any_open_tunnel_stays_in_it(seed: int, width_m: float, roughness_m: float) -> None:
    random = np.random.default_rng(seed)
    floor = 300.0 + np.cumsum(random.normal(0.0, roughness_m, 200))
    ceiling = floor + width_m
    corners = taut_profile(X_M, floor, ceiling, start_m=float(floor[0]), end_m=float(ceiling[-1]))
    heights = heights_along(X_M, corners)
    assert np.all(heights >= floor - 1e-6)
    assert np.all(heights <= ceiling + 1e-6)
    assert corners[0][0] == 0
    assert corners[-1][0] == 199
