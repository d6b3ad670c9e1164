"""How many questions may be under way at once: more while answers come as fast as the link can, fewer once they queue.

The rule is TCP Vegas': with `limit` under way, `limit · (1 - base / delay)` of them wait in a queue somewhere. A lost
answer changes nothing: on a radio loss is noise far oftener than crowding.
"""

_GROW_BELOW = 1.0
_SHRINK_ABOVE = 3.0
_EARLY_GAIN = 0.5
_ANSWERING_S = 0.15
"""What an autopilot may take to answer besides the way there and back."""


class Window:
    """A limit between `least` and `most`."""

    def __init__(self, *, start: int, most: int, least: int = 1) -> None:
        self._limit = float(start)
        self._least = least
        self._most = most
        self._early = True

    @property
    def limit(self) -> int:
        """Return how many may be under way."""
        return int(self._limit)

    def answered(self, delay_s: float, base_s: float | None) -> None:
        """Take how long an answer took that was asked for once, beside the link's shortest round trip."""
        if base_s is None:
            return
        queued = self._limit * (1.0 - base_s / max(delay_s - _ANSWERING_S, base_s, 1e-6))
        if queued < _GROW_BELOW:
            self._limit += _EARLY_GAIN if self._early else 1.0 / self._limit
        elif queued > _SHRINK_ABOVE:
            self._early = False
            self._limit -= 1.0 / self._limit
        else:
            self._early = False
        self._limit = max(float(self._least), min(float(self._most), self._limit))
