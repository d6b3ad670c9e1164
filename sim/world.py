"""N vehicles in one world: moves them in steps of 50 ms, feeds each its own state, and lets each decide; pure.

`now_s` counts from the start of the scenario; a vehicle's own clock from its power on.
"""

import math
from collections.abc import Callable

import numpy as np

from fleet.positions import FloatArray
from fleet.units import STANDARD_GRAVITY_MPS2
from missions.terrain.grid import Terrain
from sim.dynamics.air import Air
from sim.dynamics.motion import Motion
from sim.scenario import Scenario
from sim.vehicle.autopilot import Autopilot
from sim.vehicle.kinematics import Row, off

STEP_S = 0.05
_GROUND_EVERY = 4
_SLOPE_OVER_M = 5.0
# What a parameter of the outside world may do at most: one vehicle's nonsense must not stop the clock of all.
_STRONGEST_WIND_MPS = 100.0
_HEAVIEST_LOAD_KG = 1_000.0
_HIGHEST_VOLTAGE_V = 1_000.0


class World:
    """The state of everything. `vehicles[i]` flies `scenario.vehicles[i]`.

    Where terrain is unknown, the ground is level with home.
    """

    def __init__(self, scenario: Scenario, terrain: Terrain | None, seed: int) -> None:
        self.scenario = scenario
        self.now_s = 0.0
        self.steps = 0
        makes = scenario.vehicles
        self.motion = Motion([v.airframe for v in makes], [v.battery for v in makes])
        self.air = Air(len(makes), seed)
        self.vehicles = [Autopilot(v, started_at_s=scenario.started_at_s) for v in makes]
        self.on_reboot: Callable[[int, Autopilot], None] = lambda _index, _vehicle: None
        self._powered_on_s = [-v.preflight_s for v in makes]
        self._terrain = terrain
        self._offset = np.zeros(len(makes))
        self._origin_amsl = np.array([v.home.alt_amsl_m for v in makes])
        self._frames = [v.places.frame for v in self.vehicles]
        self._scale = _degrees_per_metre(self.vehicles)
        self._home_lon_lat = np.array([[v.home.lon_deg, v.home.lat_deg] for v in makes])
        self._rows: list[Row] = [off() for _ in makes]
        self.motion.yaw_rad = np.radians([v.heading_deg for v in makes])
        for index, vehicle in enumerate(self.vehicles):
            self._listen(index, vehicle)
        self._settle()
        for index, vehicle in enumerate(self.vehicles):
            vehicle.update(self.age_s(index), STEP_S)
            if vehicle.identity.preflight_s > 0.0:
                vehicle.events.clear()

    def age_s(self, index: int) -> float:
        """Return seconds since a vehicle was powered on."""
        return self.now_s - self._powered_on_s[index]

    def step(self) -> None:
        """Live through one step of 50 ms."""
        self.air.step(STEP_S)
        self.motion.step(STEP_S, np.array(self._rows), self.air.wind_mps)
        self.steps += 1
        self.now_s = self.steps * STEP_S
        if self.steps % _GROUND_EVERY == 0 and self._terrain is not None:
            self._feel_ground(self._terrain)
        self._tell_state()
        for index, vehicle in enumerate(self.vehicles):
            self._rows[index] = vehicle.update(self.now_s - self._powered_on_s[index], STEP_S)
            if vehicle.reboot_asked:
                self._restart(index, vehicle)

    def lon_lat(self) -> tuple[FloatArray, FloatArray]:
        """Return longitudes and latitudes, degrees, (N,)."""
        place = self._home_lon_lat + self.motion.position_m[:, :2] * self._scale
        return place[:, 0], place[:, 1]

    def _settle(self) -> None:
        """Stand every vehicle on the ground at its home; home's own height wins over the terrain's there."""
        if self._terrain is not None:
            self._feel_ground(self._terrain)
            self._offset = -self.motion.ground_m
            self._feel_ground(self._terrain)
        self._tell_state()

    def _feel_ground(self, terrain: Terrain) -> None:
        """Look up the ground under each vehicle, and its slope from the heights a little to the east and north."""
        lon, lat = self.lon_lat()
        aside = _SLOPE_OVER_M * self._scale
        height = terrain.elevation_m(
            np.concatenate((lon, lon + aside[:, 0], lon)), np.concatenate((lat, lat, lat + aside[:, 1]))
        )
        here, east, north = height.reshape(3, -1)
        known = here - self._origin_amsl
        slope = np.stack((east - here, north - here), axis=1) / _SLOPE_OVER_M
        self.motion.ground_m = np.where(np.isfinite(known), known + self._offset, 0.0)
        self.motion.ground_slope = np.where(np.isfinite(slope), slope, 0.0)

    def _tell_state(self) -> None:
        m = self.motion
        lift = m.thrust_mps2[:, 2] + STANDARD_GRAVITY_MPS2
        sine, cosine = np.sin(m.yaw_rad), np.cos(m.yaw_rad)
        forward = m.thrust_mps2[:, 0] * sine + m.thrust_mps2[:, 1] * cosine
        right = m.thrust_mps2[:, 0] * cosine - m.thrust_mps2[:, 1] * sine
        pitch = -np.arctan2(forward, np.maximum(lift, 1.0))
        roll = np.arctan2(right, np.maximum(lift, 1.0))
        table = np.array(
            (
                m.yaw_rad, m.ground_m, m.impact_mps, m.contact_mps, m.voltage_v, m.current_a, m.used_mah, m.used_wh,
                roll, pitch, m.yaw_rate_radps, lift / STANDARD_GRAVITY_MPS2,
            )
        ).T  # fmt: skip
        positions, velocities, grounded = m.position_m.tolist(), m.velocity_mps.tolist(), m.on_ground.tolist()
        for vehicle, row, place, speed, on_ground in zip(
            self.vehicles, table.tolist(), positions, velocities, grounded, strict=True
        ):
            kin = vehicle.kin
            kin.position = (place[0], place[1], place[2])
            kin.velocity = (speed[0], speed[1], speed[2])
            kin.on_ground = on_ground
            (
                kin.yaw_rad, kin.ground_m, kin.impact_mps, kin.contact_mps, kin.voltage_v, kin.current_a,
                kin.used_mah, kin.used_wh, kin.roll_rad, kin.pitch_rad, kin.yaw_rate_radps, kin.lift_ratio,
            ) = row  # fmt: skip

    def _restart(self, index: int, before: Autopilot) -> None:
        """Power a vehicle off and on: parameters and plans stay, all else begins anew."""
        self._powered_on_s[index] = self.now_s
        vehicle = before.powered_on_again(self.scenario.started_at_s + self.now_s)
        self.vehicles[index] = vehicle
        self._rows[index] = off()
        self._listen(index, vehicle)
        self.on_reboot(index, vehicle)
        self._tell_state()

    def _listen(self, index: int, vehicle: Autopilot) -> None:
        """Let the parameters that stand for the outside world act on it."""
        params = vehicle.params

        def obey(name: str, _value: float) -> None:
            if name.startswith("SIM_WIND"):
                self.air.set_wind(
                    index,
                    speed_mps=_held(params["SIM_WIND_SPD"], -_STRONGEST_WIND_MPS, _STRONGEST_WIND_MPS),
                    from_deg=params["SIM_WIND_DIR"],
                    turbulence_mps=_held(params["SIM_WIND_TURB"], 0.0, _STRONGEST_WIND_MPS),
                    fade_s=params["SIM_WIND_TC"],
                )
            elif name == "SIM_PAYLOAD_KG":
                self.motion.load(index, _held(params["SIM_PAYLOAD_KG"], 0.0, _HEAVIEST_LOAD_KG))
            elif name == "SIM_BATT_VOLTAGE":
                self.motion.full_v[index] = _held(params["SIM_BATT_VOLTAGE"], 1.0, _HIGHEST_VOLTAGE_V)

        params.on_change = obey
        for name in ("SIM_WIND_SPD", "SIM_PAYLOAD_KG", "SIM_BATT_VOLTAGE"):
            obey(name, params[name])


def _held(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def _degrees_per_metre(vehicles: list[Autopilot]) -> FloatArray:
    """Return degrees of longitude and latitude per metre in each vehicle's frame, (N, 2)."""
    scales = []
    for vehicle in vehicles:
        frame = vehicle.places.frame
        corner = frame.place_of(1000.0, 1000.0)
        scales.append([(corner.lon_deg - frame.lon_deg) / 1000.0, (corner.lat_deg - frame.lat_deg) / 1000.0])
    if not all(math.isfinite(value) for pair in scales for value in pair):
        raise ValueError(scales)
    return np.array(scales)
