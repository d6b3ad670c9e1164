"""Finds rows in the leaf pages of an SQLite file when the pages that lead to them are lost.

Reads "Database File Format", sections 1.6 (b-tree pages), 1.5 (free pages) and 2.1 (records), and nothing else: not the
schema, not the tree. To which table a page belongs is seen from what stands in its rows, all but one. What cannot be
read is passed over.
"""

import mmap
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from telemetry.kept_tables import KeptTable
from telemetry.sqlite_check import HEADER_BYTES, PAGE_BYTES

Value = int | float | str | bytes | None

_TABLE_LEAF = 0x0D
_MOST_LOCAL = PAGE_BYTES - 35
_LEAST_LOCAL = (PAGE_BYTES - 12) * 32 // 255 - 23
_MOST_STRANGE = 1
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_STORAGE = {int: "integer", float: "real", str: "text", bytes: "blob"}
_Unreadable = (IndexError, ValueError, struct.error)


def leaf_rows(path: Path, tables: Sequence[KeptTable]) -> Iterator[tuple[KeptTable, list[Value]]]:
    """Yield each row that can only be of one of `tables`, its values in the order of the table's columns.

    Raises OSError or ValueError if the file cannot be read or is empty.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield from _rows(_Pages(content), tables)


def _rows(pages: "_Pages", tables: Sequence[KeptTable]) -> Iterator[tuple[KeptTable, list[Value]]]:
    free = pages.free()
    for number in range(1, pages.count + 1):
        rows = [] if number in free else pages.rows(number)
        fitting = {table.name: [row for row in rows if _fits(table, *row)] for table in tables}
        whose = [table for table in tables if rows and len(fitting[table.name]) >= max(1, len(rows) - _MOST_STRANGE)]
        for table in _most_exacting(whose):
            yield from ((table, _whole(table, *row)) for row in fitting[table.name])


def _most_exacting(tables: Sequence[KeptTable]) -> Sequence[KeptTable]:
    """Return the one table that asks most of its rows; none if two ask as much, for then nobody knows."""
    asked = sorted(tables, key=_asked, reverse=True)
    return asked[:1] if len(asked) < 2 or _asked(asked[0]) > _asked(asked[1]) else ()


def _asked(table: KeptTable) -> int:
    return sum(column.reads_as is not None for column in table.columns)


class _Pages:
    """The pages of one file, numbered from 1."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self.count = len(content) // PAGE_BYTES

    def page(self, number: int) -> bytes:
        if not 1 <= number <= self.count:
            message = "there is no such page"
            raise ValueError(message)
        return self._content[(number - 1) * PAGE_BYTES : number * PAGE_BYTES]

    def free(self) -> frozenset[int]:
        """Return the pages that are in no table any more, as far as the list of them can be read."""
        found: set[int] = set()
        try:
            (trunk,) = struct.unpack_from(">I", self._content, 32)
            while trunk and trunk not in found:
                found.add(trunk)
                page = self.page(trunk)
                trunk, leaves = struct.unpack_from(">2I", page)
                found.update(struct.unpack_from(f">{min(leaves, PAGE_BYTES // 4 - 2)}I", page, 8))
        except _Unreadable:
            pass
        return frozenset(found)

    def rows(self, number: int) -> list[tuple[int, list[Value]]]:
        """Return the rows of a page, by rowid; none if it is no leaf of a table."""
        page = self.page(number)
        at = HEADER_BYTES if number == 1 else 0
        if page[at] != _TABLE_LEAF:
            return []
        (cells,) = struct.unpack_from(">H", page, at + 3)
        found = []
        for cell in range(min(cells, PAGE_BYTES // 4)):
            try:
                (place,) = struct.unpack_from(">H", page, at + 8 + 2 * cell)
                found.append(self._row(page, place))
            except _Unreadable:
                continue
        return found

    def _row(self, page: bytes, at: int) -> tuple[int, list[Value]]:
        size, at = _varint(page, at)
        rowid, at = _varint(page, at)
        if size <= _MOST_LOCAL:
            return _signed(rowid), _values(page[at : at + size])
        local = _LEAST_LOCAL + (size - _LEAST_LOCAL) % (PAGE_BYTES - 4)
        local = local if local <= _MOST_LOCAL else _LEAST_LOCAL
        payload = bytearray(page[at : at + local])
        (following,) = struct.unpack_from(">I", page, at + local)
        while len(payload) < size:
            overflow = self.page(following)
            payload += overflow[4 : 4 + size - len(payload)]
            (following,) = struct.unpack_from(">I", overflow)
        return _signed(rowid), _values(bytes(payload))


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | content[place] & 0x7F
        if content[place] < 0x80:
            return value, place + 1
    return value << 8 | content[at + 8], at + 9


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _values(payload: bytes) -> list[Value]:
    header, at = _varint(payload, 0)
    values: list[Value] = []
    body = header
    while at < header:
        kind, at = _varint(payload, at)
        value, size = _value(kind, payload, body)
        values.append(value)
        body += size
    if body != len(payload):
        message = "the row does not end where it should"
        raise ValueError(message)
    return values


def _value(kind: int, payload: bytes, at: int) -> tuple[Value, int]:
    if kind in {0, 8, 9}:
        return (None if kind == 0 else kind - 8), 0
    if kind in _INTEGER_BYTES:
        size = _INTEGER_BYTES[kind]
        return int.from_bytes(payload[at : at + size], "big", signed=True), size
    if kind == 7:
        return struct.unpack_from(">d", payload, at)[0], 8
    if kind < 12:
        message = "there is no such kind of value"
        raise ValueError(message)
    size = (kind - 12) // 2
    content = payload[at : at + size]
    return (content.decode() if kind % 2 else content), size


def _fits(table: KeptTable, rowid: int, row: list[Value]) -> bool:
    if not 1 <= len(row) <= len(table.columns):
        return False
    for column, value in zip(table.columns, _whole(table, rowid, row), strict=True):
        if value is None:
            if not column.nullable:
                return False
        elif _STORAGE[type(value)] not in column.storage or not column.reads(value):
            return False
    return True


def _whole(table: KeptTable, rowid: int, row: list[Value]) -> list[Value]:
    """Return the values with those that were added to the table later, and the number that stands for the rowid."""
    values: list[Value] = [*row, *(None for _ in table.columns[len(row) :])]
    if table.numbered and values[0] is None:
        values[0] = rowid
    return values
