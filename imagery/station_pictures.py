"""The station's side of pictures: takes them in, keeps them, and has them sent to the town.

Order of keeping: the original on disk, its row in the library, its records in the outbox, the mark that they are there.
A crash between any two loses nothing: `enqueue_waiting` at start puts into the outbox what has no mark, with the same
record ids as before, so that the town drops what it already has.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
import structlog

from fleet.clock import Clock
from fleet.errors import FleetError, NotFoundError, UnavailableError
from fleet.ids import StationId
from imagery.bodies import PictureMissing, PictureReceived, manifest_of
from imagery.chunks import CHUNK_BYTES, chunk_count, chunk_digests
from imagery.derivatives import Examined, too_many_bytes
from imagery.intake import PictureIntake
from imagery.library_sql import insert_picture, not_enqueued, picture_by_sha256, thumbnail_of, update_picture
from imagery.picture_reader import PictureReader
from imagery.pictures import Picture, PictureContext, picture_of
from imagery.store import Copy, DamagedPictureError, PictureStore, sha256_of
from imagery.transfer import chunk_records, manifest_record, parse_body_ref
from telemetry.engine_sql import reading, writing
from telemetry.making import read_body
from telemetry.records import Record

_LOG = structlog.get_logger(__name__)

PutRecords = Callable[[Sequence[Record]], Awaitable[None]]


class StoredChunks:
    """Reads chunks out of the store when their records are sent (a `telemetry` BodySource)."""

    def __init__(self, store: PictureStore) -> None:
        self._store = store

    def load(self, body_ref: str) -> Mapping[str, object] | None:
        """Return the bytes of a chunk as field `data`; None if the picture is gone or cannot be read any more.

        One picture that the disk does not give back must not hold up all that wait behind it.
        """
        place = parse_body_ref(body_ref)
        if place is None:
            return None
        sha256, index = place
        try:
            data = self._store.part(sha256, index * CHUNK_BYTES, CHUNK_BYTES)
        except (NotFoundError, DamagedPictureError):
            return None
        return {"data": data} if data else None


class StationPictures:
    """Takes pictures in and sends them on; `put` is the outbox writer's.

    `engine` is the station's database (tables `imagery.tables_sql`), `intake` a running one.
    """

    def __init__(
        self,
        *,
        station_id: StationId,
        engine: sa.Engine,
        store: PictureStore,
        intake: PictureIntake,
        clock: Clock,
        put: PutRecords,
    ) -> None:
        self._station_id = station_id
        self._engine = engine
        self._store = store
        self._intake = intake
        self._clock = clock
        self._put = put
        self._busy: dict[str, asyncio.Lock] = {}
        self.reader = PictureReader(engine, store)

    async def accept(self, data: bytes, context: PictureContext) -> Picture:
        """Return the picture once it is safe on disk; the same file again is the same picture.

        Raises BadInputError, TooLargeError, ExpiredError or UnavailableError; then nothing was kept.
        """
        if len(data) > self._intake.limits.max_bytes:
            raise too_many_bytes(len(data), self._intake.limits.max_bytes)
        sha256 = await asyncio.to_thread(sha256_of, data)
        lock = self._busy.setdefault(sha256, asyncio.Lock())
        try:
            async with lock:
                known = await asyncio.to_thread(self._known, sha256)
                if known is not None:
                    return known
                examined = await self._intake.examine(data)
                picture = await asyncio.to_thread(self._keep, data, sha256, examined, context)
        finally:
            if not lock.locked():
                self._busy.pop(sha256, None)
        await self._enqueue_or_wait(picture)
        return picture

    async def accept_stream(self, parts: AsyncIterable[bytes], context: PictureContext) -> Picture:
        """Take a picture in from a stream; raises TooLargeError as soon as it is too long, else as `accept`."""
        limit = self._intake.limits.max_bytes
        data = bytearray()
        async for part in parts:
            data += part
            if len(data) > limit:
                raise too_many_bytes(len(data), limit)
        return await self.accept(bytes(data), context)

    def _known(self, sha256: str) -> Picture | None:
        with reading(self._engine) as connection:
            return picture_by_sha256(connection, sha256)

    def _keep(self, data: bytes, sha256: str, examined: Examined, context: PictureContext) -> Picture:
        self._store.put(data)
        self._store.put_copy(sha256, Copy.PREVIEW, examined.preview_jpeg)
        picture = picture_of(
            examined,
            context,
            sha256=sha256,
            size_bytes=len(data),
            station_id=self._station_id,
            now_s=self._clock.now_s(),
        )
        total = chunk_count(len(data))
        picture = replace(picture, chunks_total=total, chunks_have=total)
        with writing(self._engine) as connection:
            inserted = insert_picture(
                connection,
                picture,
                thumbnail=examined.thumbnail_jpeg,
                digests=chunk_digests(data),
                enqueued=False,
            )
            known = None if inserted else picture_by_sha256(connection, sha256)
        return known or picture

    async def _enqueue_or_wait(self, picture: Picture) -> bool:
        try:
            await self._enqueue(picture)
        except FleetError as error:
            _LOG.warning("picture_waits_for_outbox", picture=picture.id, error=str(error))
            return False
        return True

    async def _enqueue(self, picture: Picture) -> None:
        records = await asyncio.to_thread(self._records, picture)
        await self._put(records)
        await asyncio.to_thread(self._update, picture.id, {"enqueued": True})

    def _records(self, picture: Picture) -> Sequence[Record]:
        with reading(self._engine) as connection:
            thumbnail = thumbnail_of(connection, picture.id)
        digests = chunk_digests(self._store.get(picture.sha256))
        manifest = manifest_of(picture, thumbnail=thumbnail, digests=digests)
        at_s = picture.received_at_s
        indexes = range(chunk_count(picture.size_bytes))
        return [
            manifest_record(manifest, recorded_at_s=at_s),
            *chunk_records(picture, indexes, recorded_at_s=at_s),
        ]

    def _update(self, picture_id: str, values: Mapping[str, object]) -> None:
        with writing(self._engine) as connection:
            update_picture(connection, picture_id, values)

    async def enqueue_waiting(self) -> int:
        """Put into the outbox what was accepted and is not known to be there; return how many pictures.

        Call it at start, and now and then: after a full disk it finds what could not be put. A damaged original is
        logged and passed over.
        """
        waiting = await asyncio.to_thread(self._not_enqueued)
        done = 0
        for picture in waiting:
            done += await self._enqueue_or_wait(picture)
        return done

    def _not_enqueued(self) -> Sequence[Picture]:
        with reading(self._engine) as connection:
            return not_enqueued(connection)

    async def run(self, *, every_s: float = 30.0) -> None:
        """Look for pictures that wait for the outbox, at once and every `every_s`, until cancelled."""
        while True:
            try:
                await self.enqueue_waiting()
            except UnavailableError as error:
                _LOG.warning("pictures_wait", error=str(error))
            await asyncio.sleep(every_s)

    async def on_down(self, kind: str, body: Mapping[str, object]) -> bool:
        """Act on what the town says about pictures; return False for kinds that are none of its own.

        Durable when it returns, and the same message twice changes nothing. Raises InvalidValueError for a bad body.
        """
        if kind == PictureMissing.KIND:
            await self._send_again(read_body(PictureMissing, body))
        elif kind == PictureReceived.KIND:
            await self._note_received(read_body(PictureReceived, body))
        else:
            return False
        return True

    async def _send_again(self, missing: PictureMissing) -> None:
        picture = await asyncio.to_thread(self._known, missing.sha256)
        if picture is None:
            _LOG.warning("town_asks_for_unknown_picture", picture=missing.picture_id)
            return
        total = chunk_count(picture.size_bytes)
        indexes = sorted({index for index in missing.indexes if index < total})
        at_s = picture.received_at_s
        await self._put(chunk_records(picture, indexes, recorded_at_s=at_s, attempt=missing.attempt))

    async def _note_received(self, received: PictureReceived) -> None:
        picture = await asyncio.to_thread(self._known, received.sha256)
        if picture is not None and picture.delivered_at_s is None:
            await asyncio.to_thread(self._update, picture.id, {"delivered_at_s": received.at_s})
