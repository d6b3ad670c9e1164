"""What every exchange with an autopilot has in common, and who speaks with whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.pace import PaceNow

ResultT_co = TypeVar("ResultT_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The component a message is meant for."""

    system_id: int
    component_id: int = 1


class Exchange(Protocol[ResultT_co]):
    """A protocol exchange without I/O. Times are monotonic seconds; nothing is asked after there is a result.

    Whoever runs it gives it the link's pace at the start, so that no exchange can be begun without one; nothing is
    asked again before an answer is overdue by it.
    """

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

    def start(self, now_s: float, pace: PaceNow) -> Sequence[Message]:
        """Return the first messages to send."""
        ...

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take a message that it wants; return the messages to send."""
        ...

    def tick(self, now_s: float) -> Sequence[Message]:
        """Return what is to be sent because time passed."""
        ...
