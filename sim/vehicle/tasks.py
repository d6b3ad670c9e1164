"""Single flight tasks: each says, step by step, what the motors should do, and when it is done."""

import math
from dataclasses import dataclass, field
from typing import Protocol

from sim.dynamics.path import Limits, Path, Vector
from sim.vehicle.kinematics import Kinematics, Row, bearing_rad, fly, fly_at_speed, idle, sink_over
from sim.vehicle.parameters import ParameterStore

_SPOOL_UP_S = 1.2
_GUIDED_JERK_MPS3 = 5.0


@dataclass(slots=True, kw_only=True)
class Flight:
    """What every task works with. `speed_mps` is what DO_CHANGE_SPEED asked for, None without."""

    kin: Kinematics
    params: ParameterStore
    home: Vector = (0.0, 0.0, 0.0)
    now_s: float = 0.0
    dt_s: float = 0.05
    speed_mps: float | None = None
    climb_mps: float | None = None
    descent_mps: float | None = None
    yaw_hold_rad: float | None = None
    spooled_at_s: float = 0.0
    tilt_rad: float = 0.5
    _known: tuple[object, ...] = ()
    _limits: dict[bool, Limits] = field(default_factory=dict)

    def refresh(self) -> None:
        """Work out what parameters and orders allow, if any has changed."""
        known = (self.params.changes, self.speed_mps, self.climb_mps, self.descent_mps)
        if known != self._known:
            self._known = known
            self.tilt_rad = math.radians(self.params["ANGLE_MAX"] / 100.0)
            self._limits = {guided: self._work_out(guided=guided) for guided in (False, True)}

    def limits(self, *, guided: bool = False) -> Limits:
        """Return how fast targets may travel now; the same object until something changes."""
        if not self._limits:
            self.refresh()
        return self._limits[guided]

    def _work_out(self, *, guided: bool) -> Limits:
        p = self.params
        return Limits(
            speed_mps=max(0.5, self.speed_mps or p["WPNAV_SPEED"] / 100.0),
            climb_mps=max(0.3, self.climb_mps or p["WPNAV_SPEED_UP"] / 100.0),
            descent_mps=max(0.3, self.descent_mps or p["WPNAV_SPEED_DN"] / 100.0),
            accel_mps2=max(0.5, p["WPNAV_ACCEL"] / 100.0),
            climb_accel_mps2=max(0.5, p["WPNAV_ACCEL_Z"] / 100.0),
            jerk_mps3=_GUIDED_JERK_MPS3 if guided else max(0.5, p["WPNAV_JERK"]),
            corner_m=max(0.5, p["WPNAV_RADIUS"] / 100.0),
        )


class Task(Protocol):
    """One thing to do in the air."""

    done: bool

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        ...


class Rest:
    """Stand on the ground, motors turning."""

    def __init__(self) -> None:
        self.done = True

    def update(self, flight: Flight) -> Row:
        """Return idling motors."""
        return idle(flight.kin)


class TakeOff:
    """Climb straight up to `up_m`, after the motors have come up to speed if it stands."""

    def __init__(self, up_m: float) -> None:
        self.up_m = up_m
        self.done = False
        self._path: Path | None = None
        self._ready_s: float | None = None
        self._yaw_rad = 0.0

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        if self._path is None:
            if flight.kin.on_ground:
                if self._ready_s is None:
                    self._ready_s = max(flight.spooled_at_s, flight.now_s) + _SPOOL_UP_S
                if flight.now_s < self._ready_s:
                    return idle(flight.kin)
            self._path = self._plan(flight)
        self._path.step(flight.dt_s)
        self.done = self._path.arrived and flight.kin.position[2] > self.up_m - 0.3
        return _follow(self._path, flight, self._yaw_rad)

    def _plan(self, flight: Flight) -> Path:
        east, north, up = flight.kin.position
        self._yaw_rad = flight.kin.yaw_rad
        return Path(
            start=(east, north, up),
            velocity=(0.0, 0.0, max(0.0, flight.kin.velocity[2])),
            destination=(east, north, max(self.up_m, up)),
            limits=flight.limits(),
        )


