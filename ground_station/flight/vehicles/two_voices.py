"""Tells from what comes over one path under one number that two autopilots speak in it. Pure; monotonic seconds.

A serial line, a TCP connection or a forged address has no second sender to be seen, but two autopilots count their
frames, and stand, each for itself: what jumps away and comes back to exactly where it was is a second one, and so is
another frame with a number just used, before the count goes on where it was. Loss only jumps ahead, an autopilot that
restarts goes back and stays back, a disturbed position comes back once or twice.
"""

import math
from collections import deque
from dataclasses import dataclass, field

_WITHIN_S = 60.0
_NEAR = 32
"""Frames by which loss or another order on the way moves the count without meaning anything."""
_LOSES_COUNT_S = 0.5
"""After so long a silence any number of frames may have been lost."""
_COMES_BACK = 8
_RETURNS_MEAN_TWO = 5
_FAR_M = 300.0
_NEAR_E7 = 18_000
"""200 m and less: near without any reckoning."""
_FASTEST_MPS = 60.0
_M_PER_E7 = 0.011132
_PLACE_RETURNS_MEAN_TWO = 4


@dataclass(slots=True)
class SequenceTracks:
    """Follows the sequence numbers (0 to 255) of one component.

    Frames are kept, one a number, only for a minute after a number went back or far ahead.
    """

    last: int = 0
    watching: bool = False
    _until_s: float = 0.0
    _other: int = -1
    _went_back: bool = False
    _count: int = 0
    _kept: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    _returns_s: deque[float] = field(default_factory=lambda: deque(maxlen=_RETURNS_MEAN_TWO))

    def take(self, sequence: int, raw: bytes, now_s: float, *, silent_s: float) -> bool:
        """Take one frame, its number, and how long nothing came before it; return True if two senders count here.

        A frame whose number is the one after `last` may be left out while not `watching`, if `last` is set to it.
        """
        ahead = (sequence - self.last) & 0xFF
        if silent_s > _LOSES_COUNT_S:
            self.last = sequence
            self._count += 256
            self._went_back = False
            return False
        told = False
        if 0 < ahead <= _NEAR:
            self.last = sequence
            told = self._went_back and _often(self._returns_s, now_s)
            self._went_back = False
        elif ahead >= 256 - _NEAR:
            self._watch(now_s)
            self._went_back = self._went_back or self._was_another(sequence, raw)
        elif ahead:
            self._watch(now_s)
            came_back = self._other >= 0 and (sequence - self._other) & 0xFF <= _COMES_BACK
            self.last, self._other = sequence, self.last
            told = came_back and _often(self._returns_s, now_s)
        if self.watching:
            self._count += 1
            self._kept[sequence] = (self._count, raw)
            if now_s > self._until_s:
                self.watching = False
                self._kept.clear()
        return told

    def _watch(self, now_s: float) -> None:
        self.watching = True
        self._until_s = now_s + _WITHIN_S

    def _was_another(self, sequence: int, raw: bytes) -> bool:
        """Return True if another frame had this number just now: neither one that came late nor the same one again."""
        count, before = self._kept.get(sequence, (-256, raw))
        return self._count - count <= 4 * _NEAR and before != raw


@dataclass(frozen=True, slots=True)
class _Place:
    lat_e7: int
    lon_e7: int
    at_s: float

    def is_far_from(self, other: "_Place") -> bool:
        north_e7, east_e7 = abs(self.lat_e7 - other.lat_e7), abs(self.lon_e7 - other.lon_e7)
        if north_e7 < _NEAR_E7 and east_e7 < _NEAR_E7:
            return False
        north_m = (self.lat_e7 - other.lat_e7) * _M_PER_E7
        east_m = (self.lon_e7 - other.lon_e7) * _M_PER_E7 * math.cos(math.radians(self.lat_e7 / 1e7))
        return math.hypot(north_m, east_m) > _FAR_M + _FASTEST_MPS * abs(self.at_s - other.at_s)


@dataclass(slots=True)
class PlaceTracks:
    """Follows the positions (degrees × 1e7) that one number tells."""

    _last: _Place | None = None
    _other: _Place | None = None
    _returns_s: deque[float] = field(default_factory=lambda: deque(maxlen=_PLACE_RETURNS_MEAN_TWO))

    def take(self, lat_e7: int, lon_e7: int, now_s: float) -> bool:
        """Take one position; return True if two aircraft tell theirs here."""
        place = _Place(lat_e7, lon_e7, now_s)
        if self._last is None or not place.is_far_from(self._last):
            self._last = place
            return False
        came_back = self._other is not None and not place.is_far_from(self._other)
        self._last, self._other = place, self._last
        return came_back and _often(self._returns_s, now_s)


def _often(returns_s: deque[float], now_s: float) -> bool:
    """Note a return; True if the deque is full of those of the last minute."""
    returns_s.append(now_s)
    return len(returns_s) == returns_s.maxlen and now_s - returns_s[0] <= _WITHIN_S
