"""What a link carries towards us, from what came while it was full.

A link is full when answers wait: the round trip stands over its shortest by far, several times running, or the radio
says that its buffer is (RADIO_STATUS `txbuf`, percent free). What came through in those seconds is what it carries.
Rates are bytes a second.
"""

import math
from collections import deque

_WINDOW_S = 5.0
_BUCKET_S = 1.0
_QUEUE_S = 0.7
_QUEUE_SHARE = 0.5
_LATE_MEAN_FULL = 3
_APART_S = 0.2
_FREE_PERCENT = 30
_REMEMBERED_S = 1_800.0


class Capacity:
    """Follows one aircraft's share of a link. `known_bytes_s` is what the line can carry at most, if that is known."""

    def __init__(self, known_bytes_s: float | None = None) -> None:
        self._known_bytes_s = known_bytes_s
        self._bytes = 0
        self._bucket_s: float | None = None
        self._buckets: deque[tuple[float, int]] = deque(maxlen=round(_WINDOW_S / _BUCKET_S))
        self._late = 0
        self._trip_s = -math.inf
        self._radio_full = False
        self._measured: tuple[float, float] | None = None

    @property
    def is_full(self) -> bool:
        """Return True while what is sent waits in a queue."""
        return self._late >= _LATE_MEAN_FULL or self._radio_full

    def came(self, count: int) -> None:
        """Note bytes that arrived."""
        self._bytes += count

    def tick(self, now_s: float) -> None:
        """Count what came since the last second; while the link is full, that is what it carries."""
        if self._bucket_s is None:
            self._bucket_s, self._bytes = now_s, 0
            return
        elapsed_s = now_s - self._bucket_s
        if elapsed_s < _BUCKET_S:
            return
        self._buckets.append((elapsed_s, self._bytes))
        self._bucket_s, self._bytes = now_s, 0
        flowed = len(self._buckets) == self._buckets.maxlen and all(count for _, count in self._buckets)
        if self.is_full and flowed:  # a link that stands still tells nothing of its rate
            goodput = self.goodput_bytes_s
            before = goodput if self._measured is None else self._measured[1]
            self._measured = (now_s, 0.5 * (before + goodput))

    def trip(self, reading_s: float, base_s: float, now_s: float) -> None:
        """Take one round trip beside the shortest of late; many at once, as a thaw brings them, count as one."""
        if now_s - self._trip_s < _APART_S:
            return
        self._trip_s = now_s
        waits = reading_s - base_s > max(_QUEUE_S, _QUEUE_SHARE * base_s)
        self._late = min(self._late + 1, _LATE_MEAN_FULL) if waits else 0

    def radio(self, free_percent: int) -> None:
        """Take how much of the radio's buffer is free."""
        self._radio_full = free_percent < _FREE_PERCENT

    @property
    def goodput_bytes_s(self) -> float:
        """Return what came in the last five seconds."""
        seconds = sum(elapsed for elapsed, _ in self._buckets)
        return sum(count for _, count in self._buckets) / seconds if seconds else 0.0

    def rate_bytes_s(self, now_s: float) -> float | None:
        """Return what the link carries; None where it was not full within half an hour and its line is not known."""
        measured = self._measured
        if measured is None or now_s - measured[0] > _REMEMBERED_S:
            return self._known_bytes_s
        return measured[1] if self._known_bytes_s is None else min(measured[1], self._known_bytes_s)
