"""The map of a town bundle: `map.gpkg` with the layers boundary (one polygon), rivers and roads (lines).

Columns of the lines: name_ja, name_en.
"""

from pathlib import Path

from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon

from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.bundle_airspace import polygon_of
from missions.formats.geopackage import Layer, Row, read_layer, write_layers
from missions.values.town import MapLine

FILE = "map.gpkg"
LINE_LAYERS = {"river": "rivers", "road": "roads"}


def write_map(folder: Path, boundary: Polygon | MultiPolygon, lines: tuple[MapLine, ...]) -> None:
    """Write `map.gpkg`. Raises BadInputError for a line that is neither river nor road."""
    unknown = sorted({line.kind for line in lines} - LINE_LAYERS.keys())
    if unknown:
        what = Text(f"線の種類「{unknown[0]}」は知りません", f"lines of kind {unknown[0]!r} are not known")
        raise bad_input(FILE, what, Text("river か road にしてください", "use river or road"))
    layers = [Layer(name="boundary", geometry_type="Unknown", geometry=[boundary], columns={"name_ja": [""]})]
    for kind, name in LINE_LAYERS.items():
        rows = [line for line in lines if line.kind == kind]
        layers.append(
            Layer(
                name=name,
                geometry_type="LineString",
                geometry=[line.line for line in rows],
                columns={
                    "name_ja": [line.name.ja for line in rows],
                    "name_en": [line.name.en for line in rows],
                },
            )
        )
    write_layers(folder / FILE, layers)


def read_boundary(folder: Path) -> Polygon | MultiPolygon:
    """Return the town's boundary. Raises BadInputError."""
    rows = read_layer(folder / FILE, "boundary")
    if len(rows) != 1:
        what = Text(f"境界の面が {len(rows)} 個あります", f"there are {len(rows)} boundaries")
        cure = Text(
            "町の境界を一つの面（マルチポリゴン可）にしてください", "make the town's boundary one (multi)polygon"
        )
        raise bad_input(FILE, what, cure, layer="boundary")
    return polygon_of(rows[0])


def read_lines(folder: Path) -> tuple[MapLine, ...]:
    """Return rivers and roads; a multi-line becomes several. Raises BadInputError."""
    return tuple(
        line
        for kind, layer in LINE_LAYERS.items()
        for row in read_layer(folder / FILE, layer)
        for line in _lines(row, kind)
    )


def _lines(row: Row, kind: str) -> list[MapLine]:
    shape = row.geometry
    if isinstance(shape, LineString):
        parts = [shape]
    elif isinstance(shape, MultiLineString):
        parts = list(shape.geoms)
    else:
        what = Text(f"線ではなく {shape.geom_type} です", f"is a {shape.geom_type}, not a line")
        raise bad_input(row.file, what, Text("線にしてください", "make it a line"), layer=row.layer, row=row.number)
    name_ja = row.text("name_ja")
    name = Text(name_ja, row.text("name_en") or name_ja)
    return [MapLine(kind=kind, name=name, line=part) for part in parts]
