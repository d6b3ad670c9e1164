import itertools
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from fleet.errors import NotFoundError
from fleet.ids import SiteId, VehicleId
from fleet.positions import Position
from missions.planning.planner import plan_delivery
from missions.values.aircraft import PayloadGear
from missions.values.finding import Finding, Level
from missions.values.mission_item import Command
from missions.values.plan import Phase, Plan
from missions.values.town import AirspaceKind
from tests.missions.planning import small_town as towns
from tests.missions.planning.dense_check import assert_safe, highest_ground_on_lines_home_m


def finding(plan: Plan, rule: str) -> Finding:
    found = [one for one in plan.findings if one.rule == rule]
    assert found, f"no finding {rule} among {[one.rule for one in plan.findings]}"
    return found[0]


def refused(plan: Plan) -> set[str]:
    return {one.rule for one in plan.findings if one.level is Level.REFUSE}


@pytest.mark.parametrize("heights", [towns.flat, towns.ridge, towns.valley])
def test_an_ordinary_delivery_is_accepted_and_safe(heights: object) -> None:
    assert callable(heights)
    town = towns.town_of(heights())
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert refused(plan) == set()
    assert_safe(plan, town)


def test_the_same_input_gives_the_same_plan() -> None:
    plans = [
        plan_delivery(towns.request(), towns.town_of(towns.ridge()), towns.AIRCRAFT, towns.conditions())
        for _ in range(2)
    ]
    assert plans[0] == plans[1]
    assert repr(plans[0]) == repr(plans[1])


def test_phases_come_in_the_order_of_a_delivery() -> None:
    plan = plan_delivery(towns.request(), towns.town_of(towns.flat()), towns.AIRCRAFT, towns.conditions())
    order = list(dict.fromkeys(leg.phase for leg in plan.legs))
    assert order == [
        Phase.CLIMB,
        Phase.OUTBOUND,
        Phase.APPROACH,
        Phase.PLACE,
        Phase.SURVEY,
        Phase.RETURN,
        Phase.LAND,
    ]


def test_legs_join_and_name_the_item_that_ends_them() -> None:
    plan = plan_delivery(towns.request(), towns.town_of(towns.ridge()), towns.AIRCRAFT, towns.conditions())
    for before, after in zip(plan.legs[:-1], plan.legs[1:], strict=True):
        assert before.end == after.start
    for leg in plan.legs:
        item = plan.items[leg.mission_seq]
        assert (item.x, item.y) == (round(leg.end.lat_deg * 1e7), round(leg.end.lon_deg * 1e7))
        if item.command in {Command.NAV_WAYPOINT, Command.NAV_TAKEOFF}:
            assert item.z == pytest.approx(leg.end.alt_amsl_m - plan.home.alt_amsl_m, abs=0.006)
    assert [item.seq for item in plan.items] == list(range(len(plan.items)))


def test_the_load_is_set_down_from_ten_metres_over_the_site() -> None:
    town = towns.town_of(towns.ridge())
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    (place,) = [item for item in plan.items if item.command == Command.NAV_PAYLOAD_PLACE]
    site = town.place(towns.SITE)
    assert site is not None
    assert (place.x, place.y) == (round(site.at.lat_deg * 1e7), round(site.at.lon_deg * 1e7))
    assert place.z + plan.home.alt_amsl_m - site.ground_amsl_m == pytest.approx(10.0, abs=0.05)
    assert 10.0 < place.param1 <= 20.0


def test_pictures_are_taken_before_and_after_over_the_site() -> None:
    plan = plan_delivery(towns.request(), towns.town_of(towns.flat()), towns.AIRCRAFT, towns.conditions())
    commands = [item.command for item in plan.items]
    placed = commands.index(Command.NAV_PAYLOAD_PLACE)
    shots = [index for index, command in enumerate(commands) if command == Command.DO_DIGICAM_CONTROL]
    assert len([index for index in shots if index < placed]) == 1
    assert 3 <= len([index for index in shots if index > placed]) <= 5
    assert all(plan.items[index].x == 1 for index in shots)
    for index in shots:
        assert 40.0 <= plan.items[index - 1].z <= 60.0


