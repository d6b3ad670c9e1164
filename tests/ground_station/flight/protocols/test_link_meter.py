"""What is measured of a link, with the time passed in."""

from collections.abc import Sequence

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.capacity import Capacity
from ground_station.flight.protocols.link_meter import LinkMeter
from ground_station.flight.protocols.pace import LONGEST_ANSWER_S, Pace
from ground_station.flight.protocols.round_trip import RoundTrip
from ground_station.flight.protocols.timesync import TimeSync

BOOT_NS = 5_000_000_000


def _answer(probe: Message, boot_ns: int = BOOT_NS) -> Message:
    return dialect.MAVLink_timesync_message(boot_ns, probe.ts1)


def test_an_answer_counts_though_the_next_probe_was_sent_before_it_came() -> None:
    sync = TimeSync()
    probes = [sync.probe(float(second)) for second in range(4)]
    reading = sync.receive(_answer(probes[1]), 3.5)
    assert reading is not None
    assert reading.round_trip_s == pytest.approx(2.5)
    assert reading.boot_s == pytest.approx(5.0)
    assert sync.receive(_answer(probes[0]), 3.6) is not None


def test_a_copy_of_an_answer_and_an_answer_to_somebody_elses_probe_say_nothing() -> None:
    sync = TimeSync()
    probe = sync.probe(1.0)
    assert sync.receive(_answer(probe), 1.1) is not None
    assert sync.receive(_answer(probe), 9.0) is None
    assert sync.receive(dialect.MAVLink_timesync_message(BOOT_NS, 77), 1.2) is None
    assert sync.round_trip_s == pytest.approx(0.1)


def test_no_more_than_sixty_four_probes_are_remembered() -> None:
    sync = TimeSync()
    probes = [sync.probe(float(second)) for second in range(80)]
    answered = [probe for probe in probes if sync.receive(_answer(probe), 80.0) is not None]
    assert len(answered) == 64


def test_probes_come_early_until_some_are_answered() -> None:
    sync = TimeSync()
    early_s = sync.pause_s(1.0)
    for second in range(4):
        sync.receive(_answer(sync.probe(float(second))), second + 0.1)
    assert early_s < sync.pause_s(1.0) == 1.0


def test_overdue_answers_and_lost_ones_lower_the_share_answered() -> None:
    sync = TimeSync()
    assert sync.trip.answered == pytest.approx(0.5)
    for second in range(40):
        probe = sync.probe(float(second))
        if second % 2 == 0:
            sync.receive(_answer(probe), second + 0.1)
    assert sync.trip.answered == pytest.approx(0.5, abs=0.1)
    for second in range(40, 80):
        sync.receive(_answer(sync.probe(float(second))), second + 0.1)
    assert sync.trip.answered > 0.9


@pytest.mark.parametrize(
    ("readings", "answer_s"),
    [((0.01,) * 30, (0.05, 0.1)), ((2.0,) * 30, (2.4, 2.6)), ((1.0, 3.0) * 30, (3.0, 8.0))],
)
def test_an_answer_is_overdue_after_the_round_trip_and_its_spread(
    readings: Sequence[float], answer_s: tuple[float, float]
) -> None:
    trip = RoundTrip()
    for second, reading_s in enumerate(readings):
        trip.take(reading_s, float(second))
    pace = Pace(round_trip_s=trip.smoothed_s, spread_s=trip.spread_s, base_s=trip.base_s)
    assert answer_s[0] <= pace.answer_s() <= answer_s[1]


def test_a_link_that_stood_still_for_a_minute_is_not_slow_afterwards() -> None:
    meter = LinkMeter()
    for second in range(20):
        probe = meter.tick(float(second), probe_every_s=1.0)
        assert probe is not None
        meter.synchronise(_answer(probe), second + 0.1)
    held = [meter.tick(float(second), probe_every_s=1.0) for second in range(20, 80)]
    for probe in held:
        if probe is not None:
            meter.synchronise(_answer(probe), 80.0)
    for second in range(80, 100):
        probe = meter.tick(float(second), probe_every_s=1.0)
        if probe is not None:
            meter.synchronise(_answer(probe), second + 0.1)
    assert meter.pace(100.0).answer_s() <= 3.0
    assert meter.pace(100.0).rate_bytes_s is None
    assert not meter.is_full
    assert Pace(round_trip_s=90.0).answer_s() == LONGEST_ANSWER_S


def test_the_shortest_round_trip_is_forgotten_when_the_way_became_longer() -> None:
    trip = RoundTrip()
    for second in range(400):
        trip.take(0.1 if second < 100 else 1.5, float(second))
    assert trip.base_s == pytest.approx(1.5)


def _fill(capacity: Capacity, *, seconds: range, bytes_s: int, trip_s: float) -> None:
    for second in seconds:
        capacity.came(bytes_s)
        capacity.trip(trip_s, 0.2, float(second))
        capacity.tick(float(second))


def test_what_comes_while_answers_wait_is_what_the_link_carries() -> None:
    capacity = Capacity()
    _fill(capacity, seconds=range(10), bytes_s=300, trip_s=0.3)
    assert capacity.rate_bytes_s(10.0) is None
    _fill(capacity, seconds=range(10, 30), bytes_s=600, trip_s=4.0)
    assert capacity.is_full
    assert capacity.rate_bytes_s(30.0) == pytest.approx(600.0, rel=0.05)
    _fill(capacity, seconds=range(30, 40), bytes_s=100, trip_s=0.3)
    assert not capacity.is_full
    assert capacity.rate_bytes_s(40.0) == pytest.approx(600.0, rel=0.05)
    assert capacity.rate_bytes_s(40.0 + 3_600.0) is None


def test_one_late_answer_is_no_full_link() -> None:
    capacity = Capacity()
    for second in range(30):
        capacity.trip(5.0 if second % 3 == 0 else 0.2, 0.2, float(second))
        assert not capacity.is_full


def test_a_line_carries_no_more_than_its_baud_rate() -> None:
    capacity = Capacity(480.0)
    assert capacity.rate_bytes_s(0.0) == 480.0
    _fill(capacity, seconds=range(20), bytes_s=900, trip_s=4.0)
    assert capacity.rate_bytes_s(20.0) == 480.0


def test_a_radio_that_says_its_buffer_is_full_is_believed() -> None:
    meter = LinkMeter()
    meter.radio(dialect.MAVLink_radio_status_message(200, 200, 10, 40, 40, 0, 0))
    assert meter.is_full
    meter.radio(dialect.MAVLink_radio_status_message(200, 200, 90, 40, 40, 0, 0))
    assert not meter.is_full


@pytest.mark.parametrize(
    ("pace", "frames"),
    [
        (Pace(round_trip_s=0.02, base_s=0.02), 16),
        (Pace(round_trip_s=2.0, base_s=2.0), 2),
        (Pace(round_trip_s=2.0, base_s=2.0, rate_bytes_s=600.0), 4),
        (Pace(rate_bytes_s=50.0), 1),
        (Pace(rate_bytes_s=100_000.0), 16),
    ],
)
def test_what_goes_out_at_once_takes_less_than_half_a_second(pace: Pace, frames: int) -> None:
    assert pace.burst(55, most=16) == frames


@pytest.mark.parametrize(("answered", "least", "most"), [(1.0, 6, 6), (0.81, 6, 6), (0.36, 20, 24), (0.0, 24, 24)])
def test_silence_is_believed_later_where_much_gets_lost(answered: float, least: int, most: int) -> None:
    assert least <= Pace(answered=answered).tries(6) <= most
