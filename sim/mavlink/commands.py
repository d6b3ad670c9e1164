"""COMMAND_LONG and COMMAND_INT: one table from MAV_CMD to what the vehicle does."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from sim.vehicle import mission_acts, orders
from sim.vehicle.autopilot import Autopilot
from sim.vehicle.mission_item import StoredItem
from sim.vehicle.modes import Mode, Severity
from sim.vehicle.orders import Answer

_REBOOTS = {1.0, 3.0}
_BEYOND_MEASURE = float(1 << 31)
# The parameters that a command's handler counts with; others it compares or leaves alone.
_READ: dict[int, tuple[int, ...]] = {
    176: (1, 2), 178: (1, 2), 192: (2,), 206: (1,), 224: (1,), 510: (1,), 511: (1, 2), 512: (1,), 2000: (2, 3),
    42600: (2, 3, 4),
}  # fmt: skip


class Cmd(IntEnum):
    """MAV_CMD numbers answered here, beside those of missions."""

    NAV_LOITER_UNLIM = 17
    NAV_RETURN_TO_LAUNCH = 20
    NAV_LAND = 21
    NAV_TAKEOFF = 22
    CONDITION_YAW = 115
    DO_SET_MODE = 176
    DO_CHANGE_SPEED = 178
    DO_SET_HOME = 179
    DO_FLIGHTTERMINATION = 185
    DO_REPOSITION = 192
    DO_PAUSE_CONTINUE = 193
    DO_DIGICAM_CONTROL = 203
    DO_SET_CAM_TRIGG_DIST = 206
    DO_FENCE_ENABLE = 207
    DO_GRIPPER = 211
    DO_SET_MISSION_CURRENT = 224
    PREFLIGHT_CALIBRATION = 241
    PREFLIGHT_STORAGE = 245
    PREFLIGHT_REBOOT_SHUTDOWN = 246
    MISSION_START = 300
    COMPONENT_ARM_DISARM = 400
    RUN_PREARM_CHECKS = 401
    IMAGE_START_CAPTURE = 2000
    IMAGE_STOP_CAPTURE = 2001
    DO_WINCH = 42600


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command with its numbers; `x`, `y` are degrees × 1e7, `z` metres in `frame`, in whichever message it came."""

    command: int
    p1: float
    p2: float
    p3: float
    p4: float
    x: int
    y: int
    z: float
    frame: int

    @property
    def makes_sense(self) -> bool:
        """Return whether its parameters are numbers where they are read, and none is beyond all measure.

        NaN in a parameter that is not read means "not given", as ground stations send it.
        """
        values = (self.p1, self.p2, self.p3, self.p4)
        if any(math.isnan(values[number - 1]) for number in _READ.get(self.command, ())):
            return False
        return all(math.isnan(value) or abs(value) < _BEYOND_MEASURE for value in values)

    def item(self) -> StoredItem:
        """Return it as a mission item."""
        return StoredItem(
            command=self.command, frame=_FRAMES.get(self.frame, 0), param1=self.p1, param2=self.p2, param3=self.p3,
            param4=self.p4, x=self.x, y=self.y, z=self.z,
        )  # fmt: skip


_FRAMES = {0: 0, 2: 0, 5: 0, 3: 3, 6: 3, 10: 10, 11: 10}


def obey(vehicle: Autopilot, order: Order) -> Answer:
    """Do what is ordered and return the answer; UNSUPPORTED for what this vehicle does not know."""
    handler = _HANDLERS.get(order.command)
    return Answer.UNSUPPORTED if handler is None else handler(vehicle, order)


def _answer(done: bool) -> Answer:
    return Answer.ACCEPTED if done else Answer.FAILED


def _arm(v: Autopilot, o: Order) -> Answer:
    force = o.p2 == orders.FORCE
    if o.p1 == 1.0:
        return orders.arm(v, force=force)
    return orders.disarm(v, force=force) if o.p1 == 0.0 else Answer.UNSUPPORTED


def _mode(v: Autopilot, o: Order) -> Answer:
    if not int(o.p1) & 1:
        return Answer.DENIED
    return orders.set_mode(v, int(o.p2))


def _home(v: Autopilot, o: Order) -> Answer:
    if o.p1 == 1.0:
        return orders.set_home(v, None)
    if not (o.x or o.y):
        return Answer.DENIED
    place, above_ground = v.target(o.item())
    return Answer.UNSUPPORTED if above_ground else orders.set_home(v, place)


def _reposition(v: Autopilot, o: Order) -> Answer:
    if abs(o.x) > 900_000_000 or abs(o.y) > 1_800_000_000 or not math.isfinite(o.z):
        return Answer.DENIED
    changes_mode = int(o.p2) & 1
    if v.mode is not Mode.GUIDED and (not changes_mode or orders.set_mode(v, Mode.GUIDED) is not Answer.ACCEPTED):
        return Answer.DENIED
    place, above_ground = v.target(o.item())
    if o.p1 > 0.0:
        mission_acts.change_speed(v, kind=1, speed_mps=o.p1)
    return orders.go_to(v, place, above_ground=above_ground, yaw_rad=orders.heading_rad(o.p4))


