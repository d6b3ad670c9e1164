"""The figures that a flight asks of its aircraft, worked out by hand for plans whose numbers are round nowhere.

An aircraft of 1,000 mAh at 10 V holds 10 Wh, of which 8 may be used: 2 Wh are never planned with.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from fleet.text import Text
from ground_station.flight.flight_plan import FlightNeeds, FlightPlan
from ground_station.service.flight_of_plan import (
    battery_percent,
    charge_to_return_at_wh,
    flight_of_plan,
    highest_home_m,
    return_at_mah,
)
from missions.values.aircraft import Battery, PayloadGear
from missions.values.mission_item import Frame
from missions.values.plan import Energy, Leg, Phase, Plan
from tests.ground_station.flight.plans import FENCE, MISSION, RALLY, item
from tests.ground_station.plan_values import AIRCRAFT, PLAN_VALUE, leg

SMALL = replace(
    AIRCRAFT,
    battery=Battery(capacity_mah=1_000.0, nominal_v=10.0, usable_fraction=0.8),
    mavlink_system_id=7,
    gear=PayloadGear.WINCH,
    name=Text("すずめ", "Suzume"),
)


def _plan(*legs: Leg, needed_wh: float, reserve_wh: float, left_wh: float) -> Plan:
    energy = Energy(
        needed_wh=needed_wh,
        usable_wh=8.0,
        reserve_wh=reserve_wh,
        left_at_landing_wh=left_wh,
        last_turn_back_m=None,
    )
    return replace(PLAN_VALUE, legs=legs, energy=energy)


@pytest.mark.parametrize(
    ("needed_wh", "reserve_wh", "percent"),
    [
        (4.0, 1.0, 70.0),  # (4 + 1 + 2 never planned with) of 10
        (4.25, 1.5, 77.5),
        (6.0, 2.0, 100.0),
        (7.0, 2.0, 100.0),  # more than there is: refused by the plan itself, and never more than a full battery here
        (0.0, 0.0, 20.0),
    ],
)
def test_at_take_off_there_must_be_what_the_plan_needs_with_its_reserve(
    needed_wh: float, reserve_wh: float, percent: float
) -> None:
    plan = _plan(needed_wh=needed_wh, reserve_wh=reserve_wh, left_wh=1.0)
    assert battery_percent(plan, SMALL) == pytest.approx(percent)


WAYS: Mapping[Phase, str | None] = {
    Phase.CLIMB: "out",
    Phase.OUTBOUND: "out",
    Phase.APPROACH: "out",
    Phase.PLACE: None,
    Phase.SURVEY: None,
    Phase.RETURN: "back",
    Phase.LAND: "back",
}


@pytest.mark.parametrize("phase", Phase)
def test_each_phase_counts_for_its_way(phase: Phase) -> None:
    """Two legs out of 1 Wh and two back: one more of `phase` makes its way the dearer one, 1.2 × (2 + 1) Wh."""
    ways = [leg(Phase.OUTBOUND, 1.0), leg(Phase.CLIMB, 1.0), leg(Phase.RETURN, 1.0), leg(Phase.LAND, 1.0)]
    plan = _plan(*ways, leg(phase, 1.0), needed_wh=5.0, reserve_wh=0.5, left_wh=9.0)
    assert charge_to_return_at_wh(plan) == pytest.approx(2.4 if WAYS[phase] is None else 3.6)


@pytest.mark.parametrize(
    ("out_wh", "back_wh", "reserve_wh", "left_wh", "at_wh", "at_mah"),
    [
        (3.0, 2.0, 1.0, 9.0, 3.6, 560),  # 1.2 × the dearer way
        (2.0, 3.0, 1.0, 9.0, 3.6, 560),
        (3.0, 2.0, 1.0, 4.5, 3.25, 525),  # 4.5 − a quarter of the 5 Wh: a normal flight is not broken off
        (3.0, 2.0, 1.0, 2.0, 1.0, 300),  # never less than the reserve
        (3.0, 2.0, 5.0, 9.0, 5.0, 700),
    ],
)
def test_it_turns_back_while_there_is_enough_for_the_dearer_way(
    out_wh: float, back_wh: float, reserve_wh: float, left_wh: float, at_wh: float, at_mah: int
) -> None:
    legs = (leg(Phase.OUTBOUND, out_wh), leg(Phase.RETURN, back_wh))
    plan = _plan(*legs, needed_wh=out_wh + back_wh, reserve_wh=reserve_wh, left_wh=left_wh)
    assert charge_to_return_at_wh(plan) == pytest.approx(at_wh)
    assert at_mah - 1 <= return_at_mah(plan, SMALL) <= at_mah


def test_the_charge_to_turn_back_at_is_cut_off_to_a_whole_mah() -> None:
    plan = _plan(needed_wh=5.0, reserve_wh=1.2349, left_wh=0.0)
    assert return_at_mah(plan, SMALL) == 323  # (1.2349 + 2) Wh at 10 V are 323.49 mAh
    assert return_at_mah(PLAN_VALUE, AIRCRAFT) == 10_809  # (400 + 79.92) Wh at 44.4 V are 10,809.009 mAh


@pytest.mark.parametrize("frame", Frame)
def test_only_heights_above_home_count_for_the_highest_of_the_flight(frame: Frame) -> None:
    counts = frame in {Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_RELATIVE_ALT_INT}
    items = (MISSION[0], item(1, 22, z=40.0), item(2, 16, frame=frame, z=170.5), item(3, 20))
    plan = replace(PLAN_VALUE, items=items, return_altitude_home_m=80.0)
    assert highest_home_m(plan) == (170.5 if counts else 80.0)


def test_the_way_home_counts_for_the_highest_and_the_first_item_is_home_itself() -> None:
    first = item(0, 16, frame=3, z=500.0)
    plan = replace(PLAN_VALUE, items=(first, item(1, 16, z=60.0)), return_altitude_home_m=80.0)
    assert highest_home_m(plan) == 80.0
    assert highest_home_m(replace(plan, items=(first, item(1, 16, z=81.0)))) == 81.0
    assert highest_home_m(replace(plan, items=(first,))) == 80.0


NEEDS: Mapping[str, Any] = {
    "system_id": 7,
    "aircraft_name": Text("すずめ", "Suzume"),
    "gear": PayloadGear.WINCH,
    "battery_percent": 70.0,
    "capacity_mah": 1_000.0,
    "return_at_mah": 300,
    "return_altitude_home_m": 153.2,
    "highest_home_m": 153.2,
}
PARTS: Mapping[str, Any] = {
    "id": PLAN_VALUE.id,
    "vehicle_id": PLAN_VALUE.vehicle_id,
    "home": PLAN_VALUE.home,
    "mission": MISSION,
    "fence": FENCE,
    "rally": RALLY,
}


def test_every_figure_and_every_list_of_the_plan_is_in_the_flight() -> None:
    plan = replace(_plan(needed_wh=4.0, reserve_wh=1.0, left_wh=0.0), rally_items=RALLY)
    flight = flight_of_plan(plan, SMALL)
    assert {field.name for field in fields(FlightNeeds)} == NEEDS.keys()
    assert {name: getattr(flight.needs, name) for name in NEEDS} == NEEDS
    assert {field.name for field in fields(FlightPlan)} == {*PARTS, "needs"}
    assert {name: getattr(flight, name) for name in PARTS} == PARTS
