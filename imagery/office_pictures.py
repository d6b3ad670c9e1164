"""The office's side of pictures: proves what has arrived whole, makes its own copies, asks for what is missing.

Chunks and manifests become durable in the ingest transaction (`picture_handler_sql`); here a picture whose chunks are
all here is put together, compared with its SHA-256, kept, opened in the office's own worker and only then complete.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import msgspec
import sqlalchemy as sa
import structlog

from fleet.clock import Clock
from fleet.errors import BadInputError, ExpiredError, FleetError, TooLargeError
from fleet.ids import StationId
from imagery.bodies import PictureChunk, PictureManifest, PictureMissing, PictureReceived
from imagery.derivatives import Examined
from imagery.intake import DeadlyPictureError, PictureIntake
from imagery.library_sql import (
    chunk_data,
    chunk_indexes,
    drop_chunks,
    picture_by_sha256,
    replace_thumbnail,
    update_picture,
)
from imagery.office_work_sql import count_asking, quiet_pictures, whole_pictures
from imagery.picture_handler_sql import PictureHandler
from imagery.picture_reader import PictureReader
from imagery.pictures import Picture, PictureState, Release
from imagery.retries import Retries
from imagery.store import Copy, PictureStore, sha256_of
from imagery.transfer import AskAgain, joined
from telemetry.bodies import Body
from telemetry.engine_sql import reading, writing
from telemetry.store import ReceivedRecord

_LOG = structlog.get_logger(__name__)

AskStation = Callable[[StationId, str, Mapping[str, object]], Awaitable[None]]
OnChange = Callable[[Picture], None]
_MAX_WRONG_WHOLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTiming:
    """How often the office looks, and when it asks again."""

    look_every_s: float = 5.0
    ask_again: AskAgain = field(default_factory=AskAgain)


class OfficePictures:
    """Gives the ingest its `handler`, is told by `on_stored` what came, and does the rest in `run`.

    `ask` sends a message down to a station; `on_change` is called in the event loop for every picture that is new or
    has changed, for the pages' live state.
    """

    def __init__(
        self,
        *,
        engine: sa.Engine,
        store: PictureStore,
        intake: PictureIntake,
        clock: Clock,
        ask: AskStation,
        on_change: OnChange | None = None,
        timing: OfficeTiming | None = None,
    ) -> None:
        self._engine = engine
        self._store = store
        self._intake = intake
        self._clock = clock
        self._ask = ask
        self._on_change = on_change
        self._timing = timing or OfficeTiming()
        self._retries = Retries()
        self._changed: dict[str, StationId | None] = {}  # by SHA-256: who announced it just now
        self._wake = asyncio.Event()
        self.handler = PictureHandler()
        self.reader = PictureReader(engine, store)

    def on_stored(self, records: Sequence[ReceivedRecord]) -> None:
        """Take in that these records are durable; others than pictures' are passed over."""
        for record in records:
            if isinstance(record.typed, PictureManifest):
                self._changed[record.typed.sha256] = record.station
            elif isinstance(record.typed, PictureChunk):
                self._changed.setdefault(record.typed.sha256, None)
        if self._changed:
            self._wake.set()

    async def run(self) -> None:
        """Follow changes as they come; look for what waits at fixed times, however much comes. Until cancelled."""
        loop = asyncio.get_running_loop()
        look_at_s = loop.time()
        while True:
            if loop.time() >= look_at_s:
                look_at_s = loop.time() + self._timing.look_every_s
                await self._look(self.ask_for_missing)
                await self._look(self.finish_waiting)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(look_at_s):
                    await self._wake.wait()
            self._wake.clear()
            await self._look(self.follow_changes)

    async def _look(self, work: Callable[[], Awaitable[int]]) -> int:
        try:
            return await work()
        except FleetError as error:
            _LOG.warning("pictures_wait", error=str(error))
            return 0

    async def follow_changes(self) -> int:
        """Tell of every picture that changed and finish those that are whole; return how many were finished.

        What cannot be done now, as with a full disk, is kept for the next time.
        """
        changed, self._changed = self._changed, {}
        done = 0
        for sha256, announced_by in changed.items():
            try:
                done += await self._follow(sha256, announced_by)
            except FleetError as error:
                _LOG.warning("picture_waits", sha256=sha256, error=str(error))
                self._keep_change(sha256, announced_by)
        return done

    def _keep_change(self, sha256: str, announced_by: StationId | None) -> None:
        self._changed[sha256] = self._changed.get(sha256) or announced_by

    async def _follow(self, sha256: str, announced_by: StationId | None) -> bool:
        picture = await asyncio.to_thread(self._known, sha256)
        if picture is None:
            return False
        self._tell(picture)
        if announced_by is not None and _is_settled(picture):
            await self._confirm(replace(picture, station_id=announced_by))
        return await self._finish_if_whole(picture)

    async def finish_waiting(self) -> int:
        """Finish every picture whose chunks are all here, as after a restart; return how many."""
        done = 0
        for picture in await asyncio.to_thread(self._whole):
            done += await self._look(partial(self._finish_if_whole, picture))
        return done

    async def _finish_if_whole(self, picture: Picture) -> bool:
        whole = picture.chunks_have == picture.chunks_total
        if not whole or picture.state is PictureState.COMPLETE or picture.fault is not None:
            return False
        if not self._retries.due(picture.sha256, self._clock.monotonic_s()):
            return False
        data = await asyncio.to_thread(self._joined_chunks, picture)
        if data is None:
            await self._start_over(picture)
            return False
        await asyncio.to_thread(self._store.put, data)
        if not await self._open(picture, data):
            return False
        self._retries.forget(picture.sha256)
        try:
            await self._confirm(picture)
        except FleetError:
            self._keep_change(picture.sha256, picture.station_id)
            raise
        self._tell(await self.reader.picture(picture.id))
        return True

    async def _confirm(self, picture: Picture) -> None:
        received = PictureReceived(picture_id=picture.id, sha256=picture.sha256, at_s=self._clock.now_s())
        await self._send_down(picture, received)

    async def _open(self, picture: Picture, data: bytes) -> bool:
        """Complete the picture or note its fault; return False if it is to be tried again later."""
        try:
            examined = await self._intake.examine(data)
        except (ExpiredError, DeadlyPictureError) as error:
            if self._retries.note_failure(picture.sha256, self._clock.monotonic_s()):
                _LOG.warning("picture_is_tried_again", picture=picture.id, error=str(error))
                return False
            await asyncio.to_thread(self._set_fault, picture, error.what.en, keep_thumbnail=True)
        except (BadInputError, TooLargeError) as error:
            await asyncio.to_thread(self._set_fault, picture, error.what.en, keep_thumbnail=False)
        else:
            await asyncio.to_thread(self._complete, picture, examined)
        return True

    def _joined_chunks(self, picture: Picture) -> bytes | None:
        with reading(self._engine) as connection:
            data = joined(chunk_data(connection, picture.sha256))
        return data if sha256_of(data) == picture.sha256 else None

    def _complete(self, picture: Picture, examined: Examined) -> None:
        self._store.put_copy(picture.sha256, Copy.PREVIEW, examined.preview_jpeg)
        with writing(self._engine) as connection:
            values = {
                "state": PictureState.COMPLETE.value,
                "media_type": examined.kind.value,
                "width_px": examined.width_px,
                "height_px": examined.height_px,
                "delivered_at_s": self._clock.now_s(),
            }
            update_picture(connection, picture.id, values)
            replace_thumbnail(connection, picture.id, examined.thumbnail_jpeg)
            drop_chunks(connection, picture.sha256)

    def _set_fault(self, picture: Picture, fault: str, *, keep_thumbnail: bool) -> None:
        with writing(self._engine) as connection:
            update_picture(connection, picture.id, {"fault": fault[:200]})
            if not keep_thumbnail:
                replace_thumbnail(connection, picture.id, b"")
            drop_chunks(connection, picture.sha256)

    async def _start_over(self, picture: Picture) -> None:
        """Forget chunks that together are not the file: the manifest's digests cannot have been right."""
        _LOG.error("picture_is_not_what_was_announced", picture=picture.id)
        asked = await asyncio.to_thread(self._forget_chunks, picture)
        if asked <= _MAX_WRONG_WHOLES:
            missing = list(range(picture.chunks_total))
            await self._send_down(
                picture,
                PictureMissing(picture_id=picture.id, sha256=picture.sha256, indexes=missing, attempt=asked),
            )

    def _forget_chunks(self, picture: Picture) -> int:
        with writing(self._engine) as connection:
            drop_chunks(connection, picture.sha256)
            asked = count_asking(connection, picture, self._clock.now_s())
            values: dict[str, object] = {"chunks_have": 0, "state": PictureState.THUMBNAIL.value}
            if asked > _MAX_WRONG_WHOLES:
                values["fault"] = "what arrives is not the file that was announced"
            update_picture(connection, picture.id, values)
        return asked

    async def ask_for_missing(self) -> int:
        """Ask stations for chunks that have not come for long; return for how many pictures."""
        asked = 0
        for picture in await asyncio.to_thread(self._quiet):
            message = await asyncio.to_thread(self._missing_of, picture)
            await self._send_down(picture, message)
            asked += 1
        return asked

    def _missing_of(self, picture: Picture) -> PictureMissing:
        with writing(self._engine) as connection:
            have = set(chunk_indexes(connection, picture.sha256))
            attempt = count_asking(connection, picture, self._clock.now_s())
        indexes = [index for index in range(picture.chunks_total) if index not in have]
        return PictureMissing(picture_id=picture.id, sha256=picture.sha256, indexes=indexes, attempt=attempt)

    async def set_release(self, picture_id: str, release: Release) -> Picture:
        """Note who may see a picture; raises NotFoundError."""
        await asyncio.to_thread(self._update, picture_id, {"release": release.value})
        picture = await self.reader.picture(picture_id)
        self._tell(picture)
        return picture

    def _update(self, picture_id: str, values: Mapping[str, object]) -> None:
        with writing(self._engine) as connection:
            update_picture(connection, picture_id, values)

    async def _send_down(self, picture: Picture, message: Body) -> None:
        await self._ask(picture.station_id, message.KIND, msgspec.to_builtins(message))

    def _tell(self, picture: Picture) -> None:
        if self._on_change is not None:
            self._on_change(picture)

    def _known(self, sha256: str) -> Picture | None:
        with reading(self._engine) as connection:
            return picture_by_sha256(connection, sha256)

    def _whole(self) -> Sequence[Picture]:
        with reading(self._engine) as connection:
            return whole_pictures(connection)

    def _quiet(self) -> Sequence[Picture]:
        with reading(self._engine) as connection:
            return quiet_pictures(connection, self._timing.ask_again, self._clock.now_s())


def _is_settled(picture: Picture) -> bool:
    """Return whether the whole file was here: its chunks are not wanted any more."""
    at_fault = picture.fault is not None and picture.chunks_have == picture.chunks_total
    return picture.state is PictureState.COMPLETE or at_fault
