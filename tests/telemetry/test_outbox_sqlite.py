"""What only the SQLite outbox can do: survive, run full, be found damaged."""

from pathlib import Path

import pytest

from fleet.errors import BadInputError, UnavailableError
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
    with pytest.raises(BadInputError) as caught:
        SqliteOutbox(path)
    assert "outbox.sqlite" in caught.value.what.en


def test_a_file_that_is_no_outbox_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    path.write_bytes(b"this is a letter, not a database. " * 200)
    with pytest.raises(BadInputError):
        SqliteOutbox(path)


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnavailableError):
        SqliteOutbox(tmp_path / "file" / "outbox.sqlite")
