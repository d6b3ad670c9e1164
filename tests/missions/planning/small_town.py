"""Small made-up towns for the planner's tests: a ridge, a valley, hills, with a no-fly box where wanted."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon, box

from fleet.ids import PlanId, RequestId, SiteId, StationId, TownId, VehicleId
from fleet.positions import LocalFrame, Position
from fleet.text import Text
from missions.terrain.grid import Terrain
from missions.values.aircraft import Aircraft, Battery, PayloadGear
from missions.values.conditions import Conditions
from missions.values.request import DeliveryRequest, Urgency
from missions.values.rules import FlightRules
from missions.values.town import AirspaceArea, AirspaceKind, Place, PlaceKind, Town

FRAME = LocalFrame(lon_deg=133.25, lat_deg=34.75)
CELL_M = 10.0
AIRCRAFT = VehicleId("kakehashi-1")
DEPOT, SITE = SiteId("depot"), SiteId("site")
DEPOT_M, SITE_M = (600.0, 600.0), (2600.0, 2400.0)
Grid = npt.NDArray[np.float32]


def mesh(rows: int = 301, columns: int = 321) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    east_m, north_m = np.meshgrid(np.arange(columns) * CELL_M, np.arange(rows) * CELL_M)
    return east_m, north_m


def flat() -> Grid:
    return np.full(mesh()[0].shape, 300.0, dtype=np.float32)


def ridge(height_m: float = 180.0) -> Grid:
    """A ridge from north to south between depot and site, with a saddle in the north."""
    east_m, north_m = mesh()
    wall = height_m * np.exp(-(((east_m - 1600.0) / 180.0) ** 2))
    saddle = 1.0 - 0.8 * np.exp(-(((north_m - 2300.0) / 250.0) ** 2))
    return (300.0 + wall * saddle).astype(np.float32)


def valley() -> Grid:
    """A deep valley from west to east between depot and site."""
    _, north_m = mesh()
    return (500.0 - 260.0 * np.exp(-(((north_m - 1500.0) / 350.0) ** 2))).astype(np.float32)


def terrain_of(heights_m: Grid, *, synthetic: bool = False) -> Terrain:
    return Terrain(
        frame=FRAME,
        west_m=0.0,
        south_m=0.0,
        cell_m=CELL_M,
        heights_m=heights_m,
        synthetic=synthetic,
        source=Text("試験用の標高", "terrain for tests"),
    )


def area_m(west_m: float, south_m: float, east_m: float, north_m: float) -> Polygon:
    low, high = FRAME.place_of(west_m, south_m), FRAME.place_of(east_m, north_m)
    return box(low.lon_deg, low.lat_deg, high.lon_deg, high.lat_deg)


def no_fly(area: Polygon, kind: AirspaceKind = AirspaceKind.NO_FLY, name: str = "works") -> AirspaceArea:
    return AirspaceArea(id=name, kind=kind, name=Text("工事区域", name), area=area, source="town register 2026")


def aircraft(*, gear: PayloadGear = PayloadGear.GRIPPER, capacity_mah: float = 36_000.0) -> Aircraft:
    return Aircraft(
        id=AIRCRAFT,
        name=Text("かけはし1号", "Kakehashi 1"),
        empty_mass_kg=18.0,
        max_payload_kg=7.0,
        hover_power_w=1700.0,
        parasite_drag_area_m2=0.18,
        rotor_disc_area_m2=2.39,
        max_airspeed_mps=16.0,
        battery=Battery(capacity_mah=capacity_mah, nominal_v=44.4),
        gear=gear,
        home_site_id=DEPOT,
        mavlink_system_id=1,
    )


def place(terrain: Terrain, name: str, at_m: tuple[float, float], kind: PlaceKind = PlaceKind.LANDING_SITE) -> Place:
    at = FRAME.place_of(*at_m)
    ground_m = terrain.elevation_of(at)
    return Place(id=SiteId(name), kind=kind, name=Text(f"{name}広場", f"{name} green"), at=at, ground_amsl_m=ground_m)


def town_of(
    heights_m: Grid,
    *,
    airspace: Sequence[AirspaceArea] = (),
    flown: Aircraft | None = None,
    site_m: tuple[float, float] = SITE_M,
    more_places_m: dict[str, tuple[float, float]] | None = None,
    airspace_checked: Sequence[AirspaceKind] = tuple(AirspaceKind),
) -> Town:
    terrain = terrain_of(heights_m)
    more = [place(terrain, name, at_m) for name, at_m in (more_places_m or {}).items()]
    return Town(
        id=TownId("small"),
        name=Text("小さな町", "Small town"),
        code="00000",
        boundary=area_m(0.0, 0.0, 3200.0, 3000.0),
        rules=FlightRules(),
        places=(place(terrain, "depot", DEPOT_M, PlaceKind.DEPOT), place(terrain, "site", site_m), *more),
        airspace=tuple(airspace),
        lines=(),
        aircraft={AIRCRAFT: flown or aircraft()},
        terrain=terrain,
        station_id=StationId("station-1"),
        airspace_checked=tuple(airspace_checked),
    )


def with_synthetic_terrain(town: Town) -> Town:
    return replace(town, terrain=replace(town.terrain, synthetic=True))


def request(mass_kg: float = 4.0, site_id: SiteId = SITE) -> DeliveryRequest:
    return DeliveryRequest(
        id=RequestId("request-1"),
        item="水",
        mass_kg=mass_kg,
        site_id=site_id,
        urgency=Urgency.URGENT,
        requested_by="高室の区長",
        requested_at_s=1_000.0,
    )


def conditions(
    *,
    wind_mps: float = 3.0,
    wind_from_deg: float = 250.0,
    battery: float | None = None,
    home: Position | None = None,
) -> Conditions:
    return Conditions(
        wind_mps=wind_mps,
        wind_from_deg=wind_from_deg,
        now_s=2_000.0,
        plan_id=PlanId("plan-1"),
        battery_remaining_fraction=battery,
        home=home,
    )
