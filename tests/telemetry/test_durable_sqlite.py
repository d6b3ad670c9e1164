"""Every SQLite file that is kept is synced to the disk at every commit, on every connection that is ever opened to it.

A power cut loses what `synchronous=OFF` or `NORMAL` only promised (SQLite, "PRAGMA synchronous"); 2 is FULL.
"""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from telemetry.engine_sql import open_engine, writing
from telemetry.outbox_sqlite import SqliteOutbox
from tests.telemetry.field import track
from tests.telemetry.kept_files import is_open, opened_connections, pragma

FULL = 2


def _engine(path: Path) -> None:
    engine = open_engine(f"sqlite:///{path}")
    with writing(engine) as connection:
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS kept (number INTEGER PRIMARY KEY)"))


def _many_at_once(path: Path) -> None:
    engine = open_engine(f"sqlite:///{path}")
    held = [engine.connect() for _ in range(5)]
    for connection in held:
        connection.execute(sa.text("SELECT 1"))


def _in_a_thread(path: Path) -> None:
    thread = threading.Thread(target=_engine, args=(path,))
    thread.start()
    thread.join()


def _outbox(path: Path) -> None:
    SqliteOutbox(path).put([track(1)])


def _reopened(path: Path) -> None:
    first = SqliteOutbox(path)
    first.put([track(1)])
    _outbox(path)


OPENERS: Mapping[str, tuple[Callable[[Path], None], int]] = {
    # how a file is opened, and how many connections that takes
    "engine": (_engine, 1),
    "engine, many at once": (_many_at_once, 5),
    "engine, in a thread": (_in_a_thread, 1),
    "outbox": (_outbox, 1),
    "outbox, opened again": (_reopened, 2),
}


@pytest.mark.parametrize("opener", OPENERS)
def test_every_connection_to_a_kept_file_syncs_at_every_commit(opener: str, tmp_path: Path) -> None:
    open_it, count = OPENERS[opener]
    with opened_connections() as opened:
        open_it(tmp_path / "kept.sqlite")
    kept = [connection for connection in opened if is_open(connection)]  # who only looks whether it is sound closes
    assert len(kept) == count
    for connection in kept:
        assert pragma(connection, "synchronous") == FULL
        assert pragma(connection, "journal_mode") == "wal"
