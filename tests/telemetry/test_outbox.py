"""The outbox's contract, over every adapter."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fleet.clock import ManualClock
from fleet.disk_health import DiskHealth, Place
from fleet.errors import TooLargeError
from fleet.ids import RecordId
from fleet.write_watch import WriteWatch
from telemetry.outbox import Outbox
from telemetry.outbox_memory import MemoryOutbox
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.outbox_watched import WatchedOutbox
from telemetry.records import LANES, Lane, Record
from tests.telemetry.field import START_S, alert, state, track

Make = Callable[[], Outbox]


@pytest.fixture(params=["memory", "sqlite", "watched"])
def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outbox]:
    made: Outbox = MemoryOutbox() if request.param != "sqlite" else SqliteOutbox(tmp_path / "outbox.sqlite")
    if request.param == "watched":
        made = WatchedOutbox(made, WriteWatch(DiskHealth(), Place.OUTBOX, ManualClock()))
    yield made
    made.close()


def take_all(outbox: Outbox, lane: Lane, after: int = 0) -> list[int]:
    return [packed.number for packed in outbox.take(lane=lane, after=after, max_bytes=1 << 30, limit=10_000)]


def test_records_come_out_of_their_lane_in_the_order_they_went_in(outbox: Outbox) -> None:
    outbox.put([track(1), alert(1), track(2)])
    outbox.put([track(3)])
    taken = outbox.take(lane=Lane.TRACK, after=0, max_bytes=1 << 20, limit=10)
    assert len(taken) == 3
    assert [packed.number for packed in taken] == sorted(packed.number for packed in taken)
    assert [str(track(n).id).encode() in packed.payload for n, packed in enumerate(taken, start=1)] == [True] * 3
    assert len(take_all(outbox, Lane.ALERT)) == 1


def test_taking_removes_nothing(outbox: Outbox) -> None:
    outbox.put([track(1)])
    assert take_all(outbox, Lane.TRACK) == take_all(outbox, Lane.TRACK)


def test_taking_goes_on_after_a_number(outbox: Outbox) -> None:
    outbox.put([track(number) for number in range(5)])
    numbers = take_all(outbox, Lane.TRACK)
    assert take_all(outbox, Lane.TRACK, after=numbers[2]) == numbers[3:]


def test_taking_is_bounded_by_bytes_and_count_but_gives_at_least_one(outbox: Outbox) -> None:
    outbox.put([track(number) for number in range(5)])
    one_bytes = len(outbox.take(lane=Lane.TRACK, after=0, max_bytes=1, limit=10)[0].payload)
    assert len(outbox.take(lane=Lane.TRACK, after=0, max_bytes=1, limit=10)) == 1
    assert len(outbox.take(lane=Lane.TRACK, after=0, max_bytes=one_bytes * 3 + 20, limit=10)) == 3
    assert len(outbox.take(lane=Lane.TRACK, after=0, max_bytes=1 << 20, limit=2)) == 2


def test_the_position_lane_keeps_only_the_newest_of_each_key(outbox: Outbox) -> None:
    outbox.put([state(1, "kite-1"), state(1, "kite-2"), state(2, "kite-1")])
    outbox.put([state(3, "kite-1")])
    taken = outbox.take(lane=Lane.POSITION, after=0, max_bytes=1 << 20, limit=10)
    assert [str(state(1, "kite-2").id).encode() in taken[0].payload, str(state(3).id).encode() in taken[1].payload] == [
        True,
        True,
    ]
    assert outbox.pending()[Lane.POSITION].records == 2


def test_a_late_receipt_does_not_settle_a_newer_position(outbox: Outbox) -> None:
    outbox.put([state(1)])
    old = take_all(outbox, Lane.POSITION)
    outbox.put([state(2)])
    outbox.settle(old)
    assert len(take_all(outbox, Lane.POSITION)) == 1


def test_settled_records_are_gone_and_settling_twice_changes_nothing(outbox: Outbox) -> None:
    outbox.put([track(number) for number in range(4)])
    numbers = take_all(outbox, Lane.TRACK)
    outbox.settle(numbers[:3])
    outbox.settle(numbers[:3])
    assert take_all(outbox, Lane.TRACK) == numbers[3:]
    assert outbox.pending()[Lane.TRACK].records == 1


def test_numbers_are_never_used_again(outbox: Outbox) -> None:
    outbox.put([track(1)])
    first = take_all(outbox, Lane.TRACK)
    outbox.settle(first)
    outbox.put([track(2)])
    assert take_all(outbox, Lane.TRACK)[0] > first[0]


def test_what_waits_is_counted_by_lane(outbox: Outbox) -> None:
    outbox.put([track(7), track(8), alert(9)])
    pending = outbox.pending()
    assert set(pending) == set(LANES)
    assert (pending[Lane.TRACK].records, pending[Lane.TRACK].oldest_recorded_at_s) == (2, START_S + 7)
    expected = sum(len(packed.payload) for packed in outbox.take(lane=Lane.TRACK, after=0, max_bytes=1 << 20, limit=9))
    assert pending[Lane.TRACK].bytes == expected
    assert (pending[Lane.IMAGE].records, pending[Lane.IMAGE].oldest_recorded_at_s) == (0, None)


def test_a_reference_to_bytes_elsewhere_is_kept(outbox: Outbox) -> None:
    chunk = Record(
        id=RecordId("c"),
        lane=Lane.IMAGE,
        kind="picture.chunk",
        recorded_at_s=START_S,
        body={"index": 0},
        body_ref="abc/0",
    )
    outbox.put([chunk])
    assert outbox.take(lane=Lane.IMAGE, after=0, max_bytes=1 << 20, limit=1)[0].body_ref == "abc/0"


def test_one_record_too_large_keeps_the_whole_put_out(outbox: Outbox) -> None:
    large = Record(id=RecordId("x"), lane=Lane.RECORD, kind="x", recorded_at_s=START_S, body={"data": bytes(1 << 16)})
    with pytest.raises(TooLargeError):
        outbox.put([track(1), large])
    assert take_all(outbox, Lane.TRACK) == []
