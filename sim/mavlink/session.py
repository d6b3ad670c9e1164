"""One client's link to one vehicle: its own sequence numbers, stream rates and parameter list; bytes in, bytes out."""

from pymavlink.dialects.v20 import ardupilotmega

from sim.mavlink.streams import Schedule
from sim.mavlink.wire import Packet, frame

_BURST = 200
_MOST_BYTES = 1 << 20


class Session:
    """State of one link. `take` hands over what is to be written; past 1 MiB unread, telemetry is dropped."""

    def __init__(self, system_id: int, now_s: float) -> None:
        self.schedule = Schedule(now_s)
        self.parameter_cursor: int | None = None
        self._system_id = system_id
        self._sequence = 0
        self._out = bytearray()
        self._parser = ardupilotmega.MAVLink(None)
        self._parser.robust_parsing = True

    def send(self, packet: Packet) -> None:
        """Queue a packet."""
        if len(self._out) > _MOST_BYTES:
            return
        self._out += frame(packet, sequence=self._sequence, system_id=self._system_id, component_id=1)
        self._sequence = (self._sequence + 1) & 0xFF

    @property
    def pending_bytes(self) -> int:
        """Return how much is queued."""
        return len(self._out)

    def take(self) -> bytes:
        """Return queued bytes and forget them."""
        if not self._out:
            return b""
        data = bytes(self._out)
        self._out.clear()
        return data

    def parse(self, data: bytes) -> list[ardupilotmega.MAVLink_message]:
        """Return the good messages in `data` and what was left from before; the rest is dropped."""
        messages = self._parser.parse_buffer(data) or []
        return [m for m in messages if m.get_type() != "BAD_DATA" and not m.get_type().startswith("UNKNOWN")]

    def parameter_burst(self, count: int) -> range:
        """Return the indices of parameters to send next, none unless a list was asked for."""
        if self.parameter_cursor is None:
            return range(0)
        start = self.parameter_cursor
        end = min(start + _BURST, count)
        self.parameter_cursor = end if end < count else None
        return range(start, end)
