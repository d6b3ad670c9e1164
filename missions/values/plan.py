"""A plan: a value with findings. Nothing in it changes once it is made; a new wish makes a new plan."""

from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry import Polygon

from fleet.ids import PlanId, RequestId, SiteId, VehicleId
from fleet.positions import Position
from missions.values.finding import Finding, Level
from missions.values.mission_item import MissionItem


class Phase(StrEnum):
    """What the aircraft does on a leg."""

    CLIMB = "climb"
    OUTBOUND = "outbound"
    APPROACH = "approach"
    PLACE = "place"
    SURVEY = "survey"
    RETURN = "return"
    LAND = "land"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """From one position to the next. `mission_seq` is the item that ends the leg."""

    number: int
    phase: Phase
    start: Position
    end: Position
    mission_seq: int
    duration_s: float
    energy_wh: float
    energy_left_wh: float
    min_clearance_m: float
    max_agl_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePoint:
    """A sample of the route for the height profile."""

    distance_m: float
    lon_deg: float
    lat_deg: float
    ground_amsl_m: float
    route_amsl_m: float
    energy_left_wh: float
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """The area the autopilot must stay in and the areas it must stay out of."""

    inclusion: Polygon
    exclusions: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """The energy account, Wh. `last_turn_back_m` is how far along the route one can still come home with reserve."""

    needed_wh: float
    usable_wh: float
    reserve_wh: float
    left_at_landing_wh: float
    last_turn_back_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A delivery as it would be flown, with everything that was found about it."""

    id: PlanId
    request_id: RequestId
    vehicle_id: VehicleId
    depot_id: SiteId
    site_id: SiteId
    made_at_s: float
    home: Position
    legs: tuple[Leg, ...]
    items: tuple[MissionItem, ...]
    fence_items: tuple[MissionItem, ...]
    rally_items: tuple[MissionItem, ...]
    fence: Fence
    profile: tuple[ProfilePoint, ...]
    energy: Energy
    duration_s: float
    distance_m: float
    return_altitude_home_m: float
    terrain_is_synthetic: bool
    payload_kg: float
    wind_from_deg: float
    wind_mps: float
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Level:
        """Return the worst level among the findings."""
        levels = {finding.level for finding in self.findings}
        if Level.REFUSE in levels:
            return Level.REFUSE
        return Level.WARN if Level.WARN in levels else Level.OK
