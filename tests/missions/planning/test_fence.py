from shapely.geometry import LineString, Point, Polygon

from fleet.positions import LonLat
from missions.planning.planner import plan_delivery
from missions.values.mission_item import Command, MissionItem
from missions.values.plan import Plan
from missions.values.town import Town
from tests.missions.planning import small_town as towns
from tests.missions.planning.dense_check import flown_lines


def round_works() -> Polygon:
    """A round no-fly area of 64 corners and 300 m radius on the straight line."""
    lon_deg, lat_deg = [], []
    for lon, lat in Point(0.0, 0.0).buffer(300.0, quad_segs=16).exterior.coords:
        at = towns.FRAME.place_of(1600.0 + lon, 1500.0 + lat)
        lon_deg.append(at.lon_deg)
        lat_deg.append(at.lat_deg)
    return Polygon(zip(lon_deg, lat_deg, strict=True))


def fenced_plan() -> tuple[Plan, Town]:
    town = towns.town_of(towns.ridge(), airspace=[towns.no_fly(round_works())])
    return plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions()), town


def polygon_of(items: list[MissionItem]) -> Polygon:
    return Polygon([(item.y / 1e7, item.x / 1e7) for item in items])


def test_each_polygon_is_a_run_of_items_that_says_how_many_corners_it_has() -> None:
    plan, _ = fenced_plan()
    inclusion = [item for item in plan.fence_items if item.command == Command.FENCE_POLYGON_INCLUSION]
    exclusion = [item for item in plan.fence_items if item.command == Command.FENCE_POLYGON_EXCLUSION]
    assert {item.param1 for item in inclusion} == {float(len(inclusion))}
    assert {item.param1 for item in exclusion} == {float(len(exclusion))}
    assert polygon_of(inclusion).equals(plan.fence.inclusion)
    assert polygon_of(exclusion).equals(plan.fence.exclusions[0])
    assert [item.seq for item in plan.fence_items] == list(range(len(plan.fence_items)))


def test_an_exclusion_covers_its_area_with_fewer_corners_and_leaves_the_route_free() -> None:
    plan, town = fenced_plan()
    (exclusion,) = plan.fence.exclusions
    assert exclusion.buffer(1e-9).contains(round_works())
    assert len(exclusion.exterior.coords) < 30
    for line in flown_lines(plan, town):
        assert not exclusion.intersects(LineString(zip(line.lon_deg, line.lat_deg, strict=True)))


def test_the_straight_way_home_from_anywhere_on_the_route_is_inside() -> None:
    plan, town = fenced_plan()
    home = (plan.home.lon_deg, plan.home.lat_deg)
    for line in flown_lines(plan, town):
        for lon, lat in zip(line.lon_deg[::25], line.lat_deg[::25], strict=True):
            assert plan.fence.inclusion.contains(LineString([(lon, lat), home]))


def test_the_fence_keeps_its_distance_from_the_route() -> None:
    plan, _ = fenced_plan()
    edge = LineString(
        towns.FRAME.local_of(LonLat(lon_deg=lon, lat_deg=lat)) for lon, lat in plan.fence.inclusion.exterior.coords
    )
    for leg in plan.legs:
        assert edge.distance(Point(towns.FRAME.local_of(leg.end.ground))) >= 79.0


def test_an_area_far_from_the_flight_is_no_exclusion() -> None:
    far = towns.no_fly(towns.area_m(3000.0, 100.0, 3150.0, 250.0))
    plan = plan_delivery(
        towns.request(), towns.town_of(towns.flat(), airspace=[far]), towns.AIRCRAFT, towns.conditions()
    )
    assert plan.fence.exclusions == ()
