"""Makes manifests and chunks durable inside the transaction that stores their records (a `telemetry` RecordHandler)."""

import sqlalchemy as sa

from fleet.errors import InvalidValueError, TooManyError
from fleet.text import Text
from imagery.bodies import PictureChunk, PictureManifest, picture_of_manifest
from imagery.chunks import chunk_fits
from imagery.file_kind import FileKind, kind_of
from imagery.library_sql import (
    chunk_data,
    chunk_indexes,
    digests_of,
    drop_chunks,
    insert_picture,
    lock_picture,
    orphan_chunks,
    put_chunk,
    update_picture,
)
from imagery.pictures import Picture, PictureState
from telemetry.store import ReceivedRecord

MAX_ORPHAN_CHUNKS = 4096


class PictureHandler:
    """Takes manifests and chunks in any order, twice or wrong; a picture turns complete elsewhere, once proved."""

    @property
    def kinds(self) -> frozenset[str]:
        """Return what it handles."""
        return frozenset({PictureManifest.KIND, PictureChunk.KIND})

    @property
    def keeps_body(self) -> bool:
        """Return False: pictures have tables of their own."""
        return False

    def handle(self, connection: sa.Connection, record: ReceivedRecord) -> None:
        """Write one manifest or chunk; raises InvalidValueError for a chunk that is not what its manifest announced."""
        if isinstance(record.typed, PictureManifest):
            _take_manifest(connection, record, record.typed)
        elif isinstance(record.typed, PictureChunk):
            _take_chunk(connection, record.typed, record.received_at_s)
        else:
            raise InvalidValueError(
                Text("この版では読めない写真の記録です", "a picture record of a schema this version cannot read")
            )


def _take_manifest(connection: sa.Connection, record: ReceivedRecord, manifest: PictureManifest) -> None:
    picture = picture_of_manifest(manifest, station_id=record.station, received_at_s=record.received_at_s)
    thumbnail = manifest.thumbnail if kind_of(manifest.thumbnail) is FileKind.JPEG else b""
    if not insert_picture(connection, picture, thumbnail=thumbnail, digests=manifest.chunk_digests):
        return
    early = chunk_data(connection, manifest.sha256)
    wrong = [index for index, data in early.items() if not _fits(manifest, index, data)]
    if wrong:
        drop_chunks(connection, manifest.sha256, wrong)
    if len(early) > len(wrong):
        _count(connection, picture, record.received_at_s)


def _fits(manifest: PictureManifest, index: int, data: bytes) -> bool:
    return chunk_fits(size_bytes=manifest.size_bytes, digests=manifest.chunk_digests, index=index, data=data)


def _take_chunk(connection: sa.Connection, chunk: PictureChunk, now_s: float) -> None:
    picture = lock_picture(connection, chunk.sha256)
    if picture is None:
        if orphan_chunks(connection) >= MAX_ORPHAN_CHUNKS:
            raise TooManyError(Text("見出しのない写真の断片が多すぎます", "too many chunks without a manifest"))
    elif picture.state is PictureState.COMPLETE:
        return
    elif not chunk_fits(
        size_bytes=picture.size_bytes,
        digests=digests_of(connection, picture.id),
        index=chunk.index,
        data=chunk.data,
    ):
        raise InvalidValueError(
            Text("写真の断片が見出しと合いません", "the chunk is not what the manifest announced"), index=chunk.index
        )
    new = put_chunk(connection, sha256=chunk.sha256, index=chunk.index, data=chunk.data, now_s=now_s)
    if new and picture is not None:
        _count(connection, picture, now_s)


def _count(connection: sa.Connection, picture: Picture, now_s: float) -> None:
    have = len(chunk_indexes(connection, picture.sha256))
    values = {"state": PictureState.PARTIAL.value, "chunks_have": have, "last_chunk_at_s": now_s}
    update_picture(connection, picture.id, values)