def test_an_aircraft_without_a_camera_takes_no_pictures() -> None:
    town = towns.town_of(towns.flat(), flown=replace(towns.aircraft(), has_camera=False))
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert all(item.command != Command.DO_DIGICAM_CONTROL for item in plan.items)
    assert_safe(plan, town)


@pytest.mark.parametrize("gear", [PayloadGear.WINCH, PayloadGear.UNLOADED_BY_HAND])
def test_an_aircraft_without_a_gripper_is_refused_and_another_one_advised(gear: PayloadGear) -> None:
    town = towns.town_of(towns.flat(), flown=towns.aircraft(gear=gear))
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert refused(plan) == {"payload.gear"}
    cure = finding(plan, "payload.gear").cure
    assert cure is not None
    assert cure.action == "choose_aircraft"
    assert "グリッパーのある機体" in cure.text.ja
    assert "winch" not in cure.text.en


def test_a_load_over_the_limit_is_refused_with_the_kilograms_to_remove() -> None:
    plan = plan_delivery(towns.request(11.0), towns.town_of(towns.flat()), towns.AIRCRAFT, towns.conditions())
    found = finding(plan, "payload.limit")
    assert found.level is Level.REFUSE
    assert found.cure is not None
    assert (found.cure.action, found.cure.value) == ("remove_mass_kg", 4.0)
    assert "4.0 kg 減らす" in found.cure.text.ja
    assert plan.legs, "a refused plan is still drawn"


def test_the_cure_of_an_overload_cures_it() -> None:
    town = towns.town_of(towns.flat())
    plan = plan_delivery(towns.request(7.33), town, towns.AIRCRAFT, towns.conditions())
    cure = finding(plan, "payload.limit").cure
    assert cure is not None
    assert cure.value is not None
    again = plan_delivery(towns.request(7.33 - cure.value), town, towns.AIRCRAFT, towns.conditions())
    assert finding(again, "payload.limit").level is Level.OK


def test_short_energy_names_the_load_that_would_do_and_that_load_does() -> None:
    town = towns.town_of(towns.ridge(), flown=towns.aircraft(capacity_mah=15_500.0))
    plan = plan_delivery(towns.request(7.0), town, towns.AIRCRAFT, towns.conditions())
    found = finding(plan, "energy.reserve")
    assert found.level is Level.REFUSE
    assert found.cure is not None
    assert found.cure.action == "remove_mass_kg"
    assert found.cure.value is not None
    lighter = plan_delivery(towns.request(7.0 - found.cure.value), town, towns.AIRCRAFT, towns.conditions())
    assert finding(lighter, "energy.reserve").level is Level.OK
    heavier = plan_delivery(towns.request(7.2 - found.cure.value), town, towns.AIRCRAFT, towns.conditions())
    assert finding(heavier, "energy.reserve").level is Level.REFUSE


def test_a_battery_far_too_small_is_refused_as_short() -> None:
    town = towns.town_of(towns.ridge(), flown=towns.aircraft(capacity_mah=6_000.0))
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert {"energy.short", "energy.reserve"} <= refused(plan)
    assert plan.energy.left_at_landing_wh < 0.0
    assert plan.energy.last_turn_back_m is not None
    assert plan.energy.last_turn_back_m < plan.distance_m / 2.0


def test_a_battery_that_is_not_full_is_warned_of_and_counted() -> None:
    town = towns.town_of(towns.flat())
    full = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    low = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions(battery=0.7))
    assert finding(low, "battery.start").level is Level.WARN
    assert low.energy.usable_wh < full.energy.usable_wh * 0.75
    assert low.energy.reserve_wh == full.energy.reserve_wh


def test_wind_over_the_limit_is_refused_and_wind_near_it_warned_of() -> None:
    town = towns.town_of(towns.flat())
    levels = [
        finding(
            plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions(wind_mps=wind)), "wind.limit"
        ).level
        for wind in (3.0, 9.0, 10.5)
    ]
    assert levels == [Level.OK, Level.WARN, Level.REFUSE]


def test_a_no_fly_area_on_the_straight_line_is_gone_round() -> None:
    town = towns.town_of(towns.flat(), airspace=[towns.no_fly(towns.area_m(1300.0, 1200.0, 1900.0, 1800.0))])
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert refused(plan) == set()
    assert_safe(plan, town)
    assert plan.fence.exclusions
    straight_m = math.dist(towns.DEPOT_M, towns.SITE_M)
    assert plan.distance_m > 2.0 * straight_m + 100.0


