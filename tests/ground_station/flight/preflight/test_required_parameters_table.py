"""Every setting that a flight needs, as a written value with its reason; one that has no row here fails.

The numbers stand here on purpose a second time: they are what the autopilot must be told (ArduCopter's parameter list),
not what the code says.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ground_station.flight.flight_plan import FlightPlan
from ground_station.flight.preflight.required_parameters import Bound, RequiredParameter, required_parameters
from missions.values.aircraft import PayloadGear
from tests.ground_station.flight.plans import FLIGHT as PLANNED

FLIGHT = replace(
    PLANNED,
    needs=replace(
        PLANNED.needs,
        gear=PayloadGear.GRIPPER,
        capacity_mah=36_000.4,
        return_at_mah=9_123,
        return_altitude_home_m=153.204,
        highest_home_m=171.3,
    ),
)
"""A flight with a fence and a gripper, whose figures are round nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What must be asked of one parameter; `why` is for who reads this table."""

    value: float
    why: str
    bound: Bound = Bound.EQUAL
    needs_restart: bool = False
    is_wiring_of_a_real_one: bool = False


COMMON: Mapping[str, Row] = {
    "FS_GCS_ENABLE": Row(value=1.0, why="1: RTL on silence; 0 would fly on unheard"),
    "FS_GCS_TIMEOUT": Row(value=5.0, why="the aircraft's patience is 5 s, ArduPilot's own value"),
    "FS_OPTIONS": Row(value=24.0, why="bits 3 and 4: a landing goes on, a pilot keeps control; never bit 1 or 5"),
    "BATT_CAPACITY": Row(value=36_000.0, why="the pack's mAh, whole; per cent and the low limit are counted in it"),
    "BATT_LOW_MAH": Row(value=9_123.0, why="the charge left at which it must turn back for this plan"),
    "BATT_FS_LOW_ACT": Row(value=2.0, why="2: RTL; 1 would land where it is"),
    "FENCE_ENABLE": Row(value=1.0, why="the fence is on"),
    "FENCE_TYPE": Row(value=5.0, why="bit 0 greatest height + bit 2 polygons and circles"),
    "FENCE_ALT_MAX": Row(value=202.0, why="171.3 m, the highest of plan and way home, + 30 m, up to a whole metre"),
    "FENCE_ACTION": Row(value=1.0, why="1: RTL or land; 0 only reports the breach and flies on"),
}
RETURN_CM = Row(value=15_321.0, why="153.204 m in centimetres, up")
RETURN_M = Row(value=154.0, why="153.204 m in metres, up")
GRIPPER: Mapping[str, Row] = {
    "GRIP_ENABLE": Row(value=1.0, why="on; read only at the autopilot's start", needs_restart=True),
    "GRIP_TYPE": Row(
        value=1.0,
        why="0 is none; 1 servo, 2 EPM, …; read only at the autopilot's start",
        bound=Bound.AT_LEAST,
        needs_restart=True,
        is_wiring_of_a_real_one=True,
    ),
}
OUTPUT = Row(value=28.0, why="28: Gripper, of SERVOn_FUNCTION", is_wiring_of_a_real_one=True)

BARE = {"GRIP_TYPE": 0.0, "SERVO9_FUNCTION": 0.0}
"""What an aircraft with a gripper driver tells whose gripper has no output yet."""
WIRED = {"GRIP_TYPE": 1.0, "SERVO7_FUNCTION": 28.0}
TABLES: Mapping[str, tuple[FlightPlan, Mapping[str, float], bool, Mapping[str, Row]]] = {
    "live, wired": (FLIGHT, WIRED, False, {**COMMON, "RTL_ALT": RETURN_CM, **GRIPPER}),
    "live, not wired": (
        FLIGHT,
        BARE,
        False,
        {**COMMON, "RTL_ALT": RETURN_CM, **GRIPPER, "SERVO*_FUNCTION": OUTPUT},
    ),
    "live, nothing known": (
        FLIGHT,
        {},
        False,
        {
            **COMMON,
            "RTL_ALT": RETURN_CM,
            "GRIP_ENABLE": GRIPPER["GRIP_ENABLE"],
            "SERVO*_FUNCTION": OUTPUT,
        },
    ),
    "drill, wired": (FLIGHT, WIRED, True, {**COMMON, "RTL_ALT": RETURN_CM, **GRIPPER}),
    "drill, not wired": (
        FLIGHT,
        BARE,
        True,
        {**COMMON, "RTL_ALT": RETURN_CM, **GRIPPER, "SERVO9_FUNCTION": OUTPUT},
    ),
    "drill, nothing known": (
        FLIGHT,
        {},
        True,
        {**COMMON, "RTL_ALT": RETURN_CM, "GRIP_ENABLE": GRIPPER["GRIP_ENABLE"]},
    ),
    "newer firmware": (FLIGHT, {**WIRED, "RTL_ALT_M": 15.0}, False, {**COMMON, "RTL_ALT_M": RETURN_M, **GRIPPER}),
    "firmware with both names": (
        FLIGHT,
        {**WIRED, "RTL_ALT_M": 15.0, "RTL_ALT": 1_500.0},
        False,
        {**COMMON, "RTL_ALT": RETURN_CM, **GRIPPER},
    ),
    "no fence": (
        replace(FLIGHT, fence=()),
        WIRED,
        False,
        {
            **{name: row for name, row in COMMON.items() if not name.startswith("FENCE_")},
            "RTL_ALT": RETURN_CM,
            **GRIPPER,
        },
    ),
    "no rally points": (replace(FLIGHT, rally=()), WIRED, False, {**COMMON, "RTL_ALT": RETURN_CM, **GRIPPER}),
}


@pytest.mark.parametrize("case", TABLES)
def test_exactly_these_settings_are_required_with_these_values(case: str) -> None:
    plan, known, simulated, rows = TABLES[case]
    required = required_parameters(plan, known, simulated=simulated)
    assert sorted(one.name for one in required) == sorted(rows), "a setting without a row, or a row without a setting"
    for one in required:
        row = rows[one.name]
        found = (one.value, one.bound, one.needs_restart, one.is_wiring)
        expected = (row.value, row.bound, row.needs_restart, row.is_wiring_of_a_real_one and not simulated)
        assert found == expected, f"{one.name}: {row.why}"
        assert one.why.ja
        assert one.why.en


GEARS: Mapping[PayloadGear, frozenset[str]] = {
    PayloadGear.GRIPPER: frozenset({"GRIP_ENABLE", "GRIP_TYPE", "SERVO9_FUNCTION"}),
    PayloadGear.WINCH: frozenset(),
    PayloadGear.UNLOADED_BY_HAND: frozenset(),
}


@pytest.mark.parametrize("gear", PayloadGear)
def test_each_gear_adds_its_own_settings(gear: PayloadGear) -> None:
    plan = replace(FLIGHT, needs=replace(FLIGHT.needs, gear=gear))
    names = {one.name for one in required_parameters(plan, BARE, simulated=True)}
    assert names - COMMON.keys() - {"RTL_ALT"} == GEARS[gear]


@pytest.mark.parametrize("simulated", [True, False])
@pytest.mark.parametrize(
    ("known", "is_wired"),
    [
        ({"SERVO1_FUNCTION": 28.0}, True),
        ({"SERVO16_FUNCTION": 28.0}, True),
        ({"GRIP_CAN_ID": 1.0}, True),
        ({"GRIP_CAN_ID": 0.5}, True),
        ({"GRIP_CAN_ID": 0.0}, False),
        ({"SERVO1_FUNCTION": 27.0}, False),
        ({"SERVO1_FUNCTION": 29.0}, False),
        ({"SERVO1_MIN": 28.0}, False),
        ({"RELAY1_FUNCTION": 28.0}, False),
    ],
)
def test_an_output_of_the_gripper_is_asked_for_unless_there_is_one(
    known: Mapping[str, float], *, simulated: bool, is_wired: bool
) -> None:
    required = required_parameters(FLIGHT, {"SERVO9_FUNCTION": 0.0, **known}, simulated=simulated)
    outputs = [one.name for one in required if one.name.startswith("SERVO")]
    assert outputs == ([] if is_wired else ["SERVO9_FUNCTION" if simulated else "SERVO*_FUNCTION"])


@pytest.mark.parametrize(
    ("now", "needed"),
    [
        (None, 24),  # not heard: the pilot's bit is ArduCopter's own value
        (0, 8),
        (1 << 0, 9),  # goes on in AUTO without a pilot's radio: most deliveries have none
        (1 << 1, 8),  # going on in AUTO without this station is taken away
        (1 << 2, 12),
        (1 << 3, 8),  # a landing goes on: always
        (1 << 4, 24),
        (1 << 5, 8),  # letting the load go in the air is taken away
        (1 << 6, 72),
        (127, 93),
    ],
)
def test_of_the_failsafe_options_three_are_ours_and_the_rest_is_left_as_it_is(now: int | None, needed: int) -> None:
    known = {} if now is None else {"FS_OPTIONS": float(now)}
    found = {one.name: one.value for one in required_parameters(FLIGHT, known, simulated=False)}
    assert found["FS_OPTIONS"] == needed


@pytest.mark.parametrize(
    ("time_scale", "timeout_s"), [(0.1, 5), (1.0, 5), (1.2, 6), (2.0, 10), (10.0, 50), (24.0, 120), (60.0, 120)]
)
def test_the_silence_is_counted_in_real_seconds_in_a_fast_drill_only(time_scale: float, timeout_s: int) -> None:
    for simulated, expected in ((True, timeout_s), (False, 5)):
        required = required_parameters(FLIGHT, {}, simulated=simulated, time_scale=time_scale)
        (found,) = [one for one in required if one.name == "FS_GCS_TIMEOUT"]
        assert found.value == expected
        assert f"{expected} 秒" in found.why.ja
        assert f"{expected} s" in found.why.en


@pytest.mark.parametrize(
    ("name", "field", "figure", "needed"),
    [
        ("BATT_CAPACITY", "capacity_mah", 3_299.6, 3_300.0),
        ("BATT_LOW_MAH", "return_at_mah", 0, 0.0),
        ("FENCE_ALT_MAX", "highest_home_m", 100.0, 130.0),
        ("FENCE_ALT_MAX", "highest_home_m", 100.001, 131.0),
        ("RTL_ALT", "return_altitude_home_m", 80.0, 8_000.0),
        ("RTL_ALT", "return_altitude_home_m", 80.001, 8_001.0),
    ],
)
def test_a_figure_of_the_flight_becomes_its_setting(name: str, field: str, figure: float, needed: float) -> None:
    change: dict[str, Any] = {field: figure}
    plan = replace(FLIGHT, needs=replace(FLIGHT.needs, **change))
    found = {one.name: one.value for one in required_parameters(plan, {}, simulated=False)}
    assert found[name] == needed


def _asked(bound: Bound, value: float) -> RequiredParameter:
    (any_one, *_) = required_parameters(FLIGHT, {}, simulated=False)
    return replace(any_one, name="ANY", value=value, bound=bound)


@pytest.mark.parametrize(
    ("bound", "meets", "fails"),
    [
        (Bound.EQUAL, [36_000.0, 36_000.03, 35_999.97], [36_001.0, 35_999.0, 36_000.05, 0.0, -36_000.0, 360_000.0]),
        (Bound.AT_LEAST, [36_000.0, 35_999.97, 36_001.0, 1e9], [35_999.0, 35_999.95, 0.0, -1e9]),
        (Bound.AT_MOST, [36_000.0, 36_000.03, 35_999.0, -1e9], [36_001.0, 36_000.05, 1e9]),
    ],
)
def test_a_value_meets_its_bound_within_the_last_digits_of_a_32_bit_float(
    bound: Bound, meets: list[float], fails: list[float]
) -> None:
    needed = _asked(bound, 36_000.0)
    assert [value for value in meets if not needed.met_by(value)] == []
    assert [value for value in fails if needed.met_by(value)] == []


@pytest.mark.parametrize("bound", Bound)
@pytest.mark.parametrize("actual", [None, math.nan, math.inf, -math.inf])
def test_what_is_not_known_or_no_number_never_meets_a_bound(bound: Bound, actual: float | None) -> None:
    for value in (1.0, 36_000.0):
        assert _asked(bound, value).met_by(actual) is False


@pytest.mark.parametrize(("actual", "is_zero"), [(0.0, True), (0.000_000_5, True), (0.000_01, False), (1.0, False)])
def test_zero_is_met_by_zero_alone(actual: float, *, is_zero: bool) -> None:
    assert _asked(Bound.EQUAL, 0.0).met_by(actual) is is_zero


@pytest.mark.parametrize("name", COMMON)
def test_a_neighbour_of_a_required_value_does_not_pass(name: str) -> None:
    (needed,) = [one for one in required_parameters(FLIGHT, WIRED, simulated=False) if one.name == name]
    assert needed.met_by(COMMON[name].value)
    for wrong in (COMMON[name].value - 1.0, COMMON[name].value + 1.0, COMMON[name].value * 10.0):
        assert not needed.met_by(wrong), name
