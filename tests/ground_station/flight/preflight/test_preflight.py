from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from fleet.errors import RefusedError
from fleet.ids import VehicleId
from fleet.realm import Realm
from ground_station.flight.preflight.aircraft_checks import TakeOffNeeds, aircraft_checks
from ground_station.flight.preflight.drill_wall import drill_wall, require_realm
from ground_station.flight.preflight.parameter_checks import (
    SET_PARAMETERS,
    apply_required_parameters,
    parameter_checks,
    unmet,
)
from ground_station.flight.preflight.required_parameters import required_parameters
from ground_station.flight.vehicles.state import LinkState, Timing, VehicleState
from ground_station.flight.vehicles.telemetry import (
    BatteryState,
    GpsState,
    SensorHealth,
    Simulated,
    StatusText,
    Telemetry,
)
from ground_station.flight.vehicles.tracker import Tracker
from missions.values.finding import Finding, Level
from tests.ground_station.flight.preflight.aircraft_values import GOOD, reporting
from tests.ground_station.plan_values import FLIGHT_VALUE, HOME

NEEDS = TakeOffNeeds(home=HOME, digest="plan-1", battery_percent=60.0)


def _state(**changes: Any) -> VehicleState:
    telemetry = structs.replace(GOOD, heartbeat=None)
    tracker = Tracker(vehicle_id=VehicleId("hato-1"), timing=Timing(), heard_s=100.0, plan_on_board="plan-1")
    state = tracker.state(1, 100.5, None)
    parts = {name: value for name, value in changes.items() if name in Telemetry.__struct_fields__}
    rest = {name: value for name, value in changes.items() if name not in parts}
    return structs.replace(state, telemetry=structs.replace(telemetry, **parts), **rest)


def _level(state: VehicleState, rule: str) -> Finding:
    (found,) = [finding for finding in aircraft_checks(state, NEEDS) if finding.rule == rule]
    return found


def test_an_aircraft_that_is_well_passes_every_check_with_its_values() -> None:
    findings = aircraft_checks(_state(), NEEDS)
    assert {finding.level for finding in findings} == {Level.OK}
    assert any("95 %" in finding.text.ja for finding in findings)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("aircraft.link", {"link": LinkState.STALE}),
        ("aircraft.link", {"duplicate_suspected": True}),
        ("aircraft.gps", {"gps": GpsState(received_s=100.0, fix_type=2, satellites=12, hdop=0.9)}),
        ("aircraft.gps", {"gps": GpsState(received_s=80.0, fix_type=3, satellites=12, hdop=0.9)}),
        ("aircraft.gps", {"gps": None}),
        ("aircraft.ekf", {"ekf": reporting("ekf", flags=0x80).ekf}),
        ("aircraft.ekf", {"ekf": reporting("ekf", compass_variance=0.9).ekf}),
        ("aircraft.battery", {"battery": None}),
        ("aircraft.place", {"motion": None}),
        ("aircraft.plan", {"plan_on_board": "plan-0"}),
        ("aircraft.plan", {"plan_on_board": None}),
    ],
)
def test_what_is_not_well_is_refused(rule: str, changes: dict[str, object]) -> None:
    finding = _level(_state(**changes), rule)
    assert finding.level is Level.REFUSE
    assert finding.cure is not None


def test_a_battery_below_what_the_flight_needs_is_refused_with_both_numbers() -> None:
    low = BatteryState(received_s=100.0, voltage_v=44.0, current_a=0.1, percent=59, consumed_mah=0.0)
    finding = _level(_state(battery=low), "aircraft.battery")
    assert finding.level is Level.REFUSE
    assert "59 %" in finding.text.en
    assert "60 %" in finding.text.en


def test_failing_pre_arm_checks_are_told_in_the_aircrafts_words() -> None:
    sensors = SensorHealth(received_s=100.0, present=0xF, enabled=0xF, healthy=0xF, load_percent=0.0)
    said = (StatusText(received_s=99.0, severity=2, text="PreArm: Compass not calibrated"),)
    finding = _level(_state(sensors=sensors, texts=said), "aircraft.pre-arm")
    assert finding.level is Level.REFUSE
    assert "Compass not calibrated" in finding.text.ja


def test_an_aircraft_that_stands_elsewhere_must_be_planned_anew() -> None:
    motion = _state().telemetry.motion
    assert motion is not None
    away = structs.replace(motion, position=replace(HOME, lat_deg=34.771))
    finding = _level(_state(motion=away), "aircraft.place")
    assert finding.level is Level.REFUSE
    assert finding.cure is not None
    assert finding.cure.action == "replan"


def test_another_ground_station_is_warned_of() -> None:
    assert _level(_state(other_station=254), "aircraft.other-station").level is Level.WARN


def _required(known: Mapping[str, float], *, simulated: bool = False) -> dict[str, float]:
    return {needed.name: needed.value for needed in required_parameters(FLIGHT_VALUE, known, simulated=simulated)}


