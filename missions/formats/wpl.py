"""QGC WPL 110: missions, fences and rally points as rows of twelve numbers (mavlink.io, file formats).

Columns: index, current, frame, command, four parameters, latitude, longitude, height, autocontinue. In ArduPilot's
missions row 0 is home; fence and rally files have no home. Frames are written without their INT form.
"""

import math
from collections.abc import Iterable

import numpy as np

from fleet.errors import BadInputError
from fleet.text import Text
from missions.values.mission_item import PLACED_COMMANDS, MissionItem, plain_frame

HEADER = "QGC WPL 110"
_COLUMNS = 12
_LARGEST_INT = 2**31 - 1
_SAVE_AGAIN = Text("地上局ソフトで保存し直してください", "save it again from your ground station program")


def write_wpl(items: Iterable[MissionItem]) -> str:
    """Return the file's text; degrees have seven decimals, other numbers as many as they need."""
    rows = [HEADER]
    for item in items:
        placed = item.command in PLACED_COMMANDS
        place = [f"{value / 1e7:.7f}" if placed else str(value) for value in (item.x, item.y)]
        params = [_number(value) for value in (item.param1, item.param2, item.param3, item.param4)]
        head = [str(int(value)) for value in (item.seq, item.current, plain_frame(item.frame), item.command)]
        rows.append("\t".join([*head, *params, *place, _number(item.z), str(item.autocontinue)]))
    return "\n".join(rows) + "\n"


def read_wpl(text: str) -> tuple[MissionItem, ...]:
    """Return the rows as items; raises BadInputError naming the line and what is wrong with it."""
    lines = [(number, line.strip()) for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1)]
    rows = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not rows or rows[0][1].split() != HEADER.split():
        first = rows[0][1][:40] if rows else ""
        raise BadInputError(
            Text(f"1 行目が「{HEADER}」ではありません: 「{first}」", f"the first line is not {HEADER!r} but {first!r}"),
            Text("QGC WPL 110 の形で保存してください", "save it in the form QGC WPL 110"),
        )
    items = tuple(_item(number, line) for number, line in rows[1:])
    for expected, (item, (number, _)) in enumerate(zip(items, rows[1:], strict=True)):
        if item.seq != expected:
            raise _bad_line(
                number,
                Text(f"番号が {item.seq} です（{expected} のはず）", f"its index is {item.seq}, not {expected}"),
            )
    return items


def _item(number: int, line: str) -> MissionItem:
    fields = line.split()
    if len(fields) != _COLUMNS:
        raise _bad_line(
            number,
            Text(f"{len(fields)} 列です（{_COLUMNS} 列のはず）", f"it has {len(fields)} columns, not {_COLUMNS}"),
        )
    values = [_parsed(number, field) for field in fields]
    seq, current, frame, command, autocontinue = (_whole(number, values[index]) for index in (0, 1, 2, 3, 11))
    x, y = _place(number, command, values[8], values[9])
    return MissionItem(
        seq=seq,
        current=current,
        frame=frame,
        command=command,
        param1=values[4],
        param2=values[5],
        param3=values[6],
        param4=values[7],
        x=x,
        y=y,
        z=values[10],
        autocontinue=autocontinue,
    )


def _place(number: int, command: int, fifth: float, sixth: float) -> tuple[int, int]:
    if command not in PLACED_COMMANDS:
        return _whole(number, fifth), _whole(number, sixth)
    if abs(fifth) > 90.0 or abs(sixth) > 180.0:
        raise _bad_line(
            number,
            Text(f"緯度経度 {fifth}, {sixth} は地球上にありません", f"{fifth}, {sixth} is not on the earth"),
        )
    return round(fifth * 1e7), round(sixth * 1e7)


def _parsed(number: int, field: str) -> float:
    try:
        value = float(field)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _bad_line(number, Text(f"「{field[:20]}」は数ではありません", f"{field[:20]!r} is no number"))
    return value


def _whole(number: int, value: float) -> int:
    if value != int(value) or abs(value) > _LARGEST_INT:
        raise _bad_line(number, Text(f"{value} は整数ではありません", f"{value} is no whole number"))
    return int(value)


def _bad_line(number: int, what: Text) -> BadInputError:
    return BadInputError(Text(f"{number} 行目: {what.ja}", f"line {number}: {what.en}"), _SAVE_AGAIN, line=number)


def _number(value: float) -> str:
    """Return the shortest decimal that reads back as the same number, without an exponent."""
    return np.format_float_positional(value, trim="0")
