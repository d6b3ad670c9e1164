"""The SQLAlchemy engine: locks, transactions, and whose fault it is when a write fails."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from fleet.errors import UnavailableError
from telemetry import engine_sql
from telemetry.engine_sql import database_unavailable, open_engine, reading, watch_engine, writing
from tests.telemetry.kept_files import opened_connections, pragma


@pytest.fixture
def opened() -> Iterator[list[sqlite3.Connection]]:
    with opened_connections() as connections:
        yield connections


def _engine(path: Path) -> sa.Engine:
    engine = open_engine(f"sqlite:///{path}")
    with writing(engine) as connection:
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS kept (number INTEGER PRIMARY KEY)"))
    return engine


def test_an_engine_holds_foreign_keys_and_waits_for_a_lock(opened: list[sqlite3.Connection], tmp_path: Path) -> None:
    _engine(tmp_path / "kept.sqlite")
    (connection,) = opened
    assert (pragma(connection, "foreign_keys"), pragma(connection, "busy_timeout")) == (1, 10_000)
    assert connection.isolation_level is None


def test_only_what_will_write_takes_the_lock_at_its_beginning(opened: list[sqlite3.Connection], tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'kept.sqlite'}")
    said: list[str] = []
    with engine.connect() as connection:
        opened[0].set_trace_callback(said.append)
        connection.execute(sa.text("SELECT 1"))
    with writing(engine) as connection:
        connection.execute(sa.text("CREATE TABLE kept (number INTEGER)"))
    begins = [statement for statement in said if statement.startswith("BEGIN")]
    assert (begins, said[-1]) == (["BEGIN", "BEGIN IMMEDIATE"], "COMMIT")


def _kept(engine: sa.Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT number FROM kept")).scalars())


def _put(engine: sa.Engine, *numbers: int) -> None:
    with writing(engine) as connection:
        for number in numbers:
            connection.execute(sa.text("INSERT INTO kept VALUES (:number)"), {"number": number})


def _put_and_fail(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        connection.execute(sa.text("INSERT INTO kept VALUES (3)"))
        raise KeyError


def _put_nowhere(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        connection.execute(sa.text("INSERT INTO nowhere VALUES (4)"))


def test_what_goes_wrong_undoes_all_of_it_and_is_told_by_its_kind(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "kept.sqlite")
    _put(engine, 1)
    with pytest.raises(sa.exc.IntegrityError):
        _put(engine, 2, 1)
    with pytest.raises(KeyError):
        _put_and_fail(engine)
    with pytest.raises(UnavailableError, match="no such table: nowhere"):
        _put_nowhere(engine)
    assert _kept(engine) == [1]


class _Weary:
    """An engine whose next connection fails as told."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get_execution_options(self) -> Mapping[str, object]:
        return {}

    def connect(self) -> sa.Connection:
        raise self._error


OF_THE_DATA = (sa.exc.DataError, sa.exc.ProgrammingError)
OF_THE_DATABASE = (sa.exc.OperationalError, sa.exc.InternalError, sa.exc.InterfaceError, sa.exc.DatabaseError)
USES = {"written": writing, "read": reading}


@pytest.mark.parametrize(
    ("use", "kind"),
    [*((use, kind) for use in USES for kind in OF_THE_DATA), ("written", sa.exc.IntegrityError)],
)
def test_what_the_data_or_the_statement_is_to_blame_for_is_passed_on(use: str, kind: type[sa.exc.DBAPIError]) -> None:
    error = kind("INSERT", {}, Exception("why"))
    with pytest.raises(kind) as raised, USES[use](cast("Any", _Weary(error))):
        pass
    assert raised.value is error


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", OF_THE_DATABASE)
def test_what_the_database_is_to_blame_for_is_said_to_a_person(use: str, kind: type[sa.exc.DBAPIError]) -> None:
    error = kind("INSERT", {}, Exception("disk I/O error"))
    with pytest.raises(UnavailableError) as raised, USES[use](cast("Any", _Weary(error))):
        pass
    assert raised.value.what.en == f"the database cannot be {use}: disk I/O error"
    assert raised.value.cure is not None


@pytest.mark.parametrize("use", USES)
def test_so_many_at_once_that_no_connection_is_left_are_told_so(use: str) -> None:
    error = sa.exc.TimeoutError("QueuePool limit reached")
    with pytest.raises(UnavailableError, match="QueuePool limit reached"), USES[use](cast("Any", _Weary(error))):
        pass
    assert "QueuePool" in database_unavailable(error).what.ja


class _Busy:
    """A cursor that finds the file locked so many times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.asked = 0

    def execute(self, statement: str) -> None:
        assert statement == "PRAGMA journal_mode = WAL"
        self.asked += 1
        if self.asked <= self.times:
            raise sqlite3.OperationalError("database is locked")


@pytest.mark.parametrize("times", [0, 1, 400])
def test_two_that_turn_a_new_file_to_wal_wait_for_each_other(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("telemetry.engine_sql.time.monotonic", lambda: 100.0 + sum(slept))
    monkeypatch.setattr("telemetry.engine_sql.time.sleep", slept.append)
    cursor = _Busy(times)
    engine_sql._use_wal(cast("Any", cursor))
    assert cursor.asked == times + 1
    assert slept == [0.02] * times


@pytest.mark.parametrize(("pause_s", "times"), [(0.5, 21), (0.8, 14)])  # until 10.0 s, until 10.4 s
def test_a_file_that_stays_locked_for_ten_seconds_is_given_up(
    monkeypatch: pytest.MonkeyPatch, pause_s: float, times: int
) -> None:
    now_s = [100.0]

    def sleep(seconds: float) -> None:
        assert seconds == 0.02
        now_s[0] += pause_s

    monkeypatch.setattr("telemetry.engine_sql.time.monotonic", lambda: now_s[0])
    monkeypatch.setattr("telemetry.engine_sql.time.sleep", sleep)
    cursor = _Busy(1_000)
    with pytest.raises(sqlite3.OperationalError):
        engine_sql._use_wal(cast("Any", cursor))
    assert cursor.asked == times


def test_a_database_that_is_no_sqlite_gets_no_pragmas() -> None:
    engine = open_engine("postgresql+psycopg://nobody@localhost/nothing")
    assert not sa.event.contains(engine, "connect", engine_sql._set_up_sqlite)
    assert not sa.event.contains(engine, "begin", engine_sql._begin_sqlite)


class _Watch:
    def __init__(self) -> None:
        self.writes = 0

    def write(self) -> Any:
        self.writes += 1
        return closing(cast("Any", self))

    def close(self) -> None:
        pass


def test_a_watched_engine_notes_every_write_and_no_reading(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "kept.sqlite")
    _put(engine, 1)
    watch = _Watch()
    watch_engine(engine, cast("Any", watch))
    assert _kept(engine) == [1]
    assert watch.writes == 0
    _put(engine, 2)
    assert watch.writes == 1