def test_failsafes_follow_from_the_plan_and_the_aircraft() -> None:
    needed = _required({"RTL_ALT": 1500.0})
    assert needed["RTL_ALT"] == 15320.0
    assert needed["FENCE_ALT_MAX"] == 184.0
    assert needed["FENCE_TYPE"] == 5.0
    assert needed["FS_GCS_ENABLE"] == 1.0
    assert needed["BATT_FS_LOW_ACT"] == 2.0
    usable_mah = 36_000.0 * 0.05 + 400.0 / 44.4 * 1000.0
    assert needed["BATT_LOW_MAH"] == pytest.approx(usable_mah, abs=1.0)


def test_the_return_height_has_the_name_of_the_firmware() -> None:
    assert _required({"RTL_ALT_M": 15.0})["RTL_ALT_M"] == 154.0
    assert "RTL_ALT" not in _required({"RTL_ALT_M": 15.0})


def test_the_gripper_of_a_simulated_aircraft_is_wired_for_it() -> None:
    known = {"SERVO9_FUNCTION": 0.0, "GRIP_TYPE": 0.0}
    needed = _required(known, simulated=True)
    assert (needed["SERVO9_FUNCTION"], needed["GRIP_TYPE"]) == (28.0, 1.0)
    assert "SERVO9_FUNCTION" not in _required({**known, "SERVO7_FUNCTION": 28.0}, simulated=True)


@pytest.mark.parametrize("output", [{"SERVO7_FUNCTION": 28.0}, {"GRIP_CAN_ID": 1.0}])
def test_a_gripper_that_is_wired_on_the_real_aircraft_passes(output: dict[str, float]) -> None:
    known = {"GRIP_ENABLE": 1.0, "GRIP_TYPE": 2.0, **output}
    required = required_parameters(FLIGHT_VALUE, known, simulated=False)
    grip = [one for one in parameter_checks(required, known) if "GRIP" in one.rule or "SERVO" in one.rule]
    assert {one.level for one in grip} == {Level.OK}


class Shelf:
    def __init__(self, values: Mapping[str, float]) -> None:
        self.values = dict(values)
        self.sets: list[str] = []

    async def set_parameters(self, values: Mapping[str, float]) -> None:
        self.sets += values
        self.values |= values


async def test_the_wiring_of_a_real_aircraft_is_refused_with_who_must_mend_it_and_never_written() -> None:
    known = {"GRIP_ENABLE": 1.0, "GRIP_TYPE": 0.0, "SERVO9_FUNCTION": 0.0}
    required = required_parameters(FLIGHT_VALUE, known, simulated=False)
    findings = {one.rule: one for one in parameter_checks(required, known)}
    for rule in ("parameter.GRIP_TYPE", "parameter.SERVO*_FUNCTION"):
        assert findings[rule].level is Level.REFUSE
        cure = findings[rule].cure
        assert cure is not None
        assert cure.action is None
        assert "整備" in cure.text.ja
    shelf = Shelf(known)
    await apply_required_parameters(shelf, required, known)
    assert shelf.sets
    assert not {name for name in shelf.sets if "GRIP_TYPE" in name or "SERVO" in name}


@pytest.mark.parametrize(("now", "needed"), [({}, 24.0), ({"FS_OPTIONS": 16.0}, 24.0), ({"FS_OPTIONS": 35.0}, 9.0)])
def test_silence_ends_a_plan_but_not_a_landing_and_keeps_the_load(now: dict[str, float], needed: float) -> None:
    assert _required(now)["FS_OPTIONS"] == needed


def test_a_wrong_or_unknown_setting_is_refused_with_a_button_to_cure_it() -> None:
    required = required_parameters(FLIGHT_VALUE, {}, simulated=False)
    known = {"FS_GCS_ENABLE": 0.0, "FENCE_ENABLE": 1.0}
    findings = {finding.rule: finding for finding in parameter_checks(required, known)}
    wrong = findings["parameter.FS_GCS_ENABLE"]
    assert wrong.level is Level.REFUSE
    assert wrong.cure is not None
    assert (wrong.cure.action, wrong.cure.value) == (SET_PARAMETERS, 1.0)
    assert findings["parameter.FENCE_ENABLE"].level is Level.OK
    assert "unknown" in findings["parameter.RTL_ALT"].text.en


async def test_only_what_is_wrong_is_set() -> None:
    shelf = Shelf({"FENCE_ENABLE": 1.0, "SERVO9_FUNCTION": 28.0})
    required = required_parameters(FLIGHT_VALUE, shelf.values, simulated=False)
    await apply_required_parameters(shelf, required, shelf.values)
    assert "FENCE_ENABLE" not in shelf.sets
    assert unmet(required, shelf.values) == ()


@pytest.mark.parametrize(
    ("realm", "simulated", "level"),
    [
        (Realm.DRILL, Simulated.YES, Level.OK),
        (Realm.LIVE, Simulated.NO, Level.OK),
        (Realm.DRILL, Simulated.NO, Level.REFUSE),
        (Realm.LIVE, Simulated.YES, Level.REFUSE),
        (Realm.DRILL, Simulated.UNKNOWN, Level.REFUSE),
        (Realm.LIVE, Simulated.UNKNOWN, Level.REFUSE),
    ],
)
def test_the_drill_wall_lets_through_only_what_is_proved(realm: Realm, simulated: Simulated, level: Level) -> None:
    assert drill_wall(realm, simulated).level is level
    if level is Level.REFUSE:
        with pytest.raises(RefusedError):
            require_realm(realm, simulated)
