import io
import time
from collections.abc import Callable
from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import pytest
from PIL import Image

from fleet.errors import InvalidValueError
from fleet.positions import LonLat
from missions.terrain.contours import INDEX_EVERY, interval_m
from missions.terrain.grid import Terrain
from missions.terrain.tiles import contour_mvt, relief_png
from missions.terrain.web_mercator import Tile, tile_of
from tests.missions.terrain.hills import FRAME, hills, plane, terrain_of

CENTRE = LonLat(lon_deg=FRAME.lon_deg, lat_deg=FRAME.lat_deg)


def pixels(terrain: Terrain, tile: Tile, size_px: int = 256) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(relief_png(terrain, tile.z, tile.x, tile.y, size_px))))


def contours(terrain: Terrain, tile: Tile) -> list[tuple[int, bool, list[list[float]]]]:
    data = contour_mvt(terrain, tile.z, tile.x, tile.y)
    if not data:
        return []
    layer = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["contour"]
    lines = []
    for feature in layer["features"]:
        shape = feature["geometry"]
        parts = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
        lines += [(feature["properties"]["ele"], feature["properties"]["index"], part) for part in parts]
    return lines


def test_relief_has_the_asked_size_and_is_transparent_outside() -> None:
    picture = pixels(hills(), tile_of(CENTRE, 12), 512)
    assert picture.shape == (512, 512, 4)
    assert set(np.unique(picture[..., 3])) == {0, 255}


def test_a_tile_without_terrain_is_empty() -> None:
    assert not pixels(hills(), Tile(z=12, x=0, y=0)).any()
    assert contour_mvt(hills(), 12, 0, 0) == b""


def test_missing_heights_are_transparent_and_nothing_else_is() -> None:
    heights = hills().heights_m.astype(np.float64)
    heights[140:160, 140:160] = np.nan
    tile = tile_of(CENTRE, 15)
    holed, whole = pixels(terrain_of(heights), tile)[..., 3], pixels(hills(), tile)[..., 3]
    assert (holed == 0).any()
    assert (holed <= whole).all()
    assert (holed == 255).any()


def test_slopes_towards_the_light_are_brighter() -> None:
    tile = tile_of(CENTRE, 15)

    def brightness(terrain: Terrain) -> float:
        picture = pixels(terrain, tile)
        return float(picture[picture[..., 3] == 255][:, :3].mean())

    facing, turned = brightness(plane(0.3, -0.3)), brightness(plane(-0.3, 0.3))
    assert facing > turned + 25.0
    assert turned > 90.0, "the shaded side must stay light enough to read a map on"


def test_relief_runs_on_over_the_edge_of_a_tile() -> None:
    tile = tile_of(CENTRE, 15)
    left, right = pixels(hills(), tile), pixels(hills(), Tile(z=15, x=tile.x + 1, y=tile.y))
    step = np.abs(left[:, -1, :3].astype(int) - right[:, 0, :3].astype(int))
    assert step.max() <= 6


@pytest.mark.parametrize("z", [11, 13, 14, 15, 16])
def test_contours_lie_at_their_height(z: int) -> None:
    terrain, tile = hills(), tile_of(CENTRE, z)
    lines = contours(terrain, tile)
    assert lines
    for ele, index, points in lines:
        assert ele % interval_m(z) == 0
        assert index == (ele % (interval_m(z) * INDEX_EVERY) == 0)
        share = np.array(points) / 4096.0
        heights = terrain.elevation_m(tile.longitudes(share[:, 0]), tile.latitudes(share[:, 1]))
        known = heights[np.isfinite(heights)]
        assert np.abs(known - ele).max(initial=0.0) < max(4.0, interval_m(z) / 3.0)


def test_contours_join_at_the_edge_of_a_tile() -> None:
    tile = tile_of(CENTRE, 15)

    def crossings(lines: list[tuple[int, bool, list[list[float]]]], edge: float) -> set[tuple[int, int]]:
        found = set()
        for ele, _, points in lines:
            for (x0, y0), (x1, y1) in pairwise(points):
                if (x0 - edge) * (x1 - edge) <= 0 and x0 != x1:
                    y = y0 + (y1 - y0) * (edge - x0) / (x1 - x0)
                    if 0 <= y <= 4096:
                        found.add((ele, round(y)))
        return found

    here = crossings(contours(hills(), tile), 4096.0)
    there = crossings(contours(hills(), Tile(z=15, x=tile.x + 1, y=tile.y)), 0.0)
    assert len(here) > 5
    for ele, y in here:
        assert any(other == ele and abs(y - near) <= 12 for other, near in there)


@pytest.mark.parametrize("draw", [relief_png, contour_mvt])
def test_what_is_no_tile_is_refused(draw: Callable[[Terrain, int, int, int], bytes]) -> None:
    with pytest.raises(InvalidValueError):
        draw(hills(), 3, 9, 0)


@pytest.mark.parametrize("z", [9, 12, 14, 17])
def test_a_tile_of_a_large_town_is_drawn_in_well_under_a_second(z: int) -> None:
    town = hills(side=2501)
    tile = tile_of(CENTRE, z)
    begun = time.perf_counter()
    relief_png(town, tile.z, tile.x, tile.y)
    contour_mvt(town, tile.z, tile.x, tile.y)
    assert time.perf_counter() - begun < 1.0
