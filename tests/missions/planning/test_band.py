import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.planning.band import DESIGN_MARGIN_M, HeightBand, band_over
from missions.terrain.grid import Terrain
from missions.values.rules import FlightRules
from tests.missions.planning import small_town as towns

RULES = FlightRules()
WHOLE = np.array([[0.0, 0.0], [3200.0, 3000.0]])


def band_of(heights: towns.Grid) -> tuple[HeightBand, Terrain]:
    terrain = towns.terrain_of(heights)
    return band_over(terrain, RULES, WHOLE, 0.0), terrain


def one(value: float) -> np.ndarray:
    return np.array([value])


@given(seed=st.integers(0, 1000), east_m=st.floats(200.0, 3000.0), north_m=st.floats(200.0, 2800.0))
def test_floor_and_ceiling_hold_for_all_ground_of_the_corridor(seed: int, east_m: float, north_m: float) -> None:
    rough = np.random.default_rng(seed).uniform(0.0, 60.0, towns.mesh()[0].shape).astype(np.float32)
    band, terrain = band_of(rough)
    angle = np.linspace(0.0, 2.0 * np.pi, 40)
    radius = np.linspace(0.0, RULES.corridor_half_width_m, 10)[:, None]
    around = terrain.elevation_at_local_m(east_m + radius * np.cos(angle), north_m + radius * np.sin(angle))
    below = float(terrain.elevation_at_local_m(one(east_m), one(north_m))[0])
    assert band.floor_m(one(east_m), one(north_m))[0] >= around.max() + RULES.clearance_m
    assert band.ceiling_m(one(east_m), one(north_m))[0] <= below + RULES.ceiling_agl_m


def test_over_flat_ground_the_band_is_the_rules_less_the_design_margin() -> None:
    band, _ = band_of(towns.flat())
    assert band.floor_m(one(1500.0), one(1500.0))[0] == pytest.approx(300.0 + 40.0 + DESIGN_MARGIN_M)
    assert band.ceiling_m(one(1500.0), one(1500.0))[0] == pytest.approx(300.0 + 150.0 - DESIGN_MARGIN_M)


def test_terrain_is_missing_near_its_edge_and_near_a_hole_but_not_away_from_them() -> None:
    heights = towns.flat()
    heights[150, 150] = np.nan
    band, _ = band_of(heights)
    east_m = np.array([10.0, 3190.0, 1500.0, 1500.0, 1530.0, 1700.0])
    north_m = np.array([1500.0, 1500.0, 2990.0, 1500.0, 1530.0, 1500.0])
    assert band.missing_at(east_m, north_m).tolist() == [True, True, True, True, True, False]


def test_a_window_inside_the_terrain_has_no_edge() -> None:
    terrain = towns.terrain_of(towns.flat())
    band = band_over(terrain, RULES, np.array([[1000.0, 1000.0], [2000.0, 2000.0]]), 100.0)
    assert not band.missing.any()
    assert band.highest_m.shape == (121, 121)
