"""How a picture travels: a manifest first, then 48 KiB chunks by index. Sans-I/O.

The manifest goes in lane thumbnail and carries the thumbnail and a digest of every chunk (first 8 bytes of its
SHA-256), so a chunk at the wrong place is known at once; the whole file counts as here only when its SHA-256 is
equal. Chunks go in lane image by reference: `body_ref` is `picture/{sha256}/{index}`, read when the record is sent.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from fleet.ids import RecordId, uuid7
from imagery.bodies import PictureChunk, PictureManifest
from imagery.pictures import Picture
from telemetry.records import Lane, Record

_REF = "picture"


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


def parse_body_ref(body_ref: str) -> tuple[str, int] | None:
    """Return SHA-256 and index of a chunk's `body_ref`; None if it names something else."""
    parts = body_ref.split("/")
    if len(parts) != 3 or parts[0] != _REF or not parts[2].isdecimal():
        return None
    return parts[1], int(parts[2])


def _record_id(sha256: str, index: int, attempt: int, recorded_at_s: float) -> RecordId:
    seed = hashlib.sha256(f"{sha256}/{index}/{attempt}".encode()).digest()[:10]
    return RecordId(uuid7(max(recorded_at_s, 0.0), seed))


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
