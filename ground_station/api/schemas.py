"""Bodies of the ground station's HTTP interface, and the live state its pages follow.

Routes (all under `/api`; changes carry `X-CSRF-Token`):

    GET  session · POST session · DELETE session · POST setup · POST people · POST invitations
    GET  town · GET tiles/relief/{z}/{x}/{y}.png · GET tiles/contour/{z}/{x}/{y}.mvt
    GET  requests · POST requests · DELETE requests/{id}
    POST requests/{id}/plans            body PlanIn → PlanOut
    GET  plans/{id} · GET plans/{id}/mission.plan · GET plans/{id}/mission.waypoints
    POST deliveries                     body DeliveryIn → DeliveryOut (uploads, reads back, runs the checks)
    GET  deliveries · GET deliveries/{id}
    POST deliveries/{id}/checks/{check_id}   a named person ticks what only eyes can see
    POST deliveries/{id}/cure           body CureIn: sets the parameters the flight needs, reads back, checks again
    POST deliveries/{id}/cancel         gives up a delivery that has not taken off
    POST deliveries/{id}/fly            body FlyIn → CommandOut (press and hold)
    POST vehicles/{id}/commands         body CommandIn → CommandOut (hold, recall, land, resume)
    POST sky-clear                      body SkyClearIn → list[SkyClearOut]
    GET  pictures · GET pictures/{id}/thumbnail · GET pictures/{id}/preview · GET pictures/{id}/original
    POST companion/pictures             from the aircraft's companion computer, with its device key
    GET  health · WebSocket live
"""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from ground_station.api.command_schemas import CommandOut
from ground_station.service.delivery import DeliveryState
from ground_station.service.request_book import RequestState
from missions.values.finding import Level
from missions.values.plan import Phase
from portal.schemas import PersonName, StorageAlarmOut, TextOut, WireModel


class LonLatOut(WireModel):
    """A place."""

    lon_deg: float
    lat_deg: float


class CureOut(WireModel):
    """What would mend a finding; with `action` a page can offer it as a button.

    Actions: `remove_mass_kg` (value kg), `set_parameters` (before take-off), `choose_site`.
    """

    text: TextOut
    action: str | None
    value: float | None


class FindingOut(WireModel):
    """One result of one check."""

    level: Level
    rule: str
    text: TextOut
    at: LonLatOut | None
    leg: int | None
    cure: CureOut | None
    source: str | None


class RequestIn(WireModel):
    """A wish for a delivery."""

    item: str = Field(min_length=1, max_length=80)
    mass_kg: float = Field(ge=0.0, le=1000.0)
    site_id: str = Field(min_length=1, max_length=60)
    urgency: int = Field(default=1, ge=1, le=3)
    note: str = Field(default="", max_length=400)


class RequestOut(WireModel):
    """A request. `source` is who wrote it: this station or the town office."""

    id: str
    item: str
    mass_kg: float
    site_id: str
    urgency: int
    note: str
    requested_by: str
    requested_at_s: float
    state: RequestState
    source: Literal["station", "office"]
    plan_id: str | None
    delivery_id: str | None


class PlanIn(WireModel):
    """How to plan a request; what is left out is taken from the aircraft and the town's rules."""

    vehicle_id: str | None = None
    wind_mps: float = Field(default=0.0, ge=0.0, le=60.0)
    wind_from_deg: float = Field(default=0.0, ge=0.0, lt=360.0)
    mass_kg: float | None = Field(default=None, ge=0.0, le=1000.0)


class LegOut(WireModel):
    """One leg of the route."""

    number: int
    phase: Phase
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    mission_seq: int
    duration_s: float
    energy_wh: float
    energy_left_wh: float
    min_clearance_m: float
    max_agl_m: float


class ProfilePointOut(WireModel):
    """A sample for the height profile."""

    distance_m: float
    lon_deg: float
    lat_deg: float
    ground_amsl_m: float
    route_amsl_m: float
    energy_left_wh: float
    phase: Phase


class EnergyOut(WireModel):
    """The energy account, Wh."""

    needed_wh: float
    usable_wh: float
    reserve_wh: float
    left_at_landing_wh: float
    last_turn_back_m: float | None


class PlanOut(WireModel):
    """A plan with its findings. Positions in `legs` and `route` are lon, lat, metres above mean sea level."""

    id: str
    request_id: str
    vehicle_id: str
    depot_id: str
    site_id: str
    made_at_s: float
    verdict: Level
    findings: list[FindingOut]
    route: list[tuple[float, float, float]]
    legs: list[LegOut]
    profile: list[ProfilePointOut]
    fence: list[tuple[float, float]]
    energy: EnergyOut
    duration_s: float
    distance_m: float
    payload_kg: float
    return_altitude_home_m: float
    terrain_is_synthetic: bool
    wind_mps: float
    wind_from_deg: float


class AcceptedWarningIn(WireModel):
    """A warning someone takes on themselves: who, and why."""

    rule: str
    name: PersonName
    reason: str = Field(min_length=2, max_length=400)


class DeliveryIn(WireModel):
    """Take a plan to the aircraft."""

    plan_id: str
    accepted_warnings: list[AcceptedWarningIn] = Field(default_factory=list, max_length=40)


