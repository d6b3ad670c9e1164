import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.dynamics.ramp import Ramp, plan_profile


@given(
    distance=st.floats(0.1, 5000.0),
    speed=st.floats(0.5, 20.0),
    accel=st.floats(0.5, 5.0),
    jerk=st.floats(0.5, 10.0),
)
def test_a_profile_rests_at_its_distance_and_keeps_to_every_limit(
    distance: float, speed: float, accel: float, jerk: float
) -> None:
    profile = plan_profile(distance_m=distance, start_mps=0.0, speed_mps=speed, accel_mps2=accel, jerk_mps3=jerk)
    assert profile.distance_m == pytest.approx(distance, rel=1e-6)
    at_end = profile.at(profile.duration_s - 1e-9)
    assert at_end[0] == pytest.approx(distance, rel=1e-4, abs=1e-3)
    assert at_end[1] == pytest.approx(0.0, abs=1e-3)
    before = (0.0, 0.0, 0.0)
    for step in range(101):
        s, v, a = profile.at(profile.duration_s * step / 100.0)
        assert -1e-9 <= v <= speed + 1e-6
        assert abs(a) <= accel + 1e-6
        assert s >= before[0] - 1e-9
        before = (s, v, a)


def test_a_ramp_joins_its_two_speeds_smoothly() -> None:
    ramp = Ramp(start_mps=2.0, end_mps=9.0, accel_mps2=2.5, jerk_mps3=1.0)
    assert ramp.at(0.0) == (0.0, 2.0, 0.0)
    distance, speed, accel = ramp.at(ramp.duration_s)
    assert distance == pytest.approx(ramp.distance_m)
    assert speed == pytest.approx(9.0)
    assert accel == pytest.approx(0.0, abs=1e-9)


def test_a_distance_too_short_to_stop_in_is_overrun_not_jerked() -> None:
    profile = plan_profile(distance_m=1.0, start_mps=10.0, speed_mps=10.0, accel_mps2=2.5, jerk_mps3=1.0)
    assert profile.distance_m > 20.0
    assert all(abs(profile.at(t / 10.0)[2]) <= 2.5 + 1e-9 for t in range(math.ceil(profile.duration_s * 10)))
