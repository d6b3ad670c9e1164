"""The search and the pulling straight, on grids small enough to know the answer."""

import numpy as np
from shapely.geometry import LineString

from missions.planning.band import band_over
from missions.planning.no_fly import NoFly, no_fly_of
from missions.planning.pulling import pulled_straight
from missions.planning.search import CostGrid, cheapest_path, cost_grid, search_grid
from missions.values.town import Town
from tests.missions.planning import small_town as towns

START, END = np.array(towns.DEPOT_M), np.array(towns.SITE_M)


def costs_of(town: Town, weight: float = 0.0) -> tuple[CostGrid, NoFly]:
    ends = np.vstack((START, END))
    no_fly = no_fly_of(town, ends)
    band = band_over(town.terrain, town.rules, ends, 5000.0)
    return cost_grid(search_grid(band, no_fly), START, END, weight), no_fly


def route(town: Town, weight: float = 0.0) -> np.ndarray:
    costs, no_fly = costs_of(town, weight)
    path = cheapest_path(costs, START, END)
    assert path is not None
    return pulled_straight(path, costs, no_fly)


def length_m(route_m: np.ndarray) -> float:
    return float(np.hypot(*np.diff(route_m, axis=0).T).sum())


def test_over_flat_open_ground_the_route_is_one_straight_leg() -> None:
    corners = route(towns.town_of(towns.flat()))
    assert np.array_equal(corners, np.vstack((START, END)))


def test_round_a_box_there_are_few_corners_and_little_detour() -> None:
    town = towns.town_of(towns.flat(), airspace=[towns.no_fly(towns.area_m(1300.0, 1200.0, 1900.0, 1800.0))])
    _, no_fly = costs_of(town)
    corners = route(town)
    shortest_m = min(length_m(np.array([START, by, END])) for by in ([1250.0, 1850.0], [1950.0, 1150.0]))
    assert 3 <= len(corners) <= 5
    assert length_m(corners) <= shortest_m * 1.05
    assert not no_fly.kept_clear.intersects(LineString(corners))


def test_the_dearer_height_is_the_farther_the_route_goes_for_the_saddle() -> None:
    town = towns.town_of(towns.ridge(140.0))
    straight, low = route(town, 0.0), route(town, 4.0)
    assert length_m(low) > length_m(straight)
    crossing_north_m = [float(np.interp(1600.0, corners[:, 0], corners[:, 1])) for corners in (straight, low)]
    assert crossing_north_m[1] > crossing_north_m[0] + 200.0


def test_no_way_is_no_path() -> None:
    ring = [towns.area_m(1900.0, 1600.0, 3190.0, 1800.0), towns.area_m(1800.0, 1600.0, 2000.0, 2990.0)]
    town = towns.town_of(towns.flat(), airspace=[towns.no_fly(wall, name=str(i)) for i, wall in enumerate(ring)])
    costs, _ = costs_of(town)
    assert cheapest_path(costs, START, END) is None
