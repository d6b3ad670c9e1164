"""Does the list read back mean what was sent?

ArduCopter stores an item in 15 bytes and gives back what is left: frames 5, 6, 11 as 0, 3, 10; items without a place
in frame 0; item 0 as its own home; heights in whole centimetres (rally points in whole metres); each command only the
parameters it knows, many in few bits (ArduPilot AP_Mission, AC_Fence, AP_Rally, 4.7). Items are equal if they are
equal after this folding, field by field. A command that is not in the table here must come back whole. What comes back
with a number that is none (NaN, infinite) or with a place that is none (`NO_NUMBER`) is never equal.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from fleet.text import Text
from ground_station.flight.protocols.transfer import NO_NUMBER
from missions.values.mission_item import Command, Frame, MissionItem, MissionType

Fold: TypeAlias = Callable[[float], float]


def _dropped(value: float) -> float:
    del value
    return 0.0


def _single(value: float) -> float:
    """Return what a 32-bit float keeps; NaN for what it cannot hold, which is equal to nothing."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.nan


def _whole(bits: int, *, signed: bool = False) -> Fold:
    """Return the fold into an integer of `bits`, cut off towards zero, wrapping as a C conversion does."""

    def fold(value: float) -> float:
        if math.isnan(value):
            return 0.0
        if math.isinf(value):
            return math.nan
        number = int(value) % (1 << bits)
        return float(number - (1 << bits) if signed and number >= 1 << (bits - 1) else number)

    return fold


def _centimetres_16(value: float) -> float:
    single = _single(value)
    return (int(single * 100.0) % 65_536) / 100.0 if math.isfinite(single) else math.nan


def _whole_metres(value_m: float) -> float:
    return float(int(value_m)) if math.isfinite(value_m) else math.nan


