"""Speed profiles with limited acceleration and jerk, in one dimension; m, s, m/s, m/s², m/s³.

A ramp changes speed by jerk up, constant acceleration, jerk down; a profile is a ramp to cruise, cruise, and a ramp to
rest (the seven-segment profile of Biagiotti and Melchiorri, Trajectory Planning, 3.4).
"""

import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A change of speed from `start_mps` to `end_mps`."""

    start_mps: float
    end_mps: float
    accel_mps2: float
    jerk_mps3: float
    jerk_time_s: float = field(init=False)
    hold_time_s: float = field(init=False)

    def __post_init__(self) -> None:
        """Find how long each part takes."""
        change = abs(self.end_mps - self.start_mps)
        if change >= self.accel_mps2**2 / self.jerk_mps3:
            jerk_time = self.accel_mps2 / self.jerk_mps3
            hold_time = change / self.accel_mps2 - jerk_time
        else:
            jerk_time = math.sqrt(change / self.jerk_mps3)
            hold_time = 0.0
        object.__setattr__(self, "jerk_time_s", jerk_time)
        object.__setattr__(self, "hold_time_s", hold_time)

    @property
    def duration_s(self) -> float:
        """Return how long it takes."""
        return 2.0 * self.jerk_time_s + self.hold_time_s

    @property
    def distance_m(self) -> float:
        """Return how far it goes: symmetric, so mean speed × time."""
        return 0.5 * (self.start_mps + self.end_mps) * self.duration_s

    def at(self, t: float) -> tuple[float, float, float]:
        """Return distance, speed and acceleration `t` seconds after its start, 0 ≤ t ≤ duration."""
        jerk = math.copysign(self.jerk_mps3, self.end_mps - self.start_mps)
        tj, th = self.jerk_time_s, self.hold_time_s
        t1 = min(t, tj)
        accel = jerk * t1
        speed = self.start_mps + 0.5 * jerk * t1 * t1
        distance = self.start_mps * t1 + jerk * t1**3 / 6.0
        if t > tj:
            t2 = min(t - tj, th)
            distance += speed * t2 + 0.5 * accel * t2 * t2
            speed += accel * t2
        if t > tj + th:
            t3 = min(t - tj - th, tj)
            distance += speed * t3 + 0.5 * accel * t3 * t3 - jerk * t3**3 / 6.0
            speed += accel * t3 - 0.5 * jerk * t3 * t3
            accel -= jerk * t3
        return distance, speed, accel


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """From a starting speed over a distance to rest."""

    distance_m: float
    up: Ramp
    cruise_s: float
    down: Ramp

    @property
    def duration_s(self) -> float:
        """Return seconds until it rests."""
        return self.up.duration_s + self.cruise_s + self.down.duration_s

    @property
    def braking_from_s(self) -> float:
        """Return when it starts to slow down to rest."""
        return self.up.duration_s + self.cruise_s

    def at(self, t: float) -> tuple[float, float, float]:
        """Return distance, speed and acceleration at `t` ≥ 0; after the end it rests at `distance_m`."""
        if t <= self.up.duration_s:
            return self.up.at(t)
        cruise_t = min(t - self.up.duration_s, self.cruise_s)
        covered = self.up.distance_m + cruise_t * self.up.end_mps
        if t <= self.braking_from_s:
            return covered, self.up.end_mps, 0.0
        if t >= self.duration_s:
            return self.distance_m, 0.0, 0.0
        distance, speed, accel = self.down.at(t - self.braking_from_s)
        return covered + distance, speed, accel


def plan_profile(
    *, distance_m: float, start_mps: float, speed_mps: float, accel_mps2: float, jerk_mps3: float
) -> Profile:
    """Return the quickest profile that comes to rest after `distance_m`.

    Where the distance is too short to stop in, it brakes as it can and the end lies further on.
    """

    def with_cruise(cruise_mps: float) -> tuple[Ramp, Ramp]:
        up = Ramp(start_mps=start_mps, end_mps=cruise_mps, accel_mps2=accel_mps2, jerk_mps3=jerk_mps3)
        return up, Ramp(start_mps=cruise_mps, end_mps=0.0, accel_mps2=accel_mps2, jerk_mps3=jerk_mps3)

    up, down = with_cruise(speed_mps)
    if up.distance_m + down.distance_m > distance_m:
        low, high = 0.0, max(speed_mps, start_mps)
        for _ in range(40):
            middle = 0.5 * (low + high)
            up, down = with_cruise(middle)
            if up.distance_m + down.distance_m > distance_m:
                high = middle
            else:
                low = middle
        up, down = with_cruise(low)
    spare_m = max(0.0, distance_m - up.distance_m - down.distance_m)
    cruise_s = spare_m / up.end_mps if up.end_mps > 1e-3 else 0.0
    covered_m = up.distance_m + down.distance_m + cruise_s * up.end_mps
    return Profile(distance_m=max(covered_m, distance_m), up=up, cruise_s=cruise_s, down=down)
