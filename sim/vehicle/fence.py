"""Whether a place keeps to the fence: height, circle round home, polygons and circles; metres east and north."""

import math
from dataclasses import dataclass, field

from sim.dynamics.path import Vector
from sim.vehicle.mission_item import Do, StoredItem
from sim.vehicle.parameters import ParameterStore

ALT_MAX, CIRCLE, POLYGON, ALT_MIN = 1, 2, 4, 8

_NAMES = {ALT_MAX: "Max Alt", CIRCLE: "Circle", POLYGON: "Polygon", ALT_MIN: "Min Alt"}

Point = tuple[float, float]


@dataclass(slots=True, kw_only=True)
class Zones:
    """The fence items in local metres."""

    inside: list[list[Point]] = field(default_factory=list)
    outside: list[list[Point]] = field(default_factory=list)
    inside_circles: list[tuple[Point, float]] = field(default_factory=list)
    outside_circles: list[tuple[Point, float]] = field(default_factory=list)


def zones_of(items: list[StoredItem], points: list[Point]) -> Zones:
    """Return the zones of fence items whose places are `points`."""
    zones = Zones()
    index = 0
    while index < len(items):
        item = items[index]
        if item.command in {Do.FENCE_POLYGON_INCLUSION, Do.FENCE_POLYGON_EXCLUSION}:
            corners = max(1, int(item.param1))
            ring = points[index : index + corners]
            (zones.inside if item.command == Do.FENCE_POLYGON_INCLUSION else zones.outside).append(ring)
            index += corners
            continue
        if item.command == Do.FENCE_CIRCLE_INCLUSION:
            zones.inside_circles.append((points[index], item.param1))
        elif item.command == Do.FENCE_CIRCLE_EXCLUSION:
            zones.outside_circles.append((points[index], item.param1))
        index += 1
    return zones


def breaches(params: ParameterStore, zones: Zones, place: Vector, home: Vector) -> int:
    """Return the FENCE_TYPE bits that `place` breaks, 0 where all is well or the fence is off."""
    if params["FENCE_ENABLE"] == 0.0:
        return 0
    types = int(params["FENCE_TYPE"])
    height = place[2] - home[2]
    found = 0
    if types & ALT_MAX and height > params["FENCE_ALT_MAX"]:
        found |= ALT_MAX
    if types & CIRCLE and math.dist(place[:2], home[:2]) > params["FENCE_RADIUS"]:
        found |= CIRCLE
    if types & POLYGON and not _keeps_to(zones, place[:2]):
        found |= POLYGON
    if types & ALT_MIN and height < params["FENCE_ALT_MIN"]:
        found |= ALT_MIN
    return found


def name_breaches(bits: int) -> str:
    """Return the names of broken fences, as the firmware joins them."""
    return " and ".join(name for bit, name in _NAMES.items() if bits & bit)


def _keeps_to(zones: Zones, point: Point) -> bool:
    return (
        all(contains(ring, point) for ring in zones.inside)
        and not any(contains(ring, point) for ring in zones.outside)
        and all(math.dist(centre, point) <= radius for centre, radius in zones.inside_circles)
        and not any(math.dist(centre, point) < radius for centre, radius in zones.outside_circles)
    )


def contains(ring: list[Point], point: Point) -> bool:
    """Return whether a polygon holds a point (ray casting)."""
    x, y = point
    inside = False
    previous = ring[-1]
    for corner in ring:
        (x1, y1), (x2, y2) = previous, corner
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
        previous = corner
    return inside
