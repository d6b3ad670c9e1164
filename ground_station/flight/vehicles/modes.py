"""ArduCopter's flight modes."""

from enum import IntEnum

from fleet.text import Text


class CopterMode(IntEnum):
    """ArduCopter's `custom_mode` numbers."""

    STABILIZE = 0
    ACRO = 1
    ALT_HOLD = 2
    AUTO = 3
    GUIDED = 4
    LOITER = 5
    RTL = 6
    CIRCLE = 7
    LAND = 9
    DRIFT = 11
    SPORT = 13
    FLIP = 14
    AUTOTUNE = 15
    POSHOLD = 16
    BRAKE = 17
    THROW = 18
    AVOID_ADSB = 19
    GUIDED_NOGPS = 20
    SMART_RTL = 21
    FLOWHOLD = 22
    FOLLOW = 23
    ZIGZAG = 24
    SYSTEMID = 25
    AUTOROTATE = 26
    AUTO_RTL = 27
    TURTLE = 28


_WORDS: dict[CopterMode, Text] = {
    CopterMode.STABILIZE: Text("手動（姿勢安定）", "manual (stabilize)"),
    CopterMode.AUTO: Text("計画どおり飛行", "flying the plan"),
    CopterMode.GUIDED: Text("地上局の指示で飛行", "guided"),
    CopterMode.LOITER: Text("その場で待機（操縦者）", "loiter"),
    CopterMode.RTL: Text("帰還中", "returning home"),
    CopterMode.SMART_RTL: Text("来た道を帰還中", "returning the way it came"),
    CopterMode.LAND: Text("その場に着陸中", "landing here"),
    CopterMode.BRAKE: Text("その場で待機", "holding"),
    CopterMode.AUTO_RTL: Text("計画の帰還区間を飛行", "flying the plan's way home"),
}

_NUMBERS = frozenset(mode.value for mode in CopterMode)


def mode_name(number: int) -> str:
    """Return ArduCopter's name of a mode, or `MODE_99` for one that is not known."""
    return CopterMode(number).name if number in _NUMBERS else f"MODE_{number}"


def mode_text(number: int) -> Text:
    """Return the mode in words."""
    known = _WORDS.get(CopterMode(number)) if number in _NUMBERS else None
    name = mode_name(number)
    return known or Text(name, name)
