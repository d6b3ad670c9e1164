"""Bodies of the town office's HTTP interface, and the live state its page follows.

Routes (all under `/api`; changes carry `X-CSRF-Token`):

    GET  session · POST session · DELETE session · POST setup · POST people · POST invitations
    GET  town · GET tiles/relief/{z}/{x}/{y}.png · GET tiles/contour/{z}/{x}/{y}.mvt
    GET  requests · POST requests       body RequestIn: asks a station for a delivery, never commands one
    GET  deliveries
    GET  pictures?cursor=&limit=&since_s=&until_s=&west=&south=&east=&north= → PicturePageOut
    GET  pictures/{id} · GET pictures/{id}/thumbnail · GET pictures/{id}/preview · GET pictures/{id}/original
    GET  vehicles/{id}/track?since_s=&until_s=&limit= → TrackOut
    GET  health · WebSocket live
"""

from typing import Literal

from pydantic import Field

from portal.schemas import StorageAlarmOut, TextOut, WireModel


class RequestIn(WireModel):
    """A wish for a delivery, passed on to the station."""

    item: str = Field(min_length=1, max_length=80)
    mass_kg: float = Field(ge=0.0, le=1000.0)
    site_id: str = Field(min_length=1, max_length=60)
    urgency: int = Field(default=1, ge=1, le=3)
    note: str = Field(default="", max_length=400)


class RequestOut(WireModel):
    """A request as the office knows it. `reached_station` is false until the station has said that it has it."""

    id: str
    item: str
    mass_kg: float
    site_id: str
    urgency: int
    note: str
    requested_by: str
    requested_at_s: float
    state: Literal["sent", "open", "planned", "flying", "delivered", "withdrawn"]
    source: Literal["station", "office"]
    reached_station: bool


class VehicleOut(WireModel):
    """An aircraft as last reported by a station.

    `known_at_s` is when it was there by the office's clock: a station repeats its last word while the aircraft is
    silent, so `received_at_s` says nothing of how old the position is. `at_s` is by the station's clock.
    """

    id: str
    station_id: str
    name: TextOut
    at_s: float
    received_at_s: float
    known_at_s: float
    link: Literal["fresh", "stale", "lost"]
    simulated: bool
    lon_deg: float
    lat_deg: float
    alt_amsl_m: float
    alt_agl_m: float | None
    heading_deg: float | None
    groundspeed_mps: float | None
    battery_percent: float | None
    mode: str
    armed: bool
    activity: TextOut
    delivery_id: str | None


class DeliveryOut(WireModel):
    """A delivery as last reported. `route` is lon, lat."""

    id: str
    request_id: str
    vehicle_id: str
    station_id: str
    site_id: str
    item: str
    mass_kg: float
    state: str
    text: TextOut
    at_s: float
    eta_s: float | None
    delivered_at_s: float | None
    route: list[tuple[float, float]]


class PictureOut(WireModel):
    """A picture. `state`: `thumbnail` (only that has come), `partial` (on the way), `complete`.

    `before_after`: from before or after the disaster, if known. `who` took it.
    """

    id: str
    station_id: str
    state: Literal["thumbnail", "partial", "complete"]
    release: Literal["unreviewed", "agencies", "public", "withheld"]
    taken_at_s: float
    received_at_s: float
    lon_deg: float | None
    lat_deg: float | None
    alt_amsl_m: float | None
    heading_deg: float | None
    vehicle_id: str | None
    delivery_id: str | None
    who: str
    before_after: Literal["before", "after"] | None
    sha256: str
    size_bytes: int
    chunks_total: int
    chunks_have: int
    thumbnail: str
    preview: str | None
    original: str | None
    simulated: bool


class PicturePageOut(WireModel):
    """A page of pictures, newest first; `next_cursor` is None at the end."""

    pictures: list[PictureOut]
    next_cursor: str | None


class TrackPointOut(WireModel):
    """Where an aircraft was."""

    at_s: float
    lon_deg: float
    lat_deg: float
    alt_amsl_m: float


class TrackOut(WireModel):
    """A track, oldest first, thinned to `limit` points."""

    vehicle_id: str
    points: list[TrackPointOut]


class StationOut(WireModel):
    """A station as last heard, and what it still holds for us (未受信)."""

    id: str
    name: TextOut
    heard_at_s: float | None
    connected: bool
    pending_records: int
    pending_pictures: int
    pending_bytes: int
    oldest_pending_s: float | None


class AlertOut(WireModel):
    """Something a person must know. `level`: `warn` or `act`."""

    id: str
    at_s: float
    level: Literal["warn", "act"]
    text: TextOut
    vehicle_id: str | None


class OfficeLive(WireModel):
    """The state on `/api/live` of the office: the 500 pictures that changed last, all that is open."""

    vehicles: dict[str, VehicleOut]
    deliveries: dict[str, DeliveryOut]
    requests: dict[str, RequestOut]
    pictures: dict[str, PictureOut]
    stations: dict[str, StationOut]
    alerts: dict[str, AlertOut]
    storage: dict[str, StorageAlarmOut]
    broker_connected: bool
    clock_s: float


class HealthOut(WireModel):
    """What a supervisor asks for."""

    status: Literal["ok", "degraded"]
    details: dict[str, str]
