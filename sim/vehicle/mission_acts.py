"""What a mission's commands do that are no navigation."""

import math
from typing import TYPE_CHECKING

from sim.vehicle.mission_item import Do, StoredItem
from sim.vehicle.modes import Severity

if TYPE_CHECKING:
    from sim.vehicle.autopilot import Autopilot

_FASTEST_MPS = 1_000.0


def act(vehicle: "Autopilot", item: StoredItem) -> None:
    """Carry out one command; those that this vehicle stores but has no gear for do nothing, as in the firmware."""
    p1, p2, p3, p4 = item.param1, item.param2, item.param3, item.param4
    match item.command:
        case Do.CHANGE_SPEED:
            change_speed(vehicle, kind=int(p1), speed_mps=p2)
        case Do.CONDITION_YAW:
            turn(vehicle, angle_deg=p1, clockwise=p3 >= 0.0, relative=p4 != 0.0)
        case Do.GRIPPER:
            move_gripper(vehicle, grab=p2 != 0.0)
        case Do.DIGICAM_CONTROL if item.x == 1:
            take_picture(vehicle)
        case Do.SET_CAM_TRIGG_DIST:
            vehicle.trigger.by_distance(p1)
            if p3 != 0.0:
                take_picture(vehicle)
        case Do.IMAGE_START_CAPTURE:
            start_capture(vehicle, every_s=p2, count=int(p3))
        case Do.IMAGE_STOP_CAPTURE:
            vehicle.trigger.stop()
        case Do.WINCH:
            lower_winch(vehicle, action=int(p2), length_m=p3, rate_mps=p4)
        case Do.FENCE_ENABLE:
            vehicle.params.set("FENCE_ENABLE", 1.0 if p1 == 1.0 else 0.0)
        case _:
            pass


def change_speed(vehicle: "Autopilot", *, kind: int, speed_mps: float) -> bool:
    """Set the speed of the legs (0, 1), of climb (2) or of descent (3); False if it makes no sense."""
    if not 0.0 < speed_mps <= _FASTEST_MPS:
        return False
    match kind:
        case 0 | 1:
            vehicle.flight.speed_mps = speed_mps
        case 2:
            vehicle.flight.climb_mps = speed_mps
        case 3:
            vehicle.flight.descent_mps = speed_mps
        case _:
            return False
    return True


def turn(vehicle: "Autopilot", *, angle_deg: float, clockwise: bool, relative: bool) -> None:
    """Hold a heading until the next navigation command."""
    angle = math.radians(angle_deg)
    if relative:
        angle = vehicle.kin.yaw_rad + (angle if clockwise else -angle)
    vehicle.flight.yaw_hold_rad = angle % (2.0 * math.pi)


def move_gripper(vehicle: "Autopilot", *, grab: bool) -> bool:
    """Close or open the gripper; False where it is switched off. One switched on since power on does nothing yet."""
    if vehicle.params["GRIP_ENABLE"] == 0.0:
        return False
    if grab:
        vehicle.gripper.grab()
    else:
        vehicle.gripper.release()
    return True


def take_picture(vehicle: "Autopilot") -> bool:
    """Let the shutter go; False without a camera."""
    if vehicle.params["CAM1_TYPE"] == 0.0:
        return False
    vehicle.take_picture()
    return True


def start_capture(vehicle: "Autopilot", *, every_s: float, count: int) -> bool:
    """Take pictures by time; False without a camera."""
    if vehicle.params["CAM1_TYPE"] == 0.0:
        return False
    vehicle.trigger.by_time(vehicle.now_s, every_s, count)
    return True


def lower_winch(vehicle: "Autopilot", *, action: int, length_m: float, rate_mps: float) -> bool:
    """Let line out (action 1: by length); False without a winch."""
    if vehicle.params["WINCH_TYPE"] == 0.0:
        vehicle.say("Winch: not enabled", Severity.WARNING)
        return False
    if action == 1:
        vehicle.winch.lower(vehicle.now_s, length_m, rate_mps or 1.0)
        vehicle.say(f"Winch: {'lowering' if length_m > 0.0 else 'raising'} {abs(length_m):.1f}m")
    return True
