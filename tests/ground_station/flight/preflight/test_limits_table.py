"""Every limit of what the aircraft reports, by the last value that passes and the first that does not.

A check, or a report that is judged, without a row here fails. The reasons stand beside the numbers.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from msgspec import structs

from ground_station.flight.preflight.aircraft_checks import TakeOffNeeds, aircraft_checks
from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.flight.vehicles.telemetry import StatusText
from missions.values.finding import Finding, Level
from tests.ground_station.flight.preflight.aircraft_values import (
    GOOD,
    HEARD_S,
    PRE_ARM,
    ready_aircraft,
    reporting,
)
from tests.ground_station.plan_values import HOME

NEEDS = TakeOffNeeds(home=HOME, digest="digest", battery_percent=60.0)
ONE_METRE_NORTH_DEG = 1.0 / 110_922.0  # a degree of latitude at 34.77 N on WGS 84


def _found(state: VehicleState, rule: str, needs: TakeOffNeeds = NEEDS) -> Finding:
    (found,) = [finding for finding in aircraft_checks(state, needs) if finding.rule == rule]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A value of a report, and where it stops to pass."""

    report: str
    value: str
    passes: tuple[Any, ...]
    fails: tuple[Any, ...]
    why: str


_LATITUDE_OK, _LATITUDE_FAR = (HOME.lat_deg + metres * ONE_METRE_NORTH_DEG for metres in (29.9, 30.2))
_LATITUDE_OK_S, _LATITUDE_FAR_S = (HOME.lat_deg - metres * ONE_METRE_NORTH_DEG for metres in (29.9, 30.2))
_LONGITUDE_OK, _LONGITUDE_FAR = (HOME.lon_deg + metres / 91_530.0 for metres in (29.8, 30.3))


def _variance(name: str) -> Limit:
    return Limit(
        report="ekf",
        value=name,
        passes=(0.0, 0.799),
        fails=(0.8, 1.5, math.nan, math.inf),
        why="ArduPilot calls 0.8 and more unhealthy (FS_EKF_THRESH); no number is not healthy",
    )


LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "aircraft.gps": (
        Limit(report="gps", value="fix_type", passes=(3, 4, 6), fails=(0, 1, 2), why="3 is the first fix with height"),
        Limit(report="gps", value="satellites", passes=(6, 7, 30), fails=(5, 0, None), why="six at the least"),
        Limit(report="gps", value="hdop", passes=(0.5, 2.0), fails=(2.01, 99.0, 0.0, None), why="2.0 at the worst"),
    ),
    "aircraft.ekf": (
        *(_variance(f"{name}_variance") for name in ("velocity", "position", "height", "compass")),
        Limit(
            report="ekf",
            value="flags",
            passes=(831, 0x13),
            fails=(831 & ~0x10, 831 | 0x80, 831 & ~0x01, 831 & ~0x02, 0),
            why="attitude, velocity and absolute position known, and not in constant-position mode",
        ),
    ),
    "aircraft.battery": (
        Limit(
            report="battery", value="percent", passes=(60, 61, 100), fails=(59, 0, None), why="the flight needs 60 %"
        ),
        Limit(report="battery", value="voltage_v", passes=(50.0, None), fails=(), why="shown only"),
    ),
    "aircraft.pre-arm": (
        Limit(report="sensors", value="healthy", passes=(PRE_ARM, 0x1FFF_FFFF), fails=(0, 0xEFFF_FFFF), why="bit 28"),
    ),
    "aircraft.place": (
        Limit(
            report="motion",
            value="position",
            passes=(
                HOME,
                replace(HOME, lat_deg=_LATITUDE_OK),
                replace(HOME, lat_deg=_LATITUDE_OK_S),
                replace(HOME, lon_deg=_LONGITUDE_OK),
                replace(HOME, alt_amsl_m=515.0),
                replace(HOME, alt_amsl_m=485.0),
            ),
            fails=(
                replace(HOME, lat_deg=_LATITUDE_FAR),
                replace(HOME, lat_deg=_LATITUDE_FAR_S),
                replace(HOME, lon_deg=_LONGITUDE_FAR),
                replace(HOME, alt_amsl_m=515.1),
                replace(HOME, alt_amsl_m=484.9),
                replace(HOME, alt_amsl_m=math.nan),
            ),
            why="the plan's heights count from where it was planned: 30 m aside, 15 m in height",
        ),
        Limit(
            report="motion",
            value="alt_home_m",
            passes=(-15.0, 15.0),
            fails=(-15.1, 15.1),
            why="what counts is the height of the autopilot's own home, not where it is held",
        ),
    ),
}


