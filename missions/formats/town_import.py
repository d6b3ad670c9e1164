"""A real town from public data: boundary, evacuation sites, densely inhabited districts, airports and elevation.

Every evacuation site becomes a shelter and, beside it, a landing site that nobody has surveyed yet; one of them becomes
the depot. The result is a start to be corrected by people who know the ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from shapely import prepare
from shapely.geometry import MultiPolygon, Point, Polygon

from fleet.errors import BadInputError, InvalidValueError
from fleet.ids import SiteId, StationId, TownId, check_name
from fleet.positions import LonLat, distance_m
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.demo_aircraft import demo_aircraft
from missions.formats.did import grown, read_airports, read_boundary_file, read_did
from missions.formats.gsi_evacuation_csv import EvacuationPlace, read_evacuation_csv
from missions.formats.import_terrain import TerrainWish, import_terrain
from missions.terrain.grid import Terrain
from missions.terrain.local_grid import LocalGrid, grid_over
from missions.terrain.slope import slope_deg
from missions.values.rules import FlightRules
from missions.values.town import AirspaceArea, AirspaceKind, Place, PlaceKind, Town

_MARGIN_M = 1000.0
_AIRSPACE_MARGIN_M = 3000.0
_CREDITS = {
    "boundary": "「国土数値情報（行政区域データ）」（国土交通省）を加工",
    "evacuation": "出典：国土地理院 指定緊急避難場所データを加工",
    "did": "令和2年国勢調査 人口集中地区（e-Stat）を加工",
    "airports": "「国土数値情報（空港データ）」（国土交通省）を加工",
    "dem": "出典：国土地理院（標高タイル・基盤地図情報）ほか、標高ファイルによる",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSources:
    """Files of public data. `dem` takes files and folders; `synthetic_terrain` fills what they leave open."""

    boundary: Path
    evacuation_csv: tuple[Path, ...] = ()
    did: tuple[Path, ...] = ()
    airports: tuple[Path, ...] = ()
    dem: tuple[Path, ...] = ()
    synthetic_terrain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWishes:
    """What the data does not say. `depot` is an evacuation site's name or id, or "lat,lon"; none: the most central."""

    code: str
    name: Text | None = None
    depot: str | None = None
    cell_m: float = 10.0
    seed: int = 1


def import_town(sources: ImportSources, wishes: ImportWishes) -> Town:
    """Return the town. Raises BadInputError naming file and row, with the cure."""
    town_id = _town_id(wishes.code)
    boundary, given_name = read_boundary_file(sources.boundary)
    grid = _grid(boundary, wishes.cell_m)
    wish = TerrainWish(files=sources.dem, fill_synthetic=sources.synthetic_terrain, seed=wishes.seed)
    evacuation = _inside(_evacuation(sources.evacuation_csv), grown(boundary, _MARGIN_M))
    depot = _depot(evacuation, wishes.depot)
    pads = [depot.at, *(place.at for place in evacuation)]
    terrain = import_terrain(wish, grid, boundary, pads)
    return Town(
        id=town_id,
        name=wishes.name or Text(given_name or wishes.code, given_name or wishes.code),
        code=wishes.code,
        boundary=boundary,
        rules=FlightRules(),
        places=_places(evacuation, depot, terrain),
        airspace=_airspace(sources, boundary),
        lines=(),
        aircraft=demo_aircraft(SiteId("depot")),
        terrain=terrain,
        station_id=StationId("station-1"),
        credits=_credits(sources),
        airspace_checked=_airspace_checked(sources),
    )


def _town_id(code: str) -> TownId:
    try:
        return TownId(check_name(f"town-{code.lower()}"))
    except InvalidValueError as error:
        cure = Text("市区町村コード（例: 34545）を指定してください", "give the municipality's code, such as 34545")
        raise BadInputError(
            Text(f"町のコード「{code}」は使えません", f"the code {code!r} cannot be used"), cure
        ) from error


def _grid(boundary: Polygon | MultiPolygon, cell_m: float) -> LocalGrid:
    try:
        return grid_over(grown(boundary, _MARGIN_M).bounds, cell_m)
    except InvalidValueError as error:
        raise BadInputError(error.what, error.cure) from error


def _evacuation(files: Sequence[Path]) -> list[EvacuationPlace]:
    places: dict[str, EvacuationPlace] = {}
    for path in files:
        if not path.is_file():
            cure = Text("場所を確かめてください", "check its path")
            raise bad_input(path.name, Text("ファイルがありません", "the file is missing"), cure)
        for place in read_evacuation_csv(path.read_bytes(), path.name):
            places.setdefault(place.id, place)
    return list(places.values())


def _inside(places: Sequence[EvacuationPlace], area: Polygon | MultiPolygon) -> list[EvacuationPlace]:
    """Return the places of the town; a file may hold the whole prefecture."""
    prepare(area)
    return [place for place in places if area.contains(Point(place.at.lon_deg, place.at.lat_deg))]


