"""Entries that wait to be written, in two lanes: urgent ones never wait behind ordinary ones. Pure; not thread-safe.

What fell by a mistake when it was written alone waits behind both lanes: it may be at fault itself.

Bound: 2,000 in all lanes together, and what is in the writer's hand. At the bound a waiting caller is refused; else
the oldest ordinary entry is dropped, an urgent one only if there are no others. What is dropped is counted.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from fleet.audit import AuditEntry
from fleet.errors import FleetError
from ground_station.flight.journal.draft import Draft, Stamp


def _running() -> "Future[AuditEntry | FleetError]":
    outcome: Future[AuditEntry | FleetError] = Future()
    # So marked, no waiter that gives up can cancel it for the others.
    outcome.set_running_or_notify_cancel()
    return outcome


@dataclass(slots=True, eq=False, kw_only=True)
class Waiting:
    """A draft on its way. `kept`: it is written however late; else its caller is told that it could not be.

    `falls` counts how often writing it alone fell by a mistake while others were written; `fell_s` is when it last did
    (monotonic), and `written_then` how many others were written by then.
    """

    draft: Draft
    urgent: bool
    kept: bool
    ticket: int = 0
    tried: bool = False
    falls: int = 0
    fell_s: float = 0.0
    written_then: int = 0
    withdrawn: bool = False
    outcome: "Future[AuditEntry | FleetError]" = field(default_factory=_running)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """How many entries were given up since this was last written down, and when the first and last happened."""

    count: int = 0
    urgent: int = 0
    first: Stamp | None = None
    last: Stamp | None = None

    @classmethod
    def of(cls, lost: Waiting) -> "Dropped":
        """Return the tally of one."""
        return cls(count=1, urgent=int(lost.urgent), first=lost.draft.stamp, last=lost.draft.stamp)

    def merged(self, later: "Dropped") -> "Dropped":
        """Return the tally of both."""
        return Dropped(
            count=self.count + later.count,
            urgent=self.urgent + later.urgent,
            first=self.first or later.first,
            last=later.last or self.last,
        )


NONE_DROPPED = Dropped()


class Lanes:
    """The two queues, and a third of what fell."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._urgent: deque[Waiting] = deque()
        self._ordinary: deque[Waiting] = deque()
        self._fallen: deque[Waiting] = deque()

    def __len__(self) -> int:
        """Return how many entries wait."""
        return len(self._urgent) + len(self._ordinary) + len(self._fallen)

    @property
    def urgent(self) -> int:
        """Return how many urgent entries wait."""
        return len(self._urgent) + sum(item.urgent for item in self._fallen)

    @property
    def unfallen(self) -> int:
        """Return how many entries wait of which none fell."""
        return len(self._urgent) + len(self._ordinary)

    @property
    def pressing(self) -> bool:
        """Return whether urgent entries wait of which none fell."""
        return bool(self._urgent)

    def put(self, item: Waiting) -> Waiting | None:
        """Queue an entry; return the one that had to go for it, which may be itself."""
        victim: Waiting | None = None
        if len(self) >= self._most:
            ordinary = next((fallen for fallen in self._fallen if not fallen.urgent), None)
            victim = ordinary or next(iter(self._ordinary), None)
            if not item.kept or (victim is None and not item.urgent):
                return item
            victim = victim or next(iter(self))
            self.remove(victim)
        self._lane(item).append(item)
        return victim

    def take(self, most: int) -> list[Waiting]:
        """Take the next entries to write, of one lane, urgent ones first; what fell only when nothing else waits."""
        lane = self._urgent or self._ordinary
        if not lane and self._fallen:
            return [self._fallen.popleft()]
        return [lane.popleft() for _ in range(min(most, len(lane)))]

    def give_back(self, items: Sequence[Waiting]) -> None:
        """Put entries back where they were, before the others of their lane."""
        for item in reversed(items):
            self._lane(item).appendleft(item)

    def set_aside(self, item: Waiting) -> None:
        """Put an entry that fell behind all others."""
        self._fallen.append(item)

    def remove(self, item: Waiting) -> bool:
        """Take one entry out; return whether it was there."""
        lane = self._lane(item)
        if item not in lane:
            return False
        lane.remove(item)
        return True

    def take_unkept(self) -> list[Waiting]:
        """Take out all entries whose callers wait to be told."""
        unkept = [item for item in self if not item.kept]
        self._urgent = deque(item for item in self._urgent if item.kept)
        self._ordinary = deque(item for item in self._ordinary if item.kept)
        return unkept

    def take_all(self) -> list[Waiting]:
        """Take out everything."""
        everything = list(self)
        self._urgent.clear()
        self._ordinary.clear()
        self._fallen.clear()
        return everything

    def __iter__(self) -> Iterator[Waiting]:
        """Iterate in the order of writing."""
        return iter((*self._urgent, *self._ordinary, *self._fallen))

    def _lane(self, item: Waiting) -> deque[Waiting]:
        if item.falls:
            return self._fallen
        return self._urgent if item.urgent else self._ordinary