def test_a_destination_inside_a_no_fly_area_is_refused_with_its_source_and_still_drawn() -> None:
    around = towns.area_m(2300.0, 2100.0, 2900.0, 2700.0)
    plan = plan_delivery(
        towns.request(),
        towns.town_of(towns.flat(), airspace=[towns.no_fly(around)]),
        towns.AIRCRAFT,
        towns.conditions(),
    )
    found = finding(plan, "site.no_fly")
    assert found.level is Level.REFUSE
    assert found.source == "town register 2026"
    assert found.at is not None
    assert plan.legs


@pytest.mark.parametrize(("edge_m", "flies"), [(600.0, False), (603.0, False), (610.0, True)])
def test_a_depot_at_the_edge_of_a_no_fly_area_would_stand_in_its_own_fence(*, edge_m: float, flies: bool) -> None:
    beside = towns.area_m(200.0, edge_m, 610.0, edge_m + 50.0)
    town = towns.town_of(towns.flat(), airspace=[towns.no_fly(beside)])
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    if flies:
        assert plan.verdict is not Level.REFUSE
        assert_safe(plan, town)
    else:
        assert refused(plan) == {"site.no_fly"}


def test_a_ring_of_no_fly_areas_leaves_no_route_and_no_legs() -> None:
    walls = [
        towns.area_m(1900.0, 1600.0, 3190.0, 1800.0),
        towns.area_m(1800.0, 1600.0, 2000.0, 2990.0),
    ]
    town = towns.town_of(towns.flat(), airspace=[towns.no_fly(wall, name=str(i)) for i, wall in enumerate(walls)])
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert refused(plan) == {"route.no_fly"}
    assert plan.legs == ()
    assert plan.items == ()
    assert plan.fence_items == ()


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (AirspaceKind.DENSELY_INHABITED, "airspace.did"),
        (AirspaceKind.AIRPORT, "airspace.airport"),
        (AirspaceKind.EMERGENCY_USE, "airspace.emergency_use"),
    ],
)
def test_other_areas_are_crossed_with_a_warning_that_names_the_source(kind: AirspaceKind, rule: str) -> None:
    area = towns.no_fly(towns.area_m(1300.0, 1200.0, 1900.0, 1800.0), kind)
    plan = plan_delivery(
        towns.request(), towns.town_of(towns.flat(), airspace=[area]), towns.AIRCRAFT, towns.conditions()
    )
    found = finding(plan, rule)
    assert found.level is Level.WARN
    assert found.source == "town register 2026"
    assert found.at is not None


def test_without_airspace_data_nothing_says_that_the_airspace_is_clear() -> None:
    town = towns.town_of(towns.flat(), airspace_checked=())
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    found = finding(plan, "airspace.no_data")
    assert found.level is Level.WARN
    assert "飛行禁止区域・人口集中地区・空港等の周辺" in found.text.ja
    assert "no-fly areas, densely inhabited districts, airport surroundings" in found.text.en
    assert found.cure is not None
    assert "--did" in found.cure.text.ja
    assert "authority's map" in found.cure.text.en
    silent = {"site.no_fly", "route.no_fly", "return.no_fly", "airspace.did", "airspace.airport"}
    assert not silent & {one.rule for one in plan.findings}
    notice = finding(plan, "airspace.emergency_use")
    assert "the town's data holds no emergency-use airspace" in notice.text.en


def test_only_the_kinds_without_data_are_named() -> None:
    works = towns.no_fly(towns.area_m(100.0, 2500.0, 200.0, 2600.0))
    town = towns.town_of(towns.flat(), airspace=[works], airspace_checked=[AirspaceKind.DENSELY_INHABITED])
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert "(airport surroundings)" in finding(plan, "airspace.no_data").text.en
    assert finding(plan, "route.no_fly").level is Level.OK
    assert finding(plan, "airspace.did").level is Level.OK


def test_missing_terrain_under_a_leg_is_refused_and_the_place_named() -> None:
    heights = towns.flat()
    heights[140:160, :] = np.nan
    plan = plan_delivery(towns.request(), towns.town_of(heights), towns.AIRCRAFT, towns.conditions())
    found = finding(plan, "terrain.coverage")
    assert found.level is Level.REFUSE
    assert found.leg is not None
    assert "広場の" in found.text.ja
    assert "green" in found.text.en


