"""Routes of the town's map: the town itself and tiles of its terrain. Tiles are drawn in threads and kept."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from missions.formats.town_map import town_map
from missions.terrain.web_mercator import GREATEST_ZOOM
from portal.guard import Viewer
from portal.schemas import TownOut
from town_office.api.caching import not_modified
from town_office.api.openapi import binary
from town_office.office import TownOffice
from town_office.tile_cache import TileKind

_A_DAY = "private, max-age=86400"

Zoom = Annotated[int, Path(ge=0, le=GREATEST_ZOOM)]
Number = Annotated[int, Path(ge=0, lt=2**GREATEST_ZOOM)]


def map_router(office: TownOffice) -> APIRouter:
    """Return the routes `/api/town` and `/api/tiles`."""
    router = APIRouter(prefix="/api", tags=["map"])
    town = TownOut(**town_map(office.settings.town))

    @router.get("/town")
    def read_town(_: Viewer) -> TownOut:
        """Return the town as the map shows it."""
        return town

    @router.get("/tiles/relief/{z}/{x}/{y}.png", response_class=Response, responses=binary("image/png"))
    def read_relief(z: Zoom, x: Number, y: Number, request: Request, _: Viewer) -> Response:
        """Return shaded relief, 256 × 256, transparent where there is no height."""
        return _tile(office, TileKind.RELIEF, (z, x, y), request, "image/png")

    @router.get(
        "/tiles/contour/{z}/{x}/{y}.mvt",
        response_class=Response,
        responses=binary("application/vnd.mapbox-vector-tile"),
    )
    def read_contours(z: Zoom, x: Number, y: Number, request: Request, _: Viewer) -> Response:
        """Return contour lines as a vector tile (layer `contour`: `ele` in metres, `index`)."""
        return _tile(office, TileKind.CONTOUR, (z, x, y), request, "application/vnd.mapbox-vector-tile")

    return router


def _tile(
    office: TownOffice, kind: TileKind, place: tuple[int, int, int], request: Request, media_type: str
) -> Response:
    drawn = office.tiles.tile(kind, *place)
    headers = {"ETag": drawn.etag, "Cache-Control": _A_DAY}
    if not_modified(request, drawn.etag):
        return Response(status_code=304, headers=headers)
    return Response(drawn.data, media_type=media_type, headers=headers)
