"""A SQLAlchemy engine that keeps what it has committed: SQLite (WAL, FULL) or PostgreSQL, by URL.

On SQLite a transaction that will write begins with BEGIN IMMEDIATE, so that it never fails half-way for a lock
(SQLite, "BEGIN IMMEDIATE"); ask for it with `writing(engine)`. PostgreSQL commits synchronously by default.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.pool import ConnectionPoolEntry

from fleet.errors import UnavailableError
from fleet.text import Text
from fleet.write_watch import WriteWatch, noting

_NOT_WRITTEN = Text("データベースに保存できません", "the database cannot be written")
_NOT_READ = Text("データベースを読めません", "the database cannot be read")
_WRITING = "kakehashi_writing"
_WATCH = "kakehashi_watch"
_WAL_WITHIN_S = 10.0
_WAL_PAUSE_S = 0.02


def open_engine(url: str) -> sa.Engine:
    """Return an engine for a database URL such as `sqlite:////var/office.sqlite` or `postgresql+psycopg://…`."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def watch_engine(engine: sa.Engine, watch: WriteWatch) -> None:
    """Have every `writing(engine)` noted from now on."""
    engine.update_execution_options(**{_WATCH: watch})


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # SQLAlchemy sends BEGIN itself here: the driver's own would come too late for a SAVEPOINT.
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 10000")
    _use_wal(cursor)
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: DBAPICursor) -> None:
    """Turn the journal to WAL. Two that turn a new file at once do not wait for each other in SQLite, so this does."""
    deadline_s = time.monotonic() + _WAL_WITHIN_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline_s:
                raise
            time.sleep(_WAL_PAUSE_S)
        else:
            return


def _begin_sqlite(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection in one writing transaction: committed at the end, or undone whole.

    Raises UnavailableError if the database does not answer, is locked for long, is damaged or its disk is full;
    what the database refuses for the data's sake (IntegrityError, DataError) is passed on as it is.
    """
    with noting(engine.get_execution_options().get(_WATCH)):
        try:
            with engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
                yield connection
        except (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.ProgrammingError):
            raise
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            # TimeoutError: so many writers wait for a disk that the pool has no connection left.
            raise database_unavailable(error) from error


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection for reading; raises UnavailableError if the database does not answer or is damaged."""
    try:
        with engine.connect() as connection:
            yield connection
    except (sa.exc.DataError, sa.exc.ProgrammingError):
        raise
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        raise database_unavailable(error, _NOT_READ) from error


def database_unavailable(error: Exception, what: Text = _NOT_WRITTEN) -> UnavailableError:
    """Return the error a person reads when the database fails."""
    reason = str(getattr(error, "orig", None) or error)
    return UnavailableError(
        Text(f"{what.ja}: {reason}", f"{what.en}: {reason}"),
        Text(
            "ディスクの空きとデータベースの動作を確認してください。届いた記録は現地に残り、後で再送されます",
            "check disk space and that the database runs; the field keeps its records and sends them again",
        ),
    )
