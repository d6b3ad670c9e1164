"""What the flight core cannot write, as the town office is told of it. The station's own pages show it with the core.

A core that is not heard any more leaves what it said last: nobody knows then that it is over.
"""

from collections.abc import Sequence

from fleet.clock import Clock
from fleet.disk_health import Place
from fleet.disk_words import ShownAlarm
from ground_station.flight.port import Problem
from ground_station.service.flight_mirror import FlightMirror


class CoreStorage:
    """Keeps since when, monotonic s, each place of the core has been in alarm."""

    def __init__(self, mirror: FlightMirror, clock: Clock) -> None:
        self._mirror = mirror
        self._clock = clock
        self._since_s: dict[Place, float] = {}

    def alarms(self) -> Sequence[ShownAlarm]:
        """Return one alarm a place that the core cannot write, the first that it names; what else ails it is none."""
        first: dict[Place, Problem] = {}
        for problem in self._mirror.alarms:
            if problem.place is not None:
                first.setdefault(problem.place, problem)
        now_s = self._clock.monotonic_s()
        self._since_s = {place: self._since_s.get(place, now_s) for place in first}
        return [
            ShownAlarm(key=place.value, level="act", text=problem.what, cure=problem.cure, since_s=self._since_s[place])
            for place, problem in first.items()
        ]
