"""Mission, fence and rally items as the vehicle stores them: what it takes, and what is left of it when read back.

ArduCopter keeps an item in 15 bytes: heights in whole centimetres, most parameters in few bits, frames folded to 0, 3
and 10, and nothing of what a command does not use (`AP_Mission`, MISSION_ITEM_INT of MAVLink).
"""

import math
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np


class Result(IntEnum):
    """MAV_MISSION_RESULT."""

    ACCEPTED = 0
    ERROR = 1
    UNSUPPORTED_FRAME = 2
    UNSUPPORTED = 3
    NO_SPACE = 4
    INVALID_PARAM1 = 6
    INVALID_PARAM2 = 7
    INVALID_PARAM3 = 8
    INVALID_PARAM4 = 9
    INVALID_PARAM5_X = 10
    INVALID_PARAM6_Y = 11
    INVALID_PARAM7 = 12
    INVALID_SEQUENCE = 13
    DENIED = 14
    CANCELLED = 15


class Kind(IntEnum):
    """MAV_MISSION_TYPE."""

    MISSION = 0
    FENCE = 1
    RALLY = 2


class Do(IntEnum):
    """MAV_CMD numbers that a plan may hold."""

    WAYPOINT = 16
    LOITER_UNLIM = 17
    LOITER_TURNS = 18
    LOITER_TIME = 19
    RTL = 20
    LAND = 21
    TAKEOFF = 22
    SPLINE_WAYPOINT = 82
    GUIDED_ENABLE = 92
    DELAY = 93
    PAYLOAD_PLACE = 94
    CONDITION_DELAY = 112
    CONDITION_DISTANCE = 114
    CONDITION_YAW = 115
    JUMP = 177
    CHANGE_SPEED = 178
    SET_HOME = 179
    SET_RELAY = 181
    SET_SERVO = 183
    LAND_START = 189
    SET_ROI = 201
    DIGICAM_CONTROL = 203
    MOUNT_CONTROL = 205
    SET_CAM_TRIGG_DIST = 206
    FENCE_ENABLE = 207
    GRIPPER = 211
    IMAGE_START_CAPTURE = 2000
    IMAGE_STOP_CAPTURE = 2001
    FENCE_RETURN_POINT = 5000
    FENCE_POLYGON_INCLUSION = 5001
    FENCE_POLYGON_EXCLUSION = 5002
    FENCE_CIRCLE_INCLUSION = 5003
    FENCE_CIRCLE_EXCLUSION = 5004
    RALLY_POINT = 5100
    WINCH = 42600


NAVIGATION = frozenset(
    {
        Do.WAYPOINT, Do.LOITER_UNLIM, Do.LOITER_TURNS, Do.LOITER_TIME, Do.RTL, Do.LAND, Do.TAKEOFF,
        Do.SPLINE_WAYPOINT, Do.GUIDED_ENABLE, Do.DELAY, Do.PAYLOAD_PLACE,
    }
)  # fmt: skip

PLACED = frozenset(
    {
        Do.WAYPOINT, Do.LOITER_UNLIM, Do.LOITER_TURNS, Do.LOITER_TIME, Do.LAND, Do.TAKEOFF, Do.SPLINE_WAYPOINT,
        Do.PAYLOAD_PLACE, Do.SET_HOME, Do.LAND_START, Do.SET_ROI,
    }
)  # fmt: skip

FENCE_ITEMS = frozenset({c for c in Do if 5000 <= c <= 5004})
FENCE_POLYGONS = frozenset({Do.FENCE_POLYGON_INCLUSION, Do.FENCE_POLYGON_EXCLUSION})

