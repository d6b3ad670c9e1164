import time

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from fleet.ids import SiteId, VehicleId
from fleet.positions import distance_m
from missions.formats.demo_town import make_demo_town
from missions.terrain.profile import profile_along
from missions.terrain.slope import slope_deg
from missions.values.town import AirspaceKind, Place, PlaceKind, Town


def place(town: Town, name: str) -> Place:
    found = town.place(SiteId(name))
    assert found is not None
    return found


def test_the_same_seed_makes_the_same_town_within_some_seconds(demo_town: Town) -> None:
    begun = time.process_time()
    again = make_demo_town()
    assert time.process_time() - begun < 15.0
    np.testing.assert_array_equal(again.terrain.heights_m, demo_town.terrain.heights_m)
    assert again.places == demo_town.places
    assert again.airspace == demo_town.airspace
    assert again.lines == demo_town.lines
    assert again.boundary == demo_town.boundary


def test_the_town_has_what_a_drill_needs(demo_town: Town) -> None:
    counts = {kind: len(demo_town.places_of(kind)) for kind in PlaceKind}
    assert counts[PlaceKind.DEPOT] == 1
    assert counts[PlaceKind.STATION] == 1
    assert counts[PlaceKind.SETTLEMENT] == 8
    assert counts[PlaceKind.LANDING_SITE] == 6
    assert counts[PlaceKind.SHELTER] >= 4
    assert {line.kind for line in demo_town.lines} == {"river", "road"}
    assert len({item.id for item in demo_town.places}) == len(demo_town.places)
    assert place(demo_town, demo_town.station_id).kind is PlaceKind.STATION


def test_the_terrain_is_named_as_synthetic_and_large_enough(demo_town: Town) -> None:
    terrain = demo_town.terrain
    assert terrain.synthetic
    assert "合成" in terrain.source.ja
    assert min(terrain.heights_m.shape) * terrain.cell_m >= 12_000.0
    assert terrain.cell_m == 10.0
    assert 300.0 < terrain.heights_m.min() < 450.0
    assert 750.0 < terrain.heights_m.max() < 950.0


def test_places_stand_in_the_town_on_level_ground_at_their_height(demo_town: Town) -> None:
    for item in demo_town.places:
        assert demo_town.boundary.contains(Point(item.at.lon_deg, item.at.lat_deg)), item.id
        assert item.ground_amsl_m == pytest.approx(demo_town.terrain.elevation_of(item.at), abs=0.01)
    for item in (*demo_town.places_of(PlaceKind.DEPOT), *demo_town.places_of(PlaceKind.LANDING_SITE)):
        assert slope_deg(demo_town.terrain, item.at) < 3.0
    sites = demo_town.places_of(PlaceKind.LANDING_SITE)
    assert all(float(site.detail["slope_deg"]) < 3.0 for site in sites)


def test_takamuro_lies_beyond_a_ridge_and_beyond_a_no_fly_area(demo_town: Town) -> None:
    depot, site = place(demo_town, "depot"), place(demo_town, "takamuro")
    assert site.name.ja == "高室集会所"
    assert 3000.0 <= distance_m(depot.at, site.at) <= 5000.0
    ground = profile_along(demo_town.terrain, [depot.at, site.at]).ground_amsl_m
    assert ground.max() > max(depot.ground_amsl_m, site.ground_amsl_m) + 100.0
    straight = LineString([(p.at.lon_deg, p.at.lat_deg) for p in (depot, site)])
    crossed = [area.id for area in demo_town.airspace if area.area.intersects(straight)]
    assert crossed == ["pylon-works-helipad"]


def test_one_landing_site_and_only_one_is_inside_a_no_fly_area(demo_town: Town) -> None:
    closed = [area for area in demo_town.airspace if area.kind is AirspaceKind.NO_FLY]
    inside = [
        site.id
        for site in (*demo_town.places_of(PlaceKind.LANDING_SITE), *demo_town.places_of(PlaceKind.DEPOT))
        if any(area.area.contains(Point(site.at.lon_deg, site.at.lat_deg)) for area in closed)
    ]
    assert inside == ["ozawa"]


def test_the_fleet_can_carry_the_demo_load(demo_town: Town) -> None:
    carrier = demo_town.aircraft[VehicleId("kakehashi-1")]
    trainer = demo_town.aircraft[VehicleId("arducopter-1")]
    assert carrier.max_payload_kg >= 5.0
    assert trainer.max_payload_kg >= 4.0
    assert carrier.flown_mass_kg(4.0) == carrier.empty_mass_kg + 4.0
    assert trainer.flown_mass_kg(4.0) == trainer.empty_mass_kg
    assert carrier.mavlink_system_id != trainer.mavlink_system_id


@pytest.mark.parametrize("seed", [1, 7])
def test_other_seeds_make_towns_that_hold_together_too(seed: int) -> None:
    town = make_demo_town(seed)
    depot = place(town, "depot")
    for site in town.places_of(PlaceKind.LANDING_SITE):
        assert 1000.0 < distance_m(depot.at, site.at) < 6500.0
        assert town.boundary.contains(Point(site.at.lon_deg, site.at.lat_deg))
    assert not any(area.area.contains(Point(depot.at.lon_deg, depot.at.lat_deg)) for area in town.airspace)
