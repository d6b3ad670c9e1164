"""Modes in which the sticks count.

With no radio override the throttle stick lies at its bottom, as in ArduPilot's simulator: LOITER then sinks.
"""

from dataclasses import dataclass, field

from fleet.units import STANDARD_GRAVITY_MPS2
from sim.vehicle.kinematics import Row, fly, idle, sink_over
from sim.vehicle.tasks import Flight, stopping_place

_DEAD_BAND_US = 100
_RESTING = (1500, 1500, 1000, 1500, 1800, 1000, 1000, 1800)


@dataclass(slots=True)
class Sticks:
    """Radio input in µs; an override lasts RC_OVERRIDE_TIME."""

    channels: list[int] = field(default_factory=lambda: list(_RESTING))
    override_until_s: float = 0.0

    def override(self, channels: list[int], until_s: float) -> None:
        """Replace channels; 0 releases one and 65535 leaves it."""
        for index, value in enumerate(channels[: len(self.channels)]):
            if value == 0:
                self.channels[index] = _RESTING[index]
            elif value != 65535:
                self.channels[index] = value
        self.override_until_s = until_s

    def fade(self, now_s: float) -> None:
        """Return to rest when the override is too old."""
        if self.override_until_s and now_s > self.override_until_s:
            self.channels = list(_RESTING)
            self.override_until_s = 0.0

    @property
    def at_bottom(self) -> bool:
        """Return whether the throttle stick lies at its bottom."""
        return self.channels[2] <= 1000

    @property
    def throttle(self) -> float:
        """Return the throttle stick, −1 at the bottom to 1 at the top, 0 within the middle's dead band."""
        away = self.channels[2] - 1500
        if abs(away) <= _DEAD_BAND_US:
            return 0.0
        return max(-1.0, min(1.0, (away - (_DEAD_BAND_US if away > 0 else -_DEAD_BAND_US)) / (500 - _DEAD_BAND_US)))


class Loiter:
    """Keep the place; the throttle stick climbs and sinks."""

    def __init__(self, sticks: Sticks) -> None:
        self.done = False
        self._sticks = sticks
        self._place: tuple[float, float, float] | None = None
        self._rate_mps = 0.0
        self._yaw_rad: float | None = None

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        kin = flight.kin
        if self._place is None:
            self._place = stopping_place(kin, flight.params["LOIT_BRK_ACCEL"] / 100.0)
            self._yaw_rad = kin.yaw_rad
            self._rate_mps = kin.velocity[2]
        throttle = self._sticks.throttle
        if kin.on_ground and throttle <= 0.0:
            return idle(kin)
        fastest = flight.params["PILOT_SPEED_UP"] / 100.0
        if throttle < 0.0:
            fastest = flight.params["PILOT_SPEED_DN"] / 100.0 or fastest
        step = flight.params["PILOT_ACCEL_Z"] / 100.0 * flight.dt_s
        self._rate_mps += min(max(throttle * fastest - self._rate_mps, -step), step)
        return sink_over(
            place=self._place,
            up_m=kin.position[2],
            climb_mps=self._rate_mps,
            yaw_rad=self._yaw_rad or 0.0,
            tilt_rad=flight.tilt_rad,
        )


class Manual:
    """Level attitude, thrust by the throttle stick: at the bottom the motors idle and it falls."""

    def __init__(self, sticks: Sticks) -> None:
        self.done = False
        self._sticks = sticks

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        kin = flight.kin
        thrust = (self._sticks.channels[2] - 1000) / 1000.0
        if thrust < 0.05:
            return idle(kin)
        hover = max(0.1, flight.params["MOT_THST_HOVER"])
        lift = (thrust / hover - 1.0) * STANDARD_GRAVITY_MPS2
        if kin.on_ground and lift < 0.0:
            return idle(kin)
        row = fly(
            position=kin.position, velocity=kin.velocity, accel=(0.0, 0.0, lift), yaw_rad=kin.yaw_rad, tilt_rad=0.01
        )
        row[10] = row[11] = 0.0
        return row
