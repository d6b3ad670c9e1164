"""Areas with a flight rule from public data: 人口集中地区 (DID) and airport sites, and the boundary of a municipality.

DID attributes are e-Stat's (KEN, CITY, CITYNAME, CLASS, JINKO) or 国土数値情報's (A16_…); airport sites are C28's.
Airports are taken coarsely, as a circle-like reach round the site: the exact surfaces are in GSI's layer `kokuarea`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from shapely import make_valid, transform
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from fleet.positions import FloatArray, LocalFrame
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.geopackage import Row
from missions.formats.vector_file import read_features
from missions.values.town import AirspaceArea, AirspaceKind

AIRPORT_REACH_M = 6000.0
MAJOR_AIRPORT_REACH_M = 24000.0
# C28_003: 1 run by a company, 2 run by the state; taken as major, which errs on the safe side.
_MAJOR = {"1", "2"}
_DID_SOURCE = "人口集中地区（e-Stat・国土数値情報）を加工 / DID, processed"
_AIRPORT_SOURCE = (
    "空港用地（国土数値情報 C28）から {reach:g} km の目安。正確な範囲は国土地理院 kokuarea / coarse, from airport sites"
)
_USE_POLYGONS = Text("面（ポリゴン）のデータを用意してください", "provide polygons")


def read_boundary_file(path: Path) -> tuple[Polygon | MultiPolygon, str]:
    """Return the area of a municipality, all features joined, and its name (may be empty). Raises BadInputError."""
    rows = read_features(path)
    area = polygons_only(unary_union([make_valid(row.geometry) for row in rows]))
    if area is None:
        raise bad_input(path.name, Text("境界の面がありません", "holds no boundary polygon"), _USE_POLYGONS)
    name = next((text for row in rows for key in ("name", "N03_004", "名称") if (text := row.text(key))), "")
    return area, name


def read_did(path: Path, near: BaseGeometry) -> list[AirspaceArea]:
    """Return the densely inhabited districts that touch `near` (WGS 84). Raises BadInputError."""
    areas = []
    for row in read_features(path):
        area = polygons_only(make_valid(row.geometry))
        if area is None:
            raise _no_polygon(row)
        if not area.intersects(near):
            continue
        code = row.text("A16_002") or row.text("KEN") + row.text("CITY")
        city = row.text("CITYNAME") or row.text("A16_003")
        areas.append(
            AirspaceArea(
                id=f"did-{code}-{row.number}".lower(),
                kind=AirspaceKind.DENSELY_INHABITED,
                name=Text(f"人口集中地区 {city}", f"densely inhabited district {city}"),
                area=area,
                source=_DID_SOURCE,
            )
        )
    return areas


def read_airports(path: Path, near: BaseGeometry) -> list[AirspaceArea]:
    """Return the airports whose reach touches `near` (WGS 84). Raises BadInputError."""
    areas = []
    for row in read_features(path):
        site = polygons_only(make_valid(row.geometry))
        if site is None:
            raise _no_polygon(row)
        reach_m = MAJOR_AIRPORT_REACH_M if row.text("C28_003") in _MAJOR else AIRPORT_REACH_M
        area = grown(site, reach_m)
        if not area.intersects(near):
            continue
        name = row.text("C28_005") or row.text("name") or "空港"
        areas.append(
            AirspaceArea(
                id=f"airport-{row.number}",
                kind=AirspaceKind.AIRPORT,
                name=Text(name, name),
                area=area,
                source=_AIRPORT_SOURCE.format(reach=reach_m / 1000.0),
            )
        )
    return areas


def grown(area: Polygon | MultiPolygon, reach_m: float) -> Polygon | MultiPolygon:
    """Return the area and all within `reach_m` of it."""
    centre = area.centroid
    frame = LocalFrame(lon_deg=centre.x, lat_deg=centre.y)

    def to_metres(degrees: FloatArray) -> FloatArray:
        return _columns(frame.to_local(degrees[:, 0], degrees[:, 1]))

    def to_degrees(metres: FloatArray) -> FloatArray:
        return _columns(frame.to_lon_lat(metres[:, 0], metres[:, 1]))

    wide = transform(transform(area, to_metres).buffer(reach_m, quad_segs=12), to_degrees)
    return wide if isinstance(wide, Polygon | MultiPolygon) else area


def polygons_only(shape: BaseGeometry) -> Polygon | MultiPolygon | None:
    """Return the polygons of a shape that may hold stray points and lines, None where it has none."""
    if isinstance(shape, Polygon | MultiPolygon):
        return None if shape.is_empty else shape
    parts: Sequence[BaseGeometry] = getattr(shape, "geoms", ())
    joined = unary_union([part for part in parts if isinstance(part, Polygon | MultiPolygon)])
    return joined if isinstance(joined, Polygon | MultiPolygon) and not joined.is_empty else None


def _columns(pair: tuple[FloatArray, FloatArray]) -> FloatArray:
    return np.column_stack(pair)


def _no_polygon(row: Row) -> Exception:
    what = Text(f"面ではなく {row.geometry.geom_type} です", f"is a {row.geometry.geom_type}, not a polygon")
    return bad_input(row.file, what, _USE_POLYGONS, row=row.number)
