"""How fast a link is, as it was measured: what every exchange takes its pauses, tries and windows from.

An answer is overdue after the smoothed round trip and four times its spread, as TCP counts it (RFC 6298), so nothing is
asked again sooner than an answer could have come. Times are seconds, rates bytes a second.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

UNMEASURED_S = 5.0
"""How long an answer may take on a link that nothing is known of yet."""

LONGEST_ANSWER_S = 12.0
"""Longer is a link that stands still, not a slow one."""

_MOST_TRIES = 24
_CHANCE_LEFT = 1e-4
_WORST_ANSWERED = 0.2
_THIN_BYTES_S = 2_000.0
_THIN_ROUND_TRIP_S = 1.0
_THIN_BURST = 2
_BURST_S = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A link as it stands. `base_s` is the shortest round trip of late: what is longer waits in a queue.

    `answered` is the share of questions that came back, 0 to 1; `rate_bytes_s` what the link carries, None where it was
    never full.
    """

    round_trip_s: float | None = None
    spread_s: float = 0.0
    base_s: float | None = None
    answered: float = 1.0
    rate_bytes_s: float | None = None

    def answer_s(self, *, at_least_s: float = 0.0, unmeasured_s: float = UNMEASURED_S) -> float:
        """Return after how long an answer is overdue, never less than `at_least_s`."""
        if self.round_trip_s is None:
            return max(at_least_s, unmeasured_s)
        overdue_s = self.round_trip_s + max(4.0 * self.spread_s, 0.25 * self.round_trip_s, 0.05)
        return max(at_least_s, min(overdue_s, LONGEST_ANSWER_S))

    def tries(self, usual: int) -> int:
        """Return how often to ask before silence is believed: `usual` times, or up to 24 where much gets lost."""
        lost = 1.0 - max(_WORST_ANSWERED, min(self.answered, 1.0))
        if lost <= 0.0:
            return usual
        return max(usual, min(_MOST_TRIES, math.ceil(math.log(_CHANCE_LEFT) / math.log(lost))))

    def but_answered(self, share: float) -> "Pace":
        """Return this pace, with no more than `share` of all questions answered."""
        return self if share >= self.answered else replace(self, answered=share)

    def burst(self, frame_bytes: int, *, most: int) -> int:
        """Return how many frames may go out at once: 0.4 s of the link's rate, two on a link that seems thin."""
        if self.rate_bytes_s is not None:
            return max(1, min(most, int(_BURST_S * self.rate_bytes_s / frame_bytes)))
        return min(most, _THIN_BURST) if self.is_thin else most

    @property
    def is_thin(self) -> bool:
        """Return True for a link on which a list sent in one go would stand before everything else for seconds."""
        if self.rate_bytes_s is not None:
            return self.rate_bytes_s < _THIN_BYTES_S
        return self.round_trip_s is not None and (self.base_s or self.round_trip_s) > _THIN_ROUND_TRIP_S


PaceNow: TypeAlias = Callable[[], Pace]
"""The pace at this moment; exchanges ask anew each time, since links change under them."""


def unmeasured() -> Pace:
    """Return the pace of a link that nothing is known of."""
    return Pace()
