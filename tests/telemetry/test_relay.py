"""The relay under loss, doubling, delay, reordering, cuts and restarts: nothing lost, nothing doubled, worth first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.ids import RecordId
from telemetry.codec import BatchReceipt, RefusedIndex
from telemetry.records import LANES, Lane, Record
from telemetry.relay import Relay, RelaySettings, Want
from telemetry.window import WindowLimits
from tests.telemetry.field import START_S, alert, state, track
from tests.telemetry.lossy_link import Faults, LossyTown, settled_lanes


def sent(relay: Relay, lane: Lane, numbers: list[int], now_s: float, size: int = 1000) -> str:
    batch_id = relay.next_batch_id()
    want = Want(lane=lane, after=0, max_bytes=1)
    relay.on_sent(want, numbers=numbers, payload=bytes(size), now_s=now_s)
    return batch_id


def wanted(relay: Relay) -> list[Want]:
    """Return all a relay wants from an outbox that has nothing."""
    return list(iter(relay.next_want, None))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("loss", [0.0, 0.1, 0.3, 0.5])
def test_every_record_arrives_once_whatever_the_link_does(loss: float, seed: int) -> None:
    town = LossyTown(Faults(loss=loss, duplicate=0.1, delay_s=3.0), seed)
    for start in range(0, 3000, 300):
        town.put([track(number) for number in range(start, start + 300)] + [alert(start)])
        town.run(0.5)
    town.run_until_empty(within_s=1200.0)
    assert settled_lanes(town)
    assert town.store.count() == 3000 + 10
    assert len(town.arrivals) == len({(lane, at_s) for _, lane, at_s in town.arrivals})


_STEPS = st.lists(st.sampled_from(["put", "run", "restart", "cut", "mend", "office down", "office up"]), max_size=25)


@settings(max_examples=40, deadline=None)
@given(_STEPS, st.integers(0, 2**32 - 1))
def test_restarts_and_cuts_at_any_time_lose_and_double_nothing(steps: list[str], seed: int) -> None:
    town = LossyTown(Faults(loss=0.2, duplicate=0.2, delay_s=2.0), seed)
    made = 0
    for step in steps:
        if step == "put":
            town.put([track(number) for number in range(made, made + 120)] + [state(made)])
            made += 120
        elif step == "restart":
            town.restart()
        elif step == "cut":
            town.cut()
        elif step == "mend":
            town.mend()
        elif step.startswith("office"):
            town.office_is_up = step.endswith("up")
        town.run(1.5)
    town.office_is_up = True
    town.mend()
    town.run_until_empty(within_s=600.0)
    assert settled_lanes(town)
    assert town.store.count() == made
    assert len(town.store.newest()) == (1 if made else 0)


def test_nothing_is_settled_without_the_towns_receipt() -> None:
    town = LossyTown(Faults(), seed=1)
    town.office_is_up = False
    town.put([track(number) for number in range(1000)])
    town.run(120.0)
    assert town.waiting == 1000
    assert town.relay.in_flight_bytes <= 1024 * 1024 + 64 * 1024


def test_patience_grows_while_nobody_answers() -> None:
    town = LossyTown(Faults(), seed=1)
    town.office_is_up = False
    town.put([track(1)])
    town.run(300.0)
    assert 15 <= town.sent_payloads <= 300 / 15 + 5


def test_a_town_silent_for_long_is_asked_with_one_batch_and_then_gets_all_at_once() -> None:
    settings = RelaySettings(bulk_batches=4, window=WindowLimits(start_bytes=1 << 20))
    town = LossyTown(Faults(), seed=1, settings=settings)
    town.office_is_up = False
    town.put([track(number) for number in range(2000)])
    town.run(200.0)
    before = town.sent_payloads
    town.run(150.0)
    assert 8 <= town.sent_payloads - before <= 12
    town.office_is_up = True
    town.run_until_empty(within_s=20.0)
    assert town.store.count() == 2000


def test_an_alert_and_the_newest_position_go_before_a_backlog() -> None:
    relay = Relay(relay_id="r")
    relay.on_connected()
    assert [want.lane for want in wanted(relay)] == list(LANES)
    for lane in (Lane.TRACK, Lane.POSITION, Lane.ALERT):
        relay.on_put(lane)
    assert [want.lane for want in wanted(relay)] == [Lane.ALERT, Lane.POSITION, Lane.TRACK]


def test_what_is_put_while_a_lane_is_read_as_empty_is_wanted_again() -> None:
    relay = Relay(relay_id="r")
    relay.on_connected()
    reading = relay.next_want()
    assert reading is not None
    assert reading.lane is Lane.ALERT
    relay.on_put(Lane.ALERT)
    assert relay.next_want() == reading


def test_a_lane_is_wanted_again_after_a_batch_a_skip_a_failed_read_and_a_reconnect() -> None:
    relay = Relay(relay_id="r")
    relay.on_connected()
    want = wanted(relay)[0]
    assert relay.next_want() is None
    relay.on_not_fetched(want)
    assert [(one.lane, one.after) for one in wanted(relay)] == [(Lane.ALERT, 0)]
    relay.on_skipped(want, 3)
    assert [(one.lane, one.after) for one in wanted(relay)] == [(Lane.ALERT, 3)]
    sent(relay, Lane.ALERT, [4], now_s=0.0)
    assert [(one.lane, one.after) for one in wanted(relay)] == [(Lane.ALERT, 4)]
    relay.on_disconnected()
    relay.on_connected()
    assert [one.lane for one in wanted(relay)] == list(LANES)


def test_a_days_backlog_on_a_thin_link_does_not_delay_the_newest_position() -> None:
    """128 kbit/s, 50,000 track records waiting: the position shown stays under five seconds old."""
    town = LossyTown(Faults(bytes_per_s=16_000.0, delay_s=0.3), seed=3)
    town.put([track(number) for number in range(50_000)])
    for second in range(120):
        town.put([state(second)])
        town.run(1.0)
    ages_s = [at_s - second for at_s, lane, second in town.arrivals if lane is Lane.POSITION]
    assert len(ages_s) >= 60
    assert max(ages_s) < 5.0
    track_records = sum(lane is Lane.TRACK for _, lane, _ in town.arrivals)
    assert track_records > 5_000


def test_a_picture_after_a_quiet_time_does_not_bury_the_newest_position() -> None:
    """128 kbit/s, ten minutes of one track record a second, then 2.4 MB of image chunks."""
    town = LossyTown(Faults(bytes_per_s=16_000.0, delay_s=0.3), seed=3)
    for second in range(600):
        town.put([track(second)])
        town.run(1.0)
    began_s = town.now_s
    bits = np.random.default_rng(3)
    town.put([image_chunk(index, bits.bytes(48 * 1024)) for index in range(50)])
    made_at_s: dict[int, float] = {}
    for second in range(120):
        made_at_s[second] = town.now_s
        town.put([state(second)])
        town.run(1.0)
    positions = [(at_s, made_at_s[number]) for at_s, lane, number in town.arrivals if lane is Lane.POSITION]
    newest_s, oldest_shown_s = began_s, 0.0
    for at_s, made_s in positions:
        oldest_shown_s = max(oldest_shown_s, at_s - newest_s)
        newest_s = max(newest_s, made_s)
    assert len(positions) >= 50
    assert oldest_shown_s < 10.0
    assert sum(lane is Lane.IMAGE for _, lane, _ in town.arrivals) >= 25


def image_chunk(index: int, data: bytes) -> Record:
    return Record(
        id=RecordId(f"chunk-{index}"),
        lane=Lane.IMAGE,
        kind="picture.chunk",
        recorded_at_s=START_S + index,
        body={"data": data},
    )


def test_a_further_image_chunk_waits_for_room_for_a_whole_one() -> None:
    relay = Relay(relay_id="r", settings=RelaySettings(window=WindowLimits(start_bytes=90_000)))
    relay.on_connected()
    batch_id = sent(relay, Lane.TRACK, [1], now_s=0.0, size=45_000)
    assert [want.lane for want in wanted(relay)] == [lane for lane in LANES if lane is not Lane.IMAGE]
    relay.on_receipts([BatchReceipt(batch_id=batch_id)], 1.0)
    assert [want.lane for want in wanted(relay)] == [Lane.IMAGE]


def test_nothing_is_wanted_without_a_connection() -> None:
    relay = Relay(relay_id="r")
    assert relay.next_want() is None
    relay.on_connected()
    assert relay.next_want() is not None
    relay.on_disconnected()
    assert relay.next_want() is None
    assert relay.next_wake_s(0.0) is None


def test_a_reconnect_sends_at_once_what_was_under_way() -> None:
    relay = Relay(relay_id="r")
    relay.on_connected()
    sent(relay, Lane.TRACK, [1, 2], now_s=10.0)
    assert list(relay.due_again(10.1)) == []
    relay.on_disconnected()
    relay.on_connected()
    assert [flight.numbers for flight in relay.due_again(10.2)] == [[1, 2]]


def test_an_old_position_is_not_sent_again_but_the_newest_is_taken() -> None:
    relay = Relay(relay_id="r")
    relay.on_connected()
    sent(relay, Lane.POSITION, [7], now_s=0.0)
    assert list(relay.due_again(2.5)) == []
    assert relay.in_flight == 0
    assert [(want.lane, want.after) for want in wanted(relay)][:2] == [(Lane.ALERT, 0), (Lane.POSITION, 0)]


def test_a_receipt_settles_its_own_records_once() -> None:
    relay = Relay(relay_id="r")
    relay.on_connected()
    first = sent(relay, Lane.TRACK, [1, 2], now_s=0.0)
    sent(relay, Lane.TRACK, [3], now_s=0.0)
    assert list(relay.on_receipts([BatchReceipt(batch_id=first)], 1.0).numbers) == [1, 2]
    assert list(relay.on_receipts([BatchReceipt(batch_id=first), BatchReceipt(batch_id="other.9")], 1.1).numbers) == []
    assert relay.in_flight == 1


def test_a_refused_record_is_named_and_does_not_come_again() -> None:
    relay = Relay(relay_id="r")
    relay.on_connected()
    batch_id = sent(relay, Lane.RECORD, [4, 5, 6], now_s=0.0)
    refused = [RefusedIndex(index=1, reason="no such field"), RefusedIndex(index=99, reason="none")]
    settled = relay.on_receipts([BatchReceipt(batch_id=batch_id, refused=refused)], 1.0)
    assert list(settled.numbers) == [4, 5, 6]
    assert list(settled.refused) == [(5, "no such field")]


def test_bulk_under_way_is_bounded_and_thumbnails_come_before_tracks() -> None:
    relay = Relay(relay_id="r", settings=RelaySettings(bulk_batches=2, window=WindowLimits(start_bytes=1 << 20)))
    relay.on_connected()
    assert [want.lane for want in wanted(relay)][2:4] == [Lane.THUMBNAIL, Lane.RECORD]
    sent(relay, Lane.THUMBNAIL, [1], now_s=0.0)
    sent(relay, Lane.THUMBNAIL, [2], now_s=0.0)
    assert relay.next_want() is None
