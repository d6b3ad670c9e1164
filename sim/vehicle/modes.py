"""Flight modes by ArduCopter's numbers."""

from enum import IntEnum


class Mode(IntEnum):
    """Modes that this vehicle knows."""

    STABILIZE = 0
    AUTO = 3
    GUIDED = 4
    LOITER = 5
    RTL = 6
    LAND = 9
    BRAKE = 17
    SMART_RTL = 21


NEEDS_POSITION = frozenset(Mode) - {Mode.STABILIZE, Mode.LAND}
NOT_ARMABLE = frozenset({Mode.RTL, Mode.LAND, Mode.BRAKE, Mode.SMART_RTL})

# As the firmware prints them in "Mode change to … failed" and "… mode not armable".
MODE_NAMES = {
    Mode.STABILIZE: "STABILIZE",
    Mode.AUTO: "AUTO",
    Mode.GUIDED: "GUIDED",
    Mode.LOITER: "LOITER",
    Mode.RTL: "RTL",
    Mode.LAND: "LAND",
    Mode.BRAKE: "BRAKE",
    Mode.SMART_RTL: "SMARTRTL",
}


def mode_of(number: int) -> Mode | None:
    """Return the mode of that number, None if this vehicle has none."""
    try:
        return Mode(number)
    except ValueError:
        return None


class Severity(IntEnum):
    """MAV_SEVERITY, as far as it is used."""

    EMERGENCY = 0
    CRITICAL = 2
    WARNING = 4
    INFO = 6
    DEBUG = 7
