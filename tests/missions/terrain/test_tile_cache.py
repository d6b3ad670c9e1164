import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fleet.errors import InvalidValueError
from fleet.positions import LonLat
from missions.terrain.tile_cache import TileCache, TileKind
from missions.terrain.web_mercator import tile_of
from tests.town_office.field import LAT, LON, small_town

TILE = tile_of(LonLat(lon_deg=LON, lat_deg=LAT), 14)


def test_a_tile_drawn_twice_is_the_same_one() -> None:
    cache = TileCache(small_town().terrain)
    first = cache.tile(TileKind.RELIEF, TILE.z, TILE.x, TILE.y)
    assert cache.tile(TileKind.RELIEF, TILE.z, TILE.x, TILE.y) is first
    assert cache.tile(TileKind.CONTOUR, TILE.z, TILE.x, TILE.y).etag != first.etag


def test_only_so_many_tiles_are_kept_and_the_longest_unused_goes_first() -> None:
    cache = TileCache(small_town().terrain, max_kept=2)
    first = cache.tile(TileKind.RELIEF, TILE.z, TILE.x, TILE.y)
    second = cache.tile(TileKind.CONTOUR, TILE.z, TILE.x, TILE.y)
    assert cache.tile(TileKind.RELIEF, TILE.z, TILE.x, TILE.y) is first
    cache.tile(TileKind.RELIEF, TILE.z, TILE.x + 1, TILE.y)
    assert cache.tile(TileKind.RELIEF, TILE.z, TILE.x, TILE.y) is first
    assert cache.tile(TileKind.CONTOUR, TILE.z, TILE.x, TILE.y) is not second


def test_other_ground_has_another_tag() -> None:
    terrain = small_town().terrain
    steeper = dataclasses.replace(terrain, heights_m=(terrain.heights_m * np.float32(3.0)))
    tags = {TileCache(one).tile(TileKind.RELIEF, TILE.z, TILE.x, TILE.y).etag for one in (terrain, steeper)}
    assert len(tags) == 2


def test_many_threads_draw_the_same_bytes() -> None:
    cache = TileCache(small_town().terrain)
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: cache.tile(TileKind.CONTOUR, TILE.z, TILE.x, TILE.y), range(16)))
    assert len({tile.data for tile in drawn}) == 1
    assert drawn[0].data


def test_a_place_that_is_no_tile_is_refused_and_not_kept() -> None:
    cache = TileCache(small_town().terrain)
    with pytest.raises(InvalidValueError):
        cache.tile(TileKind.RELIEF, 3, 8, 0)
