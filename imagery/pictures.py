"""A picture as the platform knows it. Degrees WGS 84, metres, Unix seconds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from fleet.ids import DeliveryId, PictureId, StationId, VehicleId, uuid7
from imagery.derivatives import Examined

BeforeAfter = Literal["before", "after"]


class PictureState(StrEnum):
    """How much of a picture is here."""

    THUMBNAIL = "thumbnail"
    PARTIAL = "partial"
    COMPLETE = "complete"


class Release(StrEnum):
    """Who may see it; a person decides."""

    UNREVIEWED = "unreviewed"
    AGENCIES = "agencies"
    PUBLIC = "public"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureContext:
    """What the one who hands in a picture says about it, beside the file's own tags.

    `captured_at_s` and the place are taken where the file itself says nothing; `who` is a person's or device's name.
    """

    who: str
    source: str = "companion"
    vehicle_id: VehicleId | None = None
    delivery_id: DeliveryId | None = None
    image_index: int | None = None
    captured_at_s: float | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    before_after: BeforeAfter | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture and how far it has come.

    `heading_deg` is where the camera looked, `pitch_deg` −90 straight down, `view_deg` the horizontal field of view.
    `fault` says why a picture whose bytes are all here still cannot be shown.
    """

    id: PictureId
    sha256: str
    size_bytes: int
    media_type: str
    width_px: int
    height_px: int
    taken_at_s: float
    lon_deg: float | None
    lat_deg: float | None
    alt_amsl_m: float | None
    alt_home_m: float | None
    heading_deg: float | None
    pitch_deg: float | None
    view_deg: float | None
    vehicle_id: VehicleId | None
    delivery_id: DeliveryId | None
    image_index: int | None
    station_id: StationId
    who: str
    source: str
    before_after: BeforeAfter | None
    simulated: bool
    state: PictureState
    chunks_total: int
    chunks_have: int
    release: Release
    received_at_s: float
    delivered_at_s: float | None = None
    fault: str | None = None


def picture_id_of(sha256: str, taken_at_s: float) -> PictureId:
    """Return the id of a picture: the same file of the same time has the same id everywhere, and ids sort by time."""
    return PictureId(uuid7(taken_at_s, bytes.fromhex(sha256)[:10]))


def picture_of(
    examined: Examined, context: PictureContext, *, sha256: str, size_bytes: int, station_id: StationId, now_s: float
) -> Picture:
    """Return the picture of a file just taken in: what its tags say, and what `context` says where they are silent."""
    tags = examined.tags
    taken_at_s = _first(tags.taken_at_s, context.captured_at_s, now_s)
    placed = tags.lon_deg is not None and tags.lat_deg is not None
    return Picture(
        id=picture_id_of(sha256, max(taken_at_s, 0.0)),
        sha256=sha256,
        size_bytes=size_bytes,
        media_type=examined.kind.value,
        width_px=examined.width_px,
        height_px=examined.height_px,
        taken_at_s=taken_at_s,
        lon_deg=tags.lon_deg if placed else context.lon_deg,
        lat_deg=tags.lat_deg if placed else context.lat_deg,
        alt_amsl_m=tags.alt_amsl_m,
        alt_home_m=tags.alt_home_m,
        heading_deg=tags.heading_deg,
        pitch_deg=tags.gimbal_pitch_deg,
        view_deg=tags.horizontal_view_deg,
        vehicle_id=context.vehicle_id,
        delivery_id=context.delivery_id,
        image_index=context.image_index,
        station_id=station_id,
        who=_printable(context.who, 80),
        source=_printable(context.source, 40),
        before_after=context.before_after,
        simulated=context.simulated,
        state=PictureState.COMPLETE,
        chunks_total=0,
        chunks_have=0,
        release=Release.UNREVIEWED,
        received_at_s=now_s,
    )


def _printable(words: str, longest: int) -> str:
    return "".join(letter for letter in words if letter.isprintable())[:longest]


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)
