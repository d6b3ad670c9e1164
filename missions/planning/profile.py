"""The route as samples for a height profile: ground, route, energy left."""

import math

import numpy as np

from fleet.positions import FloatArray
from missions.planning.scene import Scene
from missions.values.plan import Leg, ProfilePoint

_MOST_POINTS = 600
_LEAST_STEP_M = 10.0


def profile_of(scene: Scene, legs: tuple[Leg, ...]) -> tuple[ProfilePoint, ...]:
    """Return samples along all legs, at most about 600 and both ends of every leg among them.

    `distance_m` is over ground from take-off; a climb on the spot has several samples at one distance.
    Unknown ground is drawn at the height of the known ground before it: a finding refuses such a plan by place.
    """
    lengths_m = [float(np.hypot(*(scene.local_m(leg.end) - scene.local_m(leg.start)))) for leg in legs]
    step_m = max(_LEAST_STEP_M, sum(lengths_m) / _MOST_POINTS)
    points: list[ProfilePoint] = []
    flown_m = 0.0
    for leg, length_m in zip(legs, lengths_m, strict=True):
        points.extend(_leg_points(scene, leg, flown_m, length_m, max(1, math.ceil(length_m / step_m))))
        flown_m += length_m
    return tuple(points)


def _leg_points(scene: Scene, leg: Leg, flown_m: float, length_m: float, steps: int) -> list[ProfilePoint]:
    """Return the samples of one leg; its start only for the first, since a leg starts where the last one ended."""
    share = np.arange(0 if leg.number == 1 else 1, steps + 1) / steps
    lon_deg = leg.start.lon_deg + share * (leg.end.lon_deg - leg.start.lon_deg)
    lat_deg = leg.start.lat_deg + share * (leg.end.lat_deg - leg.start.lat_deg)
    route_m = leg.start.alt_amsl_m + share * (leg.end.alt_amsl_m - leg.start.alt_amsl_m)
    ground_m = _drawn(scene.town.terrain.elevation_m(lon_deg, lat_deg), leg.start.alt_amsl_m)
    return [
        ProfilePoint(
            distance_m=round(flown_m + float(part) * length_m, 1),
            lon_deg=round(float(lon_deg[index]), 7),
            lat_deg=round(float(lat_deg[index]), 7),
            ground_amsl_m=round(float(ground_m[index]), 1),
            route_amsl_m=round(float(route_m[index]), 1),
            energy_left_wh=round(leg.energy_left_wh + leg.energy_wh * (1.0 - float(part)), 2),
            phase=leg.phase,
        )
        for index, part in enumerate(share)
    ]


def _drawn(ground_m: FloatArray, otherwise_m: float) -> FloatArray:
    """Return heights with each unknown one replaced by the last known before it, or by the first known."""
    known = np.flatnonzero(~np.isnan(ground_m))
    if len(known) == 0:
        return np.full_like(ground_m, otherwise_m)
    last = np.searchsorted(known, np.arange(len(ground_m)), side="right") - 1
    return ground_m[known[np.maximum(last, 0)]]
