"""Disks that refuse, for the tests: files that cannot be written, databases that are read-only or locked."""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

FILE_ERRORS = (errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES)
DATABASE_FAULTS = ("read-only", "locked")


@contextlib.contextmanager
def files_refuse(number: int) -> Iterator[None]:
    """Let no file be synced while the block lasts."""

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        yield


@contextlib.contextmanager
def engine_refuses(engine: sa.Engine, fault: str) -> Iterator[None]:
    """Let a SQLite engine write nothing while the block lasts."""
    pragma = "PRAGMA query_only = ON" if fault == "read-only" else "PRAGMA busy_timeout = 0"

    def spoil(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(pragma)

    event.listen(engine, "checkout", spoil)
    try:
        with _held(Path(str(engine.url.database)), fault):
            yield
    finally:
        event.remove(engine, "checkout", spoil)
        engine.dispose()


@contextlib.contextmanager
def connection_refuses(connection: sqlite3.Connection, database: Path, fault: str) -> Iterator[None]:
    """Let one SQLite connection write nothing while the block lasts."""
    connection.execute("PRAGMA query_only = ON" if fault == "read-only" else "PRAGMA busy_timeout = 0")
    try:
        with _held(database, fault):
            yield
    finally:
        connection.execute("PRAGMA query_only = OFF")


@contextlib.contextmanager
def _held(database: Path, fault: str) -> Iterator[None]:
    other = sqlite3.connect(database, isolation_level=None)
    try:
        if fault == "locked":
            other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()