def test_a_hole_in_the_terrain_is_gone_round_where_that_is_possible() -> None:
    heights = towns.flat()
    heights[130:170, 130:190] = np.nan
    town = towns.town_of(heights)
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert finding(plan, "terrain.coverage").level is Level.OK
    assert_safe(plan, town)


def test_a_destination_without_terrain_is_refused_without_legs() -> None:
    heights = towns.flat()
    heights[230:250, 250:270] = np.nan
    plan = plan_delivery(towns.request(), towns.town_of(heights), towns.AIRCRAFT, towns.conditions())
    assert refused(plan) == {"terrain.coverage"}
    assert plan.legs == ()


def numbers_in(value: object) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from numbers_in(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from numbers_in(getattr(value, one.name))


@pytest.mark.parametrize(
    "hole",
    [
        (slice(140, 160), slice(None)),
        (slice(100, 180), slice(None)),
        (slice(230, 250), slice(250, 270)),
        (slice(50, 70), slice(50, 70)),
        (slice(None), slice(None)),
    ],
)
def test_no_number_of_a_plan_is_nan_whatever_terrain_is_missing(hole: tuple[slice, slice]) -> None:
    heights = towns.flat()
    heights[hole] = np.nan
    plan = plan_delivery(towns.request(), towns.town_of(heights), towns.AIRCRAFT, towns.conditions())
    assert "terrain.coverage" in refused(plan)
    assert all(math.isfinite(number) for number in numbers_in(plan))


def test_an_aircraft_outside_the_terrain_is_refused_without_legs() -> None:
    home = Position(lon_deg=140.0, lat_deg=36.0, alt_amsl_m=20.0)
    plan = plan_delivery(towns.request(), towns.town_of(towns.flat()), towns.AIRCRAFT, towns.conditions(home=home))
    assert "terrain.coverage" in refused(plan)
    assert plan.legs == ()
    assert all(math.isfinite(number) for number in numbers_in(plan))


def test_synthetic_terrain_is_said_so() -> None:
    town = towns.with_synthetic_terrain(towns.town_of(towns.flat()))
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    found = finding(plan, "terrain.synthetic")
    assert found.level is Level.WARN
    assert found.text.ja.startswith("合成地形")
    assert plan.terrain_is_synthetic


def test_a_landing_site_on_a_slope_is_refused() -> None:
    east_m, _ = towns.mesh()
    heights = (300.0 + np.maximum(0.0, east_m - 2300.0) * 0.3).astype(np.float32)
    plan = plan_delivery(towns.request(), towns.town_of(heights), towns.AIRCRAFT, towns.conditions())
    found = finding(plan, "site.slope")
    assert found.level is Level.REFUSE
    assert "17°" in found.text.en


def test_a_wall_higher_than_the_band_is_refused_by_leg() -> None:
    east_m, _ = towns.mesh()
    heights = np.where(east_m > 1500.0, 700.0, 300.0).astype(np.float32)
    plan = plan_delivery(towns.request(), towns.town_of(heights), towns.AIRCRAFT, towns.conditions())
    found = finding(plan, "leg.ceiling")
    assert found.level is Level.REFUSE
    assert found.leg is not None
    assert found.source == "航空法 132条の85（150 m 以上は許可）"
    assert finding(plan, "leg.clearance").level is Level.OK


def test_the_return_altitude_clears_the_ridge_on_every_line_home() -> None:
    town = towns.town_of(towns.ridge())
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    assert plan.return_altitude_home_m >= highest_ground_on_lines_home_m(plan, town) + town.rules.clearance_m


def test_a_return_altitude_over_the_ceiling_is_warned_of() -> None:
    plan = plan_delivery(towns.request(), towns.town_of(towns.ridge()), towns.AIRCRAFT, towns.conditions())
    found = finding(plan, "return.ceiling")
    assert found.level is Level.WARN
    assert found.cure is not None
    assert "SMART_RTL" in found.cure.text.en


def test_an_aircraft_away_from_its_depot_flies_from_where_it_stands_and_lands_at_the_depot() -> None:
    town = towns.town_of(towns.ridge())
    stands = towns.FRAME.place_of(900.0, 2000.0)
    home = Position(lon_deg=stands.lon_deg, lat_deg=stands.lat_deg, alt_amsl_m=300.0)
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions(home=home))
    assert finding(plan, "aircraft.place").level is Level.WARN
    assert (plan.home.lon_deg, plan.home.lat_deg) == pytest.approx((stands.lon_deg, stands.lat_deg), abs=1e-6)
    depot = town.place(towns.DEPOT)
    assert depot is not None
    assert (plan.legs[-1].end.lon_deg, plan.legs[-1].end.lat_deg) == pytest.approx(
        (depot.at.lon_deg, depot.at.lat_deg), abs=1e-6
    )
    assert_safe(plan, town)


