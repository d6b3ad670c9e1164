"""Which messages must be asked for, or slowed down, so that an aircraft sends what its tier has. No I/O."""

from collections.abc import Mapping, Sequence

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.protocols.streams import NOT_NEEDED, Tier, frame_bytes, interval_us, rates_hz
from ground_station.flight.vehicles.state import Timing

_INTERVALS_MEAN_SILENT = 4.0
_LEAST_SILENT_S = 2.5
_TOO_FAST = 1.5
_LEAST_OBSERVED_S = 4.0
_OCCASIONAL = frozenset(
    {
        dialect.MAVLINK_MSG_ID_HOME_POSITION,
        dialect.MAVLINK_MSG_ID_SIMSTATE,
        dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST,  # comes only while the autopilot lacks terrain
    }
)


class StreamRequests:
    """Remembers what was asked of one aircraft since its start, and sees what comes.

    At the full tier what comes by itself is left alone; below it, what comes much faster than it should is slowed.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._asked_hz: dict[int, float] = {}
        self._unsupported: set[int] = set()
        self._counted_s: float | None = None
        self._counted: dict[int, int] = {}
        self._comes_hz: dict[int, float] = {}

    def begin_anew(self) -> None:
        """Forget what was asked: the aircraft or the link started anew."""
        self._asked_hz.clear()
        self._unsupported.clear()
        self._counted_s = None
        self._comes_hz.clear()

    def observe(self, heard_count: Mapping[int, int], now_s: float) -> None:
        """Take how many of each message have come, to tell how fast they come (of the aircraft's own time)."""
        if self._counted_s is not None:
            elapsed_s = (now_s - self._counted_s) * self._timing.time_scale
            if elapsed_s < _LEAST_OBSERVED_S:
                return
            self._comes_hz = {
                message_id: (count - self._counted.get(message_id, 0)) / elapsed_s
                for message_id, count in heard_count.items()
            }
        self._counted_s, self._counted = now_s, dict(heard_count)

    def due(
        self, tier: Tier, last_heard_s: Mapping[int, float], now_s: float, started_s: float
    ) -> Sequence[tuple[int, float]]:
        """Return (message id, interval in µs) of what to ask for; first what frees most of the link."""
        wanted = dict(rates_hz(tier))
        if tier is not Tier.FULL:
            wanted |= dict.fromkeys(NOT_NEEDED, 0.0)
        found = [
            message_id
            for message_id, rate_hz in wanted.items()
            if message_id not in self._unsupported
            and self._must_ask(
                message_id, rate_hz, tier, comes=self._comes(message_id, rate_hz, last_heard_s, now_s, started_s)
            )
        ]
        found.sort(key=lambda message_id: self._saves(message_id, wanted[message_id]), reverse=True)
        return [(message_id, interval_us(wanted[message_id], self._timing.time_scale)) for message_id in found]

    def answered(self, message_id: int, tier: Tier, *, accepted: bool) -> None:
        """Take the answer to one request."""
        if accepted:
            self._asked_hz[message_id] = rates_hz(tier).get(message_id, 0.0)
        else:
            self._unsupported.add(message_id)

    def fell_silent(self, tier: Tier, last_heard_s: Mapping[int, float], now_s: float, started_s: float) -> bool:
        """Return True if a message of the tier came before and comes no more."""
        return any(
            rate_hz > 0.0
            and message_id in last_heard_s
            and message_id not in self._unsupported
            and not self._comes(message_id, rate_hz, last_heard_s, now_s, started_s)
            for message_id, rate_hz in rates_hz(tier).items()
        )

    def _must_ask(self, message_id: int, rate_hz: float, tier: Tier, *, comes: bool) -> bool:
        asked_hz = self._asked_hz.get(message_id)
        if rate_hz <= 0.0:
            return self._comes_hz.get(message_id, 0.0) > 0.0
        if not comes or (asked_hz is not None and asked_hz != rate_hz):
            return True
        return tier is not Tier.FULL and self._comes_hz.get(message_id, 0.0) > _TOO_FAST * rate_hz

    def _saves(self, message_id: int, rate_hz: float) -> float:
        return (self._comes_hz.get(message_id, 0.0) - rate_hz) * frame_bytes(message_id)

    def _comes(
        self, message_id: int, rate_hz: float, last_heard_s: Mapping[int, float], now_s: float, started_s: float
    ) -> bool:
        heard_s = last_heard_s.get(message_id)
        if heard_s is None:
            return False
        if message_id in _OCCASIONAL:
            return heard_s >= started_s
        silent_s = max(_LEAST_SILENT_S, _INTERVALS_MEAN_SILENT / rate_hz) if rate_hz > 0.0 else _LEAST_SILENT_S
        return now_s - heard_s < self._timing.real_s(silent_s, at_least_s=1.0)
