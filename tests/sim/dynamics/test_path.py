import itertools
import math

import pytest

from sim.dynamics.path import Limits, Path, Vector

LIMITS = Limits(speed_mps=10.0, climb_mps=2.5, descent_mps=1.5, accel_mps2=2.5, climb_accel_mps2=1.0, jerk_mps3=1.0)
START: Vector = (0.0, 0.0, 50.0)


def fly(path: Path, then: Vector | None = None, seconds: float = 120.0) -> list[tuple[Vector, Vector]]:
    steps = []
    for _ in range(round(seconds / 0.05)):
        path.step(0.05)
        if path.arrived and then is not None:
            assert path.advance_leg()
            then = None
        steps.append((path.position_m, path.velocity_mps))
    return steps


def test_a_single_leg_ends_at_rest_at_its_destination() -> None:
    path = Path(start=START, velocity=(0.0, 0.0, 0.0), destination=(200.0, 100.0, 60.0), limits=LIMITS)
    position, velocity = fly(path)[-1]
    assert math.dist(position, (200.0, 100.0, 60.0)) < 0.01
    assert velocity == (0.0, 0.0, 0.0)
    assert path.arrived


def test_a_straight_line_through_a_place_keeps_its_speed() -> None:
    path = Path(start=START, velocity=(0.0, 0.0, 0.0), destination=(200.0, 0.0, 50.0), limits=LIMITS)
    path.follow_with((400.0, 0.0, 50.0))
    steps = fly(path, then=(400.0, 0.0, 50.0))
    passing = [v[0] for p, v in steps if 150.0 < p[0] < 250.0]
    assert min(passing) > 9.9
    assert math.dist(steps[-1][0], (400.0, 0.0, 50.0)) < 0.01


@pytest.mark.parametrize("turn_deg", [20.0, 60.0, 90.0, 150.0])
def test_a_corner_is_cut_by_no_more_than_the_radius(turn_deg: float) -> None:
    corner = (200.0, 0.0, 50.0)
    turn = math.radians(turn_deg)
    end = (200.0 + 200.0 * math.cos(turn), 200.0 * math.sin(turn), 50.0)
    path = Path(start=START, velocity=(0.0, 0.0, 0.0), destination=corner, limits=LIMITS)
    path.follow_with(end)
    steps = fly(path, then=end)
    assert min(math.dist(p, corner) for p, _ in steps) <= LIMITS.corner_m + 0.3
    assert math.dist(steps[-1][0], end) < 0.01
    speeds = [v for _, v in steps]
    jumps = [math.dist(a, b) / 0.05 for a, b in itertools.pairwise(speeds)]
    assert max(jumps) < 2.0 * LIMITS.accel_mps2 + 0.5


def test_climb_and_descent_limit_the_speed_of_a_steep_leg() -> None:
    up = fly(Path(start=START, velocity=(0.0, 0.0, 0.0), destination=(10.0, 0.0, 150.0), limits=LIMITS))
    down = fly(Path(start=START, velocity=(0.0, 0.0, 0.0), destination=(10.0, 0.0, 0.0), limits=LIMITS))
    assert max(v[2] for _, v in up) == pytest.approx(2.5, abs=0.01)
    assert min(v[2] for _, v in down) == pytest.approx(-1.5, abs=0.01)


def test_a_new_speed_takes_hold_in_the_middle_of_a_leg() -> None:
    path = Path(start=START, velocity=(0.0, 0.0, 0.0), destination=(900.0, 0.0, 50.0), limits=LIMITS)
    fly(path, seconds=20.0)
    slower = Limits(speed_mps=4.0, climb_mps=2.5, descent_mps=1.5, accel_mps2=2.5, climb_accel_mps2=1.0, jerk_mps3=1.0)
    path.change_limits(slower)
    steps = fly(path, seconds=15.0)
    assert steps[-1][1][0] == pytest.approx(4.0, abs=0.01)
    assert max(abs(a[1][0] - b[1][0]) for a, b in itertools.pairwise(steps)) < 0.2
