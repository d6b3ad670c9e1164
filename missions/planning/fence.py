"""The fence: an area around the route and all straight ways home, and the no-fly areas near it.

ArduCopter takes polygons as consecutive items, each with the number of corners in its first parameter.
"""

import itertools
import math
from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from fleet.positions import Position
from fleet.units import e7_from_degrees
from missions.planning.flight import Flight
from missions.planning.local_shapes import to_degrees
from missions.planning.scene import Scene
from missions.values.mission_item import Command, Frame, MissionItem
from missions.values.plan import Fence

MARGIN_M = 120.0
"""Kept between any planned line and the fence; at least `LEAST_MARGIN_M` after it has been made simple."""
LEAST_MARGIN_M = 80.0
MOST_CORNERS = 40
_E7_DECIMALS = 7


def fence_of(scene: Scene, flight: Flight, rally: tuple[Position, ...]) -> Fence:
    """Return the fence of a flight."""
    flown = _flown_area(scene, flight, rally)
    outline = _simple_outline(flown)
    exclusions = tuple(
        _in_degrees(scene, _with_few_corners(part, zone.margin_m))
        for zone in scene.no_fly.zones
        for part in _polygons(zone.local)
        if outline.intersects(part)
    )
    return Fence(inclusion=_in_degrees(scene, outline), exclusions=exclusions)


def fence_items(fence: Fence) -> tuple[MissionItem, ...]:
    """Return the fence as items: the inclusion first, then the exclusions."""
    items: list[MissionItem] = []
    areas = [(Command.FENCE_POLYGON_INCLUSION, fence.inclusion)]
    areas += [(Command.FENCE_POLYGON_EXCLUSION, area) for area in fence.exclusions]
    for command, area in areas:
        corners = [] if area.is_empty else list(area.exterior.coords)[:-1]
        items += [
            MissionItem(
                seq=len(items) + index,
                frame=Frame.GLOBAL,
                command=command,
                autocontinue=0,
                param1=float(len(corners)),
                x=e7_from_degrees(lat_deg),
                y=e7_from_degrees(lon_deg),
            )
            for index, (lon_deg, lat_deg, *_) in enumerate(corners)
        ]
    return tuple(items)


def _flown_area(scene: Scene, flight: Flight, rally: tuple[Position, ...]) -> BaseGeometry:
    """Return the union of the route and the triangles of its legs with home and with the rally points near them."""
    route = [flight.start, *(stop.at for stop in flight.stops)]
    points = [tuple(scene.local_m(at)) for at in route]
    home = tuple(scene.local_m(scene.home))
    shapes: list[BaseGeometry] = [shapely.LineString(points)]
    sites = [tuple(scene.local_m(site)) for site in rally]
    for first, last in itertools.pairwise(points):
        shapes.append(shapely.MultiPoint([home, first, last]).convex_hull)
        home_away_m = max(math.dist(home, first), math.dist(home, last))
        leg = shapely.LineString([first, last])
        near_sites = [site for site in sites if leg.distance(shapely.Point(site)) < home_away_m]
        shapes.extend(shapely.MultiPoint([site, first, last]).convex_hull for site in near_sites)
    return shapely.union_all([shape.buffer(1.0) for shape in shapes])


def _simple_outline(flown: BaseGeometry) -> Polygon:
    """Return one polygon without holes, of at most `MOST_CORNERS` corners, that keeps the least margin."""
    needed = _outer(flown.buffer(LEAST_MARGIN_M, quad_segs=4))
    for widening in (1.0, 1.5, 2.5, 4.0, 8.0):
        wide = _outer(flown.buffer(MARGIN_M * widening, quad_segs=4))
        slack_m = MARGIN_M * widening - LEAST_MARGIN_M
        for share in (0.4, 0.6, 0.8, 0.95):
            simple = _outer(wide.simplify(slack_m * share))
            if len(simple.exterior.coords) - 1 <= MOST_CORNERS and simple.contains(needed):
                return simple
    return _outer(flown.convex_hull.buffer(MARGIN_M, quad_segs=2).simplify(MARGIN_M - LEAST_MARGIN_M))


def _with_few_corners(area: Polygon, margin_m: float) -> Polygon:
    """Return an area around `area` with fewer corners, within half of the margin that the route keeps from it."""
    for share in (0.5, 0.25):
        slack_m = margin_m * share
        simple = _outer(area.buffer(slack_m * 0.6, join_style="mitre").simplify(slack_m * 0.35))
        if simple.contains(area) and area.buffer(slack_m).contains(simple):
            return simple
    return _outer(area)


def _outer(shape: BaseGeometry) -> Polygon:
    """Return the outline of the largest part, holes filled."""
    return Polygon(max(_polygons(shape), key=lambda part: part.area).exterior)


def _polygons(shape: BaseGeometry) -> Iterable[Polygon]:
    if isinstance(shape, Polygon):
        return [shape]
    return list(shape.geoms) if isinstance(shape, MultiPolygon) else []


def _in_degrees(scene: Scene, shape: Polygon) -> Polygon:
    """Return a local polygon in degrees, as the autopilot will get it (1e-7 degrees)."""
    turned = shapely.get_coordinates(to_degrees(scene.town.terrain.frame, shape.exterior))
    return Polygon(np.round(turned, _E7_DECIMALS))