def _pause(v: Autopilot, o: Order) -> Answer:
    return orders.pause(v) if o.p1 == 0.0 else Answer.UNSUPPORTED


def _reboot(v: Autopilot, o: Order) -> Answer:
    if o.p1 not in _REBOOTS:
        return Answer.UNSUPPORTED
    if v.armed:
        return Answer.FAILED
    v.reboot_asked = True
    return Answer.ACCEPTED


def _set_current(v: Autopilot, o: Order) -> Answer:
    return Answer.ACCEPTED if v.mission.jump_to(int(o.p1)) else Answer.FAILED


def _prearm(v: Autopilot, _o: Order) -> Answer:
    reason = orders.refusal(v)
    if reason is not None:
        v.say(f"PreArm: {reason}", Severity.CRITICAL)
    return Answer.ACCEPTED


def _terminate(v: Autopilot, o: Order) -> Answer:
    return orders.terminate(v) if o.p1 > 0.5 else Answer.DENIED


def _yaw(v: Autopilot, o: Order) -> Answer:
    if not 0.0 <= o.p1 <= 360.0:
        return Answer.FAILED
    mission_acts.turn(v, angle_deg=o.p1, clockwise=o.p3 >= 0.0, relative=o.p4 != 0.0)
    return Answer.ACCEPTED


def _gripper(v: Autopilot, o: Order) -> Answer:
    if o.p2 not in {0.0, 1.0}:
        return Answer.DENIED
    return _answer(mission_acts.move_gripper(v, grab=o.p2 == 1.0))


def _trigger_distance(v: Autopilot, o: Order) -> Answer:
    v.trigger.by_distance(o.p1)
    return Answer.ACCEPTED


def _shoot(v: Autopilot, _o: Order) -> Answer:
    mission_acts.take_picture(v)
    return Answer.ACCEPTED


def _stop_capture(v: Autopilot, _o: Order) -> Answer:
    v.trigger.stop()
    return Answer.ACCEPTED


def _fence(v: Autopilot, o: Order) -> Answer:
    if o.p1 not in {0.0, 1.0}:
        return Answer.FAILED
    v.params.set("FENCE_ENABLE", o.p1)
    return Answer.ACCEPTED


def _to_mode(mode: Mode) -> Callable[[Autopilot, Order], Answer]:
    return lambda v, _o: orders.set_mode(v, mode)


_HANDLERS: dict[int, Callable[[Autopilot, Order], Answer]] = {
    Cmd.NAV_LOITER_UNLIM: _to_mode(Mode.LOITER),
    Cmd.NAV_RETURN_TO_LAUNCH: _to_mode(Mode.RTL),
    Cmd.NAV_LAND: _to_mode(Mode.LAND),
    Cmd.NAV_TAKEOFF: lambda v, o: orders.take_off(v, o.z),
    Cmd.CONDITION_YAW: _yaw,
    Cmd.DO_SET_MODE: _mode,
    Cmd.DO_CHANGE_SPEED: lambda v, o: _answer(mission_acts.change_speed(v, kind=int(o.p1), speed_mps=o.p2)),
    Cmd.DO_SET_HOME: _home,
    Cmd.DO_FLIGHTTERMINATION: _terminate,
    Cmd.DO_REPOSITION: _reposition,
    Cmd.DO_PAUSE_CONTINUE: _pause,
    Cmd.DO_DIGICAM_CONTROL: _shoot,
    Cmd.DO_SET_CAM_TRIGG_DIST: _trigger_distance,
    Cmd.DO_FENCE_ENABLE: _fence,
    Cmd.DO_GRIPPER: _gripper,
    Cmd.DO_SET_MISSION_CURRENT: _set_current,
    Cmd.PREFLIGHT_CALIBRATION: lambda v, _o: Answer.TEMPORARILY_REJECTED if v.armed else Answer.ACCEPTED,
    Cmd.PREFLIGHT_STORAGE: lambda _v, _o: Answer.ACCEPTED,
    Cmd.PREFLIGHT_REBOOT_SHUTDOWN: _reboot,
    Cmd.MISSION_START: lambda v, _o: orders.start_mission(v),
    Cmd.COMPONENT_ARM_DISARM: _arm,
    Cmd.RUN_PREARM_CHECKS: _prearm,
    Cmd.IMAGE_START_CAPTURE: lambda v, o: _answer(mission_acts.start_capture(v, every_s=o.p2, count=int(o.p3))),
    Cmd.IMAGE_STOP_CAPTURE: _stop_capture,
    Cmd.DO_WINCH: lambda v, o: _answer(mission_acts.lower_winch(v, action=int(o.p2), length_m=o.p3, rate_mps=o.p4)),
}