class Travel:
    """Fly to a place, nose forward where the firmware would; `above_ground` heights are above the terrain below."""

    def __init__(
        self, destination: Vector, *, guided: bool = False, nose_forward: bool = True, above_ground: bool = False
    ) -> None:
        self.destination = destination
        self.done = False
        self.above_ground = above_ground
        self._guided = guided
        self._nose_forward = nose_forward
        self._path: Path | None = None
        self._yaw_rad = 0.0
        self._then: Vector | None = None
        self._limits: Limits | None = None

    def continue_to(self, destination: Vector) -> None:
        """Name the place after this one, so that it is passed without a stop."""
        self._then = destination
        if self._path is not None:
            self._path.follow_with(destination)

    def passed_on(self, destination: Vector, then: Vector | None) -> bool:
        """Turn to the leg that is already under way; False if there is none and a new task must begin."""
        if self._path is None or not self._path.advance_leg():
            return False
        self.destination = destination
        self.done = False
        self._then = then
        if then is not None:
            self._path.follow_with(then)
        return True

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        path = self._path or self._plan(flight)
        limits = flight.limits(guided=self._guided)
        if limits is not self._limits and limits != self._limits:
            self._limits = limits
            path.change_limits(limits)
            if self._then is not None:
                path.follow_with(self._then)
        path.step(flight.dt_s * self._pace(path, flight))
        if path.arrived:
            self.done = self._then is not None or self._is_near(flight)
        self._turn(path, flight)
        return _follow(path, flight, self._yaw_rad, lift_m=flight.kin.ground_m if self.above_ground else 0.0)

    def _plan(self, flight: Flight) -> Path:
        east, north, up = flight.kin.position
        ground = flight.kin.ground_m if self.above_ground else 0.0
        self._yaw_rad = flight.kin.yaw_rad
        self._limits = flight.limits(guided=self._guided)
        self._path = Path(
            start=(east, north, up - ground),
            velocity=flight.kin.velocity,
            destination=self.destination,
            limits=self._limits,
        )
        if self._then is not None:
            self._path.follow_with(self._then)
        return self._path

    def _is_near(self, flight: Flight) -> bool:
        at = flight.kin.position
        up = at[2] - (flight.kin.ground_m if self.above_ground else 0.0)
        radius_m = max(0.5, flight.params["WPNAV_RADIUS"] / 100.0)
        return math.dist((at[0], at[1], up), self.destination) < radius_m

    def _pace(self, path: Path, flight: Flight) -> float:
        """Return how fast the target's own time runs: it waits for a vehicle that falls behind."""
        at, target = flight.kin.position, path.position_m
        behind_m = math.hypot(at[0] - target[0], at[1] - target[1])
        return min(1.0, max(0.1, 1.0 - (behind_m - 5.0) / 5.0))

    def _turn(self, path: Path, flight: Flight) -> None:
        if flight.yaw_hold_rad is not None:
            self._yaw_rad = flight.yaw_hold_rad
        elif self._nose_forward and flight.params["WP_YAW_BEHAVIOR"] != 0.0:
            bearing = path.bearing
            if bearing is not None:
                self._yaw_rad = bearing_rad(*bearing)


class Hold:
    """Stop and keep the place; `until_s` ends it, None keeps it."""

    def __init__(self, place: Vector | None = None, *, until_s: float | None = None) -> None:
        self.done = False
        self.until_s = until_s
        self._place = place
        self._yaw_rad: float | None = None

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        if self._place is None:
            self._place = stopping_place(flight.kin, flight.limits().accel_mps2)
        if flight.yaw_hold_rad is not None:
            self._yaw_rad = flight.yaw_hold_rad
        if self._yaw_rad is None:
            self._yaw_rad = flight.kin.yaw_rad
        self.done = self.until_s is not None and flight.now_s >= self.until_s
        still = (0.0, 0.0, 0.0)
        return fly(position=self._place, velocity=still, accel=still, yaw_rad=self._yaw_rad, tilt_rad=flight.tilt_rad)