class CheckBy(StrEnum):
    """Who can tick a check."""

    MACHINE = "machine"
    PERSON = "person"


class CheckOut(WireModel):
    """One line of the checklist 点検. `state`: `ok`, `waiting`, `refuse`, `warn`."""

    id: str
    by: CheckBy
    text: TextOut
    state: Literal["ok", "waiting", "refuse", "warn"]
    value: str | None
    cure: CureOut | None
    ticked_by: str | None
    ticked_at_s: float | None


class DeliveryOut(WireModel):
    """A delivery: a plan that went to an aircraft.

    `load_unknown`: it came down, no word came that the load was let go, and nobody has looked yet.
    """

    id: str
    request_id: str
    plan_id: str
    vehicle_id: str
    site_id: str
    item: str
    mass_kg: float
    state: DeliveryState
    activity: TextOut
    next_event: TextOut | None
    progress: float
    upload_progress: float | None
    distance_done_m: float
    eta_s: float | None
    eta_landing_s: float | None
    checks: list[CheckOut]
    problem: TextOut | None
    problem_cure: TextOut | None
    started_at_s: float | None
    delivered_at_s: float | None
    ended_at_s: float | None
    pictures: int
    load_unknown: bool


class LoadIn(WireModel):
    """What a person saw after the flight: the load was set down, or is still on the aircraft."""

    set_down: bool


class TickIn(WireModel):
    """A named person's tick, or its withdrawal."""

    name: PersonName
    ticked: bool = True


class CureIn(WireModel):
    """Ask for a cure that the station can carry out itself."""

    action: Literal["set_parameters"]


class VehicleOut(WireModel):
    """An aircraft as last heard. `*_age_s` count from the moment `at_s` of the message that carries them.

    `link`: `none` (never heard), `fresh`, `stale`, `lost`. `simulated`, `landed`: None while unknown. `other_sender`:
    the address where a second sender of its number was heard in the last minute.
    """

    id: str
    name: TextOut
    link: Literal["none", "fresh", "stale", "lost"]
    heard_at_s: float | None
    simulated: bool | None
    problem: TextOut | None
    problem_cure: TextOut | None
    mode: str | None
    mode_text: TextOut | None
    armed: bool | None
    ready: bool | None
    landed: bool | None
    lon_deg: float | None
    lat_deg: float | None
    alt_amsl_m: float | None
    alt_home_m: float | None
    alt_agl_m: float | None
    position_at_s: float | None
    heading_deg: float | None
    groundspeed_mps: float | None
    climb_mps: float | None
    battery_percent: float | None
    battery_v: float | None
    battery_a: float | None
    consumed_mah: float | None
    battery_at_s: float | None
    satellites: int | None
    wind_mps: float | None
    mission_seq: int | None
    failsafe: TextOut | None
    last_text: str | None
    last_text_at_s: float | None
    delivery_id: str | None
    other_sender: str | None


class OfficeLinkOut(WireModel):
    """How the station stands with the town office; `trouble`: something is not kept, here or there."""

    connected: bool
    since_s: float | None
    pending_records: int
    pending_pictures: int
    oldest_pending_s: float | None
    text: TextOut
    trouble: bool


class FlightCoreOut(WireModel):
    """The flight core: what flies is in its hands, with or without this service.

    `boot_id` and `stamp_s` are its last beat; a page sends them back with an order, and how long ago it heard them by
    its own elapsed time. `page` is the address of the core's own page 緊急操作, empty where it has none. `alarms` say
    what the core cannot do now.
    """

    reachable: bool
    boot_id: str | None
    stamp_s: float | None
    page: str
    problem: TextOut | None
    problem_cure: TextOut | None
    alarms: list[TextOut]


class PictureOut(WireModel):
    """A picture taken in at this station."""

    id: str
    taken_at_s: float
    lon_deg: float | None
    lat_deg: float | None
    vehicle_id: str | None
    delivery_id: str | None
    thumbnail: str
    sent: bool


class PicturePageOut(WireModel):
    """A page of pictures, newest first; `next_cursor` is None at the end."""

    pictures: list[PictureOut]
    next_cursor: str | None


class PictureAcceptedOut(WireModel):
    """What a companion computer hears once its picture is safe."""

    picture_id: str
    sha256: str


class AlertOut(WireModel):
    """Something a person must know. `level`: `warn` or `act`."""

    id: str
    at_s: float
    level: Literal["warn", "act"]
    text: TextOut
    vehicle_id: str | None


class StationLive(WireModel):
    """The state on `/api/live` of the station; deltas are merge patches on this."""

    vehicles: dict[str, VehicleOut]
    requests: dict[str, RequestOut]
    deliveries: dict[str, DeliveryOut]
    commands: dict[str, CommandOut]
    pictures: dict[str, PictureOut]
    alerts: dict[str, AlertOut]
    storage: dict[str, StorageAlarmOut]
    office: OfficeLinkOut
    flight: FlightCoreOut
    clock_s: float


class HealthOut(WireModel):
    """What a supervisor asks for."""

    status: Literal["ok", "degraded"]
    details: dict[str, str]
