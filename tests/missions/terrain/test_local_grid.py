import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import InvalidValueError
from fleet.positions import LonLat
from missions.terrain.local_grid import LocalGrid, grid_of, grid_over
from tests.missions.terrain.hills import hills


@given(
    st.floats(130.0, 140.0), st.floats(33.0, 40.0), st.floats(0.01, 0.3), st.floats(0.01, 0.3), st.floats(10.0, 100.0)
)
def test_a_grid_covers_its_bounds(west: float, south: float, width: float, height: float, cell_m: float) -> None:
    grid = grid_over((west, south, west + width, south + height), cell_m)
    for lon_deg, lat_deg in ((west, south), (west + width, south + height)):
        east_m, north_m = grid.frame.local_of(LonLat(lon_deg=lon_deg, lat_deg=lat_deg))
        assert grid.west_m - 1e-6 <= east_m <= grid.west_m + (grid.columns - 1) * cell_m + 1e-6
        assert grid.south_m - 1e-6 <= north_m <= grid.south_m + (grid.rows - 1) * cell_m + 1e-6


@pytest.mark.parametrize("cell_m", [0.0, -5.0, float("nan"), 1e-4])
def test_a_cell_that_cannot_be_is_refused(cell_m: float) -> None:
    with pytest.raises(InvalidValueError):
        grid_over((133.0, 34.0, 133.2, 34.2), cell_m)


def test_the_grid_of_a_terrain_is_its_own() -> None:
    terrain = hills()
    grid = grid_of(terrain)
    assert isinstance(grid, LocalGrid)
    assert (grid.rows, grid.columns) == terrain.heights_m.shape
    assert grid.frame == terrain.frame
