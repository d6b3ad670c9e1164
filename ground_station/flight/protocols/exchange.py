"""What every exchange with an autopilot has in common, and who speaks with whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ground_station.flight.links.frames import Message

ResultT_co = TypeVar("ResultT_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The component a message is meant for."""

    system_id: int
    component_id: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """When to ask again, seconds.

    The MAVLink mission protocol asks for 1.5 s at first, 0.25 s an item, 5 times. After those five it goes on at half
    and then a quarter of the rate until `patience_s` without progress: an ArduPilot keeps a transfer open for 8 s.
    """

    first_s: float = 1.5
    item_s: float = 0.25
    times: int = 5
    patience_s: float = 9.0

    def pause_s(self, tries: int, *, first: bool) -> float:
        """Return how long to wait after asking `tries` times."""
        if first:
            return self.first_s
        return self.item_s * (1 << min(2, max(0, tries - 1) // self.times))


def retry_for(round_trip_s: float | None) -> Retry:
    """Return the pauses for a link with that round trip: never shorter than it takes to be answered."""
    usual = Retry()
    if round_trip_s is None:
        return usual
    return Retry(
        first_s=answered_within_s(round_trip_s, at_least_s=usual.first_s),
        item_s=answered_within_s(round_trip_s, at_least_s=usual.item_s),
    )


def answered_within_s(round_trip_s: float | None, *, at_least_s: float) -> float:
    """Return after how long an answer is overdue: one and a half round trips, never less than `at_least_s`."""
    return max(at_least_s, 1.5 * (round_trip_s or 0.0))


class Exchange(Protocol[ResultT_co]):
    """A protocol exchange without I/O. Times are monotonic seconds; nothing is asked after there is a result."""

    @property
    def wants(self) -> frozenset[int]:
        """Return the message ids that concern it."""
        ...

    @property
    def result(self) -> ResultT_co | None:
        """Return how it ended, or None while it goes on."""
        ...

    @property
    def wake_s(self) -> float:
        """Return when `tick` is due."""
        ...

    def start(self, now_s: float) -> Sequence[Message]:
        """Return the first messages to send."""
        ...

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take a message that it wants; return the messages to send."""
        ...

    def tick(self, now_s: float) -> Sequence[Message]:
        """Return what is to be sent because time passed."""
        ...
