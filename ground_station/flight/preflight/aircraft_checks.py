"""What the aircraft itself reports, judged for take-off: link, position, estimator, battery, its own pre-arm checks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from fleet.positions import Position, distance_m
from fleet.text import Text
from ground_station.flight.vehicles.state import LinkState, Received, VehicleState
from missions.values.finding import Cure, Finding, Level

_OLD_S = 10.0
_LEAST_SATELLITES = 6
_WORST_HDOP = 2.0
_WORST_VARIANCE = 0.8
_FROM_HOME_M = 30.0
_HOME_HEIGHT_M = 15.0
_REASON_S = 40.0

_WAIT = Cure(text=Text("そのまま待ってください", "wait"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOffNeeds:
    """What the flight asks of the aircraft before it starts. `battery_percent` is what must be in the battery."""

    home: Position
    digest: str
    battery_percent: float


_Check: TypeAlias = Callable[[VehicleState, TakeOffNeeds], Finding]


def aircraft_checks(state: VehicleState, needs: TakeOffNeeds) -> tuple[Finding, ...]:
    """Return a finding for each check, with the value that was judged."""
    return tuple(check(state, needs) for check in _CHECKS)


def _link(state: VehicleState, needs: TakeOffNeeds) -> Finding:
    del needs
    if state.link is LinkState.FRESH and state.duplicate_suspected:
        return _refuse(
            "aircraft.link",
            Text("同じ番号の機体が 2 機聞こえます", "two aircraft with the same system id are heard"),
            Text("一方の MAV_SYSID を変えてください", "change MAV_SYSID of one of them"),
        )
    if state.link is LinkState.FRESH:
        return _ok("aircraft.link", Text("機体と通信できています", "the aircraft is heard"))
    return _refuse(
        "aircraft.link",
        Text("機体の電波が届いていません", "the aircraft is not heard"),
        Text("機体の電源とアンテナを確かめてください", "check its power and the antenna"),
    )


def _other_station(state: VehicleState, needs: TakeOffNeeds) -> Finding:
    del needs
    if state.other_station is None:
        return _ok("aircraft.other-station", Text("ほかの地上局はいません", "no other ground station is heard"))
    return Finding(
        level=Level.WARN,
        rule="aircraft.other-station",
        text=Text(
            f"別の地上局（番号 {state.other_station}）が機体と通信しています",
            f"another ground station (id {state.other_station}) talks to the aircraft",
        ),
        cure=Cure(text=Text("相手と、どちらが操縦するか決めてください", "agree with them who is in control")),
    )


def _gps(state: VehicleState, needs: TakeOffNeeds) -> Finding:
    del needs
    gps = state.telemetry.gps
    if gps is None or _is_old(state, gps):
        return _unknown("aircraft.gps", "GPS")
    value = Text(
        f"GPS: 衛星 {gps.satellites or '?'}、精度 HDOP {gps.hdop or '?'}",
        f"GPS: {gps.satellites or '?'} satellites, HDOP {gps.hdop or '?'}",
    )
    good = gps.fix_type >= 3 and (gps.satellites or 0) >= _LEAST_SATELLITES and (gps.hdop or 99.0) <= _WORST_HDOP
    if good:
        return _ok("aircraft.gps", value)
    return _refuse("aircraft.gps", value, Text("空の開けた所で待ってください", "wait where the sky is open"))


def _estimator(state: VehicleState, needs: TakeOffNeeds) -> Finding:
    del needs
    ekf = state.telemetry.ekf
    if ekf is None or _is_old(state, ekf):
        return _unknown("aircraft.ekf", "EKF")
    variances = (ekf.velocity_variance, ekf.position_variance, ekf.height_variance, ekf.compass_variance)
    # max() alone would pass over a NaN that does not stand first.
    worst = math.nan if any(map(math.isnan, variances)) else max(variances)
    value = Text(f"姿勢と位置の推定: ずれ {worst:.2f}", f"attitude and position estimate: variance {worst:.2f}")
    if ekf.has_absolute_position and worst < _WORST_VARIANCE:
        return _ok("aircraft.ekf", value)
    return Finding(level=Level.REFUSE, rule="aircraft.ekf", text=value, cure=_WAIT)


def _battery(state: VehicleState, needs: TakeOffNeeds) -> Finding:
    battery = state.telemetry.battery
    if battery is None or battery.percent is None or _is_old(state, battery):
        return _unknown("aircraft.battery", "電池 / battery")
    volts = "" if battery.voltage_v is None else f" {battery.voltage_v:.1f} V"
    value = Text(
        f"電池 {battery.percent} %{volts}（この飛行に {needs.battery_percent:.0f} % 必要）",
        f"battery {battery.percent} %{volts}, this flight needs {needs.battery_percent:.0f} %",
    )
    if battery.percent >= needs.battery_percent:
        return _ok("aircraft.battery", value)
    return _refuse("aircraft.battery", value, Text("充電した電池に替えてください", "put in a charged battery"))


def _self_check(state: VehicleState, needs: TakeOffNeeds) -> Finding:
    del needs
    sensors = state.telemetry.sensors
    if sensors is None or _is_old(state, sensors):
        return _unknown("aircraft.pre-arm", "自己点検 / pre-arm checks")
    if state.armed or sensors.arming_allowed:
        return _ok("aircraft.pre-arm", Text("機体の自己点検は合格", "the aircraft's own checks pass"))
    said = _pre_arm_reasons(state)
    reasons = f": {said}" if said else ""
    return _refuse(
        "aircraft.pre-arm",
        Text(f"機体の自己点検が合格していません{reasons}", f"the aircraft's own checks do not pass{reasons}"),
        Text("理由を直すか、起動直後なら 1 分待ってください", "mend the reason, or wait a minute right after start"),
    )


def _place(state: VehicleState, needs: TakeOffNeeds) -> Finding:
    motion = state.telemetry.motion
    if motion is None or _is_old(state, motion):
        return _unknown("aircraft.place", "位置 / position")
    away_m = distance_m(motion.position.ground, needs.home.ground)
    up_m = abs(motion.position.alt_amsl_m - motion.alt_home_m - needs.home.alt_amsl_m)
    value = Text(
        f"計画の出発点から {away_m:.0f} m、高さの差 {up_m:.0f} m",
        f"{away_m:.0f} m from where the plan starts, {up_m:.0f} m in height",
    )
    if away_m <= _FROM_HOME_M and up_m <= _HOME_HEIGHT_M:
        return _ok("aircraft.place", value)
    return Finding(
        level=Level.REFUSE,
        rule="aircraft.place",
        text=value,
        cure=Cure(text=Text("機体のいる所から計画し直す", "plan anew from where it stands"), action="replan"),
    )


def _on_board(state: VehicleState, needs: TakeOffNeeds) -> Finding:
    if state.plan_on_board == needs.digest:
        return _ok(
            "aircraft.plan",
            Text("機体の計画は送ったものと同じです", "what is on board was read back equal to the plan"),
        )
    return Finding(
        level=Level.REFUSE,
        rule="aircraft.plan",
        text=Text("この計画が機体にあると確認できていません", "the plan was not read back from the aircraft"),
        cure=Cure(text=Text("計画を送る", "send the plan"), action="upload"),
    )


_CHECKS: Sequence[_Check] = (
    _link,
    _other_station,
    _gps,
    _estimator,
    _battery,
    _self_check,
    _place,
    _on_board,
)


def _is_old(state: VehicleState, value: Received) -> bool:
    age_s = state.age_s(value)
    return age_s is None or age_s > _OLD_S


def _pre_arm_reasons(state: VehicleState) -> str:
    said = [
        text.text.removeprefix("PreArm: ")
        for text in state.texts
        if text.text.startswith("PreArm: ") and state.at_s - text.received_s < _REASON_S
    ]
    return "; ".join(dict.fromkeys(said))


def _ok(rule: str, text: Text) -> Finding:
    return Finding(level=Level.OK, rule=rule, text=text)


def _refuse(rule: str, text: Text, cure: Text) -> Finding:
    return Finding(level=Level.REFUSE, rule=rule, text=text, cure=Cure(text=cure))


def _unknown(rule: str, name: str) -> Finding:
    return Finding(
        level=Level.REFUSE,
        rule=rule,
        text=Text(f"{name} の値がまだ届いていません", f"{name}: no value has come yet"),
        cure=_WAIT,
    )
