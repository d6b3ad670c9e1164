"""The terrain of an imported town: what the elevation files know, and made-up ground where it was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage
from shapely import contains_xy
from shapely.geometry.base import BaseGeometry

from fleet.errors import BadInputError
from fleet.positions import LonLat
from fleet.text import Text
from missions.formats.dem_files import merge, read_dem
from missions.formats.demo_ground import Ground
from missions.terrain.grid import Terrain
from missions.terrain.local_grid import LocalGrid
from missions.terrain.resampling import Float32Array
from missions.terrain.synthetic import Extent, make_landscape

_LOWEST_M, _HIGHEST_M = 200.0, 700.0
_JOIN_M = 500.0
_PAD_RADIUS_M = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TerrainWish:
    """Elevation files (may be none), and whether gaps are filled with made-up ground from `seed`."""

    files: tuple[Path, ...]
    fill_synthetic: bool
    seed: int


def import_terrain(wish: TerrainWish, grid: LocalGrid, boundary: BaseGeometry, pads: Sequence[LonLat]) -> Terrain:
    """Return the terrain in `grid`. It counts as synthetic as soon as any ground inside the boundary is made up.

    Made-up ground is level round the `pads`, since people build where it is.

    Raises BadInputError where there is no elevation in the town and no wish for made-up ground.
    """
    heights_m = merge(read_dem(wish.files), grid)
    known = np.isfinite(heights_m)
    missing_inside = _missing_inside(known, grid, boundary)
    if missing_inside >= 1.0 and not wish.fill_synthetic:
        raise BadInputError(
            Text("町の範囲の標高データがありません", "there is no elevation data for the town"),
            Text(
                "標高ファイルを指定するか、訓練用なら --terrain synthetic を付けてください",
                "name elevation files or, for drills only, add --terrain synthetic",
            ),
        )
    made_up = wish.fill_synthetic and missing_inside > 0.0
    if made_up:
        heights_m = np.where(known, heights_m, _levelled(_filled(heights_m, grid, wish.seed), grid, pads))
    return Terrain(
        frame=grid.frame,
        west_m=grid.west_m,
        south_m=grid.south_m,
        cell_m=grid.cell_m,
        heights_m=heights_m,
        synthetic=made_up,
        source=_source(wish.files, missing_inside, made_up),
    )


def _missing_inside(
    known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], grid: LocalGrid, boundary: BaseGeometry
) -> float:
    """Return the share of the ground inside the boundary that is not known, looked at every some cells."""
    step = max(min(known.shape) // 300, 1)
    row, column = np.mgrid[0 : grid.rows : step, 0 : grid.columns : step]
    lon, lat = grid.frame.to_lon_lat(grid.west_m + column * grid.cell_m, grid.south_m + row * grid.cell_m)
    inside = contains_xy(boundary, lon, lat)
    return 1.0 - float(known[::step, ::step][inside].mean()) if inside.any() else 1.0


def _filled(heights_m: Float32Array, grid: LocalGrid, seed: int) -> Float32Array:
    """Return the heights with gaps filled by a landscape that joins the known ground."""
    extent = Extent(rows=grid.rows, columns=grid.columns, cell_m=grid.cell_m)
    made = make_landscape(extent, seed, _LOWEST_M, _HIGHEST_M).heights_m
    known = np.isfinite(heights_m)
    if not known.any():
        return made
    away, nearest = ndimage.distance_transform_edt(~known, return_indices=True)
    difference = (heights_m - made)[nearest[0], nearest[1]]
    mean = float(np.nanmean(heights_m - made))
    share = np.exp(-away * grid.cell_m / _JOIN_M)
    joined = made + mean + (difference - mean) * share
    return np.where(known, heights_m, joined).astype(np.float32)


def _levelled(heights_m: Float32Array, grid: LocalGrid, pads: Sequence[LonLat]) -> Float32Array:
    ground = Ground(Extent(rows=grid.rows, columns=grid.columns, cell_m=grid.cell_m), heights_m)
    for pad in pads:
        east_m, north_m = grid.frame.local_of(pad)
        at = (east_m - grid.west_m, north_m - grid.south_m)
        if ground.is_inside(at, _PAD_RADIUS_M):
            ground.level(at, _PAD_RADIUS_M)
    return ground.heights_m


def _source(files: Sequence[Path], missing_inside: float, made_up: bool) -> Text:
    names = ", ".join(file.name for file in files)
    if made_up and missing_inside >= 1.0:
        return Text(
            "合成地形（この町の標高データがないため。実際の飛行には使えません）",
            "synthetic terrain (no elevation data of this town; not for real flights)",
        )
    if made_up:
        share = f"{missing_inside * 100.0:.1f}"
        return Text(
            f"標高データ（{names}）。町の {share} % は合成地形です（実際の飛行には使えません）",
            f"elevation data ({names}); {share} % of the town is synthetic terrain (not for real flights)",
        )
    return Text(f"標高データ（{names}）", f"elevation data ({names})")
