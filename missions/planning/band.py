"""The heights between which a route may pass: not too near the ground anywhere in its corridor, not too high over it.

Local metres of the terrain's frame, heights above mean sea level. Every answer is conservative: the floor holds for
all ground within the corridor's half width, the ceiling for the lowest ground around the nearest grid point. Beyond the
terrain's edge data is missing as it is in a hole.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fleet.positions import FloatArray
from missions.terrain.grid import Terrain
from missions.values.rules import FlightRules

DESIGN_MARGIN_M = 3.0
"""Kept from both limits, for rounding, the autopilot's corner cutting and its height error."""

Grid = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeightBand:
    """Floor and ceiling over a window of the terrain; grids have the terrain's cell and row 0 in the south."""

    west_m: float
    south_m: float
    cell_m: float
    highest_m: Grid
    lowest_m: Grid
    missing: npt.NDArray[np.bool_]
    clearance_m: float
    ceiling_agl_m: float

    def _nodes(self, east_m: FloatArray, north_m: FloatArray) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        rows, columns = self.highest_m.shape
        row = np.rint((north_m - self.south_m) / self.cell_m).astype(np.intp)
        column = np.rint((east_m - self.west_m) / self.cell_m).astype(np.intp)
        return np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)

    def ground_in_corridor_m(self, east_m: FloatArray, north_m: FloatArray) -> FloatArray:
        """Return the highest ground within the corridor's half width, above mean sea level; shapes as given."""
        return self.highest_m[self._nodes(east_m, north_m)].astype(np.float64)

    def floor_m(self, east_m: FloatArray, north_m: FloatArray) -> FloatArray:
        """Return the lowest height to plan with, above mean sea level; shapes as given."""
        return self.ground_in_corridor_m(east_m, north_m) + (self.clearance_m + DESIGN_MARGIN_M)

    def ceiling_m(self, east_m: FloatArray, north_m: FloatArray) -> FloatArray:
        """Return the greatest height to plan with, above mean sea level; shapes as given."""
        lowest = self.lowest_m[self._nodes(east_m, north_m)].astype(np.float64)
        return lowest + (self.ceiling_agl_m - DESIGN_MARGIN_M)

    def missing_at(self, east_m: FloatArray, north_m: FloatArray) -> npt.NDArray[np.bool_]:
        """Return where the terrain has no data near a point; shapes as given."""
        return np.asarray(self.missing[self._nodes(east_m, north_m)], dtype=np.bool_)


def band_over(terrain: Terrain, rules: FlightRules, points_m: FloatArray, margin_m: float) -> HeightBand:
    """Return the band over the rectangle around `points_m` (n × 2, east and north) widened by `margin_m`."""
    rows, columns = terrain.heights_m.shape
    reach = math.ceil(rules.corridor_half_width_m / terrain.cell_m) + 1
    low = points_m.min(axis=0) - margin_m
    high = points_m.max(axis=0) + margin_m
    c0 = max(0, math.floor((low[0] - terrain.west_m) / terrain.cell_m))
    r0 = max(0, math.floor((low[1] - terrain.south_m) / terrain.cell_m))
    c1 = min(columns, math.ceil((high[0] - terrain.west_m) / terrain.cell_m) + 1)
    r1 = min(rows, math.ceil((high[1] - terrain.south_m) / terrain.cell_m) + 1)
    ground, holes = _filled(terrain.heights_m[r0:r1, c0:c1])
    missing = ndimage.maximum_filter(holes, size=2 * reach + 1, mode="nearest") if holes.any() else holes
    missing[: (reach + 1) * (r0 == 0)] = True
    missing[len(missing) - (reach + 1) * (r1 == rows) :] = True
    missing[:, : (reach + 1) * (c0 == 0)] = True
    missing[:, missing.shape[1] - (reach + 1) * (c1 == columns) :] = True
    return HeightBand(
        west_m=terrain.west_m + c0 * terrain.cell_m,
        south_m=terrain.south_m + r0 * terrain.cell_m,
        cell_m=terrain.cell_m,
        highest_m=ndimage.maximum_filter(ground, size=2 * reach + 1, mode="nearest"),
        lowest_m=ndimage.minimum_filter(ground, size=3, mode="nearest"),
        missing=missing,
        clearance_m=rules.clearance_m,
        ceiling_agl_m=rules.ceiling_agl_m,
    )


def _filled(heights_m: Grid) -> tuple[Grid, npt.NDArray[np.bool_]]:
    """Return the heights with holes filled from the nearest data, and where the holes are."""
    missing = np.isnan(heights_m)
    if not missing.any():
        return heights_m, missing
    if missing.all():
        return np.zeros_like(heights_m), missing
    nearest = ndimage.distance_transform_edt(missing, return_distances=False, return_indices=True)
    return heights_m[tuple(nearest)], missing
