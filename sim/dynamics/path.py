"""A target that travels from place to place, cutting corners the way ArduCopter does.

Each leg is a straight line flown by a jerk-limited profile from rest to rest. Where the next place follows without a
stop, its leg starts while the last one still brakes and both are added, so that a straight line keeps its speed and a
corner is cut by at most the waypoint radius; the place counts as reached in the middle of the turn (ArduPilot's "fast
waypoints"). Positions are metres east, north, up.
"""

import math
from dataclasses import dataclass

from sim.dynamics.ramp import Profile, plan_profile

Vector = tuple[float, float, float]

_BLEND_STEPS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How fast a target may travel."""

    speed_mps: float
    climb_mps: float
    descent_mps: float
    accel_mps2: float
    climb_accel_mps2: float
    jerk_mps3: float
    corner_m: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leg:
    direction: Vector
    profile: Profile
    length_m: float


def _along(direction: Vector, *, horizontal: float, up: float, down: float) -> float:
    """Return the largest length along `direction` whose parts keep to the limits."""
    flat = math.hypot(direction[0], direction[1])
    limit = math.inf
    if flat > 1e-6:
        limit = horizontal / flat
    if direction[2] > 1e-6:
        limit = min(limit, up / direction[2])
    elif direction[2] < -1e-6:
        limit = min(limit, down / -direction[2])
    return limit


def _plan_leg(start: Vector, end: Vector, velocity: Vector, limits: Limits) -> _Leg:
    offset = (end[0] - start[0], end[1] - start[1], end[2] - start[2])
    length = math.sqrt(offset[0] ** 2 + offset[1] ** 2 + offset[2] ** 2)
    if length < 1e-3:
        direction: Vector = (0.0, 0.0, 1.0)
    else:
        direction = (offset[0] / length, offset[1] / length, offset[2] / length)
    speed = _along(direction, horizontal=limits.speed_mps, up=limits.climb_mps, down=limits.descent_mps)
    accel = _along(direction, horizontal=limits.accel_mps2, up=limits.climb_accel_mps2, down=limits.climb_accel_mps2)
    start_mps = sum(v * d for v, d in zip(velocity, direction, strict=True)) if length >= 1e-3 else 0.0
    profile = plan_profile(
        distance_m=length,
        start_mps=max(0.0, start_mps),
        speed_mps=speed,
        accel_mps2=accel,
        jerk_mps3=limits.jerk_mps3,
    )
    return _Leg(direction=direction, profile=profile, length_m=length)


class Path:
    """The travelling target. `position_m`, `velocity_mps` and `accel_mps2` are what the controller follows."""

    __slots__ = (
        "_before", "_before_elapsed_s", "_elapsed_s", "_leg", "_limits", "_next", "_next_elapsed_s", "_next_end",
        "_next_from_s", "_start", "accel_mps2", "destination_m", "position_m", "velocity_mps",
    )  # fmt: skip

    def __init__(self, *, start: Vector, velocity: Vector, destination: Vector, limits: Limits) -> None:
        self._limits = limits
        self._start = start
        self.destination_m = destination
        self._leg = _plan_leg(start, destination, velocity, limits)
        self._elapsed_s = 0.0
        self._before: _Leg | None = None
        self._before_elapsed_s = 0.0
        self._next: _Leg | None = None
        self._next_end: Vector = destination
        self._next_from_s = math.inf
        self._next_elapsed_s = 0.0
        self.position_m: Vector = start
        self.velocity_mps: Vector = velocity
        self.accel_mps2: Vector = (0.0, 0.0, 0.0)

    @property
    def arrived(self) -> bool:
        """Return whether the current leg has been travelled to its end, or to the middle of the turn after it."""
        left_s = self._leg.profile.duration_s - self._elapsed_s
        return left_s <= (self._next_elapsed_s if self._next is not None else 0.0)

    @property
    def bearing(self) -> tuple[float, float] | None:
        """Return east and north parts of the target's velocity, None while it stands."""
        if math.hypot(self.velocity_mps[0], self.velocity_mps[1]) < 0.2:
            return None
        return self.velocity_mps[0], self.velocity_mps[1]

    def follow_with(self, destination: Vector) -> None:
        """Go on to `destination` without stopping at the end of this leg."""
        leg = _plan_leg(self.destination_m, destination, (0.0, 0.0, 0.0), self._limits)
        if leg.length_m < 1.0:
            return
        self._next = leg
        self._next_end = destination
        self._next_elapsed_s = 0.0
        self._next_from_s = max(self._blend_from_s(leg), self._elapsed_s)

    def advance_leg(self) -> bool:
        """Make the following leg the current one; False if there is none."""
        if self._next is None:
            return False
        self._before, self._before_elapsed_s = self._leg, self._elapsed_s
        self._start = self.destination_m
        self._leg, self._elapsed_s = self._next, self._next_elapsed_s
        self.destination_m = self._next_end
        self._forget_next()
        return True

    def change_limits(self, limits: Limits) -> None:
        """Travel the rest of this leg with other limits; what followed must be given again."""
        self._limits = limits
        self._leg = _plan_leg(self.position_m, self.destination_m, self.velocity_mps, limits)
        self._start = self.position_m
        self._elapsed_s = 0.0
        self._before = None
        self._forget_next()

    def _forget_next(self) -> None:
        self._next = None
        self._next_elapsed_s = 0.0
        self._next_from_s = math.inf

    def step(self, dt_s: float) -> None:
        """Move the target on by `dt_s`."""
        self._elapsed_s += dt_s
        parts = [(self._leg.direction, self._leg.profile.at(self._elapsed_s))]
        following, before = self._next, self._before
        if following is not None and self._elapsed_s > self._next_from_s:
            self._next_elapsed_s = self._elapsed_s - self._next_from_s
            parts.append((following.direction, following.profile.at(self._next_elapsed_s)))
        if before is not None:
            self._before_elapsed_s += dt_s
            distance, speed, accel = before.profile.at(self._before_elapsed_s)
            parts.append((before.direction, (distance - before.profile.distance_m, speed, accel)))
            if self._before_elapsed_s >= before.profile.duration_s:
                self._before = None
        x, y, z = self._start
        vx = vy = vz = ax = ay = az = 0.0
        for (dx, dy, dz), (distance, speed, accel) in parts:
            x, y, z = x + dx * distance, y + dy * distance, z + dz * distance
            vx, vy, vz = vx + dx * speed, vy + dy * speed, vz + dz * speed
            ax, ay, az = ax + dx * accel, ay + dy * accel, az + dz * accel
        self.position_m = (x, y, z)
        self.velocity_mps = (vx, vy, vz)
        self.accel_mps2 = (ax, ay, az)

    def _blend_from_s(self, following: _Leg) -> float:
        """Return the earliest start of the next leg that makes an allowed turn."""
        end = self._leg.profile.duration_s
        early = self._leg.profile.braking_from_s
        for step in range(_BLEND_STEPS):
            start_s = early + (end - early) * step / _BLEND_STEPS
            if self._may_turn(following, start_s):
                return start_s
        return end

    def _may_turn(self, following: _Leg, start_s: float) -> bool:
        """Judge the middle of the turn, as ArduPilot does: place, speed and acceleration."""
        half_s = 0.5 * (self._leg.profile.duration_s - start_s)
        distance, speed, accel = self._leg.profile.at(start_s + half_s)
        gone, next_speed, next_accel = following.profile.at(half_s)
        d, n = self._leg.direction, following.direction
        left = self._leg.length_m - distance
        miss_m = math.dist([axis * gone for axis in n], [axis * left for axis in d])
        fastest = min(self._leg.profile.up.end_mps, following.profile.up.end_mps)
        turn_mps = math.hypot(d[0] * speed + n[0] * next_speed, d[1] * speed + n[1] * next_speed)
        turn_mps2 = math.hypot(d[0] * accel + n[0] * next_accel, d[1] * accel + n[1] * next_accel)
        return (
            miss_m <= self._limits.corner_m
            and turn_mps <= fastest + 0.01
            and turn_mps2 <= 2.0 * self._limits.accel_mps2
        )
