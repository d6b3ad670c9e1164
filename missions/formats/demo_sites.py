"""Where people live in the demonstration town: a depot in the main valley, hamlets on the floors of the side valleys.

Points are (east, north) in metres from the south-west corner of the grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from missions.formats.demo_ground import Ground, Point, distance_between_m
from missions.terrain.valleys import Stream, floor_half_width_m

_EDGE_MARGIN_M = 1400.0
_DEMO_DISTANCE_M = 3250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hollow:
    """A level spot beside a stream: which stream, and at which of its points."""

    at: Point
    stream: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """The chosen spots: the depot, the site beyond the ridge, and the rest, near ones first."""

    depot: Hollow
    beyond_ridge: Hollow
    others: tuple[Hollow, ...]


def along(streams: Sequence[Stream], hollow: Hollow, distance_m: float) -> Point:
    """Return the spot `distance_m` further down the same valley, or up it where the stream ends before."""
    points = streams[hollow.stream].points_m
    steps = round(distance_m / float(np.hypot(*(points[1] - points[0]))))
    index = hollow.index + steps if hollow.index + steps < len(points) - 6 else hollow.index - steps
    return _beside(streams[hollow.stream], max(index, 0))


def _beside(stream: Stream, index: int) -> Point:
    """Return a point on the valley floor, off the water."""
    before, after = max(index - 6, 0), min(index + 6, len(stream.points_m) - 1)
    along = stream.points_m[after] - stream.points_m[before]
    along = along / max(float(np.hypot(*along)), 1e-9)
    off_m = 0.7 * float(floor_half_width_m(stream.area_m2[index])) + 10.0
    east, north = stream.points_m[index] + off_m * np.array([-along[1], along[0]])
    return float(east), float(north)


def _hollows(streams: Sequence[Stream], ground: Ground) -> list[Hollow]:
    found = []
    for number, stream in enumerate(streams[1:], start=1):
        for index in range(20, len(stream.points_m) - 20, 24):
            at = _beside(stream, index)
            if 6e5 <= stream.area_m2[index] <= 2e7 and ground.is_inside(at, _EDGE_MARGIN_M):
                found.append(Hollow(at=at, stream=number, index=index))
    return found


def _beyond_ridge(depot: Point, hollows: Sequence[Hollow], ground: Ground) -> Hollow:
    def merit(hollow: Hollow) -> float:
        line_m = ground.heights_along_m(depot, hollow.at)
        ridge_m = float(line_m.max() - max(line_m[0], line_m[-1]))
        return min(ridge_m, 170.0) - abs(distance_between_m(depot, hollow.at) - _DEMO_DISTANCE_M) / 12.0

    return max(hollows, key=merit)


def _spread_out(chosen: list[Hollow], depot: Point, hollows: Sequence[Hollow], count: int) -> list[Hollow]:
    """Return `count` more, each as far as can be from those before, within 5.5 km of the depot."""
    near = [hollow for hollow in hollows if 1500.0 <= distance_between_m(depot, hollow.at) <= 5500.0]
    picked: list[Hollow] = []
    for _ in range(count):
        taken = [depot, *(hollow.at for hollow in (*chosen, *picked))]
        picked.append(max(near, key=lambda hollow: min(distance_between_m(hollow.at, other) for other in taken)))
    return picked


def choose_sites(streams: Sequence[Stream], ground: Ground, others: int) -> Sites:
    """Return the sites of a landscape; the first stream is the main river."""
    main = streams[0]
    middle = (ground.extent.east_m / 2.0, ground.extent.north_m / 2.0)
    index = int(np.argmin(np.hypot(*(main.points_m - middle).T)))
    depot = Hollow(at=_beside(main, index), stream=0, index=index)
    hollows = _hollows(streams, ground)
    beyond = _beyond_ridge(depot.at, hollows, ground)
    rest = _spread_out([beyond], depot.at, hollows, others)
    rest.sort(key=lambda hollow: distance_between_m(depot.at, hollow.at))
    return Sites(depot=depot, beyond_ridge=beyond, others=tuple(rest))
