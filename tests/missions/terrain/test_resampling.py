import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.terrain.resampling import interpolate, window_of
from tests.missions.terrain.hills import FRAME, plane


@given(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
def test_a_plane_is_interpolated_exactly(east: float, north: float) -> None:
    grid = (3.0 + north * np.arange(12)[:, None] + east * np.arange(15)).astype(np.float32)
    row, column = np.linspace(1.0, 10.0, 7), np.linspace(1.0, 13.0, 9)
    expected = 3.0 + north * row[:, None] + east * column
    np.testing.assert_allclose(interpolate(grid, row, column), expected, atol=1e-4)


def test_outside_the_grid_is_unknown() -> None:
    values = interpolate(np.ones((5, 5), dtype=np.float32), np.array([-0.1, 2.0, 4.1]), np.array([0.0, 4.0]))
    assert np.isnan(values[[0, 2]]).all()
    assert np.isfinite(values[1]).all()


@pytest.mark.parametrize("wanted_m", [5.0, 10.0, 45.0])
def test_a_window_shows_the_terrain_at_any_coarseness(wanted_m: float) -> None:
    terrain = plane(0.2, -0.1)
    lon, lat = FRAME.to_lon_lat(np.array([-400.0, 0.0, 300.0]), np.array([200.0, 0.0, -350.0]))
    window = window_of(terrain, lon, lat, wanted_m)
    assert window is not None
    assert window.cell_m <= max(wanted_m, terrain.cell_m)
    seen = interpolate(window.heights_m, window.row, window.column)
    expected = terrain.elevation_m(*np.meshgrid(lon, lat))
    np.testing.assert_allclose(seen, expected, atol=0.01)


def test_there_is_no_window_where_there_is_no_terrain() -> None:
    assert window_of(plane(0.0, 0.0), np.array([140.0, 140.1]), np.array([34.7, 34.8]), 10.0) is None
