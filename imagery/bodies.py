"""What is said about pictures between field and town: manifest, chunk, and what the office answers. Schema 1.

The manifest carries the thumbnail and the first 8 bytes of every chunk's SHA-256.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from fleet.ids import DeliveryId, PictureId, StationId, VehicleId
from imagery.chunks import CHUNK_BYTES, DIGEST_BYTES, MAX_CHUNKS, chunk_count
from imagery.pictures import Picture, PictureState, Release
from telemetry.bodies import Body, Latitude, Longitude, Name
from telemetry.records import Lane

MAX_THUMBNAIL_BYTES = 32 * 1024

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Index = Annotated[int, msgspec.Meta(ge=0, lt=MAX_CHUNKS)]
Size = Annotated[int, msgspec.Meta(gt=0, lt=2**31)]
Finite = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]


class PictureManifest(Body, frozen=True, kw_only=True):
    """`picture.manifest`: everything about a picture but its bytes."""

    KIND: ClassVar[str] = "picture.manifest"
    LANE: ClassVar[Lane] = Lane.THUMBNAIL

    picture_id: Name
    sha256: Sha256
    size_bytes: Annotated[int, msgspec.Meta(gt=0, le=MAX_CHUNKS * CHUNK_BYTES)]
    media_type: Literal["image/jpeg", "image/png"]
    width_px: Size
    height_px: Size
    taken_at_s: Finite
    who: Annotated[str, msgspec.Meta(max_length=80)]
    source: Annotated[str, msgspec.Meta(max_length=40)]
    thumbnail: Annotated[bytes, msgspec.Meta(max_length=MAX_THUMBNAIL_BYTES)]
    chunk_digests: Annotated[bytes, msgspec.Meta(max_length=MAX_CHUNKS * DIGEST_BYTES)]
    lon_deg: Longitude | None = None
    lat_deg: Latitude | None = None
    alt_amsl_m: Finite | None = None
    alt_home_m: Finite | None = None
    heading_deg: Finite | None = None
    pitch_deg: Finite | None = None
    view_deg: Finite | None = None
    vehicle_id: Name | None = None
    delivery_id: Name | None = None
    image_index: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None
    before_after: Literal["before", "after"] | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        """Refuse digests that do not match the size, and words that hold control characters."""
        if len(self.chunk_digests) != DIGEST_BYTES * chunk_count(self.size_bytes):
            message = "chunk_digests do not match size_bytes"
            raise ValueError(message)
        words = (self.picture_id, self.who, self.source, self.vehicle_id or "", self.delivery_id or "")
        if not "".join(words).isprintable():
            message = "a name holds control characters"
            raise ValueError(message)


class PictureChunk(Body, frozen=True, kw_only=True):
    """`picture.chunk`: one piece of the file, from `index` × 48 KiB on."""

    KIND: ClassVar[str] = "picture.chunk"
    LANE: ClassVar[Lane] = Lane.IMAGE

    picture_id: Name
    sha256: Sha256
    index: Index
    data: Annotated[bytes, msgspec.Meta(max_length=CHUNK_BYTES)]


class PictureMissing(Body, frozen=True, kw_only=True):
    """`picture.missing`, office to station: these chunks are wanted again; `attempt` counts the asking from 1."""

    KIND: ClassVar[str] = "picture.missing"

    picture_id: Name
    sha256: Sha256
    indexes: Annotated[list[Index], msgspec.Meta(max_length=MAX_CHUNKS)]
    attempt: Annotated[int, msgspec.Meta(ge=1)] = 1


class PictureReceived(Body, frozen=True, kw_only=True):
    """`picture.received`, office to station: the whole file is here and its SHA-256 is equal."""

    KIND: ClassVar[str] = "picture.received"

    picture_id: Name
    sha256: Sha256
    at_s: Finite


PICTURE_BODIES: dict[str, type[Body]] = {body.KIND: body for body in (PictureManifest, PictureChunk)}


def manifest_of(picture: Picture, *, thumbnail: bytes, digests: bytes) -> PictureManifest:
    """Return the manifest of a picture."""
    return PictureManifest(
        picture_id=picture.id,
        sha256=picture.sha256,
        size_bytes=picture.size_bytes,
        media_type="image/png" if picture.media_type == "image/png" else "image/jpeg",
        width_px=picture.width_px,
        height_px=picture.height_px,
        taken_at_s=picture.taken_at_s,
        who=picture.who[:80],
        source=picture.source[:40],
        thumbnail=thumbnail,
        chunk_digests=digests,
        lon_deg=picture.lon_deg,
        lat_deg=picture.lat_deg,
        alt_amsl_m=picture.alt_amsl_m,
        alt_home_m=picture.alt_home_m,
        heading_deg=picture.heading_deg,
        pitch_deg=picture.pitch_deg,
        view_deg=picture.view_deg,
        vehicle_id=picture.vehicle_id,
        delivery_id=picture.delivery_id,
        image_index=picture.image_index,
        before_after=picture.before_after,
        simulated=picture.simulated,
    )


def picture_of_manifest(manifest: PictureManifest, *, station_id: StationId, received_at_s: float) -> Picture:
    """Return the picture a manifest announces, of which only the thumbnail is here."""
    return Picture(
        id=PictureId(manifest.picture_id),
        sha256=manifest.sha256,
        size_bytes=manifest.size_bytes,
        media_type=manifest.media_type,
        width_px=manifest.width_px,
        height_px=manifest.height_px,
        taken_at_s=manifest.taken_at_s,
        lon_deg=manifest.lon_deg,
        lat_deg=manifest.lat_deg,
        alt_amsl_m=manifest.alt_amsl_m,
        alt_home_m=manifest.alt_home_m,
        heading_deg=manifest.heading_deg,
        pitch_deg=manifest.pitch_deg,
        view_deg=manifest.view_deg,
        vehicle_id=None if manifest.vehicle_id is None else VehicleId(manifest.vehicle_id),
        delivery_id=None if manifest.delivery_id is None else DeliveryId(manifest.delivery_id),
        image_index=manifest.image_index,
        station_id=station_id,
        who=manifest.who,
        source=manifest.source,
        before_after=manifest.before_after,
        simulated=manifest.simulated,
        state=PictureState.THUMBNAIL,
        chunks_total=chunk_count(manifest.size_bytes),
        chunks_have=0,
        release=Release.UNREVIEWED,
        received_at_s=received_at_s,
    )
