"""Plans and findings as the operator page takes them."""

from fleet.positions import Position
from fleet.text import Text
from ground_station.api.schemas import (
    CureOut,
    EnergyOut,
    FindingOut,
    LegOut,
    LonLatOut,
    PlanOut,
    ProfilePointOut,
)
from missions.values.finding import Cure, Finding
from missions.values.plan import Leg, Plan
from portal.schemas import TextOut


def text_out(text: Text) -> TextOut:
    """Return both languages."""
    return TextOut(ja=text.ja, en=text.en)


def cure_out(cure: Cure | None) -> CureOut | None:
    """Return a cure, if there is one."""
    return None if cure is None else CureOut(text=text_out(cure.text), action=cure.action, value=cure.value)


def finding_out(finding: Finding) -> FindingOut:
    """Return one finding."""
    at = finding.at
    return FindingOut(
        level=finding.level,
        rule=finding.rule,
        text=text_out(finding.text),
        at=None if at is None else LonLatOut(lon_deg=at.lon_deg, lat_deg=at.lat_deg),
        leg=finding.leg,
        cure=cure_out(finding.cure),
        source=finding.source,
    )


def plan_out(plan: Plan) -> PlanOut:
    """Return the plan with its route, profile and findings."""
    route = [_point(leg.start) for leg in plan.legs[:1]] + [_point(leg.end) for leg in plan.legs]
    return PlanOut(
        id=plan.id,
        request_id=plan.request_id,
        vehicle_id=plan.vehicle_id,
        depot_id=plan.depot_id,
        site_id=plan.site_id,
        made_at_s=plan.made_at_s,
        verdict=plan.verdict,
        findings=[finding_out(finding) for finding in plan.findings],
        route=route,
        legs=[_leg_out(leg) for leg in plan.legs],
        profile=[
            ProfilePointOut(
                distance_m=round(point.distance_m, 1),
                lon_deg=round(point.lon_deg, 6),
                lat_deg=round(point.lat_deg, 6),
                ground_amsl_m=round(point.ground_amsl_m, 1),
                route_amsl_m=round(point.route_amsl_m, 1),
                energy_left_wh=round(point.energy_left_wh, 1),
                phase=point.phase,
            )
            for point in plan.profile
        ],
        fence=[(lon, lat) for lon, lat in plan.fence.inclusion.exterior.coords],
        energy=EnergyOut(
            needed_wh=plan.energy.needed_wh,
            usable_wh=plan.energy.usable_wh,
            reserve_wh=plan.energy.reserve_wh,
            left_at_landing_wh=plan.energy.left_at_landing_wh,
            last_turn_back_m=plan.energy.last_turn_back_m,
        ),
        duration_s=plan.duration_s,
        distance_m=plan.distance_m,
        payload_kg=plan.payload_kg,
        return_altitude_home_m=plan.return_altitude_home_m,
        terrain_is_synthetic=plan.terrain_is_synthetic,
        wind_mps=plan.wind_mps,
        wind_from_deg=plan.wind_from_deg,
    )


def _point(position: Position) -> tuple[float, float, float]:
    return position.lon_deg, position.lat_deg, position.alt_amsl_m


def _leg_out(leg: Leg) -> LegOut:
    return LegOut(
        number=leg.number,
        phase=leg.phase,
        start=_point(leg.start),
        end=_point(leg.end),
        mission_seq=leg.mission_seq,
        duration_s=leg.duration_s,
        energy_wh=leg.energy_wh,
        energy_left_wh=leg.energy_left_wh,
        min_clearance_m=leg.min_clearance_m,
        max_agl_m=leg.max_agl_m,
    )