def test_a_height_of_the_aircraft_that_contradicts_the_terrain_is_warned_of() -> None:
    town = towns.town_of(towns.flat())
    depot = town.place(towns.DEPOT)
    assert depot is not None
    home = Position(lon_deg=depot.at.lon_deg, lat_deg=depot.at.lat_deg, alt_amsl_m=500.0)
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions(home=home))
    assert finding(plan, "aircraft.height").level is Level.WARN


def test_landing_sites_near_the_route_become_rally_points_inside_the_fence() -> None:
    town = towns.town_of(towns.ridge(), more_places_m={"near": (1300.0, 1900.0), "far": (3100.0, 100.0)})
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    near = town.place(SiteId("near"))
    assert near is not None
    assert [(item.x, item.y) for item in plan.rally_items] == [
        (round(near.at.lat_deg * 1e7), round(near.at.lon_deg * 1e7))
    ]
    assert_safe(plan, town)


def test_passing_checks_say_so() -> None:
    plan = plan_delivery(towns.request(), towns.town_of(towns.flat()), towns.AIRCRAFT, towns.conditions())
    rules = {one.rule for one in plan.findings if one.level is Level.OK}
    assert {"payload.limit", "wind.limit", "energy.reserve", "leg.clearance", "leg.ceiling", "route.no_fly"} <= rules
    assert plan.verdict is Level.OK
    assert all(one.text.ja and one.text.en for one in plan.findings)


def test_energy_left_falls_along_the_legs_to_what_the_account_says() -> None:
    plan = plan_delivery(towns.request(), towns.town_of(towns.ridge()), towns.AIRCRAFT, towns.conditions())
    left = [plan.energy.usable_wh, *(leg.energy_left_wh for leg in plan.legs)]
    assert all(after < before for before, after in itertools.pairwise(left))
    assert left[-1] == pytest.approx(plan.energy.left_at_landing_wh)
    assert plan.duration_s == pytest.approx(sum(leg.duration_s for leg in plan.legs))


def test_the_profile_follows_the_legs_over_the_ground() -> None:
    town = towns.town_of(towns.ridge())
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    distances = [point.distance_m for point in plan.profile]
    assert distances == sorted(distances)
    assert distances[-1] == pytest.approx(plan.distance_m, abs=0.1)
    assert plan.profile[-1].energy_left_wh == pytest.approx(plan.energy.left_at_landing_wh, abs=0.01)
    for point in plan.profile[:: len(plan.profile) // 10]:
        ground = town.terrain.elevation_m(np.array(point.lon_deg), np.array(point.lat_deg))
        assert point.ground_amsl_m == pytest.approx(float(ground), abs=0.1)


def test_unknown_aircraft_and_sites_are_not_found() -> None:
    town = towns.town_of(towns.flat())
    with pytest.raises(NotFoundError) as no_aircraft:
        plan_delivery(towns.request(), town, VehicleId("nobody"), towns.conditions())
    assert "nobody" in no_aircraft.value.what.en
    with pytest.raises(NotFoundError):
        plan_delivery(towns.request(site_id=SiteId("nowhere")), town, towns.AIRCRAFT, towns.conditions())


def test_a_delivery_to_the_depot_itself_is_refused() -> None:
    plan = plan_delivery(
        towns.request(site_id=towns.DEPOT), towns.town_of(towns.flat()), towns.AIRCRAFT, towns.conditions()
    )
    assert "site.distance" in refused(plan)
    assert plan.legs == ()