_U8 = _whole(8)
_I8 = _whole(8, signed=True)
_U16 = _whole(16)
_NONE = (_dropped, _dropped, _dropped, _dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What an autopilot keeps of one command."""

    parameters: tuple[Fold, Fold, Fold, Fold]
    has_place: bool = False
    codes_in_xy: bool = False


_MISSION: Mapping[int, _Kept] = {
    Command.NAV_WAYPOINT: _Kept(parameters=(_U16, _dropped, _dropped, _dropped), has_place=True),
    Command.NAV_RETURN_TO_LAUNCH: _Kept(parameters=_NONE),
    Command.NAV_LAND: _Kept(parameters=(_U16, _dropped, _dropped, _dropped), has_place=True),
    Command.NAV_TAKEOFF: _Kept(parameters=(_U16, _dropped, _dropped, _dropped), has_place=True),
    Command.NAV_DELAY: _Kept(parameters=(_single, _I8, _I8, _I8)),
    Command.NAV_PAYLOAD_PLACE: _Kept(parameters=(_centimetres_16, _dropped, _dropped, _dropped), has_place=True),
    Command.CONDITION_YAW: _Kept(parameters=(_single, _single, _I8, _U8)),
    Command.DO_CHANGE_SPEED: _Kept(parameters=(_U8, _single, _single, _dropped)),
    Command.DO_DIGICAM_CONTROL: _Kept(parameters=(_U8, _U8, _I8, _U8), codes_in_xy=True),
    Command.DO_GRIPPER: _Kept(parameters=(_U8, _U8, _dropped, _dropped)),
    Command.IMAGE_START_CAPTURE: _Kept(parameters=(_U8, _single, _U16, _U16)),
    Command.DO_WINCH: _Kept(parameters=(_U8, _U8, _single, _single)),
}

_FENCE_CIRCLES = frozenset({Command.FENCE_CIRCLE_INCLUSION, Command.FENCE_CIRCLE_EXCLUSION})

_FOLDED_FRAMES: Mapping[int, int] = {
    Frame.GLOBAL_INT: Frame.GLOBAL,
    Frame.GLOBAL_RELATIVE_ALT_INT: Frame.GLOBAL_RELATIVE_ALT,
    Frame.GLOBAL_TERRAIN_ALT_INT: Frame.GLOBAL_TERRAIN_ALT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where what is on board differs from what was sent; `seq` is -1 for the list as a whole."""

    seq: int
    text: Text


def differences(sent: Sequence[MissionItem], read: Sequence[MissionItem], kind: MissionType) -> tuple[Difference, ...]:
    """Return where `read` does not mean what `sent` means; empty if the list on board is the list that was sent."""
    if kind is MissionType.MISSION and not sent and len(read) <= 1:  # a cleared mission may keep its home
        return ()
    if len(sent) != len(read):
        return (
            Difference(
                seq=-1,
                text=Text(
                    f"送ったのは {len(sent)} 項目、機体にあるのは {len(read)} 項目です",
                    f"{len(sent)} items were sent, {len(read)} are on board",
                ),
            ),
        )
    first = 1 if kind is MissionType.MISSION else 0  # item 0 of a mission is the aircraft's own home
    pairs = zip(sent[first:], read[first:], strict=True)
    return tuple(found for wanted, got in pairs if (found := _difference(wanted, got, kind)) is not None)


def fold(item: MissionItem, kind: MissionType) -> tuple[float, ...]:
    """Return seq, command, frame, four parameters, x, y and z as the autopilot keeps them."""
    if kind is MissionType.FENCE:
        return _fold_fence(item)
    if kind is MissionType.RALLY:
        return (item.seq, item.command, _folded_frame(item), 0.0, 0.0, 0.0, 0.0, item.x, item.y, _whole_metres(item.z))
    kept = _MISSION.get(item.command)
    if kept is None:
        parameters = tuple(map(_single, _parameters(item)))
        return (item.seq, item.command, _folded_frame(item), *parameters, item.x, item.y, _centimetres(item.z))
    parameters = tuple(keep(value) for keep, value in zip(kept.parameters, _parameters(item), strict=True))
    if not kept.has_place:
        x, y = (_U8(item.x), _U8(item.y)) if kept.codes_in_xy else (0, 0)
        return (item.seq, item.command, 0, *parameters, x, y, 0.0)
    return (item.seq, item.command, _folded_frame(item), *parameters, item.x, item.y, _centimetres(item.z))


_FIELDS = ("seq", "command", "frame", "param1", "param2", "param3", "param4", "x", "y", "z")


def _difference(wanted: MissionItem, got: MissionItem, kind: MissionType) -> Difference | None:
    broken = _without_number(got)
    if broken is not None:
        return Difference(
            seq=wanted.seq,
            text=Text(
                f"項目 {wanted.seq} の {broken} が機体では数になっていません",
                f"item {wanted.seq}: {broken} is no number on board",
            ),
        )
    for name, want, have in zip(_FIELDS, fold(wanted, kind), fold(got, kind), strict=True):
        if not _same(name, want, have):
            return Difference(
                seq=wanted.seq,
                text=Text(
                    f"項目 {wanted.seq} の {name} が違います（送信 {_plain(name, want)}、機体 {_plain(name, have)}）",
                    f"item {wanted.seq}: {name} was sent as {_plain(name, want)} and is {_plain(name, have)} on board",
                ),
            )
    return None


def _without_number(got: MissionItem) -> str | None:
    """Return the field that holds no number, even where the autopilot does not use it: the list is not sound."""
    floats = {"param1": got.param1, "param2": got.param2, "param3": got.param3, "param4": got.param4, "z": got.z}
    broken = next((name for name, value in floats.items() if not math.isfinite(value)), None)
    if broken is not None:
        return broken
    return next((name for name, value in (("x", got.x), ("y", got.y)) if value == NO_NUMBER), None)


def _plain(name: str, value: float) -> str:
    return f"{value:g}" if name.startswith("param") or name == "z" else str(int(value))


def _same(name: str, want: float, have: float) -> bool:
    """Return True for equal whole numbers, parameters equal as 32-bit floats, and heights within a centimetre."""
    if name == "z":
        return math.isclose(want, have, rel_tol=0.0, abs_tol=0.0101)
    if name.startswith("param"):
        return math.isclose(want, have, rel_tol=1e-6, abs_tol=1e-6)
    return want == have


def _parameters(item: MissionItem) -> tuple[float, float, float, float]:
    return (item.param1, item.param2, item.param3, item.param4)


def _folded_frame(item: MissionItem) -> int:
    return _FOLDED_FRAMES.get(item.frame, item.frame)


def _centimetres(value_m: float) -> float:
    """Return whole centimetres in m; the comparison allows one more for the way there and back through float."""
    single_m = _single(value_m)
    return round(single_m * 100.0) / 100.0 if math.isfinite(single_m) else math.nan


def _fold_fence(item: MissionItem) -> tuple[float, ...]:
    size = _single(item.param1) if item.command in _FENCE_CIRCLES else _U8(item.param1)
    if item.command == Command.FENCE_RETURN_POINT:
        size = 0.0
    return (item.seq, item.command, _folded_frame(item), size, 0.0, 0.0, 0.0, item.x, item.y, 0.0)