# "Mission: 3 WP" and the like.
TITLES = {
    Do.WAYPOINT: "WP", Do.LOITER_UNLIM: "LoitUnlim", Do.LOITER_TURNS: "LoitTurns", Do.LOITER_TIME: "LoitTime",
    Do.RTL: "RTL", Do.LAND: "Land", Do.TAKEOFF: "Takeoff", Do.SPLINE_WAYPOINT: "SplineWP",
    Do.GUIDED_ENABLE: "GuidedEnable", Do.DELAY: "Delay", Do.PAYLOAD_PLACE: "PayloadPlace",
    Do.CONDITION_DELAY: "CondDelay", Do.CONDITION_DISTANCE: "CondDist", Do.CONDITION_YAW: "CondYaw",
    Do.JUMP: "Jump", Do.CHANGE_SPEED: "ChangeSpeed", Do.SET_HOME: "SetHome", Do.SET_RELAY: "SetRelay",
    Do.SET_SERVO: "SetServo", Do.LAND_START: "LandStart", Do.SET_ROI: "SetROI", Do.DIGICAM_CONTROL: "DigiCamCtrl",
    Do.MOUNT_CONTROL: "MountControl", Do.SET_CAM_TRIGG_DIST: "SetCamTrigDst", Do.FENCE_ENABLE: "FenceEnable",
    Do.GRIPPER: "Gripper", Do.IMAGE_START_CAPTURE: "ImageStartCapture", Do.IMAGE_STOP_CAPTURE: "ImageStopCapture",
    Do.WINCH: "Winch",
}  # fmt: skip

# NaN in parameter 4 leaves the yaw open (`AP_Mission::sanity_check_params`).
_OPEN_YAW = frozenset({Do.WAYPOINT, Do.LOITER_UNLIM, Do.LAND, Do.TAKEOFF})
_MOST_CORNERS = 255.0

