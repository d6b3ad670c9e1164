"""Power and time of flight: what a multicopter draws for its mass, its speed through the air and its climb.

- Hover: ideal power of momentum theory P = T^1.5 / sqrt(2 ρ A) (Leishman, Principles of Helicopter Aerodynamics,
  2nd ed., eq. 2.15), so measured hover power is scaled by mass^1.5 and by air density^-0.5.
- Climb: the weight times the climb rate is added (Leishman, section 2.13, slow climb); a descent earns nothing.
- Parasite drag: ½ ρ f V³ with f the equivalent flat-plate area (Leishman, section 5.4.4).
- Both are divided by the ratio of ideal to measured hover power, which holds for motors, rotors and controllers.
- Induced power falls in forward flight (Glauert); that gain is not counted, which errs on the safe side.
- Density: ICAO standard atmosphere, troposphere (Doc 7488).

Electrical watts and watt hours; metres, seconds, kilograms.
"""

import math
from dataclasses import dataclass

from fleet.units import SECONDS_PER_HOUR, STANDARD_GRAVITY_MPS2
from missions.values.aircraft import Aircraft

SEA_LEVEL_DENSITY_KGPM3 = 1.225
_LAPSE_PER_M = 0.0065 / 288.15
_DENSITY_EXPONENT = 4.25588
_EFFICIENCY_RANGE = (0.3, 0.85)
_SLOWEST_MPS = 0.5


def air_density_kgpm3(alt_amsl_m: float) -> float:
    """Return the density of the standard atmosphere at a height."""
    return float(SEA_LEVEL_DENSITY_KGPM3 * (1.0 - _LAPSE_PER_M * alt_amsl_m) ** _DENSITY_EXPONENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wind:
    """A steady wind as its velocity towards east and north, m/s."""

    east_mps: float
    north_mps: float

    def along(self, east: float, north: float) -> float:
        """Return its part along a unit direction; positive is a tail wind."""
        return self.east_mps * east + self.north_mps * north

    def across(self, east: float, north: float) -> float:
        """Return its part across a unit direction."""
        return self.north_mps * east - self.east_mps * north


def wind_from(speed_mps: float, from_deg: float) -> Wind:
    """Return the wind that blows from a direction, degrees clockwise from true north."""
    angle = math.radians(from_deg)
    return Wind(east_mps=-speed_mps * math.sin(angle), north_mps=-speed_mps * math.cos(angle))


@dataclass(frozen=True, slots=True, kw_only=True)
class Speeds:
    """How fast the autopilot flies: ground speed, climb and descent, m/s."""

    cruise_mps: float
    climb_mps: float
    descent_mps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """One straight stretch: metres east, north and up, then `dwell_s` of hover.

    `descent_mps` replaces the autopilot's for a slow descent.
    """

    east_m: float
    north_m: float
    up_m: float
    mean_alt_amsl_m: float
    dwell_s: float = 0.0
    descent_mps: float | None = None

    def reversed(self) -> "Motion":
        """Return the way back, without the hover."""
        return Motion(east_m=-self.east_m, north_m=-self.north_m, up_m=-self.up_m, mean_alt_amsl_m=self.mean_alt_amsl_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds and watt hours. `held_back` says that the wind is too strong to make way at the planned speed."""

    duration_s: float
    energy_wh: float
    held_back: bool = False


def power_w(aircraft: Aircraft, *, mass_kg: float, airspeed_mps: float, climb_mps: float, alt_amsl_m: float) -> float:
    """Return the electrical power in W for a mass, a speed through the air and a climb rate."""
    density = air_density_kgpm3(alt_amsl_m)
    weight_n = aircraft.empty_mass_kg * STANDARD_GRAVITY_MPS2
    ideal_w = weight_n * math.sqrt(weight_n) / math.sqrt(2.0 * SEA_LEVEL_DENSITY_KGPM3 * aircraft.rotor_disc_area_m2)
    efficiency = min(max(ideal_w / aircraft.hover_power_w, _EFFICIENCY_RANGE[0]), _EFFICIENCY_RANGE[1])
    heavier = mass_kg / aircraft.empty_mass_kg
    hover_w = aircraft.hover_power_w * heavier * math.sqrt(heavier)
    hover_w *= math.sqrt(SEA_LEVEL_DENSITY_KGPM3 / density)
    drag_w = 0.5 * density * aircraft.parasite_drag_area_m2 * airspeed_mps**3
    lift_w = mass_kg * STANDARD_GRAVITY_MPS2 * max(0.0, climb_mps)
    return hover_w + (drag_w + lift_w) / efficiency


def cost_of(motion: Motion, *, aircraft: Aircraft, mass_kg: float, speeds: Speeds, wind: Wind) -> Cost:
    """Return what one stretch costs.

    The autopilot holds the straight line in space, so the slowest of run, climb and descent sets the time; speed over
    the ground is cut where the aircraft's greatest airspeed would be passed.
    """
    run_m = math.hypot(motion.east_m, motion.north_m)
    east, north = (motion.east_m / run_m, motion.north_m / run_m) if run_m > 0.0 else (1.0, 0.0)
    ground_mps, held_back = _ground_speed_mps(aircraft, speeds, (wind.along(east, north), wind.across(east, north)))
    descent_mps = motion.descent_mps or speeds.descent_mps
    rise_s = motion.up_m / speeds.climb_mps if motion.up_m > 0.0 else -motion.up_m / descent_mps
    moving_s = max(run_m / ground_mps, rise_s)
    power_args = {"mass_kg": mass_kg, "alt_amsl_m": motion.mean_alt_amsl_m}
    still_w = power_w(aircraft, airspeed_mps=math.hypot(wind.east_mps, wind.north_mps), climb_mps=0.0, **power_args)
    energy_j = still_w * motion.dwell_s
    if moving_s > 0.0:
        over_ground_mps = run_m / moving_s
        airspeed_mps = math.hypot(over_ground_mps - wind.along(east, north), wind.across(east, north))
        moving_w = power_w(aircraft, airspeed_mps=airspeed_mps, climb_mps=motion.up_m / moving_s, **power_args)
        energy_j += moving_w * moving_s
    return Cost(
        duration_s=moving_s + motion.dwell_s,
        energy_wh=energy_j / SECONDS_PER_HOUR,
        held_back=held_back and run_m > 0.0,
    )


def _ground_speed_mps(aircraft: Aircraft, speeds: Speeds, wind_along_across: tuple[float, float]) -> tuple[float, bool]:
    """Return the speed over the ground, and whether the wind holds it under half of the planned speed."""
    along_mps, across_mps = wind_along_across
    spare = aircraft.max_airspeed_mps**2 - across_mps**2
    reachable_mps = along_mps + math.sqrt(spare) if spare > 0.0 else 0.0
    ground_mps = min(speeds.cruise_mps, reachable_mps)
    return max(ground_mps, _SLOWEST_MPS), ground_mps < speeds.cruise_mps / 2.0
