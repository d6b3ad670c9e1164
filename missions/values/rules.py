"""The rules that a town flies by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightRules:
    """Limits with their source, all settings of the town (`town.toml`), none a constant of the code."""

    ceiling_agl_m: float = 150.0
    ceiling_source: str = "航空法 132条の85（150 m 以上は許可）"
    clearance_m: float = 40.0
    site_approach_agl_m: float = 10.0
    reserve_fraction: float = 0.25
    cruise_mps: float = 10.0
    climb_mps: float = 2.5
    descent_mps: float = 1.5
    wind_limit_mps: float = 10.0
    corridor_half_width_m: float = 30.0
    no_fly_margin_m: float = 50.0
    site_slope_limit_deg: float = 10.0