ABSOLUTE, RELATIVE, TERRAIN = 0, 3, 10
_FOLDED = {0: ABSOLUTE, 2: ABSOLUTE, 5: ABSOLUTE, 3: RELATIVE, 6: RELATIVE, 10: TERRAIN, 11: TERRAIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """One item: `x`, `y` are degrees × 1e7 where it has a place, `z` metres in `frame` (0 sea, 3 home, 10 terrain)."""

    command: int
    frame: int = ABSOLUTE
    param1: float = 0.0
    param2: float = 0.0
    param3: float = 0.0
    param4: float = 0.0
    x: int = 0
    y: int = 0
    z: float = 0.0


def fold_mission_item(item: StoredItem) -> tuple[Result, StoredItem]:
    """Return whether a mission takes `item`, and what of it is kept."""
    if item.command not in TITLES:
        return Result.UNSUPPORTED, item
    fault = _check_numbers(item)
    if fault is not Result.ACCEPTED:
        return fault, item
    kept = _fold_parameters(item)
    if item.command not in PLACED:
        return Result.ACCEPTED, replace(kept, frame=ABSOLUTE)
    if item.frame not in _FOLDED:
        return Result.UNSUPPORTED_FRAME, item
    place = _check_place(item)
    if place is not Result.ACCEPTED:
        return place, item
    return Result.ACCEPTED, replace(kept, frame=_FOLDED[item.frame], x=item.x, y=item.y, z=_centimetres(item.z))


def fold_fence_item(item: StoredItem) -> tuple[Result, StoredItem]:
    """Return whether a fence takes `item`, and what of it is kept."""
    if item.command not in FENCE_ITEMS:
        return Result.UNSUPPORTED, item
    if item.frame not in {0, 3, 5, 6}:
        return Result.UNSUPPORTED_FRAME, item
    place = _check_place(item)
    if place is not Result.ACCEPTED:
        return place, item
    most = _MOST_CORNERS if item.command in FENCE_POLYGONS else math.inf
    if item.command != Do.FENCE_RETURN_POINT and not (0.0 < item.param1 <= most and math.isfinite(item.param1)):
        return Result.INVALID_PARAM1, item
    return Result.ACCEPTED, StoredItem(command=item.command, param1=_single(item.param1), x=item.x, y=item.y)


def fold_rally_item(item: StoredItem) -> tuple[Result, StoredItem]:
    """Return whether the rally list takes `item`, and what of it is kept."""
    if item.command != Do.RALLY_POINT:
        return Result.UNSUPPORTED, item
    if item.frame not in {3, 6}:
        return Result.UNSUPPORTED_FRAME, item
    place = _check_place(item)
    if place is not Result.ACCEPTED:
        return place, item
    return Result.ACCEPTED, StoredItem(command=item.command, frame=RELATIVE, x=item.x, y=item.y, z=float(int(item.z)))


def _check_numbers(item: StoredItem) -> Result:
    values = (item.param1, item.param2, item.param3, item.param4)
    for number, value in enumerate(values, start=Result.INVALID_PARAM1):
        unset = math.isnan(value) and number == Result.INVALID_PARAM4 and item.command in _OPEN_YAW
        if not (math.isfinite(value) or unset):
            return Result(number)
    return Result.ACCEPTED if math.isfinite(item.z) else Result.INVALID_PARAM7


def _check_place(item: StoredItem) -> Result:
    if abs(item.x) > 900_000_000:
        return Result.INVALID_PARAM5_X
    if abs(item.y) > 1_800_000_000:
        return Result.INVALID_PARAM6_Y
    return Result.ACCEPTED if abs(item.z) < 83_886.0 else Result.INVALID_PARAM7


def _fold_parameters(item: StoredItem) -> StoredItem:  # noqa: C901, PLR0911, PLR0912 - a table of the firmware's own
    bare = StoredItem(command=item.command)
    p1, p2, p3, p4 = item.param1, item.param2, item.param3, item.param4
    match item.command:
        case Do.WAYPOINT | Do.TAKEOFF | Do.LOITER_TIME | Do.SPLINE_WAYPOINT:
            return replace(bare, param1=_whole(p1, 65535))
        case Do.LAND:
            # The turn direction bit is stored unset and comes back as 1.
            return replace(bare, param1=_whole(p1, 65535), param4=1.0)
        case Do.LOITER_UNLIM:
            return replace(bare, param3=math.copysign(_whole(abs(p3), 65535), p3))
        case Do.LOITER_TURNS:
            return replace(bare, param1=_whole(p1, 255), param3=math.copysign(_whole(abs(p3), 255), p3), param4=1.0)
        case Do.PAYLOAD_PLACE:
            return replace(bare, param1=_single(_whole(p1 * 100.0, 65535) / 100.0))
        case Do.GRIPPER | Do.SET_RELAY | Do.SET_SERVO:
            return replace(bare, param1=_whole(p1, 255), param2=_whole(p2, 65535))
        case Do.CONDITION_YAW:
            return replace(bare, param1=_single(p1), param2=_single(p2), param3=float(int(p3)), param4=_whole(p4, 255))
        case Do.CHANGE_SPEED:
            return replace(bare, param1=_whole(p1, 255), param2=_single(p2), param3=_single(p3))
        case Do.DIGICAM_CONTROL:
            return replace(
                bare, param1=_whole(p1, 255), param2=_whole(p2, 255), param4=_whole(p4, 255), x=item.x & 0xFF
            )
        case Do.SET_CAM_TRIGG_DIST:
            return replace(bare, param1=_single(p1), param3=_whole(p3, 1))
        case Do.JUMP:
            return replace(bare, param1=_whole(p1, 65535), param2=float(int(p2)))
        case Do.GUIDED_ENABLE | Do.CONDITION_DELAY | Do.CONDITION_DISTANCE | Do.FENCE_ENABLE | Do.IMAGE_STOP_CAPTURE:
            return replace(bare, param1=_single(p1))
        case Do.SET_HOME:
            return replace(bare, param1=_whole(p1, 1))
        case Do.RTL | Do.LAND_START | Do.SET_ROI:
            return bare
        case _:
            return replace(bare, param1=_single(p1), param2=_single(p2), param3=_single(p3), param4=_single(p4))


def _whole(value: float, limit: int) -> float:
    return float(int(min(max(value, 0.0), float(limit))))


def _single(value: float) -> float:
    return float(np.float32(value))


def _centimetres(value: float) -> float:
    return _single(int(np.float32(value) * np.float32(100.0)) / 100.0)
