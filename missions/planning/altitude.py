"""A height profile with few climbs between a floor and a ceiling.

First the shortest line in the tunnel (a taut string: Lee and Preparata 1984, for a tunnel over one axis), pulled a
little inside; then as many of its corners left out as the tunnel itself allows.
"""

import numpy as np

from fleet.positions import FloatArray

_INSIDE_M = 8.0
_TINY = 1e-9


def taut_profile(
    distance_m: FloatArray, floor_m: FloatArray, ceiling_m: FloatArray, *, start_m: float, end_m: float
) -> list[tuple[int, float]]:
    """Return the corners (sample index, height) of a profile from `start_m` to `end_m`.

    `distance_m` grows strictly. Where the ceiling is under the floor the profile keeps the floor.
    """
    ceiling_m = np.maximum(ceiling_m, floor_m)
    inside_m = np.minimum(_INSIDE_M, (ceiling_m - floor_m) / 2.0)
    string = _taut(distance_m, floor_m + inside_m, ceiling_m - inside_m, start_m, end_m)
    return _thinned(distance_m, floor_m, ceiling_m, string)


def heights_along(distance_m: FloatArray, corners: list[tuple[int, float]]) -> FloatArray:
    """Return the profile's height at every sample."""
    at_m = np.array([distance_m[index] for index, _ in corners])
    heights_m: FloatArray = np.interp(distance_m, at_m, np.array([height for _, height in corners]))
    return heights_m


def _taut(
    x_m: FloatArray, floor_m: FloatArray, ceiling_m: FloatArray, start_m: float, end_m: float
) -> list[tuple[int, float]]:
    floor_m, ceiling_m = floor_m.copy(), ceiling_m.copy()
    floor_m[-1] = ceiling_m[-1] = end_m
    last = len(x_m) - 1
    corners = [(0, start_m)]
    while corners[-1][0] < last:
        first, height_m = corners[-1]
        run_m = x_m[first + 1 :] - x_m[first]
        low = np.maximum.accumulate((floor_m[first + 1 :] - height_m) / run_m)
        high = np.minimum.accumulate((ceiling_m[first + 1 :] - height_m) / run_m)
        crossed = np.flatnonzero(low > high + _TINY)
        if len(crossed) == 0:
            corners.append((last, end_m))
            break
        corners.append(_bend(first + 1, int(crossed[0]), (low, high), (floor_m, ceiling_m)))
    return corners


def _bend(
    offset: int, crossed: int, slopes: tuple[FloatArray, FloatArray], tunnel: tuple[FloatArray, FloatArray]
) -> tuple[int, float]:
    """Return where the string bends: round the ceiling if the floor rose past it at `crossed`, else round the floor."""
    low, high = slopes
    floor_m, ceiling_m = tunnel
    floor_rose = crossed == 0 or low[crossed] > low[crossed - 1]
    if floor_rose:
        index = int(np.flatnonzero(high[: crossed + 1] <= high[crossed] + _TINY)[0])
        return offset + index, float(ceiling_m[offset + index])
    index = int(np.flatnonzero(low[: crossed + 1] >= low[crossed] - _TINY)[0])
    return offset + index, float(floor_m[offset + index])


def _thinned(
    x_m: FloatArray, floor_m: FloatArray, ceiling_m: FloatArray, corners: list[tuple[int, float]]
) -> list[tuple[int, float]]:
    """Return the corners without those whose neighbours join inside the tunnel."""
    kept = [corners[0]]
    place = 0
    while place < len(corners) - 1:
        following = place + 1
        for candidate in range(len(corners) - 1, place + 1, -1):
            if _joins(x_m, floor_m, ceiling_m, (corners[place], corners[candidate])):
                following = candidate
                break
        kept.append(corners[following])
        place = following
    return kept


def _joins(
    x_m: FloatArray,
    floor_m: FloatArray,
    ceiling_m: FloatArray,
    ends: tuple[tuple[int, float], tuple[int, float]],
) -> bool:
    (first, start_m), (last, end_m) = ends
    between = slice(first + 1, last)
    share = (x_m[between] - x_m[first]) / (x_m[last] - x_m[first])
    height_m = start_m + share * (end_m - start_m)
    return bool(np.all(height_m >= floor_m[between]) and np.all(height_m <= ceiling_m[between]))
