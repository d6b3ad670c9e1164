"""What is asked for in each tier, by what comes already."""

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.protocols.streams import Tier, rates_hz
from ground_station.flight.vehicles.state import Timing
from ground_station.flight.vehicles.stream_requests import StreamRequests

POSITION = dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT
BATTERY = dialect.MAVLINK_MSG_ID_BATTERY_STATUS
ATTITUDE = dialect.MAVLINK_MSG_ID_ATTITUDE
SPEEDS = dialect.MAVLINK_MSG_ID_VFR_HUD


def _observed(rates: dict[int, float]) -> StreamRequests:
    """Return what has seen messages come at these rates for ten seconds, up to 10 s."""
    asked = StreamRequests(Timing())
    asked.observe({}, 0.0)
    asked.observe({message_id: round(rate_hz * 10.0) for message_id, rate_hz in rates.items()}, 10.0)
    return asked


def _due(asked: StreamRequests, tier: Tier, rates: dict[int, float]) -> dict[int, float]:
    heard_s = dict.fromkeys(rates, 10.0)
    return dict(asked.due(tier, heard_s, 10.0, 0.0))


@pytest.mark.parametrize("tier", Tier)
def test_an_aircraft_that_sends_nothing_is_asked_for_the_whole_tier(tier: Tier) -> None:
    due = _due(StreamRequests(Timing()), tier, {})
    assert set(due) == {message_id for message_id, rate_hz in rates_hz(tier).items() if rate_hz > 0.0}


def test_at_the_full_tier_what_comes_by_itself_is_left_alone() -> None:
    rates = {POSITION: 10.0, ATTITUDE: 10.0}
    due = _due(_observed(rates), Tier.FULL, rates)
    assert POSITION not in due
    assert ATTITUDE not in due


def test_below_it_what_comes_too_fast_is_slowed_and_what_nobody_reads_is_stopped() -> None:
    rates = {POSITION: 10.0, ATTITUDE: 10.0, SPEEDS: 4.0, BATTERY: 0.4}
    due = _due(_observed(rates), Tier.SPARSE, rates)
    assert due[POSITION] == pytest.approx(2e6)
    assert due[ATTITUDE] == -1.0
    assert due[SPEEDS] == -1.0
    assert BATTERY not in due


def test_what_frees_most_of_the_link_is_asked_for_first() -> None:
    rates = {SPEEDS: 1.0, ATTITUDE: 20.0, POSITION: 4.0}
    order = list(_due(_observed(rates), Tier.SPARSE, rates))
    assert order[:3] == [ATTITUDE, POSITION, SPEEDS]


def test_a_change_of_tier_asks_again_for_what_was_asked_for_at_another_rate() -> None:
    asked = _observed({POSITION: 0.5})
    asked.answered(POSITION, Tier.SPARSE, accepted=True)
    assert POSITION not in _due(asked, Tier.SPARSE, {POSITION: 0.5})
    assert _due(asked, Tier.FULL, {POSITION: 0.5})[POSITION] == pytest.approx(2.5e5)


def test_what_the_aircraft_does_not_know_is_asked_for_once() -> None:
    asked = StreamRequests(Timing())
    asked.answered(POSITION, Tier.FULL, accepted=False)
    assert POSITION not in _due(asked, Tier.FULL, {})
    asked.begin_anew()
    assert POSITION in _due(asked, Tier.FULL, {})


def test_a_sparse_message_is_not_called_silent_between_two_of_it() -> None:
    asked = _observed({POSITION: 0.5})
    assert not asked.fell_silent(Tier.SPARSE, {POSITION: 10.0}, 16.0, 0.0)
    assert asked.fell_silent(Tier.SPARSE, {POSITION: 10.0}, 20.0, 0.0)
