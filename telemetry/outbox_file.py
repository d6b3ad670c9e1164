"""The outbox's file: its table, how a fresh one is made, and what a person calls it."""

import contextlib
import sqlite3
from pathlib import Path

from fleet.set_aside import BrokenParts
from fleet.text import Text
from telemetry.codec import check_record
from telemetry.kept_tables import KeptColumn, KeptTable
from telemetry.records import LANES, Lane
from telemetry.sound_sqlite import KeptDatabase, make_sound

SCHEMA_VERSION = 1
NAME = Text("送信待ちの記録", "the outbox")
_NUMBERS_LEFT_OUT = 1_000_000
_SCHEMA = """
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    lane INTEGER NOT NULL,
    recorded_at REAL NOT NULL,
    key TEXT,
    body_ref TEXT,
    bytes INTEGER NOT NULL,
    payload BLOB NOT NULL
);
CREATE INDEX outbox_lane ON outbox (lane, number);
CREATE UNIQUE INDEX outbox_key ON outbox (key) WHERE key IS NOT NULL;
"""


_LANE_OF_RANK: dict[object, Lane] = dict(enumerate(LANES))


OUTBOX = KeptTable(
    name="outbox",
    numbered=True,
    columns=(
        KeptColumn(name="number", storage=("integer",), nullable=False),
        KeptColumn(name="lane", storage=("integer",), nullable=False, reads_as=_LANE_OF_RANK.__getitem__),
        KeptColumn(name="recorded_at", storage=("real", "integer"), nullable=False),
        KeptColumn(name="key", storage=("text",), nullable=True),
        KeptColumn(name="body_ref", storage=("text",), nullable=True),
        KeptColumn(name="bytes", storage=("integer",), nullable=False),
        KeptColumn(name="payload", storage=("blob",), nullable=False, reads_as=check_record),
    ),
)


def create_schema(connection: sqlite3.Connection) -> None:
    """Make the tables in one transaction if they are not there; raises sqlite3.Error."""
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'outbox'").fetchone()
    schema = "" if found else _SCHEMA
    connection.executescript(f"BEGIN;{schema}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")


def make_outbox_sound(path: Path, *, broken: BrokenParts, now_s: float) -> None:
    """See to it that the outbox can be opened; what could be read of a broken one waits on under its old numbers.

    Raises UnavailableError if the disk refuses.
    """
    database = KeptDatabase(
        path=path,
        name=NAME,
        tables=(OUTBOX,),
        create=_create,
        versions=frozenset({0, SCHEMA_VERSION}),
    )
    if make_sound(database, broken=broken, now_s=now_s) is not None:
        _leave_numbers_out(path)


def _create(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        create_schema(connection)


def _leave_numbers_out(path: Path) -> None:
    """Which numbers the broken file had given out is not known: a late receipt must never meet one of them again."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox', 0 WHERE NOT EXISTS "
            "(SELECT 1 FROM sqlite_sequence WHERE name = 'outbox')"
        )
        connection.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'outbox'", (_NUMBERS_LEFT_OUT,))
