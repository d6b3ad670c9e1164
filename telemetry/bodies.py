"""Typed bodies of the records, schema 1: what each kind must hold, checked when made and again when ingested.

Degrees WGS 84, metres, metres a second, Unix seconds; heights name their datum. Fields that are not known are let
pass, so that an older office takes a newer station's records.
"""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec

from telemetry.records import Lane

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Words = Annotated[str, msgspec.Meta(max_length=2000)]
Longitude = Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)]
Latitude = Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Mass = Annotated[float, msgspec.Meta(ge=0.0, le=1000.0)]

DeliveryPhase = Literal[
    "planned", "checked", "flying", "placing", "delivered", "returning", "done", "recalled", "failed", "unconfirmed"
]
RequestPhase = Literal["open", "planned", "flying", "delivered", "withdrawn"]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What every body has: the kind it belongs to, its lane and the field its newest-only key is made of."""

    KIND: ClassVar[str] = ""
    LANE: ClassVar[Lane] = Lane.RECORD
    KEY_FIELD: ClassVar[str | None] = None


class Bilingual(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in Japanese and English."""

    ja: Words
    en: Words


def _refuse_unless_finite(*values: float | None) -> None:
    total = 0.0
    for value in values:
        if value is not None:
            total += value
    if not math.isfinite(total):
        message = "a number is not finite"
        raise ValueError(message)


class VehicleTrack(Body, frozen=True, kw_only=True):
    """`vehicle.track`: where a vehicle was, once a second, every one kept."""

    KIND: ClassVar[str] = "vehicle.track"
    LANE: ClassVar[Lane] = Lane.TRACK

    vehicle_id: Name
    at_s: float
    lon_deg: Longitude
    lat_deg: Latitude
    alt_amsl_m: float
    alt_home_m: float
    heading_deg: float
    groundspeed_mps: float
    climb_mps: float
    alt_agl_m: float | None = None
    delivery_id: Name | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        """Refuse NaN and infinities, which a range check lets pass."""
        _refuse_unless_finite(
            self.at_s,
            self.lon_deg,
            self.lat_deg,
            self.alt_amsl_m,
            self.alt_agl_m,
            self.alt_home_m,
            self.heading_deg,
            self.groundspeed_mps,
            self.climb_mps,
        )
        if not self.vehicle_id.isprintable() or not (self.delivery_id or "").isprintable():
            message = "a name holds control characters"
            raise ValueError(message)


class VehicleState(VehicleTrack, frozen=True, kw_only=True):
    """`vehicle.state`: the newest a station knows of a vehicle."""

    KIND: ClassVar[str] = "vehicle.state"
    LANE: ClassVar[Lane] = Lane.POSITION
    KEY_FIELD: ClassVar[str | None] = "vehicle_id"

    mode: Annotated[str, msgspec.Meta(max_length=40)]
    armed: bool
    link: Literal["fresh", "stale", "lost"]
    activity: Bilingual
    battery_percent: float | None = None
    battery_v: float | None = None


class DeliveryState(Body, frozen=True, kw_only=True):
    """`delivery.state`: how far a delivery has come. `route` is [[lon, lat], …] in degrees."""

    KIND: ClassVar[str] = "delivery.state"

    delivery_id: Name
    request_id: Name
    vehicle_id: Name
    plan_id: Name
    site_id: Name
    item: Words
    mass_kg: Mass
    state: DeliveryPhase
    text: Bilingual
    at_s: float
    eta_s: float | None = None
    route: Annotated[list[tuple[Longitude, Latitude]], msgspec.Meta(max_length=1000)] = []
    delivered_at_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse NaN and infinities."""
        _refuse_unless_finite(self.at_s, self.eta_s, self.delivered_at_s, self.mass_kg, *map(sum, self.route))


class RequestState(Body, frozen=True, kw_only=True):
    """`request.state`: what became of a request. `urgency` is 1 routine, 2 urgent, 3 life."""

    KIND: ClassVar[str] = "request.state"

    request_id: Name
    item: Words
    mass_kg: Mass
    site_id: Name
    urgency: Annotated[int, msgspec.Meta(ge=1, le=3)]
    requested_by: Words
    requested_at_s: float
    state: RequestPhase
    source: Literal["station", "office"]

    def __post_init__(self) -> None:
        """Refuse NaN and infinities."""
        _refuse_unless_finite(self.requested_at_s, self.mass_kg)


class CommandState(Body, frozen=True, kw_only=True):
    """`command.state`: what became of a command to an aircraft; for reading only, never a command."""

    KIND: ClassVar[str] = "command.state"

    command_id: Name
    vehicle_id: Name
    action: Name
    author: Words
    at_s: float
    state: Name
    text: Bilingual

    def __post_init__(self) -> None:
        """Refuse NaN and infinities."""
        _refuse_unless_finite(self.at_s)


class Alert(Body, frozen=True, kw_only=True):
    """`alert`: something a person should look at (`warn`) or act on (`act`); sent again once its cause is over."""

    KIND: ClassVar[str] = "alert"
    LANE: ClassVar[Lane] = Lane.ALERT

    alert_id: Name
    at_s: float
    level: Literal["warn", "act"]
    text: Bilingual
    vehicle_id: Name | None = None
    over_at_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse NaN and infinities."""
        _refuse_unless_finite(self.at_s, self.over_at_s)


class LaneBacklog(msgspec.Struct, frozen=True, kw_only=True):
    """What waits in one lane."""

    records: Count
    bytes: Count


class StationHealth(Body, frozen=True, kw_only=True):
    """`station.health`: what a station has not yet been able to send."""

    KIND: ClassVar[str] = "station.health"
    LANE: ClassVar[Lane] = Lane.POSITION
    KEY_FIELD: ClassVar[str | None] = ""

    at_s: float
    pending: dict[str, LaneBacklog]
    pictures_pending: Count = 0
    oldest_pending_s: float | None = None
    clock_offset_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse NaN and infinities."""
        _refuse_unless_finite(self.at_s, self.oldest_pending_s, self.clock_offset_s)


class DownReceipt(Body, frozen=True, kw_only=True):
    """`down.receipt`: the town's messages that the station now has on its own disk."""

    KIND: ClassVar[str] = "down.receipt"

    ids: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=1000)]


BODY_TYPES: Mapping[str, type[Body]] = {
    body.KIND: body
    for body in (
        VehicleState,
        VehicleTrack,
        DeliveryState,
        RequestState,
        CommandState,
        Alert,
        StationHealth,
        DownReceipt,
    )
}
