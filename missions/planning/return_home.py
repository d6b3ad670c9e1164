"""The straight way home that the autopilot takes by itself (RTL), from anywhere on the route.

ArduCopter climbs to its return altitude, flies straight to home or to a rally point, and comes down there; above that
altitude it stays as high as it is. So the altitude must clear all ground under all those lines.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from fleet.positions import FloatArray, LonLat, Position
from missions.planning.band import DESIGN_MARGIN_M, HeightBand
from missions.planning.flight import Flight
from missions.planning.scene import Scene

_EVERY_M = 50.0
_ON_LINE_M = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnHome:
    """The return altitude above home, and how high over ground the lines at that altitude come."""

    altitude_home_m: float
    highest_ground_at: LonLat
    max_agl_m: float
    max_agl_at: LonLat
    crosses_no_fly_from: LonLat | None
    over_missing_terrain: bool


def return_home(scene: Scene, flight: Flight, band: HeightBand, rally: tuple[Position, ...]) -> ReturnHome:
    """Return what clears the ground from every point of the route to home and to its nearest rally point."""
    points_m = _route_samples(scene, flight)
    home_m = scene.local_m(scene.home)
    starts_m, targets_m = _lines(points_m, home_m, [scene.local_m(site) for site in rally])
    reach_m = float(np.hypot(*(targets_m - starts_m[:, :2]).T).max())
    share = np.linspace(0.0, 1.0, max(2, math.ceil(reach_m / _ON_LINE_M)))[None, :, None]
    line_m = starts_m[:, None, :2] + share * (targets_m - starts_m[:, :2])[:, None, :]
    east_m, north_m = line_m[..., 0], line_m[..., 1]
    ground_m = band.ground_in_corridor_m(east_m, north_m)
    top = int(np.argmax(ground_m))
    needed_m = float(ground_m.flat[top]) + scene.town.rules.clearance_m + DESIGN_MARGIN_M
    altitude_home_m = float(math.ceil(needed_m - scene.home.alt_amsl_m))
    flown_m = np.maximum(scene.home.alt_amsl_m + altitude_home_m, starts_m[:, 2])[:, None]
    below_m = scene.town.terrain.elevation_at_local_m(east_m, north_m)
    agl_m = np.nan_to_num(flown_m - below_m, nan=0.0)
    highest = int(np.argmax(agl_m))
    frame = scene.town.terrain.frame
    return ReturnHome(
        altitude_home_m=altitude_home_m,
        highest_ground_at=frame.place_of(float(east_m.flat[top]), float(north_m.flat[top])),
        max_agl_m=float(agl_m.flat[highest]),
        max_agl_at=frame.place_of(float(east_m.flat[highest]), float(north_m.flat[highest])),
        crosses_no_fly_from=_first_blocked(scene, starts_m, targets_m),
        over_missing_terrain=bool(band.missing_at(east_m, north_m).any()),
    )


def _route_samples(scene: Scene, flight: Flight) -> FloatArray:
    """Return points along the route (n × 3: east, north, height above mean sea level), its corners included."""
    rows = [np.append(scene.local_m(at), at.alt_amsl_m) for at in (flight.start, *(stop.at for stop in flight.stops))]
    pieces = []
    for first, last in itertools.pairwise(rows):
        steps = max(1, math.ceil(float(np.hypot(*(last - first)[:2])) / _EVERY_M))
        pieces.append(first + (np.arange(steps) / steps)[:, None] * (last - first))
    return np.vstack((*pieces, rows[-1]))


def _lines(points_m: FloatArray, home_m: FloatArray, rally_m: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return starts and targets: from every point to home, and to the nearest rally point where that is nearer."""
    targets_m = np.broadcast_to(home_m, (len(points_m), 2))
    if not rally_m:
        return points_m, targets_m
    sites_m = np.vstack(rally_m)
    away_m = np.hypot(*(points_m[:, None, :2] - sites_m[None, :, :]).transpose(2, 0, 1))
    nearest = np.argmin(away_m, axis=1)
    nearer = away_m.min(axis=1) < np.hypot(*(points_m[:, :2] - home_m).T)
    return np.vstack((points_m, points_m[nearer])), np.vstack((targets_m, sites_m[nearest[nearer]]))


def _first_blocked(scene: Scene, starts_m: FloatArray, targets_m: FloatArray) -> LonLat | None:
    for start_m, target_m in zip(starts_m[:, :2], targets_m, strict=True):
        if scene.no_fly.enters(start_m, target_m):
            return scene.town.terrain.frame.place_of(float(start_m[0]), float(start_m[1]))
    return None
