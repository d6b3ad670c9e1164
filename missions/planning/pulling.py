"""Pulling a grid path straight: the fewest legs that cost hardly more and stay out of no-fly areas."""

from collections.abc import Callable

import numpy as np

from fleet.positions import FloatArray
from missions.planning.no_fly import NoFly
from missions.planning.search import CostGrid

_COST_SLACK = 1.02
_COST_SLACK_M = 15.0


def pulled_straight(path_m: FloatArray, costs: CostGrid, no_fly: NoFly) -> FloatArray:
    """Return the corners (k × 2 local metres) of few straight legs along `path_m`, both ends kept."""
    steps = [costs.along(path_m[i], path_m[i + 1]) for i in range(len(path_m) - 1)]
    total = np.concatenate(([0.0], np.cumsum(steps)))

    def joins(first: int, last: int) -> bool:
        if last == first + 1:
            return True
        allowed = (total[last] - total[first]) * _COST_SLACK + _COST_SLACK_M
        straight = costs.along(path_m[first], path_m[last])
        return straight <= allowed and not no_fly.blocks(path_m[first], path_m[last])

    corners = [0]
    while corners[-1] < len(path_m) - 1:
        corners.append(_farthest(corners[-1], len(path_m) - 1, joins))
    return path_m[corners]


def _farthest(first: int, last: int, joins: Callable[[int, int], bool]) -> int:
    """Return a far index that `first` joins, found by doubling and then halving the reach."""
    reach = 1
    while first + reach * 2 <= last and joins(first, first + reach * 2):
        reach *= 2
    if joins(first, last):
        return last
    low, high = first + reach, min(first + reach * 2, last)
    while high - low > 1:
        middle = (low + high) // 2
        if joins(first, middle):
            low = middle
        else:
            high = middle
    return low
