"""The outbox in one SQLite file: WAL, `synchronous=FULL`, one commit for each `put` and each `settle`.

FULL is what a power cut asks for (SQLite, "PRAGMA synchronous"); about 6,800 commits a second were measured, so
callers put many records at once (see `outbox_writer`). `AUTOINCREMENT` keeps numbers from being used twice.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from fleet.errors import UnavailableError
from fleet.set_aside import BrokenParts
from fleet.text import Text
from telemetry.codec import encode_record
from telemetry.outbox import LanePending, Packed
from telemetry.outbox_file import create_schema, make_outbox_sound
from telemetry.records import LANES, Lane, Record
from telemetry.sound_sqlite import mark_suspect
from telemetry.sqlite_check import is_damage

DEFAULT_MAX_BYTES = 16 * 1024**3
_INSERT = "INSERT OR REPLACE INTO outbox (lane, recorded_at, key, body_ref, bytes, payload) VALUES (?, ?, ?, ?, ?, ?)"
_TAKE = "SELECT number, payload, body_ref, bytes FROM outbox WHERE lane = ? AND number > ? ORDER BY number LIMIT ?"
_SETTLE = "DELETE FROM outbox WHERE number = ? RETURNING lane, bytes"
_OLDEST = "SELECT recorded_at FROM outbox WHERE lane = ? ORDER BY number LIMIT 1"
_COUNT = "SELECT lane, COUNT(*), SUM(bytes) FROM outbox GROUP BY lane"
_BY_KEY = "SELECT lane, bytes FROM outbox WHERE key = ?"

_T = TypeVar("_T")
_Row = tuple[int, float, str | None, str | None, int, bytes]
_Change = tuple[int, int, int]


class SqliteOutbox:
    """A durable outbox; one process at a time owns the file.

    A damaged file is set aside, at opening or when it shows later, what can be read of it goes on in a fresh one, and
    `broken` is told. Opening raises UnavailableError if the disk refuses. `max_bytes` bounds the file: past it `put`
    raises UnavailableError, and works again once records are settled.
    """

    def __init__(self, path: Path, *, max_bytes: int = DEFAULT_MAX_BYTES, broken: BrokenParts | None = None) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._broken = broken or BrokenParts()
        self._lock = threading.Lock()
        self._records: dict[int, int] = {}
        self._bytes: dict[int, int] = {}
        self._connection = self._open_sound()

    def _open_sound(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            make_outbox_sound(self._path, broken=self._broken, now_s=time.time())
            connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise _unavailable(self._path, error) from error
        try:
            self._set_up(connection)
        except sqlite3.Error as error:
            connection.close()
            raise _unavailable(self._path, error) from error
        return connection

    def _set_up(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {max(16, self._max_bytes // page_bytes)}")
        if not connection.execute("PRAGMA user_version").fetchone()[0]:
            create_schema(connection)
        self._records = dict.fromkeys(range(len(LANES)), 0)
        self._bytes = dict.fromkeys(range(len(LANES)), 0)
        for lane, records, size in connection.execute(_COUNT):
            self._records[lane] = records
            self._bytes[lane] = size

    def _mended(self, work: Callable[[], _T]) -> _T:
        """Do `work`; should the file prove damaged, set it aside and do it once more on the fresh one.

        Raises UnavailableError. Hold the lock.
        """
        try:
            return work()
        except sqlite3.Error as error:
            if not is_damage(error):
                raise _unavailable(self._path, error) from error
            self._connection.close()
            mark_suspect(self._path)
        self._connection = self._open_sound()
        try:
            return work()
        except sqlite3.Error as error:
            raise _unavailable(self._path, error) from error

    def put(self, records: Sequence[Record]) -> None:
        """Keep all records on disk in one commit, or none."""
        rows = [_row(record) for record in records]
        if rows:
            with self._lock:
                self._mended(lambda: self._commit(lambda: self._insert(rows)))

    def _insert(self, rows: Sequence[_Row]) -> list[_Change]:
        plain = [row for row in rows if row[2] is None]
        newest_of_key = {row[2]: row for row in rows if row[2] is not None}
        changes: list[_Change] = []
        for key, row in newest_of_key.items():
            changes += [(lane, -1, -size) for lane, size in self._connection.execute(_BY_KEY, (key,))]
            self._connection.execute(_INSERT, row)
        self._connection.executemany(_INSERT, plain)
        changes += [(row[0], 1, row[4]) for row in (*plain, *newest_of_key.values())]
        return changes

    def settle(self, numbers: Sequence[int]) -> None:
        """Forget records for good, in one commit."""
        if numbers:
            with self._lock:
                self._mended(lambda: self._commit(lambda: self._delete(numbers)))

    def _delete(self, numbers: Sequence[int]) -> list[_Change]:
        changes: list[_Change] = []
        for number in numbers:
            changes += [(lane, -1, -size) for lane, size in self._connection.execute(_SETTLE, (number,)).fetchall()]
        return changes

    def _commit(self, work: Callable[[], list[_Change]]) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            changes = work()
            connection.execute("COMMIT")
        except sqlite3.Error:
            # A full disk may already have rolled back (SQLite, "Response To Errors Within A Transaction").
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
            raise
        for lane, records, size in changes:
            self._records[lane] += records
            self._bytes[lane] += size

    def take(self, *, lane: Lane, after: int, max_bytes: int, limit: int) -> Sequence[Packed]:
        """Return waiting records of a lane, oldest first."""
        with self._lock:
            return self._mended(lambda: self._take(lane, after, max_bytes, limit))

    def _take(self, lane: Lane, after: int, max_bytes: int, limit: int) -> Sequence[Packed]:
        taken: list[Packed] = []
        room = max_bytes
        with closing(self._connection.execute(_TAKE, (lane.rank, after, limit))) as rows:
            for number, payload, body_ref, size in rows:
                room -= size
                if taken and room < 0:
                    break
                taken.append(Packed(number=number, payload=payload, body_ref=body_ref))
        return taken

    def pending(self) -> Mapping[Lane, LanePending]:
        """Return what waits, for every lane."""
        with self._lock:
            return self._mended(lambda: {lane: self._pending_in(lane) for lane in LANES})

    def _pending_in(self, lane: Lane) -> LanePending:
        oldest = self._connection.execute(_OLDEST, (lane.rank,)).fetchone()
        return LanePending(
            records=self._records[lane.rank],
            bytes=self._bytes[lane.rank],
            oldest_recorded_at_s=None if oldest is None else oldest[0],
        )

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()


def _row(record: Record) -> _Row:
    payload = encode_record(record)
    return record.lane.rank, record.recorded_at_s, record.key, record.body_ref, len(payload), payload


def _unavailable(path: Path, error: Exception) -> UnavailableError:
    return UnavailableError(
        Text(f"送信待ちの記録 {path.name} に書けません: {error}", f"the outbox {path.name} cannot be written: {error}"),
        Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
        path=str(path),
    )
