"""Reads what can still be read out of a broken SQLite file, row by row, into a fresh one.

A table is read in order until a page refuses; the rest is then halved again and again, the largest stretches first,
so that one bad page costs its own rows only; where the way to pages is lost, the pages are looked at themselves. Rows
that are not sound by `kept_tables` are left behind.
"""

import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from telemetry.kept_tables import KeptTable, add_functions, quoted, soundness, sql
from telemetry.sqlite_check import HEADER_BYTES, rebuilt_header
from telemetry.sqlite_leaves import leaf_rows

WITHIN_S = 60.0
_MOST_TRIES = 5000
_ROWS_AT_ONCE = 500
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


@dataclass(slots=True)
class Salvaged:
    """How many rows of each table were saved, and in how many places something could not be read."""

    rows: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0
    in_time: bool = True

    @property
    def total(self) -> int:
        """Return how many rows were saved."""
        return sum(self.rows.values())


def salvage(
    broken: Path, fresh: Path, tables: Sequence[KeptTable], *, rebuild_header: bool, within_s: float = WITHIN_S
) -> Salvaged:
    """Copy the sound rows of `tables` from one file into another that has the tables already.

    Raises sqlite3.Error if `fresh` cannot be written; for what `broken` holds nothing is raised.
    """
    saved = Salvaged()
    deadline_s = time.monotonic() + within_s
    if rebuild_header:
        _rebuild_header(broken)
    with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous = FULL")
        troubled = []
        with _source(broken, tables) as source:
            for table in tables:
                before = saved.unreadable
                saved.rows[table.name] = _copy(source, target, table, saved, deadline_s)
                if saved.unreadable > before:
                    troubled.append(table)
        _copy_leaves(broken, target, troubled, saved)
    return saved


def _copy_leaves(broken: Path, target: sqlite3.Connection, tables: Sequence[KeptTable], saved: Salvaged) -> None:
    """Look for rows of these tables in the pages themselves; those that were read already stay as they are."""
    if not tables:
        return
    with contextlib.suppress(OSError, ValueError):
        ordered = [_as_made(target, table) for table in tables]
        for table, rows in groupby(leaf_rows(broken, ordered), key=lambda found: found[0]):
            names = [column.name for column in table.columns]
            saved.rows[table.name] += _insert(target, _insertion(table, names), [tuple(row) for _, row in rows])


def _as_made(connection: sqlite3.Connection, table: KeptTable) -> KeptTable:
    """Return the table with its columns in the order in which it is made."""
    by_name = {column.name: column for column in table.columns}
    made = connection.execute(f"PRAGMA table_info({quoted(table.name)})").fetchall()
    return replace(table, columns=tuple(by_name[row[1]] for row in made))


def _insertion(table: KeptTable, names: Sequence[str]) -> str:
    columns = ", ".join(quoted(name) for name in names)
    return sql("INSERT OR IGNORE INTO", quoted(table.name), f"({columns}) VALUES ({', '.join('?' * len(names))})")


def _rebuild_header(broken: Path) -> None:
    """Write a header of ours over the broken one, which is kept beside the file."""
    with contextlib.suppress(OSError), broken.open("r+b") as file:
        broken.with_name(broken.name + ".header").write_bytes(file.read(HEADER_BYTES))
        file.seek(0)
        file.write(rebuilt_header(broken, 0))


@contextmanager
def _source(broken: Path, tables: Sequence[KeptTable]) -> Iterator[sqlite3.Connection | None]:
    try:
        connection = sqlite3.connect(broken, isolation_level=None, timeout=2.0)
    except sqlite3.Error:
        yield None
        return
    with contextlib.closing(connection):
        add_functions(connection, tuple(tables))
        # A text that is none is told by `soundness`; it must not end the reading of the others.
        connection.text_factory = lambda content: content.decode(errors="replace")
        with contextlib.suppress(sqlite3.Error):
            # With it a schema that is broken in part is used as far as it was read, from the second statement on.
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        yield connection


def _columns(connection: sqlite3.Connection, table: KeptTable) -> frozenset[str]:
    return frozenset(row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table.name)})"))


def _copy(
    source: sqlite3.Connection | None, target: sqlite3.Connection, table: KeptTable, saved: Salvaged, deadline_s: float
) -> int:
    try:
        names = [] if source is None else sorted(_columns(source, table) & _columns(target, table))
    except sqlite3.Error:
        names = []
    if source is None or not names:
        saved.unreadable += 1
        return 0
    columns = ", ".join(quoted(name) for name in names)
    condition = soundness(table, frozenset(names))
    name = quoted(table.name)
    select = sql("SELECT rowid,", condition, ",", columns, "FROM", name, "NOT INDEXED WHERE rowid BETWEEN ? AND ?")
    insert = _insertion(table, names)
    count = 0
    rows: list[tuple[object, ...]] = []
    for row in _rows(source, select, saved, deadline_s):
        rows.append(row)
        if len(rows) >= _ROWS_AT_ONCE:
            count += _insert(target, insert, rows)
            rows.clear()
    return count + _insert(target, insert, rows)


def _insert(target: sqlite3.Connection, insert: str, rows: Sequence[tuple[object, ...]]) -> int:
    before = target.total_changes
    target.execute("BEGIN IMMEDIATE")
    target.executemany(insert, rows)
    target.execute("COMMIT")
    return target.total_changes - before


def _rows(source: sqlite3.Connection, select: str, saved: Salvaged, deadline_s: float) -> Iterator[tuple[object, ...]]:
    """Yield the sound rows of one table that can be read."""
    stretches = deque([(_LOWEST, _HIGHEST)])
    for _ in range(_MOST_TRIES):
        if not stretches:
            return
        low, high = stretches.popleft()
        reached = low
        try:
            for rowid, sound, *values in source.execute(select, (low, high)):
                reached = rowid + 1
                if sound:
                    yield tuple(values)
                else:
                    saved.unreadable += 1
                if time.monotonic() > deadline_s:
                    saved.in_time = False
                    return
        except sqlite3.Error:
            stretches.extend(_halves(reached, high))
            saved.unreadable += reached == high
    saved.unreadable += len(stretches)


def _halves(low: int, high: int) -> list[tuple[int, int]]:
    if low >= high:
        return []
    middle = (low + high) // 2
    return [(low, middle), (middle + 1, high)]
