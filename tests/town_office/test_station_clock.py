import numpy as np

from town_office.station_clock import StationClock


def test_a_wrong_clock_makes_nothing_look_late() -> None:
    clock = StationClock()
    for second in range(50):
        clock.note(recorded_at_s=second - 240.0, received_at_s=second + 0.1)
    assert clock.late_s(recorded_at_s=50.0 - 240.0, received_at_s=50.1) < 0.01


def test_what_waited_is_late_by_as_long_as_it_waited() -> None:
    chance = np.random.default_rng(7)
    clock = StationClock()
    for second in range(50):
        clock.note(recorded_at_s=second + 90.0, received_at_s=second + 0.1 + chance.random())
    late_s = clock.late_s(recorded_at_s=10.0 + 90.0, received_at_s=50.0)
    assert 39.0 < late_s < 40.0


def test_a_clock_that_is_set_back_is_followed_within_two_minutes() -> None:
    clock = StationClock()
    for second in range(60):
        clock.note(recorded_at_s=second + 300.0, received_at_s=float(second))
    for second in range(60, 190):
        clock.note(recorded_at_s=float(second), received_at_s=float(second))
    assert clock.late_s(recorded_at_s=190.0, received_at_s=190.0) == 0.0


def test_before_anything_came_the_clocks_are_taken_as_equal() -> None:
    assert StationClock().late_s(recorded_at_s=100.0, received_at_s=107.0) == 7.0
