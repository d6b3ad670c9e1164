"""How much bulk may be under way, so that the newest position never waits long behind it.

The window follows the delay, as LEDBAT does (RFC 6817): it grows while receipts come back soon and shrinks when they
come late, since then the bytes stand in a queue somewhere on the link. It grows no further than twice what is under
way (RFC 6817, section 2.4.2): a window that is not used says nothing of what the link carries. Bytes and seconds.
"""

from dataclasses import dataclass

_MOST_BY_USE = 2
_SMOOTHING = 0.125
_SPREAD_SMOOTHING = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLimits:
    """Bounds of the window, and the receipt delay it aims at."""

    start_bytes: int = 64 * 1024
    min_bytes: int = 8 * 1024
    max_bytes: int = 1024 * 1024
    target_delay_s: float = 1.5


class BulkWindow:
    """Bytes of bulk that may be unreceipted at once, and how long a receipt takes now."""

    def __init__(self, limits: WindowLimits) -> None:
        self._limits = limits
        self._size_bytes = float(limits.start_bytes)
        self._delay_s: float | None = None
        self._spread_s = 0.0

    @property
    def size_bytes(self) -> int:
        """Return how many bytes may be under way."""
        return int(self._size_bytes)

    @property
    def late_after_s(self) -> float:
        """Return after how long a receipt is surely late: mean plus four deviations (RFC 6298); 0 if unknown."""
        return 0.0 if self._delay_s is None else self._delay_s + 4.0 * self._spread_s

    def on_receipt(self, *, delay_s: float, sent_bytes: int, under_way_bytes: int) -> None:
        """Take in the receipt of a batch that was sent once; `under_way_bytes` is all bulk before the receipt."""
        if self._delay_s is None:
            self._delay_s, self._spread_s = delay_s, delay_s / 2.0
        else:
            self._spread_s += _SPREAD_SMOOTHING * (abs(delay_s - self._delay_s) - self._spread_s)
            self._delay_s += _SMOOTHING * (delay_s - self._delay_s)
        if delay_s <= self._limits.target_delay_s:
            used_bytes = min(self._size_bytes + sent_bytes, _MOST_BY_USE * under_way_bytes)
            self._resize(max(self._size_bytes, used_bytes))
        else:
            self._resize(self._size_bytes * max(0.5, self._limits.target_delay_s / delay_s))

    def on_loss(self) -> None:
        """Take in that a batch went without a receipt."""
        self._resize(self._size_bytes / 2.0)

    def on_reconnect(self) -> None:
        """Take in that the link is a new one: what the old one carried does not hold for it."""
        self._resize(min(self._size_bytes, self._limits.start_bytes))

    def _resize(self, size_bytes: float) -> None:
        self._size_bytes = min(max(size_bytes, self._limits.min_bytes), self._limits.max_bytes)
