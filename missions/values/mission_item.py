"""A MAVLink mission, fence or rally item as a value (MISSION_ITEM_INT, message 73).

`x` and `y` are degrees × 1e7 for items with a place, `z` metres in the frame's datum.
"""

from dataclasses import dataclass
from enum import IntEnum


class MissionType(IntEnum):
    """MAV_MISSION_TYPE."""

    MISSION = 0
    FENCE = 1
    RALLY = 2


class Frame(IntEnum):
    """The MAV_FRAME values that missions here use."""

    GLOBAL = 0
    MISSION = 2
    GLOBAL_RELATIVE_ALT = 3
    GLOBAL_INT = 5
    GLOBAL_RELATIVE_ALT_INT = 6
    GLOBAL_TERRAIN_ALT = 10
    GLOBAL_TERRAIN_ALT_INT = 11


class Command(IntEnum):
    """The MAV_CMD values that missions here use."""

    NAV_WAYPOINT = 16
    NAV_RETURN_TO_LAUNCH = 20
    NAV_LAND = 21
    NAV_TAKEOFF = 22
    NAV_DELAY = 93
    NAV_PAYLOAD_PLACE = 94
    CONDITION_YAW = 115
    DO_CHANGE_SPEED = 178
    DO_DIGICAM_CONTROL = 203
    DO_GRIPPER = 211
    IMAGE_START_CAPTURE = 2000
    FENCE_RETURN_POINT = 5000
    FENCE_POLYGON_INCLUSION = 5001
    FENCE_POLYGON_EXCLUSION = 5002
    FENCE_CIRCLE_INCLUSION = 5003
    FENCE_CIRCLE_EXCLUSION = 5004
    RALLY_POINT = 5100
    DO_WINCH = 42600


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionItem:
    """One item, as it is sent."""

    seq: int
    frame: int
    command: int
    current: int = 0
    autocontinue: int = 1
    param1: float = 0.0
    param2: float = 0.0
    param3: float = 0.0
    param4: float = 0.0
    x: int = 0
    y: int = 0
    z: float = 0.0


PLACED_COMMANDS = frozenset(
    {16, 17, 18, 19, 20, 21, 22, 31, 36, 82, 84, 85, 94, 179, 188, 189, 195, 201, *range(5000, 5005), 5100}
)
"""Commands whose `x` and `y` are a place (for NAV_RETURN_TO_LAUNCH one that is not used).

For all others they are plain fifth and sixth parameters.
"""

_PLAIN_FRAMES = {5: 0, 6: 3, 11: 10}


def plain_frame(frame: int) -> int:
    """Return the frame without its INT form, as autopilots and files give it back."""
    return _PLAIN_FRAMES.get(frame, int(frame))
