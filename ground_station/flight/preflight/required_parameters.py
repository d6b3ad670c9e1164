"""What must be set on the autopilot for this flight.

The autopilot keeps people safe, not this station; so its own failsafes are checked, and set, for each flight. Names and
units are ArduCopter's: `RTL_ALT` in centimetres, or `RTL_ALT_M` in metres where a firmware has that instead.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleet.text import Text
from ground_station.flight.flight_plan import FlightNeeds, FlightPlan
from missions.values.aircraft import PayloadGear

_SILENCE_S = 5.0
_LONGEST_SILENCE_S = 120.0  # ArduCopter takes 2 to 120 s
_GRIPPER_FUNCTION = 28
_ANY_SERVO = "SERVO*_FUNCTION"
_CONTINUE_IF_AUTO_ON_GCS = 1 << 1  # bits of ArduCopter's FS_OPTIONS
_CONTINUE_IF_LANDING = 1 << 3
_GCS_CONTINUE_IF_PILOT_CONTROL = 1 << 4
_RELEASE_GRIPPER = 1 << 5
_SPARE_SERVO = "SERVO9_FUNCTION"
_FENCE_ALTITUDE_AND_POLYGONS = 5.0
_ALTITUDE_MARGIN_M = 30.0


class Bound(StrEnum):
    """How a value must stand to the one required."""

    EQUAL = "equal"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredParameter:
    """One setting that this flight needs, and why.

    Some take effect only when the autopilot starts anew. One that `is_wiring` tells how the aircraft was built: it is
    checked, and never written by the station.
    """

    name: str
    value: float
    why: Text
    bound: Bound = Bound.EQUAL
    needs_restart: bool = False
    is_wiring: bool = False

    def met_by(self, actual: float | None) -> bool:
        """Return True if `actual` is right; an unknown value, or one that is no number, never is."""
        if actual is None or not math.isfinite(actual):
            return False
        if self.bound is Bound.AT_LEAST and actual >= self.value:
            return True
        if self.bound is Bound.AT_MOST and actual <= self.value:
            return True
        return math.isclose(actual, self.value, rel_tol=1e-6, abs_tol=1e-6)


def required_parameters(
    plan: FlightPlan, known: Mapping[str, float], *, simulated: bool, time_scale: float = 1.0
) -> tuple[RequiredParameter, ...]:
    """Return what this flight needs; `known` are the aircraft's parameters, which tell its firmware's names.

    The kind of a gripper and its servo are facts of a real aircraft, to be checked; a simulated one is given them. In a
    drill that runs `time_scale` times faster than life the silence is still counted in real seconds.
    """
    return (
        *_link(time_scale if simulated else 1.0),
        _failsafe_options(known),
        *_battery(plan.needs),
        *_fence(plan),
        _return_height(plan.needs, known),
        *_gear(plan.needs.gear, known, simulated=simulated),
    )


def _link(time_scale: float) -> tuple[RequiredParameter, ...]:
    timeout_s = min(_LONGEST_SILENCE_S, max(_SILENCE_S, round(_SILENCE_S * time_scale)))
    return (
        RequiredParameter(
            name="FS_GCS_ENABLE",
            value=1.0,
            why=Text("通信が途絶えたら帰還する", "it returns home when this station falls silent"),
        ),
        RequiredParameter(
            name="FS_GCS_TIMEOUT",
            value=float(timeout_s),
            why=Text(
                f"途絶とみなすまで {timeout_s:g} 秒", f"it waits {timeout_s:g} s before it takes silence for a loss"
            ),
        ),
    )


def _failsafe_options(known: Mapping[str, float]) -> RequiredParameter:
    now = int(known.get("FS_OPTIONS", _GCS_CONTINUE_IF_PILOT_CONTROL))
    value = (now | _CONTINUE_IF_LANDING) & ~(_CONTINUE_IF_AUTO_ON_GCS | _RELEASE_GRIPPER)
    return RequiredParameter(
        name="FS_OPTIONS",
        value=float(value),
        why=Text(
            "途絶・電池の異常で: 計画の途中なら帰還、着陸中なら着陸を続ける。荷は放さない",
            "on silence or low battery it leaves its plan and returns, goes on with a landing, and keeps its load",
        ),
    )


def _battery(needs: FlightNeeds) -> tuple[RequiredParameter, ...]:
    return (
        RequiredParameter(
            name="BATT_CAPACITY",
            value=float(round(needs.capacity_mah)),
            why=Text("機体の電池の容量", "the capacity of the aircraft's battery"),
        ),
        RequiredParameter(
            name="BATT_LOW_MAH",
            value=float(needs.return_at_mah),
            why=Text("帰還を始める残量", "the charge left at which it returns home"),
        ),
        RequiredParameter(
            name="BATT_FS_LOW_ACT", value=2.0, why=Text("電池が少なくなったら帰還する", "a low battery makes it return")
        ),
    )


def _fence(plan: FlightPlan) -> tuple[RequiredParameter, ...]:
    if not plan.fence:
        return ()
    return (
        RequiredParameter(name="FENCE_ENABLE", value=1.0, why=Text("飛行範囲を守る", "it keeps to its area")),
        RequiredParameter(
            name="FENCE_TYPE",
            value=_FENCE_ALTITUDE_AND_POLYGONS,
            why=Text("高さの上限と区域を守る", "it keeps to the greatest height and to the areas"),
        ),
        RequiredParameter(
            name="FENCE_ALT_MAX",
            value=float(math.ceil(plan.needs.highest_home_m + _ALTITUDE_MARGIN_M)),
            why=Text("この飛行の高さの上限", "the greatest height of this flight"),
        ),
        RequiredParameter(
            name="FENCE_ACTION", value=1.0, why=Text("範囲を出たら帰還する", "leaving the area makes it return")
        ),
    )


def _return_height(needs: FlightNeeds, known: Mapping[str, float]) -> RequiredParameter:
    why = Text("帰還の高さが山より高い", "the way home is higher than the ridges")
    metres = needs.return_altitude_home_m
    if "RTL_ALT_M" in known and "RTL_ALT" not in known:
        return RequiredParameter(name="RTL_ALT_M", value=float(math.ceil(metres)), why=why)
    return RequiredParameter(name="RTL_ALT", value=float(math.ceil(metres * 100.0)), why=why)


def _gear(gear: PayloadGear, known: Mapping[str, float], *, simulated: bool) -> tuple[RequiredParameter, ...]:
    if gear is not PayloadGear.GRIPPER:
        return ()
    needed = [
        RequiredParameter(
            name="GRIP_ENABLE",
            value=1.0,
            why=Text("荷を放す装置が使える", "the gripper is switched on"),
            needs_restart=True,
        )
    ]
    if "GRIP_TYPE" in known:
        needed.append(
            RequiredParameter(
                name="GRIP_TYPE",
                value=1.0,
                bound=Bound.AT_LEAST,
                needs_restart=True,
                is_wiring=not simulated,
                why=Text("荷を放す装置の種類", "the kind of gripper"),
            )
        )
    on_servo = any(_is_servo(name) and value == _GRIPPER_FUNCTION for name, value in known.items())
    wired = on_servo or known.get("GRIP_CAN_ID", 0.0) > 0.0
    if not wired and (_SPARE_SERVO in known or not simulated):
        needed.append(
            RequiredParameter(
                name=_SPARE_SERVO if simulated else _ANY_SERVO,
                value=float(_GRIPPER_FUNCTION),
                is_wiring=not simulated,
                why=Text("荷を放す装置の出力", "the output that moves the gripper"),
            )
        )
    return tuple(needed)


def _is_servo(name: str) -> bool:
    return name.startswith("SERVO") and name.endswith("_FUNCTION")
