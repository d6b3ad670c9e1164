"""How long sessions and links still last in this process, whatever is done to the wall clock.

What is kept on disk is a wall time, since nothing else means the same after a restart. The first look of a process
takes it over; from then on the seconds since are counted by CLOCK_BOOTTIME, which knows sleep and no jump.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from fleet.clock import Clock

MOST_KNOWN = 4096
_SAME_S = 60.0
_OURS_MOST = 32
"""How many wall times of ours are known again: a disk that is slow may bring one that was meant long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """`ends_s` by CLOCK_BOOTTIME; `stored_s` is the wall time seen on disk, `meant_s` those of ours since."""

    ends_s: float
    stored_s: float
    meant_s: tuple[float, ...] = ()


class Lasting:
    """Knows the 4,096 looked at last; one that was forgotten is taken over from its wall time again. Thread-safe."""

    def __init__(self, clock: Clock, longest_s: float) -> None:
        self._clock = clock
        self._longest_s = longest_s
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, key: str, lasts_s: float) -> float:
        """Let something last so long from now on; return the wall time to keep on disk for it, Unix s."""
        meant_s = self._clock.now_s() + lasts_s
        ends_s = self._clock.boottime_s() + lasts_s
        with self._lock:
            before = self._known.get(key)
            if before is None:
                self._know(key, _Known(ends_s=ends_s, stored_s=meant_s))
            else:
                self._know(key, _meaning(replace(before, ends_s=ends_s), meant_s))
        return meant_s

    def left_s(self, key: str, stored_s: float) -> float:
        """Return the seconds left of what stands on disk with this wall time; 0 or less once it is over.

        A wall time that is not ours was written by another process meanwhile, and counts.
        """
        now_s = self._clock.boottime_s()
        with self._lock:
            known = self._known.get(key)
            if known is None or stored_s not in (known.stored_s, *known.meant_s):
                left_s = min(stored_s - self._clock.now_s(), self._longest_s)
                known = _Known(ends_s=now_s + left_s, stored_s=stored_s)
            else:
                known = replace(known, stored_s=stored_s)
            self._know(key, known)
        return known.ends_s - now_s

    def to_keep_s(self, key: str, stored_s: float) -> float:
        """Return the wall time that means its end now; the one on disk as long as that is right to a minute."""
        with self._lock:
            known = self._known.get(key)
            if known is None:
                return stored_s
            meant_s = self._clock.now_s() + known.ends_s - self._clock.boottime_s()
            for kept_s in (stored_s, *known.meant_s[-1:]):
                if abs(kept_s - meant_s) <= _SAME_S:
                    return kept_s
            self._known[key] = _meaning(known, meant_s)
        return meant_s

    def jumped(self) -> dict[str, float]:
        """Return what lasts still though the wall time on disk says otherwise, each with the one to keep."""
        now_s = self._clock.boottime_s()
        with self._lock:
            alive = {key: known.stored_s for key, known in self._known.items() if known.ends_s > now_s}
        meant = {key: (self.to_keep_s(key, stored_s), stored_s) for key, stored_s in alive.items()}
        return {key: kept_s for key, (kept_s, stored_s) in meant.items() if kept_s != stored_s}

    def forget(self, key: str) -> None:
        """Forget what is over."""
        with self._lock:
            self._known.pop(key, None)

    def _know(self, key: str, known: _Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


def _meaning(known: _Known, meant_s: float) -> _Known:
    return replace(known, meant_s=(*known.meant_s, meant_s)[-_OURS_MOST:])
