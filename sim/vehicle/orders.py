"""Orders from the ground and the vehicle's answers, as MAV_RESULT."""

import math
from enum import IntEnum

from sim.dynamics.path import Vector
from sim.vehicle import startup
from sim.vehicle.autopilot import Autopilot
from sim.vehicle.fence import breaches, name_breaches
from sim.vehicle.modes import MODE_NAMES, NOT_ARMABLE, Mode, Severity, mode_of
from sim.vehicle.tasks import Hold, KeepSpeed, TakeOff, Travel

_ARM_IN_AUTO = 1
FORCE = 21196.0
_FARTHEST_M = 1_000_000.0
_HIGHEST_M = 83_886.0
_FASTEST_MPS = 1_000.0


class Answer(IntEnum):
    """MAV_RESULT."""

    ACCEPTED = 0
    TEMPORARILY_REJECTED = 1
    DENIED = 2
    UNSUPPORTED = 3
    FAILED = 4


def arm(vehicle: Autopilot, *, force: bool) -> Answer:
    """Start the motors, if the checks before arming allow it."""
    if vehicle.armed:
        return Answer.ACCEPTED
    reason = None if force and vehicle.now_s >= startup.INITIALISED_S else refusal(vehicle)
    if reason is not None:
        vehicle.say(f"Arm: {reason}", Severity.CRITICAL)
        return Answer.FAILED
    vehicle.begin_armed()
    return Answer.ACCEPTED


def refusal(vehicle: Autopilot) -> str | None:
    """Return the first reason not to arm, None where there is none."""
    params = vehicle.params
    reason = startup.arming_reason(vehicle.now_s)
    if reason is not None:
        return reason
    if vehicle.mode in NOT_ARMABLE or (vehicle.mode is Mode.AUTO and not int(params["AUTO_OPTIONS"]) & _ARM_IN_AUTO):
        return f"{MODE_NAMES[vehicle.mode].title()} mode not armable"
    return prearm_refusal(vehicle)


def prearm_refusal(vehicle: Autopilot) -> str | None:
    """Return the first reason not to arm in whichever mode, as the pre-arm bit of SYS_STATUS tells it."""
    reason = startup.arming_reason(vehicle.now_s)
    if reason is not None or vehicle.params["ARMING_CHECK"] == 0.0:
        return reason
    return _battery_refusal(vehicle) or _fence_refusal(vehicle)


def _battery_refusal(vehicle: Autopilot) -> str | None:
    params = vehicle.params
    if vehicle.battery.level > 0:
        return "Battery failsafe"
    if 0.0 < vehicle.kin.voltage_v < params["BATT_ARM_VOLT"]:
        return "Battery 1 below minimum arming voltage"
    if params["BATT_ARM_MAH"] > 0.0 and params["BATT_CAPACITY"] - vehicle.kin.used_mah < params["BATT_ARM_MAH"]:
        return "Battery 1 below minimum arming capacity"
    return None


def _fence_refusal(vehicle: Autopilot) -> str | None:
    params = vehicle.params
    broken = breaches(params, vehicle.zones, vehicle.kin.position, vehicle.home)
    return f"vehicle outside {name_breaches(broken)} fence" if broken else None


def disarm(vehicle: Autopilot, *, force: bool) -> Answer:
    """Stop the motors on the ground, or anywhere by force."""
    if vehicle.armed and not vehicle.landed and not force:
        return Answer.FAILED
    vehicle.disarm()
    return Answer.ACCEPTED


def set_mode(vehicle: Autopilot, number: int) -> Answer:
    """Change to the mode of that number."""
    mode = mode_of(number)
    if mode is None:
        vehicle.say(f"No such mode {number}", Severity.WARNING)
        return Answer.FAILED
    return Answer.ACCEPTED if vehicle.mode is mode or vehicle.enter(mode) is None else Answer.FAILED


def take_off(vehicle: Autopilot, alt_home_m: float) -> Answer:
    """Climb to a height above home, in GUIDED, from the ground."""
    if not vehicle.armed or vehicle.mode is not Mode.GUIDED or not vehicle.landed:
        return Answer.FAILED
    if not vehicle.alt_home_m < alt_home_m < _HIGHEST_M:
        return Answer.FAILED
    vehicle.task = TakeOff(vehicle.home[2] + alt_home_m)
    return Answer.ACCEPTED


def start_mission(vehicle: Autopilot) -> Answer:
    """Fly the mission on board from where it stands, taking off if it is on the ground."""
    if not vehicle.armed or (vehicle.mode is not Mode.AUTO and vehicle.enter(Mode.AUTO) is not None):
        return Answer.FAILED
    vehicle.auto_armed = True
    return Answer.ACCEPTED


def go_to(vehicle: Autopilot, place: Vector, *, above_ground: bool, yaw_rad: float | None = None) -> Answer:
    """Fly to a place, in GUIDED and off the ground; a place outside the fence is refused without a word."""
    if vehicle.mode is not Mode.GUIDED:
        return Answer.FAILED
    if not _is_within_reach(place):
        return Answer.DENIED
    up = place[2] + (vehicle.kin.ground_m if above_ground else 0.0)
    if breaches(vehicle.params, vehicle.zones, (place[0], place[1], up), vehicle.home):
        return Answer.DENIED
    if not vehicle.armed or vehicle.landed:
        return Answer.FAILED
    vehicle.task = Travel(place, guided=True, above_ground=above_ground)
    vehicle.flight.yaw_hold_rad = yaw_rad
    return Answer.ACCEPTED


def keep_speed(vehicle: Autopilot, velocity: Vector, yaw_rad: float | None = None) -> Answer:
    """Fly at a velocity until the next order or GUID_TIMEOUT, in GUIDED and off the ground."""
    if vehicle.mode is not Mode.GUIDED or not vehicle.armed or vehicle.landed:
        return Answer.FAILED
    if not all(abs(part) <= _FASTEST_MPS for part in velocity):
        return Answer.DENIED
    if isinstance(vehicle.task, KeepSpeed):
        vehicle.task.order(velocity, vehicle.now_s, yaw_rad)
    else:
        vehicle.task = KeepSpeed(velocity, vehicle.now_s, yaw_rad)
    return Answer.ACCEPTED


def pause(vehicle: Autopilot) -> Answer:
    """Stop and keep the place, in GUIDED."""
    if vehicle.mode is not Mode.GUIDED or vehicle.landed:
        return Answer.FAILED
    vehicle.task = Hold()
    return Answer.ACCEPTED


def set_home(vehicle: Autopilot, place: Vector | None) -> Answer:
    """Make a place the home, None for where it stands now."""
    if not vehicle.has_origin:
        return Answer.FAILED
    if place is not None and not _is_within_reach(place):
        return Answer.DENIED
    vehicle.move_home(vehicle.kin.position if place is None else place)
    return Answer.ACCEPTED


def terminate(vehicle: Autopilot) -> Answer:
    """Stop the motors at once, wherever it is."""
    vehicle.disarm()
    return Answer.ACCEPTED


def heading_rad(yaw_deg: float) -> float | None:
    """Return a heading in radians; NaN means none was asked for."""
    return None if math.isnan(yaw_deg) else math.radians(yaw_deg)


def _is_within_reach(place: Vector) -> bool:
    """Return whether a place is one on this side of the earth; NaN is none."""
    return all(abs(part) <= _FARTHEST_M for part in place[:2]) and abs(place[2]) < _HIGHEST_M
