"""TIMESYNC: round trip and the aircraft's time since boot, from our own probes (MAVLink time synchronisation)."""

from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message

_SMOOTHING = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """One answered probe, seconds. `boot_s` is the aircraft's clock at the moment of the answer."""

    boot_s: float
    round_trip_s: float


class TimeSync:
    """Sends probes and takes answers to them; answers to nobody's or another's probe are left alone."""

    def __init__(self) -> None:
        self._sent_ns: int | None = None
        self.round_trip_s: float | None = None

    def probe(self, now_s: float) -> Message:
        """Return a probe carrying the monotonic time."""
        self._sent_ns = round(now_s * 1e9)
        return dialect.MAVLink_timesync_message(0, self._sent_ns)

    def receive(self, message: Message, now_s: float) -> ClockReading | None:
        """Return what an answer to the last probe says, else None."""
        if message.tc1 == 0 or message.ts1 != self._sent_ns:
            return None
        round_trip_s = max(0.0, now_s - message.ts1 / 1e9)
        self._sent_ns = None
        before = self.round_trip_s
        self.round_trip_s = round_trip_s if before is None else before + _SMOOTHING * (round_trip_s - before)
        return ClockReading(boot_s=message.tc1 / 1e9, round_trip_s=round_trip_s)

    def answer(self, message: Message, now_s: float) -> Message | None:
        """Return the answer to the aircraft's own probe, else None."""
        if message.tc1 != 0:
            return None
        return dialect.MAVLink_timesync_message(round(now_s * 1e9), message.ts1)
