import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import InvalidValueError
from fleet.positions import LonLat
from missions.terrain.web_mercator import Tile, tile_of

WEST, SOUTH, EAST, NORTH = 133.1349, 34.6365, 133.3784, 34.8616


@pytest.mark.parametrize(
    ("z", "left", "right", "top", "bottom"), [(14, 14251, 14262, 6497, 6509), (15, 28502, 28524, 12994, 13019)]
)
def test_tiles_over_the_model_town_are_the_known_ones(z: int, left: int, right: int, top: int, bottom: int) -> None:
    north_west = tile_of(LonLat(lon_deg=WEST, lat_deg=NORTH), z)
    south_east = tile_of(LonLat(lon_deg=EAST, lat_deg=SOUTH), z)
    assert (north_west.x, north_west.y) == (left, top)
    assert (south_east.x, south_east.y) == (right, bottom)


@given(st.floats(min_value=-179.99, max_value=179.99), st.floats(min_value=-85.0, max_value=85.0), st.integers(0, 22))
def test_a_place_lies_in_its_tile(lon_deg: float, lat_deg: float, z: int) -> None:
    west, south, east, north = tile_of(LonLat(lon_deg=lon_deg, lat_deg=lat_deg), z).bounds()
    assert west - 1e-9 <= lon_deg <= east + 1e-9
    assert south - 1e-9 <= lat_deg <= north + 1e-9


def test_neighbouring_tiles_share_an_edge() -> None:
    here, below = Tile(z=14, x=14256, y=6503), Tile(z=14, x=14256, y=6504)
    assert here.bounds()[1] == pytest.approx(below.bounds()[3], abs=1e-12)


def test_a_tile_is_as_wide_as_the_ground_it_shows() -> None:
    assert Tile(z=14, x=14256, y=6503).width_m() == pytest.approx(2009.0, abs=3.0)


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_what_is_no_tile_is_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(InvalidValueError):
        Tile(z=z, x=x, y=y)
