"""The areas a route must go round, in local metres."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from fleet.positions import FloatArray
from missions.planning.local_shapes import to_local
from missions.values.town import AirspaceArea, AirspaceKind, Town

SEARCH_SLACK_M = 30.0
"""Grown by this for the search, so that steps between grid points outside stay outside the margin too."""
AT_THE_EDGE_M = 5.0
"""An end nearer to an area than an aircraft knows its own place counts as inside: it would stand in its own fence."""
_ENDPOINT_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFlyZone:
    """One area and the margin that can be kept from it."""

    area: AirspaceArea
    local: BaseGeometry
    margin_m: float

    def kept_clear(self) -> BaseGeometry:
        """Return the area grown by its margin."""
        return self.local.buffer(self.margin_m, quad_segs=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFly:
    """All no-fly areas around a flight. `inside` hold an end of the route, or have one at their
    edge, and cannot be gone round.
    """

    zones: tuple[NoFlyZone, ...]
    inside: tuple[NoFlyZone, ...]
    core: BaseGeometry
    kept_clear: BaseGeometry

    def enters(self, start_m: FloatArray, end_m: FloatArray) -> bool:
        """Return whether the straight line between two local points enters an area itself."""
        return not self.core.is_empty and bool(shapely.intersects(self.core, LineString([start_m, end_m])))

    def blocks(self, start_m: FloatArray, end_m: FloatArray) -> bool:
        """Return whether the straight line between two local points enters an area or its margin."""
        if self.kept_clear.is_empty:
            return False
        return bool(shapely.intersects(self.kept_clear, LineString([start_m, end_m])))

    def contains(self, east_m: FloatArray, north_m: FloatArray, grow_m: float) -> np.ndarray:
        """Return which of the points lie in an area, its margin or `grow_m` more; shapes as given."""
        if self.kept_clear.is_empty:
            return np.zeros(np.shape(east_m), dtype=bool)
        grown = self.kept_clear.buffer(grow_m, quad_segs=4)
        shapely.prepare(grown)
        return np.asarray(shapely.contains_xy(grown, east_m, north_m))


def no_fly_of(town: Town, ends_m: FloatArray) -> NoFly:
    """Return the town's no-fly areas for a route between `ends_m` (n × 2 local metres).

    The margin is the rule's, but less for an area that an end stands near to; areas around an end, or nearer
    to it than `AT_THE_EDGE_M`, are set apart.
    """
    zones: list[NoFlyZone] = []
    inside: list[NoFlyZone] = []
    for area in town.airspace:
        if area.kind is not AirspaceKind.NO_FLY:
            continue
        local = to_local(town.terrain.frame, area.area)
        nearest_m = min(float(local.distance(Point(end))) for end in ends_m)
        margin_m = min(town.rules.no_fly_margin_m, nearest_m * _ENDPOINT_SHARE)
        zone = NoFlyZone(area=area, local=local, margin_m=margin_m)
        (zones if nearest_m > AT_THE_EDGE_M else inside).append(zone)
    kept_clear = shapely.union_all([zone.kept_clear() for zone in zones]) if zones else Polygon()
    core = shapely.union_all([zone.local for zone in zones]) if zones else Polygon()
    shapely.prepare(kept_clear)
    shapely.prepare(core)
    return NoFly(zones=tuple(zones), inside=tuple(inside), core=core, kept_clear=kept_clear)
