"""What only the SQLite outbox can do: survive, run full, be found damaged."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from fleet.errors import UnavailableError
from fleet.set_aside import BrokenParts
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.records import Lane
from tests.telemetry.field import START_S, state, track


def numbers_in(outbox: SqliteOutbox, lane: Lane = Lane.TRACK) -> list[int]:
    return [packed.number for packed in outbox.take(lane=lane, after=0, max_bytes=1 << 30, limit=100_000)]


def fill(outbox: SqliteOutbox) -> None:
    """Put records, a hundred at a time, until the outbox refuses."""
    for start in range(0, 10_000, 100):
        outbox.put([track(number) for number in range(start, start + 100)])


def test_records_and_counts_survive_a_restart(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put([track(number) for number in range(10)] + [state(1)])
    before = (numbers_in(outbox), outbox.pending())
    outbox.close()
    again = SqliteOutbox(tmp_path / "outbox.sqlite")
    assert (numbers_in(again), again.pending()) == before
    again.settle(numbers_in(again))
    again.close()
    empty = SqliteOutbox(tmp_path / "outbox.sqlite")
    assert empty.pending()[Lane.TRACK].records == 0
    empty.put([track(11)])
    assert numbers_in(empty)[0] > before[0][-1]
    empty.close()


def test_a_full_disk_is_said_in_words_and_nothing_is_half_kept(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite", max_bytes=256 * 1024)
    with pytest.raises(UnavailableError) as caught:
        fill(outbox)
    kept = len(numbers_in(outbox))
    assert caught.value.cure is not None
    assert "disk" in caught.value.cure.en
    assert 0 < kept < 10_000
    assert kept % 100 == 0
    assert outbox.pending()[Lane.TRACK].records == kept
    outbox.close()


def test_a_full_outbox_takes_records_again_once_the_town_has_some(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite", max_bytes=256 * 1024)
    with pytest.raises(UnavailableError):
        fill(outbox)
    full = numbers_in(outbox)
    outbox.settle(full[: len(full) // 2])
    outbox.put([track(number) for number in range(100)])
    assert len(numbers_in(outbox)) == len(full) - len(full) // 2 + 100
    outbox.close()


def test_a_full_disk_does_not_lose_a_position_that_was_kept(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite", max_bytes=128 * 1024)
    outbox.put([state(1)])
    with pytest.raises(UnavailableError):
        outbox.put([state(2), *(track(number) for number in range(5000))])
    assert len(numbers_in(outbox, Lane.POSITION)) == 1
    assert outbox.pending()[Lane.POSITION].oldest_recorded_at_s == START_S + 1
    outbox.close()


def test_a_flipped_page_is_found_when_the_outbox_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    outbox = SqliteOutbox(path)
    outbox.put([track(number) for number in range(500)])
    outbox.close()
    content = bytearray(path.read_bytes())
    for place in range(4096, 12288):
        content[place] ^= 0xA5
    path.write_bytes(bytes(content))
    broken = BrokenParts()
    mended = SqliteOutbox(path, broken=broken)
    (told,) = broken.all
    assert "outbox.sqlite" in told.what.en
    assert told.kept_as is not None
    saved = numbers_in(mended)
    assert len(saved) > 400
    mended.put([track(501)])
    assert numbers_in(mended)[-1] > 500
    mended.close()


def test_a_page_that_is_flipped_while_the_outbox_is_open_costs_its_own_records_only(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    SqliteOutbox(path).close()
    broken = BrokenParts()
    outbox = SqliteOutbox(path, broken=broken)
    outbox.put([track(number) for number in range(500)])
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xa5" * 4096
    path.write_bytes(bytes(content))
    outbox._connection.execute("PRAGMA shrink_memory")
    outbox._connection.execute("PRAGMA cache_size = 0")
    kept = len(numbers_in(outbox))
    assert 400 < kept < 500
    assert [part.kept_as is not None for part in broken.all] == [True]
    outbox.put([track(501)])
    assert len(numbers_in(outbox)) == kept + 1
    assert outbox.pending()[Lane.TRACK].records == kept + 1
    outbox.close()


def test_a_file_that_is_no_outbox_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    letter = b"this is a letter, not a database. " * 200
    path.write_bytes(letter)
    broken = BrokenParts()
    outbox = SqliteOutbox(path, broken=broken)
    outbox.put([track(1)])
    assert len(numbers_in(outbox)) == 1
    outbox.close()
    assert [part.kept_as is not None for part in broken.all] == [True]


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnavailableError):
        SqliteOutbox(tmp_path / "file" / "outbox.sqlite")


def test_a_file_that_cannot_be_set_up_is_said_in_words_and_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[sqlite3.Connection] = []

    def refuse(connection: sqlite3.Connection) -> None:
        opened.append(connection)
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("telemetry.outbox_sqlite.create_schema", refuse)
    with pytest.raises(UnavailableError, match="disk I/O error"):
        SqliteOutbox(tmp_path / "outbox.sqlite")
    (connection,) = opened
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_file_that_is_damaged_again_at_once_is_said_in_words(tmp_path: Path) -> None:
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    tried: list[int] = []

    def damaged() -> None:
        tried.append(len(tried))
        raise sqlite3.DatabaseError("database disk image is malformed")

    with pytest.raises(UnavailableError, match="malformed"):
        outbox._mended(damaged)
    assert tried == [0, 1]
    outbox.put([track(1)])
    assert len(numbers_in(outbox)) == 1
    outbox.close()
