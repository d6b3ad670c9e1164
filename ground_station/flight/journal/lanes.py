"""Entries that wait to be written, in two lanes: urgent ones never wait behind ordinary ones. Pure; not thread-safe.

Bound: 2,000 in both lanes together, and what is in the writer's hand. At the bound a waiting caller is refused; else
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

    `falls` counts how often writing it alone fell by a mistake.
    """

    draft: Draft
    urgent: bool
    kept: bool
    ticket: int = 0
    tried: bool = False
    falls: int = 0
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
    """The two queues."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._urgent: deque[Waiting] = deque()
        self._ordinary: deque[Waiting] = deque()

    def __len__(self) -> int:
        """Return how many entries wait."""
        return len(self._urgent) + len(self._ordinary)

    @property
    def urgent(self) -> int:
        """Return how many urgent entries wait."""
        return len(self._urgent)

    def put(self, item: Waiting) -> Waiting | None:
        """Queue an entry; return the one that had to go for it, which may be itself."""
        victim: Waiting | None = None
        if len(self) >= self._most:
            if not item.kept or (not self._ordinary and not item.urgent):
                return item
            victim = (self._ordinary or self._urgent).popleft()
        self._lane(item).append(item)
        return victim

    def take(self, most: int) -> list[Waiting]:
        """Take the next entries to write, of one lane, urgent ones first."""
        lane = self._urgent or self._ordinary
        return [lane.popleft() for _ in range(min(most, len(lane)))]

    def give_back(self, items: Sequence[Waiting]) -> None:
        """Put entries back where they were, before the others of their lane."""
        for item in reversed(items):
            self._lane(item).appendleft(item)

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
        return everything

    def __iter__(self) -> Iterator[Waiting]:
        """Iterate in the order of writing."""
        return iter((*self._urgent, *self._ordinary))

    def _lane(self, item: Waiting) -> deque[Waiting]:
        return self._urgent if item.urgent else self._ordinary
