"""A flight as MAVLink mission items (MISSION_ITEM_INT), as ArduCopter takes them.

Item 0 is home. Heights are metres above home, frame 6 (GLOBAL_RELATIVE_ALT_INT). A command without a place comes
after the navigation item it follows: ArduCopter runs it when that item is reached.
"""

from collections.abc import Iterator
from dataclasses import replace

from fleet.positions import Position
from fleet.units import e7_from_degrees
from missions.planning.energy import Speeds
from missions.planning.flight import Flight, Stop
from missions.values.mission_item import Command, Frame, MissionItem

GROUND_SPEED, CLIMB_SPEED, DESCENT_SPEED = 1.0, 2.0, 3.0
"""SPEED_TYPE of DO_CHANGE_SPEED."""
_SPEED_ITEMS = 3
_NO_CHANGE = -1.0


def mission_items(flight: Flight, speeds: Speeds) -> tuple[MissionItem, ...]:
    """Return home, take-off, speeds, and every stop with what is done there."""
    home = flight.start
    drafts: list[MissionItem] = [
        _placed(home, home, command=Command.NAV_WAYPOINT, frame=Frame.GLOBAL, z=home.alt_amsl_m)
    ]
    for index, stop in enumerate(flight.stops):
        drafts.extend(_stop_items(home, stop))
        if index == 0:
            drafts.extend(_speed_items(speeds))
    return tuple(_numbered(drafts))


def sequence_numbers(flight: Flight) -> list[int]:
    """Return, for every stop, the sequence number of the item that flies there."""
    numbers: list[int] = []
    following = 1
    for index, stop in enumerate(flight.stops):
        numbers.append(following)
        following += _count(stop) + (_SPEED_ITEMS if index == 0 else 0)
    return numbers


def _count(stop: Stop) -> int:
    return 2 if stop.shoot else 1


def _stop_items(home: Position, stop: Stop) -> Iterator[MissionItem]:
    """Return the items of one stop; there are `_count(stop)` of them."""
    alt_amsl_m = stop.at.alt_amsl_m if stop.item_alt_amsl_m is None else stop.item_alt_amsl_m
    z = round(alt_amsl_m - home.alt_amsl_m, 2)
    yield _placed(home, stop.at, command=stop.command, param1=stop.param1, z=z)
    if stop.shoot:
        yield _shutter()


def _speed_items(speeds: Speeds) -> Iterator[MissionItem]:
    """Return the three speeds; the ground speed last, so that it stands where a reader knows only one."""
    for kind, speed_mps in (
        (CLIMB_SPEED, speeds.climb_mps),
        (DESCENT_SPEED, speeds.descent_mps),
        (GROUND_SPEED, speeds.cruise_mps),
    ):
        yield _plain(Command.DO_CHANGE_SPEED, (kind, speed_mps, _NO_CHANGE, 0.0))


def _placed(
    home: Position,
    at: Position,
    *,
    command: Command,
    frame: Frame = Frame.GLOBAL_RELATIVE_ALT_INT,
    param1: float = 0.0,
    z: float | None = None,
) -> MissionItem:
    return MissionItem(
        seq=0,
        frame=frame,
        command=command,
        param1=float(param1),
        x=e7_from_degrees(at.lat_deg),
        y=e7_from_degrees(at.lon_deg),
        z=round(at.alt_amsl_m - home.alt_amsl_m, 2) if z is None else z,
    )


def _shutter() -> MissionItem:
    """Return a DO_DIGICAM_CONTROL that takes one picture: its fifth parameter, which is sent as x."""
    return MissionItem(seq=0, frame=Frame.GLOBAL_RELATIVE_ALT_INT, command=Command.DO_DIGICAM_CONTROL, x=1)


def _plain(command: Command, params: tuple[float, float, float, float]) -> MissionItem:
    return MissionItem(
        seq=0,
        frame=Frame.GLOBAL_RELATIVE_ALT_INT,
        command=command,
        param1=params[0],
        param2=params[1],
        param3=params[2],
        param4=params[3],
    )


def _numbered(drafts: list[MissionItem]) -> Iterator[MissionItem]:
    for seq, draft in enumerate(drafts):
        yield replace(draft, seq=seq)
