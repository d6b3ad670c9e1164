"""How much telemetry to ask for, by what the link carries: slowly up, at once down, never to and fro. No I/O.

A tier is left for a lower one when the link is full, or when a transfer needs a thin link; a higher one is tried only
after a quiet time, which doubles each time that the try filled the link.
"""

from dataclasses import dataclass, field

from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.streams import Tier, need_bytes_s

_SHARE = 0.6
_SETTLE_S = 10.0
_SETTLE_TRIPS = 5.0
_FIRST_HOLD_S = 60.0
_LONGEST_HOLD_S = 900.0
_FULL_TRIP_S = 0.7
_REDUCED_TRIP_S = 1.2
_QUIET_AFTER_TRANSFER_S = 10.0


@dataclass(slots=True)
class StreamTiers:
    """Follows one aircraft's link. `time_scale` is how fast the aircraft's clock runs."""

    time_scale: float = 1.0
    tier: Tier | None = None
    _changed_s: float = 0.0
    _hold_s: float = _FIRST_HOLD_S
    _tried_up: bool = False
    _before_transfer: Tier | None = None
    _transfer_s: float = field(default=-_QUIET_AFTER_TRANSFER_S)

    def begin_anew(self) -> None:
        """Forget the tier; the link or the aircraft started anew."""
        self.tier = None
        self._before_transfer = None

    def decide(self, now_s: float, pace: Pace, *, link_is_full: bool, transferring: bool, may_try: bool) -> Tier:
        """Return the tier to ask for now; only where one `may_try`, a higher one that might fill the link."""
        if self.tier is None:
            return self._go(self._first(pace), now_s)
        if transferring:
            self._transfer_s = now_s
            if pace.is_thin and self.tier is not Tier.SPARSE:
                self._before_transfer = self.tier
                return self._go(Tier.SPARSE, now_s)
        elif self._before_transfer is not None:
            return self._after_transfer(now_s)
        if link_is_full:
            return self._down(now_s, pace)
        return self.tier if transferring else self._up(now_s, pace, may_try=may_try)

    def _first(self, pace: Pace) -> Tier:
        if pace.rate_bytes_s is not None:
            fitting = [tier for tier in Tier if self._fits(tier, pace)]
            return max(fitting, default=Tier.SPARSE)
        trip_s = pace.base_s
        if trip_s is None or trip_s > _REDUCED_TRIP_S:
            return Tier.SPARSE
        return Tier.REDUCED if trip_s > _FULL_TRIP_S else Tier.FULL

    def _down(self, now_s: float, pace: Pace) -> Tier:
        tier = self.tier or Tier.SPARSE
        settle_s = max(_SETTLE_S, _SETTLE_TRIPS * (pace.round_trip_s or 0.0))
        if tier is Tier.SPARSE or now_s - self._changed_s < settle_s:
            return tier
        if self._tried_up:
            self._hold_s = min(2.0 * self._hold_s, _LONGEST_HOLD_S)
            self._tried_up = False
        return self._go(Tier(tier - 1), now_s)

    def _up(self, now_s: float, pace: Pace, *, may_try: bool) -> Tier:
        tier = self.tier or Tier.SPARSE
        if now_s - self._changed_s < self._hold_s:
            return tier
        if self._tried_up:
            self._tried_up, self._hold_s = False, _FIRST_HOLD_S
        if tier is Tier.FULL or not self._fits(Tier(tier + 1), pace):
            return tier
        if not may_try and pace.rate_bytes_s is None:
            return tier
        self._tried_up = True
        return self._go(Tier(tier + 1), now_s)

    def _after_transfer(self, now_s: float) -> Tier:
        before = self._before_transfer or Tier.SPARSE
        if now_s - self._transfer_s < _QUIET_AFTER_TRANSFER_S:
            return self.tier or Tier.SPARSE
        self._before_transfer = None
        return self._go(before, now_s)

    def _fits(self, tier: Tier, pace: Pace) -> bool:
        rate = pace.rate_bytes_s
        return rate is None or need_bytes_s(tier, self.time_scale) <= _SHARE * rate

    def _go(self, tier: Tier, now_s: float) -> Tier:
        if tier is not self.tier:
            self._changed_s = now_s
        self.tier = tier
        return tier
