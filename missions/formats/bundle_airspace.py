"""The airspace of a town bundle: `airspace.gpkg`, one layer a kind. Columns: id, name_ja, name_en, source."""

from pathlib import Path

from shapely import is_valid_reason
from shapely.geometry import MultiPolygon, Polygon

from fleet.errors import InvalidValueError
from fleet.ids import check_name
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.geopackage import Layer, Row, read_layer, write_layers
from missions.values.town import AirspaceArea, AirspaceKind

FILE = "airspace.gpkg"


def write_airspace(folder: Path, areas: tuple[AirspaceArea, ...]) -> None:
    """Write `airspace.gpkg`."""
    layers = []
    for kind in AirspaceKind:
        rows = [area for area in areas if area.kind is kind]
        layers.append(
            Layer(
                name=kind.value,
                geometry_type="Unknown",
                geometry=[area.area for area in rows],
                columns={
                    "id": [area.id for area in rows],
                    "name_ja": [area.name.ja for area in rows],
                    "name_en": [area.name.en for area in rows],
                    "source": [area.source for area in rows],
                },
            )
        )
    write_layers(folder / FILE, layers)


def read_airspace(folder: Path) -> tuple[AirspaceArea, ...]:
    """Return all areas, layer by layer. Raises BadInputError."""
    areas: list[AirspaceArea] = []
    seen: set[str] = set()
    for kind in AirspaceKind:
        for row in read_layer(folder / FILE, kind.value):
            area = _area(row, kind)
            if area.id in seen:
                what = Text(f"id「{area.id}」が二つあります", f"the id {area.id!r} occurs twice")
                cure = Text("別の id にしてください", "give it another id")
                raise bad_input(row.file, what, cure, layer=row.layer, row=row.number)
            seen.add(area.id)
            areas.append(area)
    return tuple(areas)


def polygon_of(row: Row) -> Polygon | MultiPolygon:
    """Return the row's polygon. Raises BadInputError where it is none, or crosses itself."""
    shape = row.geometry
    if not isinstance(shape, Polygon | MultiPolygon):
        what = Text(f"面ではなく {shape.geom_type} です", f"is a {shape.geom_type}, not a polygon")
        raise bad_input(row.file, what, Text("面にしてください", "make it a polygon"), layer=row.layer, row=row.number)
    if not shape.is_valid:
        reason = is_valid_reason(shape)
        what = Text(f"面の形が壊れています（{reason}）", f"the polygon is not valid ({reason})")
        cure = Text("QGIS の「ジオメトリを修復」で直してください", "mend it with QGIS, 'Fix geometries'")
        raise bad_input(row.file, what, cure, layer=row.layer, row=row.number)
    return shape


def _area(row: Row, kind: AirspaceKind) -> AirspaceArea:
    try:
        area_id = check_name(row.text("id", needed=True))
    except InvalidValueError as error:
        cure = error.cure or Text("値を直してください", "mend the value")
        raise bad_input(row.file, error.what, cure, layer=row.layer, row=row.number) from error
    name_ja = row.text("name_ja", needed=True)
    return AirspaceArea(
        id=area_id,
        kind=kind,
        name=Text(name_ja, row.text("name_en") or name_ja),
        area=polygon_of(row),
        source=row.text("source", needed=True),
    )
