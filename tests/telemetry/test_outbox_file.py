"""The outbox's file: its bounds, its version, its commits, and the words for what fails."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from fleet.errors import UnavailableError
from telemetry.outbox_sqlite import DEFAULT_MAX_BYTES, SqliteOutbox
from telemetry.records import Lane
from tests.telemetry.field import state, track
from tests.telemetry.kept_files import opened_connections, pragma


@pytest.fixture
def opened() -> Iterator[list[sqlite3.Connection]]:
    with opened_connections() as connections:
        yield connections


@pytest.mark.parametrize(
    ("max_bytes", "pages"), [(1, 16), (17 * 4_096 - 1, 16), (17 * 4_096, 17), (DEFAULT_MAX_BYTES, 4_194_304)]
)
def test_an_outbox_is_bounded_and_waits_for_a_lock(
    max_bytes: int, pages: int, opened: list[sqlite3.Connection], tmp_path: Path
) -> None:
    SqliteOutbox(tmp_path / "outbox.sqlite", max_bytes=max_bytes)
    (connection,) = opened
    found = {name: pragma(connection, name) for name in ("page_size", "max_page_count", "busy_timeout")}
    assert found == {"page_size": 4_096, "max_page_count": pages, "busy_timeout": 5_000}
    assert pragma(connection, "journal_size_limit") == 64 * 1024 * 1024
    assert connection.isolation_level is None


def test_an_outbox_is_written_by_whatever_thread_has_something_to_keep(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(outbox.put, [track(1)]).result()
        thread.submit(outbox.settle, [1]).result()
    outbox.put([track(2)])
    assert outbox.pending()[Lane.TRACK].records == 1


def test_as_many_are_taken_as_the_bytes_allow_to_the_last_byte(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put([track(number) for number in range(4)])
    sizes = [len(one.payload) for one in outbox.take(lane=Lane.TRACK, after=0, max_bytes=1 << 20, limit=9)]

    def taken(max_bytes: int) -> int:
        return len(outbox.take(lane=Lane.TRACK, after=0, max_bytes=max_bytes, limit=9))

    exactly = sizes[0] + sizes[1]
    assert [taken(max_bytes) for max_bytes in (exactly - 1, exactly, exactly + 1)] == [1, 2, 2]


def test_an_outbox_commits_a_put_and_a_settle_each_once(opened: list[sqlite3.Connection], tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    said: list[str] = []
    opened[0].set_trace_callback(said.append)
    outbox.put([track(1), track(2), state(1)])
    outbox.put([])
    outbox.settle([])
    outbox.settle([1, 2, 99])
    assert [word for word in said if word in {"BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"}] == [
        *("BEGIN IMMEDIATE", "COMMIT"),
        *("BEGIN IMMEDIATE", "COMMIT"),
    ]
    assert sum(lane.records for lane in outbox.pending().values()) == 1


def test_an_outbox_that_fails_half_way_rolls_back_and_says_why(
    opened: list[sqlite3.Connection], tmp_path: Path
) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put([track(1)])
    opened[0].execute("PRAGMA query_only = ON")
    with pytest.raises(UnavailableError, match=r"outbox\.sqlite cannot be written"):
        outbox.put([track(2)])
    assert not opened[0].in_transaction
    opened[0].execute("PRAGMA query_only = OFF")
    outbox.put([track(3)])
    assert outbox.pending()[Lane.TRACK].records == 2


def test_an_outbox_that_fails_in_the_middle_of_a_put_keeps_none_of_it_and_goes_on(
    opened: list[sqlite3.Connection], tmp_path: Path
) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put([track(1)])
    fails = "BEFORE INSERT ON outbox WHEN (SELECT count(*) FROM outbox) >= 2 BEGIN SELECT RAISE(ABORT, 'the disk'); END"
    opened[0].execute(f"CREATE TRIGGER fails {fails}")
    for _ in range(2):
        with pytest.raises(UnavailableError, match="the disk"):
            outbox.put([track(2), track(3)])
        assert not opened[0].in_transaction
    assert len(outbox.take(lane=Lane.TRACK, after=0, max_bytes=1 << 20, limit=9)) == 1
    assert outbox.pending()[Lane.TRACK].records == 1
    opened[0].execute("DROP TRIGGER fails")
    outbox.put([track(4)])
    assert outbox.pending()[Lane.TRACK].records == 2


def test_an_outbox_that_was_closed_says_so_in_words(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.close()
    for ask in (
        lambda: outbox.put([track(1)]),
        lambda: outbox.settle([1]),
        outbox.pending,
        lambda: outbox.take(lane=Lane.TRACK, after=0, max_bytes=1, limit=1),
    ):
        with pytest.raises(UnavailableError) as raised:
            cast("Callable[[], object]", ask)()
        assert raised.value.cure is not None
        assert raised.value.data["path"] == str(tmp_path / "outbox.sqlite")


def test_an_outbox_counts_bytes_of_each_lane_through_everything_that_happens(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "outbox.sqlite"
    outbox = SqliteOutbox(path)
    outbox.put([state(1), track(1), state(2)])
    outbox.put([state(3), track(2)])
    again = SqliteOutbox(path)
    assert again.pending() == outbox.pending()
    assert {lane: (one.records, one.bytes > 0) for lane, one in again.pending().items() if one.records} == {
        Lane.POSITION: (1, True),
        Lane.TRACK: (2, True),
    }
    outbox.settle([packed.number for packed in outbox.take(lane=Lane.TRACK, after=0, max_bytes=1 << 20, limit=9)])
    assert outbox.pending()[Lane.TRACK].records == outbox.pending()[Lane.TRACK].bytes == 0
    assert outbox.pending()[Lane.TRACK].oldest_recorded_at_s is None
