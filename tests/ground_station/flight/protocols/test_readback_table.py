"""What of each item must come back, over every command, every list and every field; one without a row here fails.

The words are those of ArduPilot's storage (AP_Mission.cpp, AC_PolyFence_loader.cpp, AP_Rally.cpp, 4.7). For each word
there are values that come back as something else and mean the same, and values that mean something else.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from ground_station.flight.protocols.comparison import differences, fold
from missions.values.mission_item import Command, Frame, MissionItem, MissionType
from tests.ground_station.flight.plans import item

FIELDS = ("frame", "param1", "param2", "param3", "param4", "x", "y", "z")
HOME = item(0, 16, frame=0, x=347_700_000, y=1_332_300_000, z=500.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a number is kept: `same` are (sent, back) that mean the same, `other` those that do not.

    What is sent as one of `never` cannot be kept, whatever comes back.
    """

    same: tuple[tuple[float, float], ...]
    other: tuple[tuple[float, float], ...]
    never: tuple[float, ...] = ()


def _both_ways(*pairs: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    return (*pairs, *((back, sent) for sent, back in pairs))


_ENDLESS = (math.inf, -math.inf)
_NO_SINGLE = (*_ENDLESS, 1e300, -1e300)
"""What no 32-bit float holds; a whole number wraps as in C, however large."""

KEPT: Mapping[str, Kept] = {
    "dropped": Kept(same=_both_ways((0.0, 7.0), (-3.5, 1e9)), other=()),
    "u8": Kept(
        same=((3.0, 3.0), (3.9, 3.0), (256.0, 0.0), (259.0, 3.0), (255.0, 255.0)),
        other=_both_ways((3.0, 4.0), (0.0, 1.0), (1.0, 2.0), (255.0, 254.0), (255.0, 127.0), (128.0, 0.0)),
        never=_ENDLESS,
    ),
    "i8": Kept(
        same=((3.0, 3.0), (-1.0, -1.0), (-1.9, -1.0), (255.0, -1.0), (128.0, -128.0), (127.0, 127.0), (256.0, 0.0)),
        other=_both_ways((3.0, 4.0), (-1.0, 1.0), (-1.0, 0.0), (127.0, -127.0), (127.0, 126.0)),
        never=_ENDLESS,
    ),
    "u16": Kept(
        same=((3.0, 3.0), (2.5, 2.0), (65_536.0, 0.0), (65_539.0, 3.0), (65_535.0, 65_535.0)),
        other=_both_ways((3.0, 4.0), (0.0, 1.0), (256.0, 0.0), (65_535.0, 65_534.0), (32_768.0, 0.0)),
        never=_ENDLESS,
    ),
    "f32": Kept(
        same=((2.5, 2.5), (0.1, 0.100_000_001_49), (100_000.0, 100_000.05), (0.0, 0.000_000_9)),
        other=_both_ways((2.5, 2.501), (0.0, 0.000_002), (-1.0, 1.0), (100_000.0, 100_000.3), (256.0, 0.0)),
        never=_NO_SINGLE,
    ),
    "cm in u16": Kept(
        same=((20.0, 20.0), (20.009, 20.0), (658.0, 2.64), (655.35, 655.35)),
        other=_both_ways((20.0, 20.01), (20.0, 21.0), (0.0, 0.02), (655.0, 327.0), (2.0, 0.0)),
        never=_NO_SINGLE,
    ),
    "deg e7": Kept(
        same=((347_715_000, 347_715_000), (-1_332_300_000, -1_332_300_000)),
        other=_both_ways((347_715_000, 347_715_001), (347_715_000, -347_715_000), (347_715_000, 0)),
    ),
    "code in u8": Kept(same=((1, 1), (257, 1)), other=_both_ways((1, 0), (1, 2), (255, 127), (128, 0))),
    "cm": Kept(
        same=((40.0, 40.0), (40.004, 40.0), (40.0, 40.01), (-5.0, -5.0), (40.37, 40.369_998_9)),
        other=_both_ways((40.0, 40.02), (40.0, 41.0), (40.0, -40.0), (0.0, 0.02)),
        never=_NO_SINGLE,
    ),
    "m, cut off": Kept(
        same=((40.0, 40.0), (40.6, 40.0), (40.99, 40.0), (-5.9, -5.0), (0.9, 0.0), (-0.9, 0.0)),
        other=_both_ways((40.0, 41.0), (40.0, 39.0), (1.0, 0.0), (5.0, -5.0)),
        never=_ENDLESS,
    ),
    "frame": Kept(
        same=_both_ways(
            (Frame.GLOBAL_INT, Frame.GLOBAL),
            (Frame.GLOBAL_RELATIVE_ALT_INT, Frame.GLOBAL_RELATIVE_ALT),
            (Frame.GLOBAL_TERRAIN_ALT_INT, Frame.GLOBAL_TERRAIN_ALT),
        ),
        other=_both_ways(
            (Frame.GLOBAL, Frame.GLOBAL_RELATIVE_ALT),
            (Frame.GLOBAL, Frame.GLOBAL_TERRAIN_ALT),
            (Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_TERRAIN_ALT),
            (Frame.GLOBAL_INT, Frame.GLOBAL_RELATIVE_ALT_INT),
            (Frame.GLOBAL_INT, Frame.GLOBAL_TERRAIN_ALT_INT),
            (Frame.GLOBAL_RELATIVE_ALT_INT, Frame.GLOBAL_TERRAIN_ALT_INT),
            (Frame.GLOBAL, Frame.MISSION),
            (Frame.GLOBAL_RELATIVE_ALT_INT, Frame.MISSION),
        ),
    ),
}


def _placed(param1: str) -> tuple[str, ...]:
    return ("frame", param1, "dropped", "dropped", "dropped", "deg e7", "deg e7", "cm")


def _placeless(*parameters: str) -> tuple[str, ...]:
    return ("dropped", *parameters, "dropped", "dropped", "dropped")


_WHOLE = ("frame", "f32", "f32", "f32", "f32", "deg e7", "deg e7", "cm")
_DROP = "dropped"
MISSION: Mapping[Command, tuple[str, ...]] = {
    Command.NAV_WAYPOINT: _placed("u16"),  # the time it stays, s
    Command.NAV_RETURN_TO_LAUNCH: _placeless(_DROP, _DROP, _DROP, _DROP),
    Command.NAV_LAND: _placed("u16"),  # the abort height, m
    Command.NAV_TAKEOFF: _placed("u16"),  # the least pitch
    Command.NAV_DELAY: _placeless("f32", "i8", "i8", "i8"),  # seconds, or hour, minute, second UTC
    Command.NAV_PAYLOAD_PLACE: _placed("cm in u16"),  # how far down it may go, m
    Command.CONDITION_YAW: _placeless("f32", "f32", "i8", "u8"),  # angle, rate, direction, relative
    Command.DO_CHANGE_SPEED: _placeless("u8", "f32", "f32", _DROP),  # kind of speed, m/s, throttle
    Command.DO_DIGICAM_CONTROL: (_DROP, "u8", "u8", "i8", "u8", "code in u8", "code in u8", _DROP),
    Command.DO_GRIPPER: _placeless("u8", "u8", _DROP, _DROP),  # which gripper, let go or grab
    Command.IMAGE_START_CAPTURE: _placeless("u8", "f32", "u16", "u16"),  # camera, interval, how many, from which
    Command.DO_WINCH: _placeless("u8", "u8", "f32", "f32"),  # which winch, action, length, rate
}
FENCE: Mapping[Command, tuple[str, ...]] = {
    Command.FENCE_RETURN_POINT: ("frame", _DROP, _DROP, _DROP, _DROP, "deg e7", "deg e7", _DROP),
    Command.FENCE_POLYGON_INCLUSION: ("frame", "u8", _DROP, _DROP, _DROP, "deg e7", "deg e7", _DROP),
    Command.FENCE_POLYGON_EXCLUSION: ("frame", "u8", _DROP, _DROP, _DROP, "deg e7", "deg e7", _DROP),
    Command.FENCE_CIRCLE_INCLUSION: ("frame", "f32", _DROP, _DROP, _DROP, "deg e7", "deg e7", _DROP),
    Command.FENCE_CIRCLE_EXCLUSION: ("frame", "f32", _DROP, _DROP, _DROP, "deg e7", "deg e7", _DROP),
}
RALLY: Mapping[Command, tuple[str, ...]] = {
    Command.RALLY_POINT: ("frame", _DROP, _DROP, _DROP, _DROP, "deg e7", "deg e7", "m, cut off"),
}
UNKNOWN = 213
"""A command that is in no table must come back whole: nobody here knows what may be missing."""
TABLE: Mapping[tuple[MissionType, int], tuple[str, ...]] = {
    **{(MissionType.MISSION, command): row for command, row in MISSION.items()},
    **{(MissionType.FENCE, command): row for command, row in FENCE.items()},
    **{(MissionType.RALLY, command): row for command, row in RALLY.items()},
    (MissionType.MISSION, UNKNOWN): _WHOLE,
}


def _differ(kind: MissionType, sent: MissionItem, back: MissionItem) -> bool:
    """Return whether one item differs from what is on board, in a list of its kind."""
    if kind is MissionType.MISSION:
        found = differences((HOME, sent), (HOME, back), kind)
    else:
        found = differences((sent,), (back,), kind)
    assert len(found) <= 1
    return bool(found)


def _item(kind: MissionType, command: int, **values: Any) -> MissionItem:
    """Return an item with a number in every field, so that a field that is mixed up with another shows."""
    seq = 1 if kind is MissionType.MISSION else 0
    base: dict[str, Any] = {"x": 347_715_000, "y": 1_332_307_999, "z": 40.0, "param1": 2.0, "param2": 3.0}
    return item(seq, command, **{**base, "frame": 3, "param3": 4.0, "param4": 5.0, **values})


@pytest.mark.parametrize(("kind", "command"), TABLE)
def test_each_field_of_each_command_comes_back_in_meaning(kind: MissionType, command: int) -> None:
    for name, how in zip(FIELDS, TABLE[kind, command], strict=True):
        kept = KEPT[how]
        for sent, back in kept.same:
            pair = (_item(kind, command, **{name: sent}), _item(kind, command, **{name: back}))
            assert not _differ(kind, *pair), f"{name} kept as {how}: {sent} came back as {back}"
        for sent, back in kept.other:
            pair = (_item(kind, command, **{name: sent}), _item(kind, command, **{name: back}))
            assert _differ(kind, *pair), f"{name} kept as {how}: {sent} came back as {back}"


@pytest.mark.parametrize(("kind", "command"), TABLE)
def test_another_command_or_another_place_in_the_list_is_another_item(kind: MissionType, command: int) -> None:
    sent = _item(kind, command)
    assert not _differ(kind, sent, sent)
    assert _differ(kind, sent, replace(sent, command=command + 1000))
    assert _differ(kind, sent, replace(sent, seq=sent.seq + 1))
    assert not _differ(kind, sent, replace(sent, current=1, autocontinue=0))


@pytest.mark.parametrize(("kind", "command"), TABLE)
@pytest.mark.parametrize("name", ["param1", "param2", "param3", "param4", "z"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_comes_back_as_no_number_is_named_even_where_it_is_not_used(
    kind: MissionType, command: int, name: str, value: float
) -> None:
    sent, broken = _item(kind, command), _item(kind, command, **{name: value})
    home = (HOME,) if kind is MissionType.MISSION else ()
    (found,) = differences((*home, sent), (*home, broken), kind)
    assert (found.seq, found.text.en) == (sent.seq, f"item {sent.seq}: {name} is no number on board")


@pytest.mark.parametrize(("kind", "command"), TABLE)
@pytest.mark.parametrize("name", ["x", "y"])
def test_degrees_that_are_none_are_named_even_where_they_are_not_used(
    kind: MissionType, command: int, name: str
) -> None:
    sent = _item(kind, command)
    none = 2_147_483_648  # what stands for degrees that are no number
    for value, differs in ((none, True), (none - 1, KEPT[TABLE[kind, command][FIELDS.index(name)]].other != ())):
        assert _differ(kind, sent, _item(kind, command, **{name: value})) is differs


@pytest.mark.parametrize(("kind", "command"), TABLE)
def test_what_is_sent_beyond_all_numbers_never_counts_as_on_board(kind: MissionType, command: int) -> None:
    for name, how in zip(FIELDS, TABLE[kind, command], strict=True):
        for value in KEPT[how].never:
            for back in (0.0, 2.0, 40.0):
                pair = (_item(kind, command, **{name: value}), _item(kind, command, **{name: back}))
                assert _differ(kind, *pair), f"{name} kept as {how}: {value} came back as {back}"


def test_a_nan_that_is_sent_is_what_the_autopilot_takes_for_nothing() -> None:
    speed = _item(MissionType.MISSION, Command.DO_CHANGE_SPEED)
    assert not _differ(MissionType.MISSION, replace(speed, param1=math.nan), replace(speed, param1=0.0))
    assert _differ(MissionType.MISSION, replace(speed, param1=math.nan), replace(speed, param1=1.0))
    assert _differ(MissionType.MISSION, replace(speed, param2=math.nan), replace(speed, param2=0.0))


def test_every_whole_metre_of_a_descent_comes_back_as_itself() -> None:
    """The planner asks for whole metres; the autopilot gives back its centimetres times a 32-bit 0.01."""
    for metres in range(656):
        (back,) = struct.unpack("<f", struct.pack("<f", metres * 100 * 0.009_999_999_776_482_582))
        place = _item(MissionType.MISSION, Command.NAV_PAYLOAD_PLACE)
        assert not _differ(MissionType.MISSION, replace(place, param1=float(metres)), replace(place, param1=back))


def test_every_command_every_list_and_every_field_has_a_row() -> None:
    assert MISSION.keys() | FENCE.keys() | RALLY.keys() == set(Command)
    assert {kind for kind, _ in TABLE} == set(MissionType)
    compared = {field.name for field in fields(MissionItem)} - {"current", "autocontinue"}
    assert compared == {"seq", "command", *FIELDS}
    assert {how for row in TABLE.values() for how in row} == KEPT.keys()
    assert all(len(row) == len(FIELDS) for row in TABLE.values())
    frames = {frame for pair in (*KEPT["frame"].same, *KEPT["frame"].other) for frame in pair}
    assert frames == set(Frame)


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        (
            MissionType.MISSION,
            item(3, Command.NAV_WAYPOINT, frame=6, param1=2.5, x=347_715_000, y=1_332_307_999, z=80.374),
            (3, 16, 3, 2.0, 0.0, 0.0, 0.0, 347_715_000, 1_332_307_999, 80.37),
        ),
        (
            MissionType.MISSION,
            item(
                2, Command.DO_CHANGE_SPEED, frame=6, param1=1.0, param2=10.5, param3=-1.0, param4=9.0, x=5, y=6, z=7.0
            ),
            (2, 178, 0, 1.0, 10.5, -1.0, 0.0, 0, 0, 0.0),
        ),
        (
            MissionType.MISSION,
            item(4, Command.DO_DIGICAM_CONTROL, frame=2, x=257, y=2, z=9.0),
            (4, 203, 0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0),
        ),
        (
            MissionType.MISSION,
            item(4, Command.NAV_DELAY, frame=2, param1=1.5, param2=255.0, param3=127.0, param4=128.0),
            (4, 93, 0, 1.5, -1.0, 127.0, -128.0, 0, 0, 0.0),
        ),
        (
            MissionType.MISSION,
            item(4, Command.IMAGE_START_CAPTURE, frame=2, param1=255.0, param2=2.5, param3=65_535.0, param4=32_768.0),
            (4, 2000, 0, 255.0, 2.5, 65_535.0, 32_768.0, 0, 0, 0.0),
        ),
        (
            MissionType.MISSION,
            item(4, Command.NAV_PAYLOAD_PLACE, frame=6, param1=20.509, param2=1.0, x=1, y=2, z=12.0),
            (4, 94, 3, 20.5, 0.0, 0.0, 0.0, 1, 2, 12.0),
        ),
        (
            MissionType.MISSION,
            item(5, UNKNOWN, frame=11, param1=1.5, param2=2.5, param3=3.5, param4=4.5, x=5, y=6, z=7.006),
            (5, 213, 10, 1.5, 2.5, 3.5, 4.5, 5, 6, 7.01),
        ),
        (
            MissionType.FENCE,
            item(1, Command.FENCE_POLYGON_INCLUSION, frame=5, param1=4.0, param2=9.0, x=1, y=2, z=3.0),
            (1, 5001, 0, 4.0, 0.0, 0.0, 0.0, 1, 2, 0.0),
        ),
        (
            MissionType.FENCE,
            item(1, Command.FENCE_CIRCLE_EXCLUSION, frame=0, param1=120.5, x=1, y=2),
            (1, 5004, 0, 120.5, 0.0, 0.0, 0.0, 1, 2, 0.0),
        ),
        (
            MissionType.FENCE,
            item(0, Command.FENCE_RETURN_POINT, frame=0, param1=9.0, x=1, y=2),
            (0, 5000, 0, 0.0, 0.0, 0.0, 0.0, 1, 2, 0.0),
        ),
        (
            MissionType.RALLY,
            item(0, Command.RALLY_POINT, frame=6, param1=9.0, param4=9.0, x=1, y=2, z=40.6),
            (0, 5100, 3, 0.0, 0.0, 0.0, 0.0, 1, 2, 40.0),
        ),
    ],
)
def test_an_item_folds_into_what_the_autopilot_keeps(
    kind: MissionType, sent: MissionItem, expected: tuple[float, ...]
) -> None:
    assert fold(sent, kind) == expected


def _list(*commands: int) -> tuple[MissionItem, ...]:
    return tuple(item(seq, command, x=1, y=2, z=3.0) for seq, command in enumerate(commands))


THREE = _list(16, 22, 20)


@pytest.mark.parametrize(
    ("kind", "sent", "read", "found"),
    [
        (MissionType.MISSION, (), (), []),
        (MissionType.MISSION, (), THREE[:1], []),  # a cleared mission may keep its home
        (MissionType.MISSION, (), THREE[:2], [-1]),
        (MissionType.MISSION, THREE, THREE[:2], [-1]),
        (MissionType.MISSION, THREE[:2], THREE, [-1]),
        (MissionType.MISSION, THREE[:1], (), [-1]),
        (MissionType.MISSION, THREE, (replace(HOME, z=9.0), *THREE[1:]), []),  # its home is the aircraft's own
        (MissionType.MISSION, THREE, (THREE[0], replace(THREE[1], z=9.0), THREE[2]), [1]),
        (MissionType.MISSION, THREE, (THREE[0], replace(THREE[1], z=9.0), replace(THREE[2], command=21)), [1, 2]),
        (MissionType.FENCE, (), (), []),
        (MissionType.FENCE, (), _list(5001)[:1], [-1]),
        (MissionType.FENCE, _list(5004, 5004), (replace(_list(5004)[0], x=9), _list(5004, 5004)[1]), [0]),
        (MissionType.RALLY, (), _list(5100), [-1]),
        (MissionType.RALLY, _list(5100), (replace(_list(5100)[0], x=9),), [0]),
    ],
)
def test_lists_differ_where_they_differ(
    kind: MissionType, sent: tuple[MissionItem, ...], read: tuple[MissionItem, ...], found: list[int]
) -> None:
    assert [difference.seq for difference in differences(sent, read, kind)] == found


def test_a_difference_is_told_with_both_values() -> None:
    assert [one.text.en for one in differences(THREE, THREE[:2], MissionType.MISSION)] == [
        "3 items were sent, 2 are on board"
    ]
    wanted = item(1, 16, x=347_715_000, y=1_332_307_999, z=60.5, param1=3.0)
    told = {
        "z": (61.0, "item 1: z was sent as 60.5 and is 61 on board"),
        "param1": (4.0, "item 1: param1 was sent as 3 and is 4 on board"),
        "x": (347_715_001, "item 1: x was sent as 347715000 and is 347715001 on board"),
        "y": (5, "item 1: y was sent as 1332307999 and is 5 on board"),
        "frame": (10, "item 1: frame was sent as 3 and is 10 on board"),
        "command": (21, "item 1: command was sent as 16 and is 21 on board"),
        "seq": (2, "item 1: seq was sent as 1 and is 2 on board"),
    }
    for name, (value, text) in told.items():
        change: dict[str, Any] = {name: value}
        (found,) = differences((HOME, wanted), (HOME, replace(wanted, **change)), MissionType.MISSION)
        assert (found.seq, found.text.en) == (1, text)
    far = replace(wanted, z=1_234.5, param1=1_234.0)
    (found,) = differences((HOME, wanted), (HOME, far), MissionType.MISSION)
    assert "is 1234 on board" in found.text.en
