"""A station that stood still, frozen or asleep, carries out nothing that was meant for before."""

import pytest

from fleet.clock import ManualClock
from fleet.errors import ExpiredError
from ground_station.service.wakefulness import Wakefulness


@pytest.mark.parametrize(
    ("still_s", "refused"), [(0.25, False), (1.9, False), (2.1, True), (20.0, True), (3600.0, True)]
)
def test_what_comes_right_after_a_standstill_is_refused(still_s: float, *, refused: bool) -> None:
    clock = ManualClock()
    wakefulness = Wakefulness(clock)
    clock.advance(still_s)
    if refused:
        with pytest.raises(ExpiredError) as expired:
            wakefulness.require_awake()
        assert expired.value.cure is not None
    else:
        wakefulness.require_awake()


def test_after_two_seconds_awake_orders_are_taken_again() -> None:
    clock = ManualClock()
    wakefulness = Wakefulness(clock)
    clock.advance(20.0)
    for _ in range(7):
        with pytest.raises(ExpiredError):
            wakefulness.require_awake()
        clock.advance(0.28)
    clock.advance(0.3)
    wakefulness.require_awake()


def test_a_wall_clock_that_jumps_is_no_standstill() -> None:
    clock = ManualClock()
    wakefulness = Wakefulness(clock)
    clock.jump(9 * 3600.0)
    wakefulness.require_awake()
    clock.advance(20.0)
    with pytest.raises(ExpiredError):
        wakefulness.require_awake()