class KeepSpeed:
    """Fly at a velocity until the last order is older than GUID_TIMEOUT, then stop."""

    def __init__(self, velocity: Vector, ordered_at_s: float, yaw_rad: float | None) -> None:
        self.done = False
        self._velocity = velocity
        self._ordered_at_s = ordered_at_s
        self._yaw_rad = yaw_rad
        self._now: Vector | None = None

    def order(self, velocity: Vector, ordered_at_s: float, yaw_rad: float | None) -> None:
        """Take another velocity."""
        self._velocity, self._ordered_at_s, self._yaw_rad = velocity, ordered_at_s, yaw_rad

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        if self._now is None:
            self._now = flight.kin.velocity
        late = flight.now_s - self._ordered_at_s > flight.params["GUID_TIMEOUT"]
        wish = (0.0, 0.0, 0.0) if late else self._velocity
        step = flight.limits().accel_mps2 * flight.dt_s
        east, north, up = (now + min(max(aim - now, -step), step) for now, aim in zip(self._now, wish, strict=True))
        self._now = (east, north, up)
        yaw = flight.kin.yaw_rad if self._yaw_rad is None else self._yaw_rad
        return fly_at_speed(position=flight.kin.position, velocity=self._now, yaw_rad=yaw, tilt_rad=flight.tilt_rad)


class Descend:
    """Sink over one place until the ground: LAND_SPEED_HIGH down to LAND_ALT_LOW above home, then LAND_SPEED."""

    def __init__(self, place: Vector | None = None, *, speed_mps: float | None = None) -> None:
        self.done = False
        self._place = place
        self._speed_mps = speed_mps
        self._rate_mps = 0.0
        self._yaw_rad: float | None = None

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        kin = flight.kin
        if self._place is None:
            self._place = stopping_place(kin, flight.limits().accel_mps2)
        if self._yaw_rad is None:
            self._yaw_rad = kin.yaw_rad
            self._rate_mps = min(0.0, kin.velocity[2])
        wish = -self._wished_mps(flight)
        step = flight.params["WPNAV_ACCEL_Z"] / 100.0 * flight.dt_s
        self._rate_mps += min(max(wish - self._rate_mps, -step), step)
        self.done = kin.on_ground
        if kin.on_ground:
            return idle(kin)
        return sink_over(
            place=self._place,
            up_m=kin.position[2],
            climb_mps=self._rate_mps,
            yaw_rad=self._yaw_rad,
            tilt_rad=flight.tilt_rad,
        )

    def _wished_mps(self, flight: Flight) -> float:
        p = flight.params
        slow = p["LAND_SPEED"] / 100.0
        if self._speed_mps is not None:
            return self._speed_mps
        fast = (p["LAND_SPEED_HIGH"] or p["WPNAV_SPEED_DN"]) / 100.0
        accel = p["WPNAV_ACCEL_Z"] / 100.0
        height = flight.kin.position[2] - flight.kin.ground_m - p["LAND_ALT_LOW"] / 100.0
        return min(fast, max(slow, math.sqrt(slow**2 + 2.0 * accel * max(0.0, height))))


def stopping_place(kin: Kinematics, accel_mps2: float) -> Vector:
    """Return where the vehicle comes to rest if it brakes now."""
    east, north, up = kin.velocity
    reach = math.hypot(east, north) / (2.0 * max(0.5, accel_mps2)) + 0.3
    climb = 0.5 * abs(up) / 1.0
    return (kin.position[0] + east * reach, kin.position[1] + north * reach, kin.position[2] + up * climb)


def _follow(path: Path, flight: Flight, yaw_rad: float, lift_m: float = 0.0) -> Row:
    east, north, up = path.position_m
    yaw = yaw_rad if flight.yaw_hold_rad is None else flight.yaw_hold_rad
    return fly(
        position=(east, north, up + lift_m),
        velocity=path.velocity_mps,
        accel=path.accel_mps2,
        yaw_rad=yaw,
        tilt_rad=flight.tilt_rad,
    )
