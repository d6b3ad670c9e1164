"""Time as a port: pure code is handed `now_s`, composition roots hold a `Clock`."""

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

_BOOTTIME: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

JST = timezone(timedelta(hours=9), "JST")


class Clock(Protocol):
    """Where time comes from."""

    def now_s(self) -> float:
        """Return Unix time, seconds, UTC; it may jump when the machine's clock is set."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds from an arbitrary start that never go backwards."""
        ...

    def boottime_s(self) -> float:
        """Return the same, but counting also while the machine sleeps; what lasts so long is measured with it."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now_s(self) -> float:
        """Return Unix time, seconds, UTC."""
        return time.time()

    def monotonic_s(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def boottime_s(self) -> float:
        """Return CLOCK_BOOTTIME, seconds; where there is none (macOS), the monotonic clock."""
        return time.clock_gettime(_BOOTTIME)


class ManualClock:
    """A clock that moves only when told to; for tests and fast-forward."""

    def __init__(self, now_s: float = 1_780_000_000.0) -> None:
        self._now_s = now_s
        self._monotonic_s = 0.0

    def now_s(self) -> float:
        """Return the Unix time it was set to."""
        return self._now_s

    def monotonic_s(self) -> float:
        """Return the seconds it was advanced by."""
        return self._monotonic_s

    def boottime_s(self) -> float:
        """Return the seconds it was advanced by."""
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Move all clocks forward by `seconds`."""
        self._now_s += seconds
        self._monotonic_s += seconds

    def jump(self, seconds: float) -> None:
        """Step the wall clock alone, as setting a machine's clock does."""
        self._now_s += seconds


def iso_utc(now_s: float) -> str:
    """Return Unix seconds as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_jst(now_s: float) -> str:
    """Return Unix seconds as ISO 8601 in Japan Standard Time, whole seconds."""
    return datetime.fromtimestamp(now_s, JST).isoformat(timespec="seconds")
