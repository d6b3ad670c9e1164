"""What each tier asks for."""

import pytest

from ground_station.flight.preflight import aircraft_checks
from ground_station.flight.protocols.streams import (
    JUDGED_BEFORE_TAKE_OFF,
    NOT_NEEDED,
    Tier,
    interval_us,
    need_bytes_s,
    rates_hz,
)

THIN_BYTES_S = 600.0


@pytest.mark.parametrize("message_id", sorted(JUDGED_BEFORE_TAKE_OFF))
@pytest.mark.parametrize("tier", Tier)
def test_what_take_off_checks_judge_comes_three_times_before_it_is_old(tier: Tier, message_id: int) -> None:
    old_s = aircraft_checks._OLD_S
    assert rates_hz(tier)[message_id] * old_s >= 3.0


def test_each_tier_takes_less_than_the_next_and_sparse_leaves_a_thin_link_to_transfers() -> None:
    needs = [need_bytes_s(tier, 1.0) for tier in Tier]
    assert needs == sorted(needs)
    assert needs[Tier.SPARSE] <= 0.3 * THIN_BYTES_S
    assert needs[Tier.FULL] > THIN_BYTES_S


@pytest.mark.parametrize("tier", Tier)
def test_a_tier_asks_for_nothing_it_would_stop(tier: Tier) -> None:
    assert not set(rates_hz(tier)) & NOT_NEEDED


@pytest.mark.parametrize("message_id", sorted(rates_hz(Tier.FULL)))
def test_a_lower_tier_never_asks_for_more(message_id: int) -> None:
    rates = [rates_hz(tier)[message_id] for tier in Tier]
    assert rates == sorted(rates)


def test_a_rate_of_nothing_stops_a_message_and_a_fast_clock_does_not_flood_the_link() -> None:
    assert interval_us(0.0, 1.0) == -1.0
    assert interval_us(0.5, 1.0) == 2e6
    assert interval_us(4.0, 10.0) == pytest.approx(5e5)
