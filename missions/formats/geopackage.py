"""Layers of GeoPackage files, through geopandas. Geometry comes and goes as WGS 84 lon, lat."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from fleet.text import Text
from missions.formats.bad_input import bad_input

WGS84 = "EPSG:4326"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One feature: where it stands in which file, its geometry and its columns as read."""

    file: str
    layer: str
    number: int
    geometry: BaseGeometry
    columns: dict[str, object]

    def text(self, column: str, *, needed: bool = False) -> str:
        """Return a column as text, empty where it has none. Raises BadInputError where `needed` and empty."""
        value = self.columns.get(column)
        text = "" if value is None or value is pd.NA or value != value else str(value).strip()  # noqa: PLR0124 - NaN
        if needed and not text:
            what = Text(f"列 {column} が空です", f"the column {column} is empty")
            raise bad_input(
                self.file,
                what,
                Text(f"{column} を入力してください", f"fill in {column}"),
                layer=self.layer,
                row=self.number,
            )
        return text

    def number_of(self, column: str) -> float | None:
        """Return a column as a number, None where it has none. Raises BadInputError for what is no number."""
        text = self.text(column)
        if not text:
            return None
        try:
            return float(text)
        except ValueError as error:
            what = Text(f"列 {column} の値「{text}」は数ではありません", f"{text!r} in column {column} is not a number")
            cure = Text("数を入力するか空にしてください", "enter a number or leave it empty")
            raise bad_input(self.file, what, cure, layer=self.layer, row=self.number) from error


def read_layer(path: Path, layer: str) -> list[Row]:
    """Return the features of one layer in WGS 84. Raises BadInputError for a file, layer, projection or geometry."""
    if not path.is_file():
        cure = Text("町のフォルダを確かめるか作り直してください", "check the town's folder, or make it anew")
        raise bad_input(path.name, Text("ファイルがありません", "the file is missing"), cure)
    try:
        frame = geopandas.read_file(path, layer=layer, engine="pyogrio")
    except DataLayerError as error:
        names = ", ".join(str(name) for name, _ in pyogrio.list_layers(path))
        what = Text(
            f"{layer} という層がありません（ある層: {names}）", f"there is no layer {layer} (there is: {names})"
        )
        cure = Text(
            f"層の名前を {layer} に直すか、空の層を作ってください", f"name the layer {layer}, or add an empty one"
        )
        raise bad_input(path.name, what, cure) from error
    except (DataSourceError, ShapelyError, OSError, ValueError) as error:
        what = Text("GeoPackage として読めません", f"cannot be read as a GeoPackage ({error})")
        cure = Text(
            "QGIS などで GeoPackage として保存し直してください", "save it anew as a GeoPackage, with QGIS for one"
        )
        raise bad_input(path.name, what, cure, layer=layer) from error
    return rows_of(frame, path.name, layer)


def rows_of(frame: Any, file: str, layer: str, *, skip_empty: bool = False) -> list[Row]:
    """Return the rows of a geopandas frame, moved to WGS 84; rows without geometry are an error or left out.

    Raises BadInputError.
    """
    if not isinstance(frame, geopandas.GeoDataFrame):
        what = Text("位置（ジオメトリ）の列がありません", "has no geometry column")
        raise bad_input(file, what, Text("点・線・面のある層にしてください", "use a layer with geometry"), layer=layer)
    if frame.crs is None:
        if len(frame) == 0:
            return []
        what = Text("座標系がありません", "has no coordinate system")
        raise bad_input(file, what, Text("EPSG:4326 を指定して保存してください", "save it with EPSG:4326"), layer=layer)
    if frame.crs != WGS84:
        try:
            frame = frame.to_crs(WGS84)
        except ProjError as error:
            what = Text("座標系を緯度経度に直せません", f"cannot be brought to latitude and longitude ({error})")
            raise bad_input(
                file, what, Text("EPSG:4326 で保存してください", "save it in EPSG:4326"), layer=layer
            ) from error
    names = [str(column) for column in frame.columns if column != frame.geometry.name]
    rows = []
    for number, (geometry, values) in enumerate(
        zip(frame.geometry, frame[names].itertuples(index=False, name=None), strict=True), start=1
    ):
        if geometry is None or geometry.is_empty:
            if skip_empty:
                continue
            what = Text("位置（ジオメトリ）が空です", "has no geometry")
            cure = Text("地図上に描くか、この行を消してください", "draw it on the map, or delete the row")
            raise bad_input(file, what, cure, layer=layer, row=number)
        rows.append(
            Row(file=file, layer=layer, number=number, geometry=geometry, columns=dict(zip(names, values, strict=True)))
        )
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer to write: `columns` maps a name to one value a geometry. `geometry_type` holds where it is empty."""

    name: str
    geometry_type: str
    geometry: Sequence[BaseGeometry]
    columns: dict[str, list[object]]


def write_layers(path: Path, layers: Sequence[Layer]) -> None:
    """Write a GeoPackage with these layers, in WGS 84, in place of what was there."""
    path.unlink(missing_ok=True)
    for number, layer in enumerate(layers):
        frame = geopandas.GeoDataFrame(layer.columns, geometry=list(layer.geometry), crs=WGS84)
        pyogrio.write_dataframe(
            frame, path, layer=layer.name, driver="GPKG", geometry_type=layer.geometry_type, append=number > 0
        )
