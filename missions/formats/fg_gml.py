"""基盤地図情報 数値標高モデル (FG-GML DEM): XML, 5 m or 10 m, JGD2011 degrees, rows from the north-west eastward.

`lowerCorner` and `upperCorner` are "lat lon"; `high` is "columns−1 rows−1"; tuples are `種別,標高`, −9999 no data.
The list begins at `startPoint` ("column row") and may end early: what is not listed is unknown.
"""

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from affine import Affine
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pyproj import CRS

from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.terrain.raster import Raster
from missions.terrain.resampling import Float32Array

_LARGEST_BYTES = 64_000_000
_MOST_POINTS = 4_000_000
_NO_DATA = -9999.0
_NO_DATA_KIND = "データなし"
_CURE = Text(
    "基盤地図情報ダウンロードサービスの「数値標高モデル」の XML を用意してください",
    "provide an XML file of the elevation model (数値標高モデル) of GSI's base map download",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FgDem:
    """One mesh: heights (rows, columns), row 0 in the north, NaN unknown; bounds are west, south, east, north."""

    mesh: str
    kind: str
    heights_m: Float32Array
    bounds_deg: tuple[float, float, float, float]

    def raster(self, name: str) -> Raster:
        """Return it with its place on the earth. Raises BadInputError where the file gives none."""
        west, south, east, north = self.bounds_deg
        if not (
            east > west and north > south and max(abs(west), abs(east)) <= 180.0 and max(abs(south), abs(north)) <= 90.0
        ):
            what = Text("範囲（lowerCorner・upperCorner）が空です", "covers no area (lowerCorner, upperCorner)")
            raise bad_input(name, what, _CURE)
        rows, columns = self.heights_m.shape
        transform = Affine((east - west) / columns, 0.0, west, 0.0, -(north - south) / rows, north)
        return Raster(heights_m=self.heights_m, transform=transform, crs=CRS.from_epsg(6668))


def parse_fg_gml(data: bytes, name: str) -> FgDem:
    """Return the mesh of one XML file. Raises BadInputError."""
    if len(data) > _LARGEST_BYTES:
        raise bad_input(name, Text("大きすぎます（64 MB まで）", "is too large (at most 64 MB)"), _CURE)
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise bad_input(
            name, Text(f"XML として読めません（{error}）", f"is not readable XML ({error})"), _CURE
        ) from error
    columns, rows = (number + 1 for number in _whole_pair(root, "high", name))
    if columns < 2 or rows < 2 or columns * rows > _MOST_POINTS:
        what = Text(f"格子の大きさ {columns}×{rows} は使えません", f"a grid of {columns} × {rows} cannot be used")
        raise bad_input(name, what, _CURE)
    order = _first(root, "sequenceRule", name).get("order", "+x-y")
    if order != "+x-y":
        what = Text(f"並び順 {order} は読めません（+x-y だけ）", f"the order {order} is not read (only +x-y)")
        raise bad_input(name, what, _CURE)
    south, west = _pair(root, "lowerCorner", name)
    north, east = _pair(root, "upperCorner", name)
    return FgDem(
        mesh=_text(root, "mesh"),
        kind=_text(root, "type"),
        heights_m=_heights(root, (rows, columns), name),
        bounds_deg=(west, south, east, north),
    )


def read_fg_gml(data: bytes, name: str) -> Raster:
    """Return the heights of one XML file in their place. Raises BadInputError."""
    return parse_fg_gml(data, name).raster(name)


def _heights(root: Element, shape: tuple[int, int], name: str) -> Float32Array:
    column, row = _whole_pair(root, "startPoint", name)
    start = row * shape[1] + column
    if not (0 <= column < shape[1] and 0 <= row < shape[0]):
        what = Text(f"startPoint {column} {row} が格子の外です", f"startPoint {column} {row} is outside the grid")
        raise bad_input(name, what, _CURE)
    lines = (_first(root, "tupleList", name).text or "").split()
    if start + len(lines) > shape[0] * shape[1]:
        what = Text("標高の数が格子より多くあります", "lists more heights than the grid has")
        raise bad_input(name, what, _CURE)
    heights_m = np.full(shape[0] * shape[1], np.nan, dtype=np.float32)
    for number, line in enumerate(lines):
        kind, _, text = line.rpartition(",")
        try:
            height_m = float(text)
        except ValueError as error:
            what = Text(
                f"標高の {number + 1} 番目「{line[:40]}」が読めません",
                f"height {number + 1}, {line[:40]!r}, is unreadable",
            )
            raise bad_input(name, what, _CURE) from error
        if kind != _NO_DATA_KIND and height_m > _NO_DATA and math.isfinite(height_m) and height_m < -_NO_DATA:
            heights_m[start + number] = height_m
    return heights_m.reshape(shape)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _first(root: Element, tag: str, name: str) -> Element:
    found = next((element for element in root.iter() if _local(element) == tag), None)
    if found is None:
        raise bad_input(name, Text(f"{tag} がありません", f"has no {tag}"), _CURE)
    return found


def _text(root: Element, tag: str) -> str:
    found = next((element for element in root.iter() if _local(element) == tag), None)
    return (found.text or "").strip() if found is not None else ""


def _pair(root: Element, tag: str, name: str) -> tuple[float, float]:
    text = _first(root, tag, name).text or ""
    try:
        first, second = (float(part) for part in text.split())
    except ValueError as error:
        what = Text(f"{tag}「{text.strip()[:40]}」が読めません", f"{tag} {text.strip()[:40]!r} is unreadable")
        raise bad_input(name, what, _CURE) from error
    return first, second


def _whole_pair(root: Element, tag: str, name: str) -> tuple[int, int]:
    first, second = _pair(root, tag, name)
    if not (first.is_integer() and second.is_integer() and max(abs(first), abs(second)) < _MOST_POINTS):
        raise bad_input(name, Text(f"{tag} は整数二つです", f"{tag} must be two whole numbers"), _CURE)
    return int(first), int(second)
