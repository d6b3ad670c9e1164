"""SET_POSITION_TARGET_GLOBAL_INT and _LOCAL_NED: targets in GUIDED; refusals are silent."""

import math
from typing import Any

from sim.dynamics.path import Vector
from sim.vehicle import orders
from sim.vehicle.autopilot import Autopilot
from sim.vehicle.mission_item import StoredItem

_FRAMES = {0: 0, 5: 0, 3: 3, 6: 3, 10: 10, 11: 10}
_IGNORE_POSITION, _IGNORE_VELOCITY, _IGNORE_YAW = 0b111, 0b111000, 1 << 10
_NED, _BODY_NED, _BODY_OFFSET_NED = 1, 8, 9


def follow_global(vehicle: Autopilot, m: Any) -> None:
    """Follow a target given as latitude and longitude, or a velocity."""
    if m.type_mask & _IGNORE_POSITION != _IGNORE_POSITION:
        if m.coordinate_frame not in _FRAMES or abs(m.lat_int) > 900_000_000 or abs(m.lon_int) > 1_800_000_000:
            return
        item = StoredItem(command=16, frame=_FRAMES[m.coordinate_frame], x=m.lat_int, y=m.lon_int, z=m.alt)
        place, above_ground = vehicle.target(item)
        orders.go_to(vehicle, place, above_ground=above_ground, yaw_rad=_yaw_of(m))
    elif m.type_mask & _IGNORE_VELOCITY != _IGNORE_VELOCITY:
        orders.keep_speed(vehicle, (m.vy, m.vx, -m.vz), _yaw_of(m))


def follow_item(vehicle: Autopilot, m: Any) -> bool:
    """Follow a mission item that is meant as a single target; `x`, `y` already degrees × 1e7. False if refused."""
    if m.frame not in _FRAMES:
        return False
    place, above_ground = vehicle.target(StoredItem(command=16, frame=_FRAMES[m.frame], x=m.x, y=m.y, z=m.z))
    return orders.go_to(vehicle, place, above_ground=above_ground) is orders.Answer.ACCEPTED


def follow_local(vehicle: Autopilot, m: Any) -> None:
    """Follow a target given in metres from the origin or from here, or a velocity."""
    turn_rad = vehicle.kin.yaw_rad if m.coordinate_frame in (_BODY_NED, _BODY_OFFSET_NED) else 0.0
    if m.type_mask & _IGNORE_POSITION != _IGNORE_POSITION:
        place = _rotated((m.y, m.x, -m.z), turn_rad)
        if m.coordinate_frame != _NED:
            here = vehicle.kin.position
            place = (here[0] + place[0], here[1] + place[1], here[2] + place[2])
        orders.go_to(vehicle, place, above_ground=False, yaw_rad=_yaw_of(m))
    elif m.type_mask & _IGNORE_VELOCITY != _IGNORE_VELOCITY:
        orders.keep_speed(vehicle, _rotated((m.vy, m.vx, -m.vz), turn_rad), _yaw_of(m))


def _yaw_of(m: Any) -> float | None:
    return None if m.type_mask & _IGNORE_YAW or not math.isfinite(m.yaw) else float(m.yaw)


def _rotated(place: Vector, yaw_rad: float) -> Vector:
    """Return right, forward, up turned to east, north, up."""
    if yaw_rad == 0.0:
        return place
    right, forward, up = place
    sine, cosine = math.sin(yaw_rad), math.cos(yaw_rad)
    return (right * cosine + forward * sine, forward * cosine - right * sine, up)
