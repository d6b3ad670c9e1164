"""An independent look at a plan: its items and terrain only, nothing of the planner's own grids or checks."""

import math
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Point

from fleet.positions import FloatArray
from missions.values.mission_item import Command
from missions.values.plan import Plan
from missions.values.town import AirspaceKind, Town

_STEP_M = 2.0


@dataclass(frozen=True)
class Flown:
    """The straight line of one navigation item, densely sampled: degrees, metres above mean sea level and ground."""

    command: int
    vertical: bool
    lon_deg: FloatArray
    lat_deg: FloatArray
    agl_m: FloatArray
    lowest_beside_m: float


def flown_lines(plan: Plan, town: Town) -> list[Flown]:
    frame = town.terrain.frame
    home = plan.items[0]
    previous = (home.x / 1e7, home.y / 1e7, 0.0)
    lines: list[Flown] = []
    for item in plan.items[1:]:
        if item.command not in {16, 21, 22, 94}:
            continue
        here = (item.x / 1e7, item.y / 1e7, item.z)
        run_m = math.dist(
            frame.to_local(np.array(previous[1]), np.array(previous[0])),
            frame.to_local(np.array(here[1]), np.array(here[0])),
        )
        share = np.linspace(0.0, 1.0, max(2, math.ceil(run_m / _STEP_M)))
        lat = previous[0] + share * (here[0] - previous[0])
        lon = previous[1] + share * (here[1] - previous[1])
        height = home.z + previous[2] + share * (here[2] - previous[2])
        beside = _beside(town, lon, lat, height)
        agl = height - town.terrain.elevation_m(lon, lat)
        lines.append(Flown(item.command, run_m < 1.0, lon, lat, agl, beside))
        previous = here
    return lines


def _beside(town: Town, lon: FloatArray, lat: FloatArray, height: FloatArray) -> float:
    """Return the least height over any ground up to 30 m to each side of a line."""
    frame = town.terrain.frame
    east, north = frame.to_local(lon, lat)
    direction = np.array([east[-1] - east[0], north[-1] - north[0]])
    length = float(np.hypot(*direction))
    if length < 1.0:
        return math.inf
    across = np.array([-direction[1], direction[0]]) / length
    return min(
        float((height - town.terrain.elevation_at_local_m(east + offset * across[0], north + offset * across[1])).min())
        for offset in np.linspace(-30.0, 30.0, 13)
    )


def assert_safe(plan: Plan, town: Town) -> None:
    """Assert what an accepted plan promises: clearance, ceiling, no-fly areas, fence, and where it ends."""
    lines = flown_lines(plan, town)
    assert lines[0].command == Command.NAV_TAKEOFF
    assert lines[-1].command == Command.NAV_LAND
    for line in lines:
        assert np.all(np.isfinite(line.agl_m))
        assert float(line.agl_m.max()) <= town.rules.ceiling_agl_m
        if not line.vertical:
            assert line.lowest_beside_m >= town.rules.clearance_m
    route = LineString([(lon, lat) for line in lines for lon, lat in zip(line.lon_deg, line.lat_deg, strict=True)])
    for area in town.airspace:
        if area.kind is AirspaceKind.NO_FLY:
            assert not area.area.intersects(route)
    assert plan.fence.inclusion.contains(route)
    assert not any(exclusion.intersects(route) for exclusion in plan.fence.exclusions)
    assert len(plan.fence.inclusion.exterior.coords) - 1 <= 40
    for item in plan.rally_items:
        assert plan.fence.inclusion.contains(Point(item.y / 1e7, item.x / 1e7))


def highest_ground_on_lines_home_m(plan: Plan, town: Town) -> float:
    """Return the highest ground under any straight line from the route to home, above home."""
    home = plan.items[0]
    share = np.linspace(0.0, 1.0, 400)
    tops = []
    for line in flown_lines(plan, town):
        for lon, lat in zip(line.lon_deg[::20], line.lat_deg[::20], strict=True):
            ground = town.terrain.elevation_m(lon + share * (home.y / 1e7 - lon), lat + share * (home.x / 1e7 - lat))
            tops.append(float(ground.max()))
    return max(tops) - home.z
