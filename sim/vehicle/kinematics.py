"""What the autopilot knows of its own motion, and what it asks of the motors; metres east, north, up of its origin."""

import math
from dataclasses import dataclass

from sim.dynamics.motion import POSITION_GAIN_PER_S, Motors
from sim.dynamics.path import Vector

# One row of the command matrix, in the order of the columns of `sim.dynamics.motion`.
Row = list[float]

_NO: Vector = (0.0, 0.0, 0.0)


@dataclass(slots=True, kw_only=True)
class Kinematics:
    """The vehicle's own state, refreshed before each step; `ground_m` is the terrain right below."""

    position: Vector = _NO
    velocity: Vector = _NO
    yaw_rad: float = 0.0
    ground_m: float = 0.0
    on_ground: bool = True
    impact_mps: float = 0.0
    contact_mps: float = 0.0
    voltage_v: float = 12.6
    current_a: float = 0.0
    used_mah: float = 0.0
    used_wh: float = 0.0
    roll_rad: float = 0.0
    pitch_rad: float = 0.0
    yaw_rate_radps: float = 0.0
    lift_ratio: float = 0.0


def off() -> Row:
    """Return the command for stopped motors."""
    return [0.0] * 12 + [float(Motors.OFF), 0.5]


def idle(kin: Kinematics) -> Row:
    """Return the command for motors that turn without lifting."""
    return [*kin.position, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, kin.yaw_rad, 0.0, 0.0, float(Motors.IDLE), 0.5]


def fly(*, position: Vector, velocity: Vector, accel: Vector, yaw_rad: float, tilt_rad: float) -> Row:
    """Return the command to follow a moving target."""
    return [
        *position, *velocity, *accel, yaw_rad,
        POSITION_GAIN_PER_S, POSITION_GAIN_PER_S, float(Motors.FLY), tilt_rad,
    ]  # fmt: skip


def fly_at_speed(*, position: Vector, velocity: Vector, yaw_rad: float, tilt_rad: float) -> Row:
    """Return the command to keep a velocity, with no place to keep."""
    return [*position, *velocity, 0.0, 0.0, 0.0, yaw_rad, 0.0, 0.0, float(Motors.FLY), tilt_rad]


def sink_over(*, place: Vector, up_m: float, climb_mps: float, yaw_rad: float, tilt_rad: float) -> Row:
    """Return the command to climb or sink at a rate while keeping the place on the ground."""
    return [
        place[0], place[1], up_m, 0.0, 0.0, climb_mps, 0.0, 0.0, 0.0, yaw_rad,
        POSITION_GAIN_PER_S, 0.0, float(Motors.FLY), tilt_rad,
    ]  # fmt: skip


def bearing_rad(east: float, north: float) -> float:
    """Return the direction of a vector, radians clockwise from north, 0 ≤ direction < 2π."""
    return math.atan2(east, north) % (2.0 * math.pi)