@pytest.mark.parametrize("rule", LIMITS)
def test_a_report_passes_up_to_its_limit_and_no_further(rule: str) -> None:
    for limit in LIMITS[rule]:
        for value in limit.passes:
            found = _found(ready_aircraft(telemetry=reporting(limit.report, **{limit.value: value})), rule)
            assert found.level is Level.OK, f"{limit.value} {value}: {limit.why}"
            assert found.cure is None
        for value in limit.fails:
            found = _found(ready_aircraft(telemetry=reporting(limit.report, **{limit.value: value})), rule)
            assert found.level is Level.REFUSE, f"{limit.value} {value}: {limit.why}"
            assert found.cure is not None


JUDGED: Mapping[str, str] = {
    "aircraft.gps": "gps",
    "aircraft.ekf": "ekf",
    "aircraft.battery": "battery",
    "aircraft.pre-arm": "sensors",
    "aircraft.place": "motion",
}
"""Which report each check looks at. No report is judged that is older than ten seconds, or was never heard."""


@pytest.mark.parametrize("rule", JUDGED)
def test_a_report_that_is_older_than_ten_seconds_or_never_came_is_not_judged(rule: str) -> None:
    report = JUDGED[rule]
    assert _found(ready_aircraft(at_s=HEARD_S + 10.0), rule).level is Level.OK
    not_this = [name for name in JUDGED.values() if name != report]
    late = structs.replace(
        GOOD, **{name: structs.replace(getattr(GOOD, name), received_s=HEARD_S + 10.1) for name in not_this}
    )
    for state in (
        ready_aircraft(at_s=HEARD_S + 10.1, telemetry=late),
        ready_aircraft(telemetry=structs.replace(GOOD, **{report: None})),
    ):
        found = _found(state, rule)
        assert found.level is Level.REFUSE
        assert "no value has come yet" in found.text.en
        assert found.cure is not None
        assert found.cure.text.en == "wait"
        others = {one.rule for one in aircraft_checks(state, NEEDS) if one.level is not Level.OK}
        assert others == {rule}


STATES: Mapping[str, tuple[tuple[dict[str, Any], Level], ...]] = {
    "aircraft.link": (
        ({"link": LinkState.FRESH}, Level.OK),
        ({"link": LinkState.STALE}, Level.REFUSE),
        ({"link": LinkState.LOST}, Level.REFUSE),
        ({"duplicate_suspected": True}, Level.REFUSE),
        ({"link": LinkState.LOST, "duplicate_suspected": True}, Level.REFUSE),
    ),
    "aircraft.other-station": (
        ({"other_station": None}, Level.OK),
        ({"other_station": 254}, Level.WARN),
        ({"other_station": 0}, Level.WARN),
    ),
    "aircraft.plan": (
        ({"plan_on_board": "digest"}, Level.OK),
        ({"plan_on_board": "another"}, Level.REFUSE),
        ({"plan_on_board": None}, Level.REFUSE),
        ({"plan_on_board": ""}, Level.REFUSE),
    ),
}


@pytest.mark.parametrize("rule", STATES)
def test_what_is_known_of_the_aircraft_is_judged(rule: str) -> None:
    for change, level in STATES[rule]:
        found = _found(ready_aircraft(**change), rule)
        assert found.level is level, change
        assert (found.cure is None) is (level is Level.OK)


def test_every_check_has_its_limits_here_and_every_limit_its_check() -> None:
    findings = aircraft_checks(ready_aircraft(), NEEDS)
    rules = [finding.rule for finding in findings]
    assert len(rules) == len(set(rules)) == 8
    assert set(rules) == LIMITS.keys() | STATES.keys()
    assert JUDGED.keys() == LIMITS.keys()
    assert {finding.level for finding in findings} == {Level.OK}
    assert all(finding.text.ja and finding.text.en for finding in findings)


@pytest.mark.parametrize("above_m", [-80.0, 80.0])
def test_an_aircraft_held_up_or_down_stands_where_its_home_is(above_m: float) -> None:
    """Its own home is its height less its height above home: that must be the plan's, wherever it is now."""
    held = replace(HOME, alt_amsl_m=HOME.alt_amsl_m + above_m)
    for alt_home_m, level in ((above_m, Level.OK), (above_m + 15.1, Level.REFUSE), (0.0, Level.REFUSE)):
        telemetry = reporting("motion", position=held, alt_home_m=alt_home_m)
        assert _found(ready_aircraft(telemetry=telemetry), "aircraft.place").level is level


