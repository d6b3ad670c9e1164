"""Legs measured against the real terrain, not against the grids they were planned on."""

import math
from dataclasses import dataclass

import numpy as np

from fleet.positions import FloatArray, LonLat, Position
from missions.planning.energy import Cost
from missions.planning.flight import Flight
from missions.planning.items import sequence_numbers
from missions.planning.scene import Scene
from missions.values.plan import Leg, Phase

EN_ROUTE = frozenset({Phase.OUTBOUND, Phase.SURVEY, Phase.RETURN})
"""The phases that must keep their height over ground; the others rise from it or sink to it."""
_STEP_M = 5.0
_ACROSS = (-1.0, -0.5, 0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One leg against the ground: smallest clearance in its corridor, greatest height over the ground below, metres.

    `lowest_at` and `highest_at` say where; `missing_at` where the terrain has no data, None if it has all;
    `needed_amsl_m` is the height that would clear the whole corridor; `vertical` is a climb or descent on the spot.
    """

    min_clearance_m: float
    max_agl_m: float
    lowest_at: LonLat
    highest_at: LonLat
    missing_at: LonLat | None
    needed_amsl_m: float
    vertical: bool


def measured_leg(scene: Scene, start: Position, end: Position) -> Measured:
    """Return a straight leg against the terrain, sampled every 5 m along and five times across its corridor."""
    frame = scene.town.terrain.frame
    start_m, end_m = scene.local_m(start), scene.local_m(end)
    run_m = float(np.hypot(*(end_m - start_m)))
    steps = max(2, int(np.ceil(run_m / _STEP_M)) + 1)
    share = np.linspace(0.0, 1.0, steps)
    line_m = start_m + share[:, None] * (end_m - start_m)
    height_m = start.alt_amsl_m + share * (end.alt_amsl_m - start.alt_amsl_m)
    ground_m = _ground_across(scene, line_m, (end_m - start_m) / run_m if run_m > 0.0 else np.zeros(2))
    below_m = ground_m[len(_ACROSS) // 2]
    highest_ground_m = ground_m.max(axis=0)
    holes = np.isnan(highest_ground_m)
    clearance_m = np.where(holes, np.inf, height_m - highest_ground_m)
    agl_m = np.where(holes, -np.inf, height_m - below_m)
    low, high = int(np.argmin(clearance_m)), int(np.argmax(agl_m))
    known = not holes.all()
    return Measured(
        min_clearance_m=float(clearance_m[low]) if known else float("nan"),
        max_agl_m=float(agl_m[high]) if known else float("nan"),
        lowest_at=frame.place_of(*line_m[low]),
        highest_at=frame.place_of(*line_m[high]),
        missing_at=frame.place_of(*line_m[int(np.argmax(holes))]) if holes.any() else None,
        needed_amsl_m=float(np.nanmax(highest_ground_m)) + scene.town.rules.clearance_m if known else float("nan"),
        vertical=run_m < 1.0,
    )


def _ground_across(scene: Scene, line_m: FloatArray, direction: FloatArray) -> FloatArray:
    """Return ground heights, one row for each place across the corridor."""
    half_m = scene.town.rules.corridor_half_width_m
    normal = np.array([-direction[1], direction[0]])
    offsets = np.array(_ACROSS)[:, None, None] * half_m * normal
    points_m = line_m[None, :, :] + offsets
    return scene.town.terrain.elevation_at_local_m(points_m[..., 0], points_m[..., 1])


def legs_of(flight: Flight, measured: list[Measured], costs: list[Cost], *, usable_wh: float) -> tuple[Leg, ...]:
    """Return the legs of a plan, numbered from 1, with the energy that is left at the end of each.

    A leg over nothing but unknown terrain has 0 m for its heights over ground; a finding refuses it.
    """
    numbers = sequence_numbers(flight)
    left_wh = usable_wh
    legs: list[Leg] = []
    for index, (start, stop) in enumerate(zip(flight.starts(), flight.stops, strict=True)):
        left_wh -= costs[index].energy_wh
        legs.append(
            Leg(
                number=index + 1,
                phase=stop.phase,
                start=start,
                end=stop.at,
                mission_seq=numbers[index],
                duration_s=costs[index].duration_s,
                energy_wh=costs[index].energy_wh,
                energy_left_wh=left_wh,
                min_clearance_m=_known(measured[index].min_clearance_m),
                max_agl_m=_known(measured[index].max_agl_m),
            )
        )
    return tuple(legs)


def _known(height_m: float) -> float:
    return 0.0 if math.isnan(height_m) else height_m
