"""A planned delivery over a ridge, flown by a real ArduCopter as it was planned."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from fleet.positions import LonLat
from missions.planning.planner import plan_delivery
from missions.values.aircraft import Battery
from missions.values.finding import Level
from missions.values.mission_item import Command
from missions.values.plan import Plan
from missions.values.town import Town
from tests.missions.planning import small_town as towns
from tests.missions.planning.real_arducopter import Seen, fly, real_arducopter

pytestmark = [pytest.mark.arducopter, pytest.mark.timeout(600)]
_FLIGHT_DEADLINE_S = 400.0
_NEAR_AN_END_M = 20.0


@dataclass(frozen=True)
class Flight:
    plan: Plan
    town: Town
    seen: Seen


@pytest.fixture(scope="module")
def flight() -> Iterator[Flight]:
    binary = os.environ.get("KAKEHASHI_ARDUCOPTER")
    if not binary:
        pytest.skip("KAKEHASHI_ARDUCOPTER names no ArduCopter")
    trainer = replace(
        towns.aircraft(),
        empty_mass_kg=3.0,
        hover_power_w=380.0,
        parasite_drag_area_m2=0.03,
        rotor_disc_area_m2=0.2,
        battery=Battery(capacity_mah=16_000.0, nominal_v=12.6),
        load_is_nominal=True,
    )
    works = towns.no_fly(towns.area_m(1300.0, 1200.0, 1900.0, 1800.0))
    town = towns.town_of(towns.ridge(), flown=trainer, airspace=[works])
    plan = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions(wind_mps=0.0))
    assert plan.verdict is not Level.REFUSE
    with real_arducopter(Path(binary), plan, town) as vehicle:
        yield Flight(plan, town, fly(vehicle, plan, deadline_s=_FLIGHT_DEADLINE_S))


def test_the_load_is_let_go_at_the_site_and_the_aircraft_lands_where_planned(flight: Flight) -> None:
    assert any("Gripper load released" in text for text in flight.seen.texts)
    landed = LonLat(lon_deg=flight.seen.track[-1][1], lat_deg=flight.seen.track[-1][2])
    assert _away_m(flight, landed, flight.plan.legs[-1].end.ground) < 3.0


def test_no_fence_was_broken(flight: Flight) -> None:
    assert not [text for text in flight.seen.texts if "Breach" in text or "breach" in text]
    waypoints = [item.seq for item in flight.plan.items[1:] if item.command == Command.NAV_WAYPOINT]
    assert set(waypoints) <= set(flight.seen.reached_s)


def test_the_flight_takes_as_long_as_planned(flight: Flight) -> None:
    flown_s = flight.seen.track[-1][0] - flight.seen.track[0][0]
    assert flown_s == pytest.approx(flight.plan.duration_s, rel=0.05)


def test_the_plan_never_promises_more_energy_than_the_flight_leaves(flight: Flight) -> None:
    flown_wh = flight.seen.consumed_mah / 1000.0 * 12.6
    assert flown_wh <= flight.plan.energy.needed_wh * 1.02
    assert flown_wh >= flight.plan.energy.needed_wh * 0.75


def test_the_flown_line_is_the_planned_line(flight: Flight) -> None:
    points = [flight.plan.legs[0].start, *(leg.end for leg in flight.plan.legs)]
    line = LineString([towns.FRAME.local_of(at.ground) for at in points])
    beside_m = [line.distance(Point(_local(lon, lat))) for _, lon, lat, _ in flight.seen.track]
    assert max(beside_m) < 5.0


def test_clearance_and_ceiling_hold_in_the_air(flight: Flight) -> None:
    rules = flight.town.rules
    ends = [flight.plan.home.ground, flight.town.places[1].at]
    for _, lon, lat, alt_amsl_m in flight.seen.track:
        at = LonLat(lon_deg=lon, lat_deg=lat)
        agl_m = alt_amsl_m - float(flight.town.terrain.elevation_m(np.array(lon), np.array(lat)))
        assert agl_m <= rules.ceiling_agl_m
        if all(_away_m(flight, at, end) > _NEAR_AN_END_M for end in ends):
            assert agl_m >= rules.clearance_m


def test_every_planned_picture_is_taken(flight: Flight) -> None:
    planned = [item for item in flight.plan.items if item.command == Command.DO_DIGICAM_CONTROL]
    assert flight.seen.pictures == len(planned)


def _local(lon_deg: float, lat_deg: float) -> tuple[float, float]:
    return towns.FRAME.local_of(LonLat(lon_deg=lon_deg, lat_deg=lat_deg))


def _away_m(flight: Flight, first: LonLat, second: LonLat) -> float:
    frame = flight.town.terrain.frame
    return Point(frame.local_of(first)).distance(Point(frame.local_of(second)))
