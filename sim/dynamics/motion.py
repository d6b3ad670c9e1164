"""Point masses under a position controller: thrust with attitude lag and limits, drag, ground; N vehicles at once.

Axes are metres east, north, up of each vehicle's own origin. The controller is a cascade like ArduCopter's: position
error to speed, speed error to acceleration, plus the acceleration and speed of the target fed forward; what drag takes
is made up for by a slow trim, as its integrator does.
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from fleet.positions import FloatArray
from fleet.units import SECONDS_PER_HOUR, STANDARD_GRAVITY_MPS2
from sim.dynamics.airframe import Airframe, BatteryPack

BoolArray = npt.NDArray[np.bool_]

POSITION_GAIN_PER_S = 1.0
_VELOCITY_GAIN_PER_S = np.array([2.0, 2.0, 3.0])
_CORRECTION_MPS = np.array([4.0, 4.0, 1.5])
_TRIM_S = 0.8
_JERK_MPS3 = 20.0
_YAW_RATE_RADPS = np.radians(60.0)
_IDLE_POWER_FRACTION = 0.18


class Motors(IntEnum):
    """What the motors do."""

    OFF = 0
    IDLE = 1
    FLY = 2


# Columns of the command matrix, (N, 14); each of the first three is three wide.
POSITION, VELOCITY, ACCEL, YAW, GAIN_XY, GAIN_Z, MOTORS, TILT_LIMIT = 0, 3, 6, 9, 10, 11, 12, 13
_IDLE, _FLY = float(Motors.IDLE), float(Motors.FLY)


class Motion:
    """State of N vehicles; arrays are (N, 3) or (N,), float64, and are replaced, never changed, by `step`."""

    def __init__(self, airframes: Sequence[Airframe], packs: Sequence[BatteryPack]) -> None:
        count = len(airframes)
        self.position_m: FloatArray = np.zeros((count, 3))
        self.velocity_mps: FloatArray = np.zeros((count, 3))
        self.accel_mps2: FloatArray = np.zeros((count, 3))
        self.yaw_rad: FloatArray = np.zeros(count)
        self.yaw_rate_radps: FloatArray = np.zeros(count)
        self.ground_m: FloatArray = np.zeros(count)
        # Rise of the ground per metre east and north.
        self.ground_slope: FloatArray = np.zeros((count, 2))
        self.on_ground: BoolArray = np.ones(count, dtype=np.bool_)
        # At the last touch of the ground: speed against it, and over all.
        self.impact_mps: FloatArray = np.zeros(count)
        self.contact_mps: FloatArray = np.zeros(count)
        self.thrust_mps2: FloatArray = np.zeros((count, 3))
        self.power_w: FloatArray = np.zeros(count)
        self.current_a: FloatArray = np.zeros(count)
        self.used_mah: FloatArray = np.zeros(count)
        self.used_wh: FloatArray = np.zeros(count)
        self.voltage_v: FloatArray = np.array([pack.full_v for pack in packs])
        self.full_v: FloatArray = self.voltage_v.copy()
        self._trim: FloatArray = np.zeros((count, 2))
        self._mass = np.array([a.empty_mass_kg for a in airframes])
        self._hover_empty_w = np.array([a.hover_power_w for a in airframes])
        self._drag1 = np.array([a.drag_linear_per_s for a in airframes])
        self._drag2 = np.array([a.drag_quadratic_per_m for a in airframes])
        self._exponent = np.array([a.thrust_exponent for a in airframes])
        self._climb = np.array([a.climb_efficiency for a in airframes])
        self._surplus = np.array([(a.thrust_to_weight - 1.0) * STANDARD_GRAVITY_MPS2 for a in airframes])
        self._lag_s = np.array([a.attitude_lag_s for a in airframes])
        self._capacity = np.array([p.capacity_mah for p in packs])
        self._droop_v = np.array([p.full_v - p.empty_v for p in packs])
        self._resistance = np.array([p.resistance_ohm for p in packs])
        self.payload_kg: FloatArray = np.zeros(count)
        self._load()

    def load(self, index: int, payload_kg: float) -> None:
        """Hang `payload_kg` on one vehicle."""
        self.payload_kg[index] = payload_kg
        self._load()

    def _load(self) -> None:
        """Work out what depends on the mass alone."""
        g = STANDARD_GRAVITY_MPS2
        ratio = (self._mass + self.payload_kg) / self._mass
        self._mass_ratio: FloatArray = ratio
        self._hover_w: FloatArray = self._hover_empty_w * ratio**1.5
        self._climb_w_per_mps: FloatArray = self._climb * self._mass * ratio * g
        self._most_lift: FloatArray = (self._surplus + g) / ratio - g

    def step(self, dt_s: float, command: FloatArray, wind_mps: FloatArray) -> None:
        """Move on by `dt_s` under `command` (columns of `Column`) in the given wind, (N, 2)."""
        motors = command[:, MOTORS]
        flying = motors == _FLY
        if self._sleeps(motors):
            return
        drag = self._drag(wind_mps)
        wish = self._wished_thrust(dt_s, command, drag)
        thrust = self._lagged_thrust(dt_s, wish, flying)
        accel = thrust + drag
        self._move(dt_s, accel)
        self._turn(dt_s, command[:, YAW], flying)
        self._draw(dt_s, thrust, motors)

    def _sleeps(self, motors: FloatArray) -> bool:
        """Return whether nothing can change: every motor off, everything at rest on the ground, no current."""
        if motors.any() or not self.on_ground.all() or self.velocity_mps.any() or self.yaw_rate_radps.any():
            return False
        return not (self.current_a.any() or (self.position_m[:, 2] != self.ground_m).any())

    def _drag(self, wind_mps: FloatArray) -> FloatArray:
        air = self.velocity_mps.copy()
        air[:, :2] -= wind_mps
        speed = np.sqrt((air * air).sum(axis=1))
        factor = (self._drag1 + self._drag2 * speed) / self._mass_ratio
        drag: FloatArray = -air * factor[:, None]
        return drag

    def _wished_thrust(self, dt_s: float, command: FloatArray, drag: FloatArray) -> FloatArray:
        error = command[:, POSITION:VELOCITY] - self.position_m
        error[:, :2] *= command[:, GAIN_XY, None]
        error[:, 2] *= command[:, GAIN_Z]
        error = np.maximum(np.minimum(error, _CORRECTION_MPS), -_CORRECTION_MPS)
        wish: FloatArray = (
            command[:, ACCEL:YAW] + (command[:, VELOCITY:ACCEL] + error - self.velocity_mps) * _VELOCITY_GAIN_PER_S
        )
        self._trim += (-drag[:, :2] - self._trim) * min(1.0, dt_s / _TRIM_S)
        wish[:, :2] += self._trim
        wish[:, 2] -= drag[:, 2]
        flat = np.hypot(wish[:, 0], wish[:, 1])
        limit = STANDARD_GRAVITY_MPS2 * np.tan(command[:, TILT_LIMIT])
        wish[:, :2] *= np.minimum(1.0, limit / np.maximum(flat, 1e-9))[:, None]
        wish[:, 2] = np.maximum(np.minimum(wish[:, 2], self._most_lift), -0.7 * STANDARD_GRAVITY_MPS2)
        return wish

    def _lagged_thrust(self, dt_s: float, wish: FloatArray, flying: BoolArray) -> FloatArray:
        blend = -np.expm1(-dt_s / self._lag_s)[:, None]
        change = (wish - self.thrust_mps2) * blend
        limit = _JERK_MPS3 * dt_s
        thrust: FloatArray = self.thrust_mps2 + np.maximum(np.minimum(change, limit), -limit)
        idle = ~flying
        if idle.any():
            thrust[idle] = (0.0, 0.0, -STANDARD_GRAVITY_MPS2)
            self._trim[idle] = 0.0
        self.thrust_mps2 = thrust
        return thrust

    def _move(self, dt_s: float, accel: FloatArray) -> None:
        velocity = self.velocity_mps + accel * dt_s
        position = self.position_m + 0.5 * (self.velocity_mps + velocity) * dt_s
        below = position[:, 2] <= self.ground_m
        if below.any():
            into = self._into_ground(velocity)
            sinking = below & (into >= 0.0)
            hit = sinking & ~self.on_ground
            if hit.any():
                self.impact_mps = np.where(hit, into, self.impact_mps)
                self.contact_mps = np.where(hit, np.sqrt((velocity * velocity).sum(axis=1)), self.contact_mps)
            position[:, 2] = np.where(below, self.ground_m, position[:, 2])
            stay = sinking[:, None]
            velocity = np.where(stay, 0.0, velocity)
            accel = np.where(stay, 0.0, accel)
            position[:, :2] = np.where((sinking & self.on_ground)[:, None], self.position_m[:, :2], position[:, :2])
            self.on_ground = sinking
        else:
            self.on_ground = below
        self.position_m, self.velocity_mps, self.accel_mps2 = position, velocity, accel

    def _into_ground(self, velocity: FloatArray) -> FloatArray:
        """Return the speed against the ground, along its normal."""
        slope = self.ground_slope
        steepness = np.sqrt(1.0 + (slope * slope).sum(axis=1))
        into: FloatArray = ((slope * velocity[:, :2]).sum(axis=1) - velocity[:, 2]) / steepness
        return into

    def _turn(self, dt_s: float, target: FloatArray, flying: BoolArray) -> None:
        error = np.mod(target - self.yaw_rad + np.pi, 2.0 * np.pi) - np.pi
        wish = np.maximum(np.minimum(2.0 * error, _YAW_RATE_RADPS), -_YAW_RATE_RADPS) * flying
        self.yaw_rate_radps = self.yaw_rate_radps + (wish - self.yaw_rate_radps) * min(1.0, dt_s / 0.3)
        self.yaw_rad = np.mod(self.yaw_rad + self.yaw_rate_radps * dt_s, 2.0 * np.pi)

    def _draw(self, dt_s: float, thrust: FloatArray, motors: FloatArray) -> None:
        up = thrust[:, 2] + STANDARD_GRAVITY_MPS2
        ratio = np.sqrt(thrust[:, 0] ** 2 + thrust[:, 1] ** 2 + up**2) / STANDARD_GRAVITY_MPS2
        hover = self._hover_w
        power = hover * ratio**self._exponent + self._climb_w_per_mps * self.velocity_mps[:, 2]
        power = np.maximum(power, _IDLE_POWER_FRACTION * hover)
        idle_w = _IDLE_POWER_FRACTION * hover * (motors == _IDLE)
        self.power_w = np.where(motors < _FLY, idle_w, power)
        full = self.full_v - self._droop_v * np.minimum(self.used_mah / self._capacity, 1.0)
        self.voltage_v = full - self.current_a * self._resistance
        self.current_a = self.power_w / np.maximum(self.voltage_v, 1.0)
        self.used_mah = self.used_mah + self.current_a * (dt_s * 1000.0 / SECONDS_PER_HOUR)
        self.used_wh = self.used_wh + self.power_w * (dt_s / SECONDS_PER_HOUR)
