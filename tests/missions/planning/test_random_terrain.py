"""Accepted plans keep their promises on terrains nobody chose, judged by an independent dense check."""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from fleet.positions import Position
from missions.planning.no_fly import AT_THE_EDGE_M
from missions.planning.planner import plan_delivery
from missions.values.finding import Level
from missions.values.town import Town
from tests.missions.planning import small_town as towns
from tests.missions.planning.dense_check import assert_safe, highest_ground_on_lines_home_m

ALLOWED_REFUSALS = {"route.no_fly", "leg.ceiling", "site.slope", "site.no_fly", "site.distance"}


def hills(seed: int, relief_m: float, steepness: float) -> towns.Grid:
    """Return 25 round hills and hollows of random height and width, and metre-sized roughness."""
    random = np.random.default_rng(seed)
    east_m, north_m = towns.mesh()
    heights = np.full(east_m.shape, 400.0)
    for _ in range(25):
        width_m = random.uniform(120.0, 600.0) / steepness
        at_east_m, at_north_m = random.uniform(0.0, 3200.0), random.uniform(0.0, 3000.0)
        distance2 = (east_m - at_east_m) ** 2 + (north_m - at_north_m) ** 2
        heights += random.normal(0.0, relief_m) * np.exp(-distance2 / width_m**2)
    return (heights + random.normal(0.0, 1.0, heights.shape)).astype(np.float32)


@st.composite
def random_towns(draw: st.DrawFn) -> Town:
    heights = hills(draw(st.integers(0, 2**31)), draw(st.floats(0.0, 120.0)), draw(st.sampled_from([0.7, 1.0, 1.6])))
    areas = []
    for name in range(draw(st.integers(0, 3))):
        west_m, south_m = draw(st.floats(200.0, 2600.0)), draw(st.floats(200.0, 2500.0))
        box = towns.area_m(
            west_m, south_m, west_m + draw(st.floats(50.0, 500.0)), south_m + draw(st.floats(50.0, 500.0))
        )
        areas.append(towns.no_fly(box, name=str(name)))
    places = {"near": (draw(st.floats(300.0, 2900.0)), draw(st.floats(300.0, 2700.0)))}
    town = towns.town_of(heights, airspace=areas, more_places_m=places)
    return replace(town, rules=replace(town.rules, site_slope_limit_deg=35.0))


def standing_at(town: Town, at_m: tuple[float, float]) -> Position:
    at = towns.FRAME.place_of(*at_m)
    return Position(lon_deg=at.lon_deg, lat_deg=at.lat_deg, alt_amsl_m=town.terrain.elevation_of(at))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    town=random_towns(),
    wind_mps=st.floats(0.0, 7.9),
    wind_from_deg=st.floats(0.0, 360.0),
    stands_m=st.none() | st.tuples(st.floats(100.0, 3100.0), st.floats(100.0, 2900.0)),
)
def test_every_accepted_plan_is_safe(
    town: Town, wind_mps: float, wind_from_deg: float, stands_m: tuple[float, float] | None
) -> None:
    home = None if stands_m is None else standing_at(town, stands_m)
    conditions = towns.conditions(wind_mps=wind_mps, wind_from_deg=wind_from_deg, home=home)
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, conditions)
    event(f"verdict {plan.verdict.value}")
    if plan.verdict is Level.REFUSE:
        assert {one.rule for one in plan.findings if one.level is Level.REFUSE} <= ALLOWED_REFUSALS
        return
    assert_safe(plan, town)
    clear_m = plan.return_altitude_home_m - highest_ground_on_lines_home_m(plan, town)
    assert clear_m >= town.rules.clearance_m


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(town=random_towns())
def test_what_is_refused_cannot_be_flown_by_the_same_rules(town: Town) -> None:
    """A refusal for a no-fly area at an end is true, and one for height names a leg that breaks the limit."""
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    for one in plan.findings:
        if one.level is not Level.REFUSE:
            continue
        if one.rule == "site.no_fly":
            assert one.at is not None
            at = Point(one.at.lon_deg, one.at.lat_deg)
            degrees = AT_THE_EDGE_M / 90_000.0
            assert any(area.area.buffer(degrees).contains(at) for area in town.airspace)
        if one.rule == "leg.ceiling":
            assert one.leg is not None
            assert plan.legs[one.leg - 1].max_agl_m > town.rules.ceiling_agl_m
