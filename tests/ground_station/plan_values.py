"""An aircraft and a plan as values, for tests of what a flight needs."""

from shapely.geometry import box

from fleet.ids import PlanId, RequestId, SiteId, VehicleId
from fleet.positions import Position
from fleet.text import Text
from ground_station.service.flight_of_plan import flight_of_plan
from missions.values.aircraft import Aircraft, Battery, PayloadGear
from missions.values.plan import Energy, Fence, Leg, Phase, Plan
from tests.ground_station.flight.plans import FENCE, MISSION

HOME = Position(lon_deg=133.23, lat_deg=34.77, alt_amsl_m=500.0)

AIRCRAFT = Aircraft(
    id=VehicleId("hato-1"),
    name=Text("はと", "Hato"),
    empty_mass_kg=18.0,
    max_payload_kg=7.0,
    hover_power_w=1700.0,
    parasite_drag_area_m2=0.18,
    rotor_disc_area_m2=2.39,
    max_airspeed_mps=16.0,
    battery=Battery(capacity_mah=36_000.0, nominal_v=44.4),
    gear=PayloadGear.GRIPPER,
    home_site_id=SiteId("depot"),
    mavlink_system_id=1,
)
PLAN_VALUE = Plan(
    id=PlanId("plan-1"),
    request_id=RequestId("request-1"),
    vehicle_id=VehicleId("hato-1"),
    depot_id=SiteId("depot"),
    site_id=SiteId("site"),
    made_at_s=0.0,
    home=HOME,
    legs=(),
    items=MISSION,
    fence_items=FENCE,
    rally_items=(),
    fence=Fence(inclusion=box(133.2, 34.7, 133.3, 34.8), exclusions=()),
    profile=(),
    energy=Energy(needed_wh=700.0, usable_wh=1500.0, reserve_wh=400.0, left_at_landing_wh=800.0, last_turn_back_m=None),
    duration_s=600.0,
    distance_m=6000.0,
    return_altitude_home_m=153.2,
    terrain_is_synthetic=False,
    payload_kg=4.0,
    wind_from_deg=0.0,
    wind_mps=0.0,
    findings=(),
)
FLIGHT_VALUE = flight_of_plan(PLAN_VALUE, AIRCRAFT)
"""What of the plan goes on board."""


def leg(phase: Phase, energy_wh: float) -> Leg:
    """Return a leg that costs so much, and goes nowhere."""
    return Leg(
        number=0,
        phase=phase,
        start=HOME,
        end=HOME,
        mission_seq=1,
        duration_s=60.0,
        energy_wh=energy_wh,
        energy_left_wh=0.0,
        min_clearance_m=40.0,
        max_agl_m=100.0,
    )
