"""Features of a GeoJSON, shapefile or GeoPackage from outside, as rows in WGS 84."""

from pathlib import Path

import geopandas
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import ShapelyError

from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.geopackage import Row, rows_of

_LARGEST_BYTES = 256_000_000


def read_features(path: Path) -> list[Row]:
    """Return the features of the first layer of a file that have a geometry. Raises BadInputError."""
    if not path.is_file():
        raise bad_input(
            path.name,
            Text("ファイルがありません", "the file is missing"),
            Text("場所を確かめてください", "check its path"),
        )
    if path.stat().st_size > _LARGEST_BYTES:
        cure = Text("町のまわりだけを切り出してください", "cut out the surroundings of the town")
        raise bad_input(path.name, Text("大きすぎます（256 MB まで）", "is too large (at most 256 MB)"), cure)
    try:
        frame = geopandas.read_file(path, engine="pyogrio", on_invalid="ignore")
    except (DataSourceError, DataLayerError, ShapelyError, OSError, ValueError) as error:
        what = Text("地図データとして読めません", f"cannot be read as map data ({error})")
        cure = Text(
            "GeoJSON・シェープファイル・GeoPackage のどれかにしてください", "use GeoJSON, a shapefile or a GeoPackage"
        )
        raise bad_input(path.name, what, cure) from error
    return rows_of(frame, path.name, path.stem, skip_empty=True)