def _depot(places: Sequence[EvacuationPlace], wish: str | None) -> EvacuationPlace:
    """Return the place that becomes the depot."""
    if wish is None:
        if not places:
            raise BadInputError(
                Text("拠点にできる場所がありません", "there is no place that could be the depot"),
                Text("--depot に「緯度,経度」を指定してください", 'give --depot as "lat,lon"'),
            )
        return min(places, key=lambda place: sum(distance_m(place.at, other.at) for other in places))
    named = [place for place in places if wish in (place.id, place.id.lower(), place.name)]
    if named:
        return named[0]
    try:
        lat_deg, lon_deg = (float(part) for part in wish.split(","))
        at = LonLat(lon_deg=lon_deg, lat_deg=lat_deg)
    except (ValueError, InvalidValueError) as error:
        known = "、".join(place.name for place in places[:8])
        raise BadInputError(
            Text(f"拠点「{wish}」が見つかりません", f"the depot {wish!r} was not found"),
            Text(
                f"避難場所の名前か「緯度,経度」にしてください（例: {known}）",
                f'use the name of a site or "lat,lon" (sites: {known})',
            ),
        ) from error
    return EvacuationPlace(id="", name="拠点", address="", at=at, hazards=(), is_shelter=False, note="")


def _places(evacuation: Sequence[EvacuationPlace], depot: EvacuationPlace, terrain: Terrain) -> tuple[Place, ...]:
    """Return depot, station, landing sites and shelters."""
    places = [
        _place(PlaceKind.DEPOT, "depot", f"{depot.name}（拠点）" if depot.id else depot.name, depot, terrain),
        _place(PlaceKind.STATION, "station-1", f"{depot.name} 地上局", depot, terrain),
    ]
    places += [
        _place(PlaceKind.LANDING_SITE, f"site-{place.id.lower()}", place.name, place, terrain)
        for place in evacuation
        if place.id != depot.id
    ]
    places += [
        _place(PlaceKind.SHELTER, f"shelter-{place.id.lower()}", place.name, place, terrain) for place in evacuation
    ]
    return tuple(places)


def _place(kind: PlaceKind, place_id: str, name: str, source: EvacuationPlace, terrain: Terrain) -> Place:
    ground_m = terrain.elevation_of(source.at)
    if not np.isfinite(ground_m):
        raise BadInputError(
            Text(f"「{name}」の標高データがありません", f"there is no elevation at {name!r}"),
            Text(
                "標高ファイルを足すか、訓練用なら --terrain synthetic を付けてください",
                "add elevation files or, for drills only, --terrain synthetic",
            ),
        )
    try:
        site_id = SiteId(check_name(place_id))
    except InvalidValueError as error:
        raise BadInputError(error.what, error.cure) from error
    return Place(
        id=site_id,
        kind=kind,
        name=Text(name, name),
        at=source.at,
        ground_amsl_m=round(ground_m, 2),
        detail=_detail(kind, source, terrain),
    )


def _detail(kind: PlaceKind, source: EvacuationPlace, terrain: Terrain) -> dict[str, str]:
    detail = {"address": source.address} if source.address else {}
    if kind is PlaceKind.SHELTER:
        detail |= {"hazards": "、".join(source.hazards), "stay": "yes" if source.is_shelter else "no"}
    if kind in (PlaceKind.LANDING_SITE, PlaceKind.DEPOT):
        detail |= {"slope_deg": f"{slope_deg(terrain, source.at):.1f}", "survey": "未調査 / not surveyed"}
    if source.note:
        detail["note"] = source.note
    return detail


def _airspace(sources: ImportSources, boundary: Polygon | MultiPolygon) -> tuple[AirspaceArea, ...]:
    near = grown(boundary, _AIRSPACE_MARGIN_M)
    areas = [area for path in sources.did for area in read_did(path, near)]
    areas += [area for path in sources.airports for area in read_airports(path, near)]
    return tuple(replace(area, id=f"{area.kind.value}-{number}") for number, area in enumerate(areas, start=1))


def _airspace_checked(sources: ImportSources) -> tuple[AirspaceKind, ...]:
    """Return the kinds that the given files tell of; no public data tells of the town's own no-fly areas."""
    given = {AirspaceKind.DENSELY_INHABITED: bool(sources.did), AirspaceKind.AIRPORT: bool(sources.airports)}
    return tuple(kind for kind, is_given in given.items() if is_given)


def _credits(sources: ImportSources) -> tuple[str, ...]:
    used = {
        "boundary": True,
        "evacuation": bool(sources.evacuation_csv),
        "did": bool(sources.did),
        "airports": bool(sources.airports),
        "dem": bool(sources.dem),
    }
    return tuple(text for key, text in _CREDITS.items() if used[key])
