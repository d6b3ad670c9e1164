"""The demonstration town's deliveries: all that should be flown can be, and the plans hold on its terrain."""

import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import pytest
from shapely.geometry import Point

from fleet.ids import SiteId
from missions.formats.demo_town import make_demo_town
from missions.planning.planner import plan_delivery
from missions.values.finding import Level
from missions.values.mission_item import Command
from missions.values.town import PlaceKind, Town
from tests.missions.planning import small_town as towns
from tests.missions.planning.dense_check import assert_safe, highest_ground_on_lines_home_m

BUDGET_S = 0.5


@cache
def demo_town() -> Town:
    return make_demo_town()


def forbidden_sites() -> set[SiteId]:
    """Return the landing sites that lie in a no-fly area."""
    sites = demo_town().places_of(PlaceKind.LANDING_SITE)
    areas = [area for area in demo_town().airspace if area.kind.value == "no_fly"]
    return {
        site.id for site in sites if any(area.area.contains(Point(site.at.lon_deg, site.at.lat_deg)) for area in areas)
    }


def test_every_landing_site_outside_no_fly_areas_can_be_served_safely() -> None:
    town = demo_town()
    for site in town.places_of(PlaceKind.LANDING_SITE):
        plan = plan_delivery(towns.request(site_id=site.id), town, towns.AIRCRAFT, towns.conditions())
        refused = {one.rule for one in plan.findings if one.level is Level.REFUSE}
        if site.id in forbidden_sites():
            assert refused == {"site.no_fly"}
            continue
        assert refused == set(), site.id
        assert_safe(plan, town)
        clear_m = plan.return_altitude_home_m - highest_ground_on_lines_home_m(plan, town)
        assert clear_m >= town.rules.clearance_m
        assert any(item.command == Command.NAV_PAYLOAD_PLACE for item in plan.items)


def test_a_demonstration_plan_says_that_its_terrain_is_synthetic() -> None:
    town = demo_town()
    site = town.places_of(PlaceKind.LANDING_SITE)[0]
    plan = plan_delivery(towns.request(site_id=site.id), town, towns.AIRCRAFT, towns.conditions())
    assert plan.terrain_is_synthetic
    assert plan.verdict is Level.WARN


def test_another_process_makes_the_same_plan() -> None:
    town = demo_town()
    request = towns.request(site_id=town.places_of(PlaceKind.LANDING_SITE)[0].id)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(plan_delivery, request, town, towns.AIRCRAFT, towns.conditions()).result(timeout=60.0)
    here = plan_delivery(request, town, towns.AIRCRAFT, towns.conditions())
    assert there == here
    assert repr(there) == repr(here)


def test_planning_is_quick_on_a_terrain_of_ten_metres() -> None:
    town = demo_town()
    site = town.places_of(PlaceKind.LANDING_SITE)[0]
    spent: list[float] = []
    for _ in range(5):
        started = time.process_time()
        plan_delivery(towns.request(site_id=site.id), town, towns.AIRCRAFT, towns.conditions())
        spent.append(time.process_time() - started)
    assert min(spent) < BUDGET_S


@pytest.mark.parametrize("aircraft_id", ["kakehashi-1", "arducopter-1"])
def test_both_aircraft_of_the_town_can_serve_the_nearest_site(aircraft_id: str) -> None:
    town = demo_town()
    vehicle_id = next(name for name in town.aircraft if name == aircraft_id)
    plan = plan_delivery(towns.request(site_id=SiteId("takamuro")), town, vehicle_id, towns.conditions())
    assert plan.verdict is not Level.REFUSE
