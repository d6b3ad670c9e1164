"""The state of the aircraft as the core's own page shows it. Pure."""

from typing import Any

from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.port import CoreReport, Problem, VehicleReport
from ground_station.flight.vehicles.failsafe_cause import failsafe_cause
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.flight.vehicles.modes import mode_text
from ground_station.flight.vehicles.state import LinkState, Received, VehicleState

_LINK = {
    LinkState.FRESH: Text("通信できています", "heard"),
    LinkState.STALE: Text("通信が遅れています", "late"),
    LinkState.LOST: Text("通信が途絶えています", "lost"),
}
MOST_COMMANDS = 60
_NEVER = Text("まだ通信できていません", "never heard")


def page_state(report: CoreReport, realm: Realm) -> dict[str, Any]:
    """Return one whole report for the page, as JSON values."""
    return {
        "boot_id": report.beat.boot_id,
        "stamp_s": report.beat.stamp_s,
        "realm": realm.value,
        "vehicles": [_vehicle(vehicle) for vehicle in report.vehicles],
        "commands": [command_view(command) for command in report.commands[-MOST_COMMANDS:]],
        "alarms": [_problem(alarm) for alarm in report.alarms],
    }


def command_view(command: FlightCommand) -> dict[str, Any]:
    """Return a command and what became of it, as JSON values."""
    return {
        "id": command.id,
        "vehicle_id": command.vehicle_id,
        "action": command.action.value,
        "author": command.author,
        "state": command.state.value,
        "text": command.text.as_dict(),
        "created_at_s": command.created_at_s,
        "changed_at_s": command.changed_at_s,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "what": problem.what.as_dict(),
        "cure": None if problem.cure is None else problem.cure.as_dict(),
    }


def _age_s(state: VehicleState, value: Received | None) -> float | None:
    age_s = state.age_s(value)
    return None if age_s is None else round(age_s, 1)


def _vehicle(report: VehicleReport) -> dict[str, Any]:
    state = report.state
    battery = state.telemetry.battery
    return {
        "id": state.vehicle_id,
        "name": report.name.as_dict(),
        "doing": _doing(state).as_dict(),
        "armed": state.armed,
        "may_be_armed": state.may_be_armed,
        "in_air": state.in_air,
        "alt_home_m": None if state.alt_home_m is None else round(state.alt_home_m, 1),
        "alt_age_s": _age_s(state, state.telemetry.motion),
        "battery_age_s": _age_s(state, battery),
        "battery_percent": None if battery is None else battery.percent,
        "battery_v": None if battery is None or battery.voltage_v is None else round(battery.voltage_v, 1),
        "link": "none" if state.link_age_s is None else state.link.value,
        "link_text": (_NEVER if state.link_age_s is None else _LINK[state.link]).as_dict(),
        "link_age_s": None if state.link_age_s is None else round(state.link_age_s, 1),
        "silence": report.silence.as_dict(),
        "problem": None if report.problem is None else report.problem.what.as_dict(),
    }


def _doing(state: VehicleState) -> Text:
    cause = failsafe_cause(state)
    if cause is not None:
        return cause
    if state.mode_number is None:
        return Text("状態不明", "unknown")
    if not state.armed:
        return Text("地上で待機中", "on the ground")
    return mode_text(state.mode_number)
