"""TIMESYNC: round trip and the aircraft's time since boot, from our own probes (MAVLink time synchronisation).

Many probes are under way at once on a slow link: an answer counts to the probe that it names, whenever it comes.
"""

from collections import OrderedDict
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.round_trip import RoundTrip

_MOST_UNDER_WAY = 64
_EARLY = 4
_EARLY_EVERY = 0.5
_LEAST_OVERDUE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """One answered probe, seconds. `boot_s` is the aircraft's clock at the moment of the answer."""

    boot_s: float
    round_trip_s: float


@dataclass(slots=True)
class _Probe:
    sent_s: float
    overdue_s: float


class TimeSync:
    """Sends probes and takes answers to them; answers to nobody's or another's probe are left alone.

    At most 64 probes are remembered; the oldest is forgotten.
    """

    def __init__(self) -> None:
        self.trip = RoundTrip()
        self._under_way: OrderedDict[int, _Probe] = OrderedDict()
        self._answers = 0

    @property
    def round_trip_s(self) -> float | None:
        """Return the smoothed round trip; None before the first answer."""
        return self.trip.smoothed_s

    def pause_s(self, every_s: float) -> float:
        """Return how long to wait before the next probe: shorter until the first few were answered."""
        return every_s * _EARLY_EVERY if self._answers < _EARLY else every_s

    def probe(self, now_s: float) -> Message:
        """Return a probe carrying the monotonic time."""
        self._judge(now_s)
        sent_ns = round(now_s * 1e9)
        trip_s = self.trip.smoothed_s
        patience_s = max(_LEAST_OVERDUE_S, 0.0 if trip_s is None else trip_s + 4.0 * self.trip.spread_s)
        self._under_way[sent_ns] = _Probe(now_s, now_s + patience_s)
        if len(self._under_way) > _MOST_UNDER_WAY:
            self._under_way.popitem(last=False)
        return dialect.MAVLink_timesync_message(0, sent_ns)

    def receive(self, message: Message, now_s: float) -> ClockReading | None:
        """Return what an answer to one of our probes says, else None; a copy of an answer says nothing."""
        if message.tc1 == 0:
            return None
        probe = self._under_way.pop(message.ts1, None)
        if probe is None:
            return None
        round_trip_s = max(0.0, now_s - probe.sent_s)
        self._answers += 1
        self.trip.take(round_trip_s, now_s)
        if probe.overdue_s > 0.0:
            self.trip.judged(answered=True)
        return ClockReading(boot_s=message.tc1 / 1e9, round_trip_s=round_trip_s)

    def answer(self, message: Message, now_s: float) -> Message | None:
        """Return the answer to the aircraft's own probe, else None."""
        if message.tc1 != 0:
            return None
        return dialect.MAVLink_timesync_message(round(now_s * 1e9), message.ts1)

    def _judge(self, now_s: float) -> None:
        """Count each probe whose answer is overdue as lost, once; it may still be answered."""
        if self.trip.smoothed_s is None:
            return
        for probe in self._under_way.values():
            if 0.0 < probe.overdue_s < now_s:
                probe.overdue_s = 0.0
                self.trip.judged(answered=False)
