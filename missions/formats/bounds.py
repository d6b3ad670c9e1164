"""The numbers a town bundle may hold: rules and aircraft that planning rests on, each between two finite bounds.

The bounds are wide enough for any multirotor that could serve a town; what lies outside them is a slip of the hand or
of the unit, and would make a plan look safe that is not.
"""

import math
from collections.abc import Mapping
from operator import attrgetter

from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.values.aircraft import Aircraft
from missions.values.rules import FlightRules

Bounds = Mapping[str, tuple[float, float]]

RULES: Bounds = {
    "ceiling_agl_m": (20.0, 1000.0),
    "clearance_m": (5.0, 500.0),
    "site_approach_agl_m": (2.0, 50.0),
    "reserve_fraction": (0.05, 0.9),
    "cruise_mps": (1.0, 40.0),
    "climb_mps": (0.2, 15.0),
    "descent_mps": (0.2, 10.0),
    "wind_limit_mps": (1.0, 30.0),
    "corridor_half_width_m": (1.0, 500.0),
    "no_fly_margin_m": (0.0, 5000.0),
    "site_slope_limit_deg": (0.0, 45.0),
}

AIRCRAFT: Bounds = {
    "empty_mass_kg": (0.2, 1000.0),
    "max_payload_kg": (0.0, 1000.0),
    "hover_power_w": (10.0, 500_000.0),
    "parasite_drag_area_m2": (0.0, 10.0),
    "rotor_disc_area_m2": (0.01, 200.0),
    "max_airspeed_mps": (1.0, 60.0),
    "battery.capacity_mah": (100.0, 5_000_000.0),
    "battery.nominal_v": (3.0, 1000.0),
    "battery.usable_fraction": (0.1, 1.0),
    "mavlink_system_id": (1, 254),
}


def check_rules(rules: FlightRules, file: str) -> None:
    """Raise BadInputError naming the first rule that is out of bounds."""
    _check(rules, RULES, file, "rules.")


def check_aircraft(aircraft: Aircraft, file: str) -> None:
    """Raise BadInputError naming the first figure of the aircraft that is out of bounds."""
    _check(aircraft, AIRCRAFT, file, "")


def _check(value: FlightRules | Aircraft, bounds: Bounds, file: str, prefix: str) -> None:
    for key, (low, high) in bounds.items():
        number: float = attrgetter(key)(value)
        if not (math.isfinite(number) and low <= number <= high):
            field = f"{prefix}{key}"
            raise bad_input(
                file,
                Text(f"{field} = {number} は使えません", f"{field} = {number} cannot be used"),
                Text(
                    f"{field} を {low:g}〜{high:.7g} の値にしてください",
                    f"set {field} to a value from {low:g} to {high:.7g}",
                ),
            )
