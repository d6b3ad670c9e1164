"""Where a return to launch ends: home, or a rally point that is nearer."""

import math
from typing import TYPE_CHECKING

from sim.dynamics.path import Vector
from sim.vehicle.mission_item import Kind

if TYPE_CHECKING:
    from sim.vehicle.autopilot import Autopilot


def return_place(vehicle: "Autopilot") -> Vector:
    """Return the nearest rally point within RALLY_LIMIT_KM (0: any), or home where that is nearer or there is none."""
    params, here = vehicle.params, vehicle.kin.position
    limit_m = params["RALLY_LIMIT_KM"] * 1000.0
    places = [vehicle.target(item)[0] for item in vehicle.plans[Kind.RALLY].items]
    near = [(math.dist(place[:2], here[:2]), place) for place in places]
    near = [pair for pair in near if limit_m <= 0.0 or pair[0] <= limit_m]
    if not near:
        return vehicle.home
    distance, place = min(near)
    if params["RALLY_INCL_HOME"] != 0.0 and math.dist(vehicle.home[:2], here[:2]) < distance:
        return vehicle.home
    return place
