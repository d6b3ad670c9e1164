"""Routes of pictures: from the aircraft's companion computer in, to the page out."""

import hmac
from collections.abc import AsyncIterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Header, Path, Query, Request, Response, UploadFile

from fleet.errors import UnauthenticatedError
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.api.live_view import picture_out
from ground_station.api.schemas import PictureAcceptedOut, PicturePageOut
from ground_station.api.station_of import Station
from ground_station.flight.vehicles.telemetry import Simulated
from imagery.derivatives import PictureLimits
from imagery.library import MAX_PAGE, PictureQuery
from imagery.picture_reader import PictureFile
from imagery.pictures import PictureContext
from portal.body_limits import FormLimits
from portal.caching import not_modified
from portal.guard import Viewer
from portal.openapi import binary

COMPANION_PATH = "/api/companion/pictures"
_FOR_EVER = "private, max-age=31536000, immutable"
COMPANION_FORM = FormLimits(file_field="file", file_bytes=PictureLimits().max_bytes)
"""A picture as large as the intake takes; every other field is a name or a number."""
_PART_BYTES = 256 * 1024

DeviceKeys = Mapping[str, str]
PictureName = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,64}$")]

router = APIRouter(prefix="/api", tags=["pictures"])


def device(request: Request, authorization: Annotated[str, Header()] = "") -> str:
    """Return the name of the device whose key was sent; raises UnauthenticatedError."""
    del authorization  # named for the description of the interface
    return device_of(request)


def device_of(request: Request) -> str:
    """Return the same from the head of a request alone, before its body is read."""
    authorization = request.headers.get("authorization", "")
    keys: DeviceKeys = request.app.state.device_keys
    given = authorization.removeprefix("Bearer ").strip().encode()
    for name, key in keys.items():
        if hmac.compare_digest(given, key.encode()):
            return name
    raise UnauthenticatedError(
        Text("この機器の鍵は登録されていません", "this device's key is not known"),
        Text("局で発行した鍵を機器に設定してください", "set the key that the station issued on the device"),
    )


@router.post("/companion/pictures", status_code=201)
async def take_picture(
    file: Annotated[UploadFile, File()],
    station: Station,
    name: Annotated[str, Depends(device)],
    vehicle_id: Annotated[str, Form(max_length=64)],
    image_index: Annotated[int | None, Form(ge=0)] = None,
    captured_at: Annotated[float | None, Form(ge=0, le=1e11)] = None,
) -> PictureAcceptedOut:
    """Take in a picture of an aircraft's camera; 201 once it is safe on disk, and the same file twice is one."""
    known = VehicleId(vehicle_id) in station.mirror.vehicle_ids
    context = PictureContext(
        who=name,
        vehicle_id=VehicleId(vehicle_id) if known else None,
        image_index=image_index,
        captured_at_s=captured_at,
        simulated=known and station.mirror.state(VehicleId(vehicle_id)).simulated is Simulated.YES,
    )
    picture = await station.take_picture(_parts(file), context)
    return PictureAcceptedOut(picture_id=picture.id, sha256=picture.sha256)


async def _parts(file: UploadFile) -> AsyncIterator[bytes]:
    while part := await file.read(_PART_BYTES):
        yield part


@router.get("/pictures")
async def read_pictures(
    station: Station,
    _: Viewer,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
) -> PicturePageOut:
    """Return a page of this station's pictures, newest first."""
    page = await station.pictures.reader.page(PictureQuery(cursor=cursor, limit=limit))
    return PicturePageOut(pictures=[picture_out(one) for one in page.pictures], next_cursor=page.next_cursor)


@router.get("/pictures/{picture_id}/thumbnail", response_class=Response, responses=binary("image/jpeg"))
async def read_thumbnail(picture_id: PictureName, station: Station, request: Request, _: Viewer) -> Response:
    """Return the small copy."""
    return _file(await station.pictures.reader.thumbnail(picture_id), request)


@router.get("/pictures/{picture_id}/preview", response_class=Response, responses=binary("image/jpeg"))
async def read_preview(picture_id: PictureName, station: Station, request: Request, _: Viewer) -> Response:
    """Return the copy for a screen, without the camera's metadata."""
    return _file(await station.pictures.reader.preview(picture_id), request)


@router.get("/pictures/{picture_id}/original", response_class=Response, responses=binary("image/jpeg", "image/png"))
async def read_original(picture_id: PictureName, station: Station, request: Request, _: Viewer) -> Response:
    """Return the file as it was taken in."""
    return _file(await station.pictures.reader.original(picture_id), request, attachment=True)


def _file(file: PictureFile, request: Request, *, attachment: bool = False) -> Response:
    etag = f'"{file.name}"'
    headers = {"ETag": etag, "Cache-Control": _FOR_EVER}
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    if attachment:
        headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return Response(file.data, media_type=file.media_type, headers=headers)
