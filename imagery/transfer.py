"""How a picture travels: a manifest first, then 48 KiB chunks by index. Sans-I/O.

The manifest goes in lane thumbnail and carries the thumbnail and a digest of every chunk (first 8 bytes of its
SHA-256), so a chunk at the wrong place is known at once; the whole file counts as here only when its SHA-256 is
equal. Chunks go in lane image by reference: `body_ref` is `picture/{sha256}/{index}`, read when the record is sent.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

import msgspec

from fleet.ids import DeliveryId, PictureId, RecordId, StationId, VehicleId, uuid7
from imagery.pictures import Picture, PictureState, Release
from telemetry.bodies import Body, Latitude, Longitude, Name
from telemetry.records import Lane, Record

CHUNK_BYTES = 48 * 1024
DIGEST_BYTES = 8
MAX_CHUNKS = 2048
MAX_THUMBNAIL_BYTES = 32 * 1024

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Index = Annotated[int, msgspec.Meta(ge=0, lt=MAX_CHUNKS)]
Finite = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]


class PictureManifest(Body, frozen=True, kw_only=True):
    """`picture.manifest`: everything about a picture but its bytes."""

    KIND: ClassVar[str] = "picture.manifest"
    LANE: ClassVar[Lane] = Lane.THUMBNAIL

    picture_id: Name
    sha256: Sha256
    size_bytes: Annotated[int, msgspec.Meta(gt=0, le=MAX_CHUNKS * CHUNK_BYTES)]
    media_type: Literal["image/jpeg", "image/png"]
    width_px: Annotated[int, msgspec.Meta(gt=0)]
    height_px: Annotated[int, msgspec.Meta(gt=0)]
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
    image_index: int | None = None
    before_after: Literal["before", "after"] | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        """Refuse a manifest whose digests do not match its size."""
        if len(self.chunk_digests) != DIGEST_BYTES * chunk_count(self.size_bytes):
            message = "chunk_digests do not match size_bytes"
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


def chunk_count(size_bytes: int) -> int:
    """Return how many chunks a file of `size_bytes` has."""
    return -(-size_bytes // CHUNK_BYTES)


def chunk_span(size_bytes: int, index: int) -> tuple[int, int]:
    """Return offset and length of a chunk; raises IndexError if the file has no such chunk."""
    offset = index * CHUNK_BYTES
    if not 0 <= offset < size_bytes:
        raise IndexError(index)
    return offset, min(CHUNK_BYTES, size_bytes - offset)


def chunk_digest(data: bytes) -> bytes:
    """Return the digest by which a manifest knows a chunk."""
    return hashlib.sha256(data).digest()[:DIGEST_BYTES]


def chunk_digests(data: bytes) -> bytes:
    """Return the digests of all chunks of a file, one after the other."""
    return b"".join(chunk_digest(data[at : at + CHUNK_BYTES]) for at in range(0, len(data), CHUNK_BYTES))


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


def manifest_record(manifest: PictureManifest, *, recorded_at_s: float) -> Record:
    """Return the record of a manifest; made twice it has the same id."""
    return Record(
        id=_record_id(manifest.sha256, -1, 0, recorded_at_s),
        lane=Lane.THUMBNAIL,
        kind=PictureManifest.KIND,
        recorded_at_s=recorded_at_s,
        body=msgspec.to_builtins(manifest, builtin_types=(bytes,)),
    )


def chunk_records(
    picture: Picture, indexes: Iterable[int], *, recorded_at_s: float, attempt: int = 0
) -> Sequence[Record]:
    """Return the records of chunks, their bytes left out; the same `attempt` gives the same ids."""
    return [
        Record(
            id=_record_id(picture.sha256, index, attempt, recorded_at_s),
            lane=Lane.IMAGE,
            kind=PictureChunk.KIND,
            recorded_at_s=recorded_at_s,
            body={"picture_id": picture.id, "sha256": picture.sha256, "index": index},
            body_ref=f"{_REF}/{picture.sha256}/{index}",
        )
        for index in indexes
    ]


_REF = "picture"


def parse_body_ref(body_ref: str) -> tuple[str, int] | None:
    """Return SHA-256 and index of a chunk's `body_ref`; None if it names something else."""
    parts = body_ref.split("/")
    if len(parts) != 3 or parts[0] != _REF or not parts[2].isdecimal():
        return None
    return parts[1], int(parts[2])


def _record_id(sha256: str, index: int, attempt: int, recorded_at_s: float) -> RecordId:
    seed = hashlib.sha256(f"{sha256}/{index}/{attempt}".encode()).digest()[:10]
    return RecordId(uuid7(max(recorded_at_s, 0.0), seed))


class ChunkVerdict(StrEnum):
    """What became of a chunk."""

    NEW = "new"
    REPEATED = "repeated"
    WRONG = "wrong"


def chunk_fits(*, size_bytes: int, digests: bytes, index: int, data: bytes) -> bool:
    """Return whether `data` is the chunk that the manifest announced at `index`."""
    try:
        _, length = chunk_span(size_bytes, index)
    except IndexError:
        return False
    expected = digests[index * DIGEST_BYTES : (index + 1) * DIGEST_BYTES]
    return len(data) == length and chunk_digest(data) == expected


@dataclass(slots=True)
class Assembler:
    """Puts one picture together in memory; chunks may come in any order, twice, or wrong.

    `whole` is None until every chunk is here and the SHA-256 of all is equal; on a wrong one all is forgotten.
    """

    manifest: PictureManifest
    _chunks: dict[int, bytes] = field(default_factory=dict)

    @property
    def missing(self) -> Sequence[int]:
        """Return the indexes that have not come."""
        return [index for index in range(chunk_count(self.manifest.size_bytes)) if index not in self._chunks]

    def add(self, chunk: PictureChunk) -> ChunkVerdict:
        """Take in one chunk."""
        manifest = self.manifest
        if chunk.sha256 != manifest.sha256 or not chunk_fits(
            size_bytes=manifest.size_bytes, digests=manifest.chunk_digests, index=chunk.index, data=chunk.data
        ):
            return ChunkVerdict.WRONG
        if chunk.index in self._chunks:
            return ChunkVerdict.REPEATED
        self._chunks[chunk.index] = chunk.data
        return ChunkVerdict.NEW

    def whole(self) -> bytes | None:
        """Return the file, or None as long as it is not all here and proved."""
        if self.missing:
            return None
        data = joined(self._chunks)
        if hashlib.sha256(data).hexdigest() != self.manifest.sha256:
            self._chunks.clear()
            return None
        return data


def joined(chunks: Mapping[int, bytes]) -> bytes:
    """Return the chunks put together by index."""
    return b"".join(chunks[index] for index in sorted(chunks))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """When the office asks for chunks that do not come: after a quiet time, then twice as long each time."""

    quiet_s: float = 60.0
    at_most_s: float = 3600.0

    def due(self, *, last_chunk_at_s: float, asked_count: int, asked_at_s: float | None, now_s: float) -> bool:
        """Return whether to ask now."""
        if now_s - last_chunk_at_s < self.quiet_s:
            return False
        wait_s = min(self.quiet_s * 2.0 ** min(asked_count, 20), self.at_most_s)
        return asked_at_s is None or now_s - asked_at_s >= wait_s
