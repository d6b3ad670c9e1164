"""From a request to a plan: one pure function. The same input gives the same plan, byte for byte."""

import math
from dataclasses import dataclass, field, replace

from shapely.geometry import Polygon

from fleet.ids import VehicleId
from fleet.positions import Position
from missions.planning.checks.aircraft import check_aircraft
from missions.planning.checks.airspace import check_airspace
from missions.planning.checks.endurance import check_endurance
from missions.planning.checks.ground import check_ground
from missions.planning.checks.height import check_heights
from missions.planning.checks.load import check_load
from missions.planning.checks.mission_size import check_mission_size
from missions.planning.checks.way_home import check_way_home
from missions.planning.checks.wind import check_wind
from missions.planning.delivery import delivery_flight
from missions.planning.energy import Cost
from missions.planning.energy_account import energy_of, no_flight_energy
from missions.planning.fence import fence_items, fence_of
from missions.planning.flight import Flight
from missions.planning.flight_cost import flight_costs, motions_of
from missions.planning.items import mission_items
from missions.planning.legs import Measured, legs_of, measured_leg
from missions.planning.profile import profile_of
from missions.planning.rally import rally_items, rally_sites
from missions.planning.return_home import ReturnHome, return_home
from missions.planning.scene import Scene, scene_of
from missions.values.conditions import Conditions
from missions.values.finding import Finding, Level
from missions.values.mission_item import MissionItem
from missions.values.plan import Energy, Fence, Leg, Plan
from missions.values.request import DeliveryRequest
from missions.values.town import Town

__all__ = ["Conditions", "plan_delivery"]

_NO_FENCE = Fence(inclusion=Polygon(), exclusions=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What the geometry of a flight leads to; empty without a flight."""

    energy: Energy
    flight: Flight | None = None
    costs: list[Cost] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    legs: tuple[Leg, ...] = ()
    items: tuple[MissionItem, ...] = ()
    fence: Fence = _NO_FENCE
    rally: tuple[MissionItem, ...] = ()
    way_home: ReturnHome | None = None


def plan_delivery(request: DeliveryRequest, town: Town, vehicle_id: VehicleId, conditions: Conditions) -> Plan:
    """Return the plan of a delivery with everything that was found about it.

    A refused plan has its legs where a flight could be drawn at all, and none where it could not. Raises NotFoundError
    for an aircraft, depot or landing site that the town does not have.
    """
    scene = scene_of(request, town, vehicle_id, conditions)
    draft = _draft(scene)
    return Plan(
        id=conditions.plan_id,
        request_id=request.id,
        vehicle_id=vehicle_id,
        depot_id=scene.depot.id,
        site_id=scene.site.id,
        made_at_s=conditions.now_s,
        home=_home(scene),
        legs=draft.legs,
        items=draft.items,
        fence_items=fence_items(draft.fence),
        rally_items=draft.rally,
        fence=draft.fence,
        profile=profile_of(scene, draft.legs),
        energy=draft.energy,
        duration_s=sum(cost.duration_s for cost in draft.costs),
        distance_m=_distance_m(scene, draft.flight),
        return_altitude_home_m=draft.way_home.altitude_home_m if draft.way_home else 0.0,
        terrain_is_synthetic=town.terrain.synthetic,
        payload_kg=request.mass_kg,
        wind_from_deg=conditions.wind_from_deg,
        wind_mps=conditions.wind_mps,
        findings=_findings(scene, draft),
    )


def _home(scene: Scene) -> Position:
    """Return the take-off place; at its registered height where the terrain is unknown."""
    if not math.isnan(scene.home.alt_amsl_m):
        return scene.home
    registered_m = scene.depot.ground_amsl_m
    return replace(scene.home, alt_amsl_m=0.0 if math.isnan(registered_m) else registered_m)


def _draft(scene: Scene) -> _Draft:
    drawn = delivery_flight(scene)
    if drawn is None:
        return _Draft(energy=no_flight_energy(scene))
    flight, band = drawn
    costs = flight_costs(scene, flight, scene.request.mass_kg)
    energy = energy_of(scene, flight, costs)
    starts_and_stops = zip(flight.starts(), flight.stops, strict=True)
    measured = [measured_leg(scene, start, stop.at) for start, stop in starts_and_stops]
    sites = rally_sites(scene, flight)
    way_home = return_home(scene, flight, band, sites)
    return _Draft(
        energy=energy,
        flight=flight,
        costs=costs,
        measured=measured,
        legs=legs_of(flight, measured, costs, usable_wh=energy.usable_wh),
        items=mission_items(flight, scene.speeds),
        fence=fence_of(scene, flight, sites),
        rally=rally_items(sites, way_home.altitude_home_m),
        way_home=way_home,
    )


def _findings(scene: Scene, draft: _Draft) -> tuple[Finding, ...]:
    """Return the findings of all checks, the worst first and otherwise in the order of the checks."""
    findings = [
        *check_load(scene),
        *check_aircraft(scene),
        *check_ground(scene, draft.measured),
        *check_airspace(scene, draft.flight),
        *check_heights(scene, draft.legs, draft.measured),
        *check_endurance(scene, draft.flight, draft.energy),
        *check_wind(scene, draft.costs),
        *check_way_home(scene, draft.way_home),
        *check_mission_size(draft.items),
    ]
    order = {Level.REFUSE: 0, Level.WARN: 1, Level.OK: 2}
    return tuple(sorted(findings, key=lambda finding: order[finding.level]))


def _distance_m(scene: Scene, flight: Flight | None) -> float:
    if flight is None:
        return 0.0
    motions = motions_of(scene, flight)
    return math.fsum(math.hypot(motion.east_m, motion.north_m) for motion in motions)
