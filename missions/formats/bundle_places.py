"""The places of a town bundle: `places.gpkg`, one layer a kind.

Columns: id, name_ja, name_en, ground_amsl_m (empty: read from the terrain), detail (JSON object of texts).
"""

import json
import math
from pathlib import Path

from shapely.geometry import Point

from fleet.errors import InvalidValueError
from fleet.ids import SiteId, check_name
from fleet.positions import LonLat
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.geopackage import Layer, Row, read_layer, write_layers
from missions.terrain.grid import Terrain
from missions.values.town import Place, PlaceKind

FILE = "places.gpkg"
LAYERS = {
    PlaceKind.DEPOT: "depots",
    PlaceKind.STATION: "stations",
    PlaceKind.LANDING_SITE: "landing_sites",
    PlaceKind.SHELTER: "shelters",
    PlaceKind.SETTLEMENT: "settlements",
}


def write_places(folder: Path, places: tuple[Place, ...]) -> None:
    """Write `places.gpkg`."""
    layers = []
    for kind, name in LAYERS.items():
        rows = [place for place in places if place.kind is kind]
        layers.append(
            Layer(
                name=name,
                geometry_type="Point",
                geometry=[Point(place.at.lon_deg, place.at.lat_deg) for place in rows],
                columns={
                    "id": [place.id for place in rows],
                    "name_ja": [place.name.ja for place in rows],
                    "name_en": [place.name.en for place in rows],
                    "ground_amsl_m": [place.ground_amsl_m for place in rows],
                    "detail": [json.dumps(dict(place.detail), ensure_ascii=False) for place in rows],
                },
            )
        )
    write_layers(folder / FILE, layers)


def read_places(folder: Path, terrain: Terrain) -> tuple[Place, ...]:
    """Return all places, layer by layer. Raises BadInputError."""
    places: list[Place] = []
    seen: dict[str, str] = {}
    for kind, layer in LAYERS.items():
        for row in read_layer(folder / FILE, layer):
            place = _place(row, kind, terrain)
            if place.id in seen:
                what = Text(
                    f"id「{place.id}」は {seen[place.id]} 層にもあります",
                    f"the id {place.id!r} is also in layer {seen[place.id]}",
                )
                cure = Text("別の id にしてください", "give it another id")
                raise bad_input(row.file, what, cure, layer=row.layer, row=row.number)
            seen[place.id] = layer
            places.append(place)
    return tuple(places)


def _place(row: Row, kind: PlaceKind, terrain: Terrain) -> Place:
    if not isinstance(row.geometry, Point):
        what = Text(f"点ではなく {row.geometry.geom_type} です", f"is a {row.geometry.geom_type}, not a point")
        raise bad_input(row.file, what, Text("点にしてください", "make it a point"), layer=row.layer, row=row.number)
    try:
        at = LonLat(lon_deg=row.geometry.x, lat_deg=row.geometry.y)
        place_id = SiteId(check_name(row.text("id", needed=True)))
    except InvalidValueError as error:
        cure = error.cure or Text("値を直してください", "mend the value")
        raise bad_input(row.file, error.what, cure, layer=row.layer, row=row.number) from error
    name_ja = row.text("name_ja", needed=True)
    return Place(
        id=place_id,
        kind=kind,
        name=Text(name_ja, row.text("name_en") or name_ja),
        at=at,
        ground_amsl_m=_ground_m(row, at, terrain),
        detail=_detail(row),
    )


def _ground_m(row: Row, at: LonLat, terrain: Terrain) -> float:
    given = row.number_of("ground_amsl_m")
    if given is not None and math.isfinite(given):
        return given
    ground_m = terrain.elevation_of(at)
    if math.isnan(ground_m):
        what = Text(
            f"標高データの外にあります（{at.lat_deg:.5f}, {at.lon_deg:.5f}）",
            f"lies outside the elevation data ({at.lat_deg:.5f}, {at.lon_deg:.5f})",
        )
        cure = Text(
            "位置を直すか、ground_amsl_m に標高を入れてください", "mend the place, or enter its height as ground_amsl_m"
        )
        raise bad_input(row.file, what, cure, layer=row.layer, row=row.number)
    return ground_m


def _detail(row: Row) -> dict[str, str]:
    text = row.text("detail")
    if not text:
        return {}
    try:
        detail = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        detail = None
    if not isinstance(detail, dict):
        what = Text("列 detail が JSON のオブジェクトではありません", "the column detail is not a JSON object")
        cure = Text(
            '{"slope_deg": "2.0"} の形にするか空にしてください', 'write it like {"slope_deg": "2.0"}, or leave it empty'
        )
        raise bad_input(row.file, what, cure, layer=row.layer, row=row.number)
    return {str(key): str(value) for key, value in detail.items()}
