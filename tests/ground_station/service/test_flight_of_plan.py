"""What a planner's plan becomes on its way to the flight core."""

from dataclasses import replace

import numpy as np
import pytest

from ground_station.flight.flight_plan import digest_of
from ground_station.service.flight_of_plan import charge_to_return_at_wh, flight_of_plan
from ground_station.service.plan_codec import decode_plan, encode_plan
from missions.values.mission_item import MissionType
from missions.values.plan import Phase, Plan
from tests.ground_station.plan_values import AIRCRAFT, FLIGHT_VALUE, PLAN_VALUE, leg


def _plan_of(out_wh: float, back_wh: float, left_wh: float) -> Plan:
    energy = replace(PLAN_VALUE.energy, needed_wh=out_wh + back_wh, reserve_wh=300.0, left_at_landing_wh=left_wh)
    return replace(PLAN_VALUE, legs=(leg(Phase.OUTBOUND, out_wh), leg(Phase.RETURN, back_wh)), energy=energy)


@pytest.mark.parametrize(
    ("plan", "at_wh"),
    [
        (_plan_of(400.0, 300.0, 900.0), 480.0),  # 1.2 × the dearer way
        (_plan_of(300.0, 400.0, 900.0), 480.0),
        (_plan_of(400.0, 300.0, 600.0), 425.0),  # a normal flight is not broken off
        (_plan_of(400.0, 300.0, 320.0), 300.0),  # never less than the reserve
    ],
)
def test_a_low_battery_brings_it_home_while_there_is_enough_for_the_way(plan: Plan, at_wh: float) -> None:
    assert charge_to_return_at_wh(plan) == pytest.approx(at_wh)


def test_all_that_is_sent_is_in_the_flight_with_what_it_needs() -> None:
    plan = PLAN_VALUE
    assert FLIGHT_VALUE.parts() == (
        (MissionType.FENCE, plan.fence_items),
        (MissionType.RALLY, plan.rally_items),
        (MissionType.MISSION, plan.items),
    )
    needs = FLIGHT_VALUE.needs
    assert (needs.system_id, needs.capacity_mah, needs.return_altitude_home_m) == (1, 36_000.0, 153.2)
    whole_wh = 36_000.0 * 44.4 / 1000.0
    unusable_wh = whole_wh - AIRCRAFT.battery.usable_wh
    assert needs.battery_percent == pytest.approx(100.0 * (700.0 + 400.0 + unusable_wh) / whole_wh)


def test_a_plan_that_was_made_and_the_same_one_read_from_disk_are_one_flight() -> None:
    items = tuple(replace(item, z=np.float64(item.z)) for item in PLAN_VALUE.items)
    made = replace(PLAN_VALUE, items=items, return_altitude_home_m=np.float64(153.2))
    read = decode_plan(encode_plan(made))
    assert digest_of(flight_of_plan(made, AIRCRAFT)) == digest_of(flight_of_plan(read, AIRCRAFT))
