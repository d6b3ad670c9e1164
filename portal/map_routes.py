"""Routes of the town's map, the same in both services: the town itself and tiles of its terrain."""

from collections.abc import Callable
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Path, Request, Response

from portal.caching import not_modified
from portal.guard import Viewer
from portal.openapi import binary
from portal.schemas import TownOut

GREATEST_ZOOM = 22
_A_DAY = "private, max-age=86400"

Zoom = Annotated[int, Path(ge=0, le=GREATEST_ZOOM)]
Number = Annotated[int, Path(ge=0, lt=2**GREATEST_ZOOM)]
Kind = Literal["relief", "contour"]


class Tile(Protocol):
    """A drawn tile."""

    @property
    def data(self) -> bytes:
        """Return its bytes."""
        ...

    @property
    def etag(self) -> str:
        """Return the tag by which a browser knows that it has it already."""
        ...


DrawTile = Callable[[Kind, int, int, int], Tile]


def map_router(town: TownOut, draw: DrawTile) -> APIRouter:
    """Return the routes `/api/town` and `/api/tiles`; `draw` blocks and is called in threads."""
    router = APIRouter(prefix="/api", tags=["map"])

    @router.get("/town")
    def read_town(_: Viewer) -> TownOut:
        """Return the town as the map shows it."""
        return town

    @router.get("/tiles/relief/{z}/{x}/{y}.png", response_class=Response, responses=binary("image/png"))
    def read_relief(z: Zoom, x: Number, y: Number, request: Request, _: Viewer) -> Response:
        """Return shaded relief, 256 × 256, transparent where there is no height."""
        return _answer(draw("relief", z, x, y), request, "image/png")

    @router.get(
        "/tiles/contour/{z}/{x}/{y}.mvt",
        response_class=Response,
        responses=binary("application/vnd.mapbox-vector-tile"),
    )
    def read_contours(z: Zoom, x: Number, y: Number, request: Request, _: Viewer) -> Response:
        """Return contour lines as a vector tile (layer `contour`: `ele` in metres, `index`)."""
        return _answer(draw("contour", z, x, y), request, "application/vnd.mapbox-vector-tile")

    return router


def _answer(tile: Tile, request: Request, media_type: str) -> Response:
    headers = {"ETag": tile.etag, "Cache-Control": _A_DAY}
    if not_modified(request, tile.etag):
        return Response(status_code=304, headers=headers)
    return Response(tile.data, media_type=media_type, headers=headers)
