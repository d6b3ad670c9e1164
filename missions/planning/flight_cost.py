"""What each leg of a flight costs in time and energy, and how far out one may still turn back."""

import math

from fleet.positions import LocalFrame, Position
from missions.planning.energy import Cost, Motion, cost_of
from missions.planning.flight import Flight, Stop
from missions.planning.scene import Scene
from missions.values.plan import Phase

WAYPOINT_ACCELERATION_MPS2 = 2.5
WAYPOINT_JERK_MPS3 = 1.0
"""ArduCopter's default WPNAV_ACCEL and WPNAV_JERK."""
_STANDING_M = 1.0
_Run = tuple[float, float]


def flight_costs(scene: Scene, flight: Flight, payload_kg: float) -> list[Cost]:
    """Return time and energy of every leg with a load of `payload_kg` until it is set down."""
    motions = motions_of(scene, flight)
    return [
        cost_of(
            motion,
            aircraft=scene.aircraft,
            mass_kg=scene.aircraft.flown_mass_kg(payload_kg if number < flight.placed_after else 0.0),
            speeds=scene.speeds,
            wind=scene.wind,
        )
        for number, motion in enumerate(motions)
    ]


def motions_of(scene: Scene, flight: Flight) -> list[Motion]:
    """Return every leg as a motion; hovering, stopping and turning count as hover."""
    frame = scene.town.terrain.frame
    motions: list[Motion] = []
    before: _Run | None = None
    halted = True
    for start, stop in zip(flight.starts(), flight.stops, strict=True):
        run = _run(frame, start, stop.at)
        halts = stop.dwell_s > 0.0
        lost_s = _lost_s(before, run, halted=halted, halts=halts, cruise_mps=scene.town.rules.cruise_mps)
        motions.append(_motion(start, stop, run, lost_s))
        before, halted = run, halts
    return motions


def turn_back_m(scene: Scene, flight: Flight, *, payload_kg: float, budget_wh: float) -> float | None:
    """Return how far along the way out one may turn back, load on board, and land within `budget_wh`.

    Metres over ground from take-off, at most the whole way out; None if not even the start is possible.
    """
    mass_kg = scene.aircraft.flown_mass_kg(payload_kg)
    flown_m, spent_wh = 0.0, 0.0
    last_m: float | None = None
    spare_wh = math.nan
    landing_wh = 0.0
    for motion, stop in zip(motions_of(scene, flight), flight.stops, strict=True):
        if stop.phase not in {Phase.CLIMB, Phase.OUTBOUND}:
            break
        out = cost_of(motion, aircraft=scene.aircraft, mass_kg=mass_kg, speeds=scene.speeds, wind=scene.wind)
        back = cost_of(
            motion.reversed(), aircraft=scene.aircraft, mass_kg=mass_kg, speeds=scene.speeds, wind=scene.wind
        )
        landing_wh += back.energy_wh
        spent_wh += out.energy_wh
        run_m = math.hypot(motion.east_m, motion.north_m)
        left_wh = budget_wh - spent_wh - landing_wh
        if left_wh < 0.0:
            if last_m is None:
                return None
            return last_m + run_m * spare_wh / (spare_wh - left_wh)
        flown_m += run_m
        last_m, spare_wh = flown_m, left_wh
    return last_m


def _motion(start: Position, stop: Stop, run_m: _Run, lost_s: float) -> Motion:
    return Motion(
        east_m=run_m[0],
        north_m=run_m[1],
        up_m=stop.at.alt_amsl_m - start.alt_amsl_m,
        mean_alt_amsl_m=(stop.at.alt_amsl_m + start.alt_amsl_m) / 2.0,
        dwell_s=stop.dwell_s + lost_s,
        descent_mps=stop.descent_mps,
    )


def _run(frame: LocalFrame, start: Position, end: Position) -> _Run:
    from_east_m, from_north_m = frame.local_of(start.ground)
    to_east_m, to_north_m = frame.local_of(end.ground)
    return to_east_m - from_east_m, to_north_m - from_north_m


def _lost_s(before: _Run | None, run: _Run, *, halted: bool, halts: bool, cruise_mps: float) -> float:
    """Return the seconds lost to slowing down and speeding up, before a leg and where it halts.

    From rest to cruise and back with limited jerk takes v/a + a/j longer than flying through; a corner takes its part.
    """
    half_s = (cruise_mps / WAYPOINT_ACCELERATION_MPS2 + WAYPOINT_ACCELERATION_MPS2 / WAYPOINT_JERK_MPS3) / 2.0
    run_m = math.hypot(*run)
    before_m = math.hypot(*before) if before is not None else 0.0
    if run_m < _STANDING_M:
        return half_s if before_m >= _STANDING_M and not halted else 0.0
    lost_s = half_s if halts else 0.0
    if before is None or before_m < _STANDING_M or halted:
        return lost_s + half_s
    cosine = (before[0] * run[0] + before[1] * run[1]) / (before_m * run_m)
    return lost_s + half_s * (1.0 - cosine)
