"""Routes of pictures: pages of them, and their bytes, which never change and may be kept for ever."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from fleet.errors import InvalidValueError
from fleet.text import Text
from imagery.library import MAX_PAGE, Area, PictureQuery, parse_cursor
from imagery.picture_reader import PictureFile
from portal.caching import etag_of, not_modified
from portal.guard import Viewer
from portal.openapi import binary
from town_office.api.schemas import PictureOut, PicturePageOut
from town_office.office import TownOffice
from town_office.picture_view import picture_out

_FOR_EVER = "private, max-age=31536000, immutable"

PictureName = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,64}$")]
Seconds = Annotated[float | None, Query(ge=-1e12, le=1e12, allow_inf_nan=False, description="Unix seconds")]
Longitude = Annotated[float | None, Query(ge=-180.0, le=180.0, allow_inf_nan=False)]
Latitude = Annotated[float | None, Query(ge=-90.0, le=90.0, allow_inf_nan=False)]


def asked_area(
    west: Longitude = None, south: Latitude = None, east: Longitude = None, north: Latitude = None
) -> Area | None:
    """Return the box that was asked for, if one was; raises InvalidValueError for half a box."""
    if west is None and south is None and east is None and north is None:
        return None
    if west is None or south is None or east is None or north is None:
        raise InvalidValueError(
            Text("範囲は west, south, east, north の 4 つで指定してください", "an area needs all four edges"),
            Text("4 つとも指定してください", "name west, south, east and north"),
        )
    return Area(west_deg=west, south_deg=south, east_deg=east, north_deg=north)


def picture_query(
    area: Annotated[Area | None, Depends(asked_area)],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    since_s: Seconds = None,
    until_s: Seconds = None,
) -> PictureQuery:
    """Return what is asked of the list; raises InvalidValueError for a cursor that is none."""
    if cursor is not None and not parse_cursor(cursor)[1].isprintable():
        raise InvalidValueError(Text("ページの位置が正しくありません", "this is no page cursor"))
    return PictureQuery(cursor=cursor, limit=limit, since_s=since_s, until_s=until_s, area=area)


def picture_router(office: TownOffice) -> APIRouter:
    """Return the routes under `/api/pictures`."""
    router = APIRouter(prefix="/api/pictures", tags=["pictures"])

    @router.get("")
    async def read_pictures(query: Annotated[PictureQuery, Depends(picture_query)], _: Viewer) -> PicturePageOut:
        """Return a page of pictures, newest first; `since_s` and `until_s` bound when they were taken."""
        page = await office.pictures.page(query)
        return PicturePageOut(
            pictures=[picture_out(picture) for picture in page.pictures], next_cursor=page.next_cursor
        )

    @router.get("/{picture_id}")
    async def read_picture(picture_id: PictureName, _: Viewer) -> PictureOut:
        """Return one picture."""
        return picture_out(await office.pictures.picture(picture_id))

    @router.get("/{picture_id}/thumbnail", response_class=Response, responses=binary("image/jpeg"))
    async def read_thumbnail(picture_id: PictureName, request: Request, _: Viewer) -> Response:
        """Return the thumbnail, at most 320 pixels, without metadata."""
        return await _file(await office.pictures.thumbnail(picture_id), request)

    @router.get("/{picture_id}/preview", response_class=Response, responses=binary("image/jpeg", conflict=True))
    async def read_preview(picture_id: PictureName, request: Request, _: Viewer) -> Response:
        """Return the preview, at most 1600 pixels, without metadata, of a picture that is here whole."""
        return await _file(await office.pictures.preview(picture_id), request)

    @router.get(
        "/{picture_id}/original",
        response_class=Response,
        responses=binary("image/jpeg", "image/png", conflict=True),
    )
    async def read_original(picture_id: PictureName, request: Request, _: Viewer) -> Response:
        """Return the original as it was taken, camera's metadata included, as a file to keep."""
        file = await office.pictures.original(picture_id)
        return await _file(file, request, disposition=f'attachment; filename="{file.name}"')

    return router


async def _file(file: PictureFile, request: Request, disposition: str | None = None) -> Response:
    etag = await asyncio.to_thread(etag_of, file.data)
    headers = {"ETag": etag, "Cache-Control": _FOR_EVER, "X-Content-Type-Options": "nosniff"}
    if disposition is not None:
        headers["Content-Disposition"] = disposition
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(file.data, media_type=file.media_type, headers=headers)