def test_two_aircraft_of_one_number_are_told_apart_from_silence() -> None:
    assert "same system id" in _found(ready_aircraft(duplicate_suspected=True), "aircraft.link").text.en
    lost = ready_aircraft(duplicate_suspected=True, link=LinkState.LOST)
    assert "not heard" in _found(lost, "aircraft.link").text.en


@pytest.mark.parametrize(("needed", "level"), [(95.0, Level.OK), (95.4, Level.REFUSE), (100.0, Level.REFUSE)])
def test_the_battery_is_judged_by_what_this_flight_needs(needed: float, level: Level) -> None:
    needs = replace(NEEDS, battery_percent=needed)
    found = _found(ready_aircraft(), "aircraft.battery", needs)
    assert found.level is level
    assert f"95 % 50.0 V, this flight needs {needed:.0f} %" in found.text.en
    unmeasured = ready_aircraft(telemetry=reporting("battery", voltage_v=None))
    assert f"95 %, this flight needs {needed:.0f} %" in _found(unmeasured, "aircraft.battery", needs).text.en


def test_what_is_judged_is_shown_with_its_numbers() -> None:
    telemetry = reporting("gps", satellites=4, hdop=None)
    found = _found(ready_aircraft(telemetry=telemetry), "aircraft.gps")
    assert (found.text.ja, found.text.en) == ("GPS: 衛星 4、精度 HDOP ?", "GPS: 4 satellites, HDOP ?")
    telemetry = reporting("gps", satellites=None, hdop=3.2)
    found = _found(ready_aircraft(telemetry=telemetry), "aircraft.gps")
    assert (found.text.ja, found.text.en) == ("GPS: 衛星 ?、精度 HDOP 3.2", "GPS: ? satellites, HDOP 3.2")
    for name in ("velocity", "position", "height", "compass"):
        telemetry = reporting("ekf", **{f"{name}_variance": 0.43})
        assert "variance 0.43" in _found(ready_aircraft(telemetry=telemetry), "aircraft.ekf").text.en
    far = replace(HOME, lat_deg=HOME.lat_deg + 100.0 * ONE_METRE_NORTH_DEG, alt_amsl_m=520.0)
    telemetry = reporting("motion", position=far)
    assert "100 m from where the plan starts, 20 m in height" in _place_text(telemetry)
    telemetry = reporting("motion", alt_home_m=7.0)
    assert "0 m from where the plan starts, 7 m in height" in _place_text(telemetry)


def _place_text(telemetry: Any) -> str:
    return _found(ready_aircraft(telemetry=telemetry), "aircraft.place").text.en


@pytest.mark.parametrize(
    ("rule", "change", "action"),
    [
        ("aircraft.place", {"telemetry": reporting("motion", alt_home_m=99.0)}, "replan"),
        ("aircraft.plan", {"plan_on_board": None}, "upload"),
        ("aircraft.ekf", {"telemetry": reporting("ekf", flags=0)}, None),
        ("aircraft.gps", {"telemetry": reporting("gps", fix_type=0)}, None),
    ],
)
def test_what_the_page_can_mend_is_offered_as_a_button(rule: str, change: dict[str, Any], action: str | None) -> None:
    cure = _found(ready_aircraft(**change), rule).cure
    assert cure is not None
    assert cure.action == action


def _said(text: str, age_s: float) -> StatusText:
    return StatusText(received_s=HEARD_S - age_s, severity=2, text=text)


def test_the_reasons_of_its_own_checks_are_the_newest_ones_each_once() -> None:
    texts = (
        _said("PreArm: Older", 55.0),
        _said("PreArm: Old", 40.0),
        _said("PreArm: Compass not calibrated", 39.9),
        _said("PreArm: Fence", 1.0),
        _said("PreArm: Compass not calibrated", 0.0),
        _said("EKF3 IMU0 is using GPS", 0.0),
    )
    state = ready_aircraft(telemetry=reporting("sensors", healthy=0), texts=texts)
    found = _found(state, "aircraft.pre-arm")
    assert found.text.en == "the aircraft's own checks do not pass: Compass not calibrated; Fence"
    assert found.text.ja == "機体の自己点検が合格していません: Compass not calibrated; Fence"
    silent = _found(structs.replace(state, texts=()), "aircraft.pre-arm")
    assert silent.text.en == "the aircraft's own checks do not pass"


def test_an_armed_aircraft_has_passed_its_own_checks() -> None:
    for armed, level in ((False, Level.REFUSE), (True, Level.OK)):
        telemetry = structs.replace(
            reporting("heartbeat", armed=armed), sensors=reporting("sensors", healthy=0).sensors
        )
        assert _found(ready_aircraft(telemetry=telemetry), "aircraft.pre-arm").level is level
