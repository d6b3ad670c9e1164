"""Every SQLite connection that a test opens, whoever opens it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest


@contextmanager
def opened_connections() -> Iterator[list[sqlite3.Connection]]:
    """Give every connection that is opened while the block lasts, usable from any thread."""
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def noted(*arguments: Any, **more: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **{**more, "check_same_thread": False})
        connections.append(connection)
        return connection

    with pytest.MonkeyPatch.context() as patch:
        for module in ("sqlite3", "sqlite3.dbapi2"):
            patch.setattr(f"{module}.connect", noted)
        yield connections


def pragma(connection: sqlite3.Connection, name: str) -> object:
    with closing(connection.execute(f"PRAGMA {name}")) as rows:
        (value,) = rows.fetchone()
    return value


def is_open(connection: sqlite3.Connection) -> bool:
    """Return whether a connection was not closed."""
    try:
        connection.execute("SELECT 1").fetchone()
    except sqlite3.ProgrammingError:
        return False
    return True
