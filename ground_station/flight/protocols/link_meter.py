"""One aircraft's link, measured: probes and their answers, bytes, the radio's own word; out comes the pace."""

import math

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.capacity import Capacity
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.timesync import ClockReading, TimeSync


class LinkMeter:
    """Follows one aircraft. The caller sends what it returns."""

    def __init__(self, known_bytes_s: float | None = None) -> None:
        self._sync = TimeSync()
        self._capacity = Capacity(known_bytes_s)
        self._next_probe_s = -math.inf

    @property
    def round_trip_s(self) -> float | None:
        """Return the smoothed round trip; None before the first answer."""
        return self._sync.round_trip_s

    @property
    def is_full(self) -> bool:
        """Return True while what is sent waits in a queue."""
        return self._capacity.is_full

    def pace(self, now_s: float) -> Pace:
        """Return the link as it stands."""
        trip = self._sync.trip
        return Pace(
            round_trip_s=trip.smoothed_s,
            spread_s=trip.spread_s,
            base_s=trip.base_s,
            answered=trip.answered,
            rate_bytes_s=self._capacity.rate_bytes_s(now_s),
        )

    def came(self, count: int) -> None:
        """Note bytes that arrived."""
        self._capacity.came(count)

    def tick(self, now_s: float, *, probe_every_s: float) -> Message | None:
        """Count, and return a probe if one is due; on a slow link no oftener than it answers."""
        self._capacity.tick(now_s)
        if now_s < self._next_probe_s:
            return None
        slowest_s = max(probe_every_s, self._sync.trip.base_s or 0.0)
        self._next_probe_s = now_s + self._sync.pause_s(slowest_s)
        return self._sync.probe(now_s)

    def synchronise(self, message: Message, now_s: float) -> ClockReading | None:
        """Take a TIMESYNC that answers one of our probes; None for any other."""
        reading = self._sync.receive(message, now_s)
        base_s = self._sync.trip.base_s
        if reading is not None and base_s is not None:
            self._capacity.trip(reading.round_trip_s, base_s, now_s)
        return reading

    def answer(self, message: Message, now_s: float) -> Message | None:
        """Return the answer to the aircraft's own probe, else None."""
        return self._sync.answer(message, now_s)

    def radio(self, message: Message) -> None:
        """Take a RADIO_STATUS or RADIO."""
        if message.get_msgId() in (dialect.MAVLINK_MSG_ID_RADIO_STATUS, dialect.MAVLINK_MSG_ID_RADIO):
            self._capacity.radio(message.txbuf)
