"""A made-up mountain landscape: ridges and valleys carved by rivers, for drills and where no elevation data exists.

Lengths in metres east and north of the south-west corner. The same seed gives the same landscape.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fleet.positions import FloatArray
from missions.terrain.erosion import Drainage, Rock, erode
from missions.terrain.noise import fractal_noise, smooth_noise
from missions.terrain.valleys import Stream, carve_valleys, trace_streams


class _Stage(NamedTuple):
    """One grid of the erosion: its cell, rounds, rise a round, soil creep and the unevenness added at first."""

    cell_m: float
    rounds: int
    rise_m: float
    creep: float
    unevenness_m: float


_STAGES = (
    _Stage(200.0, 200, 40.0, 0.02, 25.0),
    _Stage(100.0, 75, 30.0, 0.04, 6.0),
    _Stage(50.0, 25, 12.0, 0.1, 1.0),
)
_RIVER_FALL = 0.004
_FIRST_SLOPE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A grid: rows northward, columns eastward, `cell_m` apart."""

    rows: int
    columns: int
    cell_m: float

    @property
    def east_m(self) -> float:
        """Return the width."""
        return (self.columns - 1) * self.cell_m

    @property
    def north_m(self) -> float:
        """Return the height."""
        return (self.rows - 1) * self.cell_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """Heights, shape (rows, columns), row 0 in the south, and the streams; the first stream is the main river."""

    heights_m: npt.NDArray[np.float32]
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class _Course:
    """The main river: north of the south edge at points east of the west edge."""

    east_m: FloatArray
    north_m: FloatArray

    def base(self, rows: int, columns: int, cell_m: float) -> npt.NDArray[np.bool_]:
        """Return the cells of the river, each joined to the next."""
        at = np.interp(np.arange(columns + 1) * cell_m, self.east_m, self.north_m) / cell_m
        row = np.clip(np.round(at).astype(np.intp), 0, rows - 1)
        low, high = np.minimum(row[:-1], row[1:]), np.maximum(row[:-1], row[1:])
        number = np.arange(rows)[:, None]
        return np.asarray((number >= low) & (number <= high))


def _river_course(extent: Extent, rng: np.random.Generator) -> _Course:
    count = max(int(extent.east_m / 25.0), 8)
    east_m = np.linspace(0.0, extent.east_m * 1.1, count)
    swing = min(1100.0, extent.north_m / 10.0)
    bends = swing * np.sin(east_m / 1900.0) + 0.45 * swing * smooth_noise((count, 2), 60.0, rng)[:, 0]
    return _Course(east_m, np.clip(extent.north_m * 0.5 + bends, 0.1 * extent.north_m, 0.9 * extent.north_m))


def _carve(extent: Extent, course: _Course, rng: np.random.Generator) -> tuple[FloatArray, Drainage, float]:
    """Return coarse heights, their drainage and cell: erosion on finer and finer grids."""
    heights_m: FloatArray | None = None
    cell_m, flow = 0.0, None
    for stage in _STAGES:
        if heights_m is not None and stage.cell_m < extent.cell_m:
            break
        cell_m = stage.cell_m
        shape = (int(np.ceil(extent.north_m / cell_m)) + 1, int(np.ceil(extent.east_m / cell_m)) + 1)
        east_m, north_m = np.arange(shape[1]) * cell_m, np.arange(shape[0]) * cell_m
        base = course.base(*shape, cell_m)
        away_m = np.abs(north_m[:, None] - np.interp(east_m, course.east_m, course.north_m))
        start = away_m * _FIRST_SLOPE + 100.0 if heights_m is None else _spread(heights_m, shape)
        start = start + stage.unevenness_m * fractal_noise(shape, 12.0, 3, rng)
        start = np.where(base, -_RIVER_FALL * east_m[None, :], start)
        rise = np.clip(1.0 + 0.12 * smooth_noise(shape, 3000.0 / cell_m, rng), 0.5, 1.5)
        favour = np.exp(0.45 * rng.standard_normal((8, *shape)))
        rock = Rock(rise_m=stage.rise_m * rise, steepest=0.75, favour=favour, creep=stage.creep)
        heights_m, flow = erode(start, cell_m, base, rock, stage.rounds)
    if heights_m is None or flow is None:
        raise AssertionError("there is at least one stage")
    return heights_m, flow, cell_m


def _spread(heights_m: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Return the heights on the grid of half the cell."""
    row, column = np.indices(shape) / 2.0
    return np.asarray(ndimage.map_coordinates(heights_m, [row, column], order=1, mode="nearest"))


def _bend(extent: Extent, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return how far (east, north, m) each fine point is displaced, so that nothing follows the coarse grid."""
    shape = (extent.rows, extent.columns)
    long, short = 600.0 / extent.cell_m, 200.0 / extent.cell_m
    east_m, north_m = (
        60.0 * smooth_noise(shape, max(long, 2.0), rng) + 15.0 * smooth_noise(shape, max(short, 2.0), rng)
        for _ in range(2)
    )
    return east_m, north_m


def make_landscape(extent: Extent, seed: int, lowest_m: float, highest_m: float) -> Landscape:
    """Return a landscape whose heights lie about between `lowest_m` and `highest_m`; some seconds for 30 × 30 km."""
    rng = np.random.default_rng(seed)
    course = _river_course(extent, rng)
    coarse_m, flow, coarse_cell_m = _carve(extent, course, rng)
    spread = max(float(coarse_m.max() - coarse_m.min()), 1.0)
    coarse_m = lowest_m + (coarse_m - coarse_m.min()) * ((highest_m - lowest_m) / spread)
    bend = _bend(extent, rng)
    row, column = np.indices((extent.rows, extent.columns)) * extent.cell_m
    fine_m = np.asarray(
        ndimage.map_coordinates(
            coarse_m, [(row + bend[1]) / coarse_cell_m, (column + bend[0]) / coarse_cell_m], order=3, mode="nearest"
        )
    )
    main = np.column_stack([course.east_m, course.north_m])
    streams = trace_streams(flow, coarse_m.shape, coarse_cell_m, main)
    straightened = tuple(stream.unbent(bend, extent.cell_m) for stream in streams)
    detail = fractal_noise((extent.rows, extent.columns), max(320.0 / extent.cell_m, 2.0), 4, rng, gain=0.45)
    heights_m, kept = carve_valleys(fine_m, detail, straightened, extent.cell_m)
    return Landscape(heights_m=heights_m.astype(np.float32), streams=kept)
