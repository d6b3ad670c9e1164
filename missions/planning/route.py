"""A route between two places: straight in plan, with heights between floor and ceiling.

Several weights of height are tried; the cheapest in energy, out with the load and back without, is taken.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from fleet.positions import FloatArray
from missions.planning.altitude import heights_along, taut_profile
from missions.planning.band import HeightBand
from missions.planning.no_fly import NoFly
from missions.planning.pulling import pulled_straight
from missions.planning.search import SearchGrid, cheapest_path, cost_grid

HEIGHT_WEIGHTS = (0.0, 0.6, 2.5)
"""Tried in this order; a later one must be cheaper to be taken."""
_SAMPLE_M = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Where a route starts and ends (local metres), and its heights there above mean sea level."""

    start_m: FloatArray
    end_m: FloatArray
    start_amsl_m: float
    end_amsl_m: float


def routes_between(grid: SearchGrid, band: HeightBand, no_fly: NoFly, ends: Ends) -> list[FloatArray]:
    """Return candidate routes (k × 3: east, north, height above mean sea level); empty if no-fly areas leave no way."""
    found: list[FloatArray] = []
    for weight in HEIGHT_WEIGHTS:
        costs = cost_grid(grid, ends.start_m, ends.end_m, weight)
        path_m = cheapest_path(costs, ends.start_m, ends.end_m)
        if path_m is None:
            return []
        corners_m = pulled_straight(path_m, costs, no_fly)
        if not any(np.array_equal(corners_m, other) for other in found):
            found.append(corners_m)
    return [with_heights(corners_m, band, ends) for corners_m in found]


def with_heights(corners_m: FloatArray, band: HeightBand, ends: Ends) -> FloatArray:
    """Return a route over the given corners with heights, and corners added where it begins to climb or sink."""
    points_m, distance_m, is_corner = _sampled(corners_m)
    floor_m = band.floor_m(points_m[:, 0], points_m[:, 1])
    ceiling_m = band.ceiling_m(points_m[:, 0], points_m[:, 1])
    profile = taut_profile(distance_m, floor_m, ceiling_m, start_m=ends.start_amsl_m, end_m=ends.end_amsl_m)
    heights_m = heights_along(distance_m, profile)
    kept = is_corner.copy()
    kept[[index for index, _ in profile]] = True
    return np.column_stack((points_m[kept], heights_m[kept]))


def _sampled(corners_m: FloatArray) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Return points along straight legs about `_SAMPLE_M` apart, their distance, and which are corners."""
    pieces: list[FloatArray] = []
    flags: list[np.ndarray] = []
    for first, last in itertools.pairwise(corners_m):
        steps = max(1, int(np.ceil(np.hypot(*(last - first)) / _SAMPLE_M)))
        share = np.arange(steps)[:, None] / steps
        pieces.append(first + share * (last - first))
        flags.append(np.arange(steps) == 0)
    points_m = np.vstack((*pieces, corners_m[-1:]))
    run_m = np.hypot(*np.diff(points_m, axis=0).T)
    return points_m, np.concatenate(([0.0], np.cumsum(run_m))), np.concatenate((*flags, [True]))
