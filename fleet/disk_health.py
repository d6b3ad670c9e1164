"""What the writers of one process say of the places they write to, and the alarms that follow from it. Pure.

A place is in alarm from the first write that is refused, ends late, or does not come back, until a write that began
after the last such one has gone well, at least `CLEAR_AFTER_S` later. Seconds are monotonic and passed in.
"""

import errno
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SLOW_AFTER_S = 2.0
CLEAR_AFTER_S = 4.0
MAX_UNDER_WAY = 64
"""Writes of one place that are timed at once; more are still counted by how they end."""


class Place(StrEnum):
    """Everywhere that a service of ours writes to while it runs."""

    FOLDER = "folder"
    OUTBOX = "outbox"
    STATION_DATABASE = "station-database"
    OFFICE_DATABASE = "office-database"
    AUDIT = "audit"
    PICTURES = "pictures"
    FLIGHT_LOG = "flight-log"
    JOURNAL = "flight-journal"


class Cause(StrEnum):
    """Why a write did not go well."""

    FULL = "full"
    READ_ONLY = "read-only"
    LOCKED = "locked"
    BROKEN = "broken"
    GONE = "gone"
    UNANSWERED = "unanswered"
    SLOW = "slow"
    OTHER = "other"


_SLOW_AFTER_S: Mapping[Place, float] = {
    # A picture is tens of megabytes; the probe's own thread waits for its turn on a busy machine.
    Place.PICTURES: 5.0,
    Place.FOLDER: 4.0,
}

_OF_ERRNO: Mapping[int, Cause] = {
    errno.ENOSPC: Cause.FULL,
    errno.EDQUOT: Cause.FULL,
    errno.EFBIG: Cause.FULL,
    errno.EROFS: Cause.READ_ONLY,
    errno.EACCES: Cause.READ_ONLY,
    errno.EPERM: Cause.READ_ONLY,
    errno.EIO: Cause.BROKEN,
    errno.ENXIO: Cause.BROKEN,
    errno.ESTALE: Cause.BROKEN,
    errno.ENOENT: Cause.GONE,
    errno.ENOTDIR: Cause.GONE,
    errno.ENODEV: Cause.GONE,
    errno.ECONNREFUSED: Cause.UNANSWERED,
    errno.ECONNRESET: Cause.UNANSWERED,
    errno.EHOSTUNREACH: Cause.UNANSWERED,
    errno.ETIMEDOUT: Cause.UNANSWERED,
}

# SQLite names its result codes only in words to those who hold no `sqlite3.Error`; PostgreSQL passes on strerror's.
_OF_WORDS: tuple[tuple[str, Cause], ...] = (
    ("disk is full", Cause.FULL),
    ("no space left", Cause.FULL),
    ("readonly database", Cause.READ_ONLY),
    ("read-only", Cause.READ_ONLY),
    ("is locked", Cause.LOCKED),
    ("lock timeout", Cause.LOCKED),
    ("disk i/o error", Cause.BROKEN),
    ("malformed", Cause.BROKEN),
    ("unable to open database", Cause.GONE),
    ("connection", Cause.UNANSWERED),
    ("timeout", Cause.UNANSWERED),
)


def cause_of(error: BaseException) -> Cause:
    """Return why a write was refused, from an error or what it was raised from."""
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno is not None and one.errno in _OF_ERRNO:
            return _OF_ERRNO[one.errno]
    said = " ".join(str(one) for one in _chain(error)).lower()
    return next((cause for words, cause in _OF_WORDS if words in said), Cause.OTHER)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskAlarm:
    """One place that does not take what it should. `refused` counts writes, `lost` records nobody keeps elsewhere.

    `lost` and `refused` count from `since_s` on.
    """

    place: Place
    cause: Cause
    since_s: float
    refused: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write that has begun."""

    place: Place
    number: int
    began_s: float


@dataclass(slots=True)
class _Standing:
    cause: Cause | None = None
    since_s: float = 0.0
    bad_at_s: float = float("-inf")
    refused: int = 0
    lost: int = 0
    lost_ever: int = 0
    lost_at_s: float = float("-inf")
    under_way: dict[int, float] = field(default_factory=dict)


class DiskHealth:
    """The register: writers note into it from any thread, and whoever shows alarms reads it. Never blocks on a disk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing = {place: _Standing() for place in Place}
        self._number = 0

    def begin(self, place: Place, now_s: float) -> Write:
        """Note that a write begins; it is to be ended by `went_well`, `was_refused` or `withdraw`."""
        with self._lock:
            self._number += 1
            under_way = self._standing[place].under_way
            if len(under_way) < MAX_UNDER_WAY:
                under_way[self._number] = now_s
            return Write(place=place, number=self._number, began_s=now_s)

    def went_well(self, write: Write, now_s: float) -> None:
        """Note that a write is on disk; a late one counts as slow."""
        with self._lock:
            standing = self._ended(write)
            if now_s - write.began_s > slow_after_s(write.place):
                _go_bad(standing, Cause.SLOW, since_s=write.began_s, now_s=now_s)
            elif write.began_s >= standing.bad_at_s and now_s - standing.bad_at_s >= CLEAR_AFTER_S:
                standing.cause = None

    def was_refused(self, write: Write, cause: Cause, now_s: float) -> None:
        """Note that a write was refused."""
        with self._lock:
            standing = self._ended(write)
            _go_bad(standing, cause, since_s=now_s, now_s=now_s)
            standing.refused += 1

    def withdraw(self, write: Write) -> None:
        """Note that a write ended for a reason that says nothing of its place."""
        with self._lock:
            self._ended(write)

    def lose(self, place: Place, count: int, now_s: float) -> None:
        """Note that records were given up, since their place did not take them."""
        with self._lock:
            standing = self._standing[place]
            standing.lost += count
            standing.lost_ever += count
            standing.lost_at_s = now_s

    def lost_lately(self, place: Place, *, within_s: float, now_s: float) -> int:
        """Return how many records of a place were lost since the start, 0 if the last loss is `within_s` past."""
        with self._lock:
            standing = self._standing[place]
            return standing.lost_ever if now_s - standing.lost_at_s <= within_s else 0

    def alarms(self, now_s: float) -> tuple[DiskAlarm, ...]:
        """Return the places in alarm, in the order of `Place`; a write that has not come back counts as slow."""
        with self._lock:
            for place, standing in self._standing.items():
                began_s = min(standing.under_way.values(), default=now_s)
                if now_s - began_s > slow_after_s(place):
                    _go_bad(standing, Cause.SLOW, since_s=began_s, now_s=now_s)
            return tuple(
                DiskAlarm(
                    place=place,
                    cause=standing.cause,
                    since_s=standing.since_s,
                    refused=standing.refused,
                    lost=standing.lost,
                )
                for place, standing in self._standing.items()
                if standing.cause is not None
            )

    def _ended(self, write: Write) -> _Standing:
        standing = self._standing[write.place]
        standing.under_way.pop(write.number, None)
        return standing


def slow_after_s(place: Place) -> float:
    """Return after how many seconds a write to a place counts as slow."""
    return _SLOW_AFTER_S.get(place, SLOW_AFTER_S)


def _go_bad(standing: _Standing, cause: Cause, *, since_s: float, now_s: float) -> None:
    standing.bad_at_s = now_s
    if standing.cause is None:
        standing.cause, standing.since_s = cause, since_s
        standing.refused = standing.lost = 0
    elif cause is not Cause.SLOW:
        # That it is refused says more than that it is slow.
        standing.cause = cause
