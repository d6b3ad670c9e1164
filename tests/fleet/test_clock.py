"""Clocks: what a set clock changes, and what it must not."""

import time

from fleet.clock import ManualClock, SystemClock


def test_a_set_clock_moves_the_wall_time_alone() -> None:
    clock = ManualClock(1000.0)
    clock.advance(5.0)
    clock.jump(-300.0)
    assert (clock.now_s(), clock.monotonic_s(), clock.boottime_s()) == (705.0, 5.0, 5.0)


def test_the_machines_boottime_goes_on_and_is_not_behind_the_monotonic_clock() -> None:
    clock = SystemClock()
    first = clock.boottime_s()
    assert first >= time.monotonic() - 1.0
    assert clock.boottime_s() >= first
