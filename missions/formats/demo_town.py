"""A fictional mountain town for drills and first steps, the same for the same seed. Its terrain is synthetic."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely import transform
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as ShapelyPoint

from fleet.ids import SiteId, StationId, TownId
from fleet.positions import FloatArray, LocalFrame, LonLat
from fleet.text import Text
from missions.formats import demo_names as names
from missions.formats.demo_aircraft import demo_aircraft
from missions.formats.demo_ground import Ground, Point
from missions.formats.demo_map import border, rivers, roads
from missions.formats.demo_sites import Hollow, Sites, along, choose_sites
from missions.terrain.grid import Terrain
from missions.terrain.slope import slope_deg
from missions.terrain.synthetic import Extent, make_landscape
from missions.terrain.valleys import Stream
from missions.values.rules import FlightRules
from missions.values.town import AirspaceArea, AirspaceKind, MapLine, Place, PlaceKind, Town

EXTENT = Extent(rows=1301, columns=1301, cell_m=10.0)
FRAME = LocalFrame(lon_deg=133.25, lat_deg=34.75)
SYNTHETIC = Text(
    "合成地形（架空の地形です。実際の飛行には使えません）", "synthetic terrain (made up; not for real flights)"
)
_DRILL_SOURCE = "架空（訓練用） / fictional, for drills"
_HELIPAD_RADIUS_M = 350.0
_WORKS_RADIUS_M = 450.0


@dataclass(frozen=True, slots=True)
class _Survey:
    """Turns metres from the south-west corner into places with heights."""

    terrain: Terrain

    def lon_lat(self, at: Point) -> LonLat:
        return FRAME.place_of(at[0] + self.terrain.west_m, at[1] + self.terrain.south_m)

    def degrees(self, points_m: FloatArray) -> FloatArray:
        lon, lat = FRAME.to_lon_lat(points_m[:, 0] + self.terrain.west_m, points_m[:, 1] + self.terrain.south_m)
        return np.asarray(np.round(np.column_stack([lon, lat]), 7), dtype=np.float64)

    def line(self, line: LineString) -> LineString:
        return transform(line, self.degrees)

    def area(self, area: Polygon) -> Polygon:
        return transform(area, self.degrees)

    def place(self, place_id: str, kind: PlaceKind, name: Text, at: Point, **detail: str) -> Place:
        where = self.lon_lat(at)
        where = LonLat(lon_deg=round(where.lon_deg, 7), lat_deg=round(where.lat_deg, 7))
        return Place(
            id=SiteId(place_id),
            kind=kind,
            name=name,
            at=where,
            ground_amsl_m=round(self.terrain.elevation_of(where), 2),
            detail=detail,
        )


def _places(
    survey: _Survey, sites: Sites, far: Hollow, hamlets: Sequence[Hollow], streams: Sequence[Stream]
) -> tuple[Place, ...]:
    depot = sites.depot.at
    aerial = (depot[0] - 25.0, depot[1] + 10.0)
    places = [
        survey.place("depot", PlaceKind.DEPOT, names.DEPOT, depot, surface="舗装 / paved"),
        survey.place("station-1", PlaceKind.STATION, names.STATION, aerial, antenna_height_m="6"),
    ]
    for (place_id, _, site_name), hollow in zip(names.HAMLETS, hamlets, strict=True):
        detail = {
            "slope_deg": f"{slope_deg(survey.terrain, survey.lon_lat(hollow.at)):.1f}",
            "surface": "草地 / grass",
        }
        places.append(survey.place(place_id, PlaceKind.LANDING_SITE, site_name, hollow.at, **detail))
    inhabited = [("machiba", names.CENTRE, sites.depot)]
    inhabited += [(place_id, name, hollow) for (place_id, name, _), hollow in zip(names.HAMLETS, hamlets, strict=True)]
    for place_id, name, hollow in inhabited[:5]:
        shelter = Text(f"{name.ja}避難所", f"{name.en} shelter")
        at = along(streams, hollow, 120.0)
        places.append(survey.place(f"shelter-{place_id}", PlaceKind.SHELTER, shelter, at, capacity="60"))
    for place_id, name, hollow in (*inhabited, (*names.FAR_HAMLET, far)):
        at = along(streams, hollow, 350.0)
        places.append(survey.place(f"hamlet-{place_id}", PlaceKind.SETTLEMENT, name, at))
    return tuple(places)


def _helipad(ground: Ground, depot: Point, site: Point) -> Point:
    """Return the lowest point of the middle of the straight line: a helipad that the delivery has to go round."""
    line_m = ground.heights_along_m(depot, site)
    low, high = int(len(line_m) * 0.35), int(len(line_m) * 0.65)
    share = (low + int(np.argmin(line_m[low:high]))) / (len(line_m) - 1)
    return depot[0] + share * (site[0] - depot[0]), depot[1] + share * (site[1] - depot[1])


def _airspace(survey: _Survey, helipad: Point, works: Point) -> tuple[AirspaceArea, ...]:
    def area(area_id: str, name: Text, at: Point, radius_m: float) -> AirspaceArea:
        circle = survey.area(ShapelyPoint(at).buffer(radius_m, quad_segs=12))
        return AirspaceArea(id=area_id, kind=AirspaceKind.NO_FLY, name=name, area=circle, source=_DRILL_SOURCE)

    return (
        area("pylon-works-helipad", names.HELIPAD, helipad, _HELIPAD_RADIUS_M),
        area("ozawa-works", names.CABLE_CRANE, works, _WORKS_RADIUS_M),
    )


def _lines(survey: _Survey, streams: Sequence[Stream], sites: Sequence[Hollow]) -> tuple[MapLine, ...]:
    named = [
        MapLine(kind="river", name=names.BROOK if number else names.RIVER, line=survey.line(line))
        for number, line in rivers(streams)
    ]
    named += [
        MapLine(kind="road", name=names.LANE if number else names.MAIN_ROAD, line=survey.line(line))
        for number, line in roads(streams, sites)
    ]
    return tuple(named)


def make_demo_town(seed: int = 34) -> Town:
    """Return Kakehashi-cho: 13 × 13 km of made-up mountains at 10 m round 34.75 N 133.25 E. About 4 s."""
    landscape = make_landscape(EXTENT, seed, lowest_m=350.0, highest_m=850.0)
    ground = Ground(EXTENT, landscape.heights_m)
    sites = choose_sites(landscape.streams, ground, others=len(names.HAMLETS))
    far, *others = reversed(sites.others)
    hamlets = (sites.beyond_ridge, *reversed(others))
    for hollow in (sites.depot, far, *hamlets):
        ground.level(hollow.at, 45.0)
    helipad = _helipad(ground, sites.depot.at, sites.beyond_ridge.at)
    terrain = Terrain(
        frame=FRAME,
        west_m=-EXTENT.east_m / 2.0,
        south_m=-EXTENT.north_m / 2.0,
        cell_m=EXTENT.cell_m,
        heights_m=ground.heights_m,
        synthetic=True,
        source=SYNTHETIC,
    )
    survey = _Survey(terrain)
    return Town(
        id=TownId("kakehashi-cho"),
        name=names.TOWN,
        code="99999",
        boundary=survey.area(border(ground, np.random.default_rng(seed))),
        rules=FlightRules(),
        places=_places(survey, sites, far, hamlets, landscape.streams),
        airspace=_airspace(survey, helipad, hamlets[-1].at),
        lines=_lines(survey, landscape.streams, (sites.depot, far, *hamlets)),
        aircraft=demo_aircraft(SiteId("depot")),
        terrain=terrain,
        station_id=StationId("station-1"),
        airspace_checked=tuple(AirspaceKind),
        credits=("架空の町・合成地形（訓練用） / Fictional town on synthetic terrain, for drills",),
    )
