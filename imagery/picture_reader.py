"""What pages read of pictures: lists, one picture, its copies, its original. Database and disk work run in threads."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from fleet.errors import ConflictError
from fleet.text import Text
from imagery.library import PicturePage, PictureQuery
from imagery.library_sql import page_of, picture_by_id, thumbnail_of
from imagery.pictures import Picture, PictureState
from imagery.store import Copy, PictureStore
from telemetry.engine_sql import reading

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """Bytes to serve with their media type; `name` is made by us, never by a sender. Serve with `nosniff`."""

    media_type: str
    name: str
    data: bytes


class PictureReader:
    """Answers about pictures; raises NotFoundError, ConflictError (not complete yet) and UnavailableError."""

    def __init__(self, engine: sa.Engine, store: PictureStore) -> None:
        self._engine = engine
        self._store = store

    async def _ask(self, question: Callable[[sa.Connection], Answer]) -> Answer:
        def work() -> Answer:
            with reading(self._engine) as connection:
                return question(connection)

        return await asyncio.to_thread(work)

    async def page(self, query: PictureQuery) -> PicturePage:
        """Return one page of pictures, newest first; raises InvalidValueError for a bad cursor."""
        return await self._ask(lambda connection: page_of(connection, query))

    async def picture(self, picture_id: str) -> Picture:
        """Return one picture."""
        return await self._ask(lambda connection: picture_by_id(connection, picture_id))

    async def thumbnail(self, picture_id: str) -> PictureFile:
        """Return the thumbnail, which is there from the first moment on."""
        jpeg = await self._ask(lambda connection: thumbnail_of(connection, picture_id))
        return PictureFile(media_type="image/jpeg", name=f"{picture_id}-thumbnail.jpg", data=jpeg)

    async def preview(self, picture_id: str) -> PictureFile:
        """Return the preview (at most 1600 px, no metadata) of a complete picture."""
        picture = _complete(await self.picture(picture_id))
        jpeg = await asyncio.to_thread(self._store.copy, picture.sha256, Copy.PREVIEW)
        return PictureFile(media_type="image/jpeg", name=f"{picture_id}-preview.jpg", data=jpeg)

    async def original(self, picture_id: str) -> PictureFile:
        """Return the original, byte for byte as it was taken in and checked; it holds the camera's metadata."""
        picture = _complete(await self.picture(picture_id))
        data = await asyncio.to_thread(self._store.get, picture.sha256)
        ending = "png" if picture.media_type == "image/png" else "jpg"
        return PictureFile(media_type=picture.media_type, name=f"{picture_id}.{ending}", data=data)


def _complete(picture: Picture) -> Picture:
    if picture.state is not PictureState.COMPLETE:
        raise ConflictError(
            Text(
                f"この写真はまだ届いていません（{picture.chunks_have}/{picture.chunks_total}）",
                f"the picture has not arrived whole yet ({picture.chunks_have}/{picture.chunks_total})",
            ),
            Text("届くまでサムネイルを見てください", "look at the thumbnail until it is here"),
        )
    return picture
