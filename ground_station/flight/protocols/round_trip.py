"""A link's round trip and its spread from single readings (RFC 6298), the shortest of late, and how many came back.

A reading longer than `LONGEST_ANSWER_S` tells of a link that stood still, and would make everything slow long after it
is back: it counts as a queue, not as a round trip.
"""

from collections import deque

from ground_station.flight.protocols.pace import LONGEST_ANSWER_S

_GAIN = 1.0 / 8.0
_SPREAD_GAIN = 1.0 / 4.0
_BASE_OVER_S = 120.0
_JUDGED = 24
_BEFORE = 2
_GOOD_BEFORE = 1


class RoundTrip:
    """Follows one link. Bound: the last 24 verdicts and two shortest values."""

    def __init__(self) -> None:
        self.smoothed_s: float | None = None
        self.spread_s = 0.0
        self._shortest: tuple[float, float] | None = None
        self._shortest_before: tuple[float, float] | None = None
        self._verdicts: deque[bool] = deque(maxlen=_JUDGED)

    @property
    def base_s(self) -> float | None:
        """Return the shortest round trip of the last two to four minutes."""
        found = [entry[1] for entry in (self._shortest, self._shortest_before) if entry is not None]
        return min(found, default=None)

    @property
    def answered(self) -> float:
        """Return the share of the last questions that were answered; half of them while nothing is known."""
        return (sum(self._verdicts) + _GOOD_BEFORE) / (len(self._verdicts) + _BEFORE)

    def take(self, reading_s: float, now_s: float) -> None:
        """Take the round trip of one answered question."""
        if reading_s > LONGEST_ANSWER_S:
            return
        before_s = self.smoothed_s
        if before_s is None:
            self.smoothed_s, self.spread_s = reading_s, reading_s / 2.0
        else:
            self.spread_s += _SPREAD_GAIN * (abs(reading_s - before_s) - self.spread_s)
            self.smoothed_s = before_s + _GAIN * (reading_s - before_s)
        self._note_shortest(reading_s, now_s)

    def judged(self, *, answered: bool) -> None:
        """Note that a question was answered, or that its answer is overdue."""
        self._verdicts.append(answered)

    def _note_shortest(self, reading_s: float, now_s: float) -> None:
        if self._shortest is None:
            self._shortest = (now_s, reading_s)
        elif now_s - self._shortest[0] > _BASE_OVER_S:
            self._shortest_before, self._shortest = self._shortest, (now_s, reading_s)
        elif reading_s < self._shortest[1]:
            self._shortest = (self._shortest[0], reading_s)
