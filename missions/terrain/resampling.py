"""Heights at the crossings of given longitudes and latitudes.

A local frame is linear in longitude and in latitude, so a tile's rows and columns are the grid's rows and columns
stretched: heights are interpolated along rows and then along columns, smoothly (Catmull-Rom), from a grid that is
averaged first where it is much finer than wanted.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fleet.positions import FloatArray
from missions.terrain.grid import Terrain

Float32Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of a terrain, averaged over `factor` × `factor` cells, with a margin; `row` and `column` point into it."""

    heights_m: Float32Array
    row: FloatArray
    column: FloatArray
    cell_m: float


def _taps(position: FloatArray, count: int) -> tuple[npt.NDArray[np.intp], Float32Array]:
    """Return for each position its four neighbours (4, n) and their Catmull-Rom weights."""
    first = np.clip(np.floor(position).astype(np.intp), 0, count - 2)
    t = np.clip(position - first, 0.0, 1.0)
    weights = 0.5 * np.stack(
        [
            -t + 2.0 * t**2 - t**3,
            2.0 - 5.0 * t**2 + 3.0 * t**3,
            t + 4.0 * t**2 - 3.0 * t**3,
            -(t**2) + t**3,
        ]
    )
    neighbours = np.clip(first + np.arange(-1, 3)[:, None], 0, count - 1)
    return neighbours, weights.astype(np.float32)


def interpolate(grid: Float32Array, row: FloatArray, column: FloatArray) -> Float32Array:
    """Return the smooth values, shape (rows, columns), at positions in a grid; NaN where the grid has a gap nearby."""
    rows, row_weights = _taps(row, grid.shape[0])
    columns, column_weights = _taps(column, grid.shape[1])
    along = np.zeros((len(row), grid.shape[1]), dtype=np.float32)
    for tap in range(4):
        along += row_weights[tap][:, None] * grid[rows[tap]]
    result = np.zeros((len(row), len(column)), dtype=np.float32)
    for tap in range(4):
        result += column_weights[tap] * along[:, columns[tap]]
    outside = (row < 0) | (row > grid.shape[0] - 1)
    result[outside] = np.nan
    result[:, (column < 0) | (column > grid.shape[1] - 1)] = np.nan
    return result


def window_of(terrain: Terrain, lon_deg: FloatArray, lat_deg: FloatArray, wanted_m: float) -> Window | None:
    """Return the part of the terrain below the crossings, about `wanted_m` a cell; None where it has none there."""
    east_m, _ = terrain.frame.to_local(lon_deg, np.full_like(lon_deg, terrain.frame.lat_deg))
    _, north_m = terrain.frame.to_local(np.full_like(lat_deg, terrain.frame.lon_deg), lat_deg)
    column = (east_m - terrain.west_m) / terrain.cell_m
    row = (north_m - terrain.south_m) / terrain.cell_m
    factor = max(1, int(wanted_m / terrain.cell_m))
    spans = []
    for position, count in ((row, terrain.heights_m.shape[0]), (column, terrain.heights_m.shape[1])):
        low = max(int(position.min()) // factor - 3, 0) * factor
        high = min((int(position.max()) // factor + 4) * factor, count)
        if high - low < 2 * factor:
            return None
        spans.append((low, low + (high - low) // factor * factor))
    (south, north), (west, east) = spans
    part = terrain.heights_m[south:north, west:east]
    if factor > 1:
        rows, columns = part.shape[0] // factor, part.shape[1] // factor
        part = part.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
    middle = (factor - 1) / 2.0
    return Window(
        heights_m=np.ascontiguousarray(part, dtype=np.float32),
        row=(row - south - middle) / factor,
        column=(column - west - middle) / factor,
        cell_m=terrain.cell_m * factor,
    )
