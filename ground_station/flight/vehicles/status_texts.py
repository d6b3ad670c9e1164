"""Puts STATUSTEXT chunks together (MAVLink 2: one id, chunks 0, 1, …, the last shorter than 50 characters)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ground_station.flight.links.frames import Message
from ground_station.flight.vehicles.telemetry import StatusText

_CHUNK_CHARACTERS = 50
_MOST_CHUNKS = 16
_PATIENCE_S = 2.0


@dataclass(slots=True)
class _Open:
    severity: int
    started_s: float
    chunks: dict[int, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return what is there in order, gaps shown as an ellipsis."""
        last = max(self.chunks)
        return "".join(self.chunks.get(number, "…") for number in range(last + 1))

    @property
    def complete(self) -> bool:
        last = max(self.chunks)
        return len(self.chunks[last]) < _CHUNK_CHARACTERS and len(self.chunks) == last + 1


class StatusTexts:
    """Gives each text once it is whole, or, where a chunk got lost, after two seconds with the gap shown."""

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}

    def take(self, message: Message, received_s: float) -> Sequence[StatusText]:
        """Take one message; return the texts that are whole now."""
        overdue = self.overdue(received_s)
        if message.id == 0:
            return (*overdue, StatusText(received_s=received_s, severity=message.severity, text=message.text))
        entry = self._open.setdefault(message.id, _Open(message.severity, received_s))
        if message.chunk_seq < _MOST_CHUNKS:
            entry.chunks.setdefault(message.chunk_seq, message.text)
        if not entry.chunks or not entry.complete:
            return overdue
        del self._open[message.id]
        return (*overdue, StatusText(received_s=received_s, severity=entry.severity, text=entry.text()))

    def overdue(self, now_s: float) -> Sequence[StatusText]:
        """Return the texts whose missing chunks are not waited for any longer."""
        if not self._open:
            return ()
        late = [number for number, entry in self._open.items() if now_s - entry.started_s > _PATIENCE_S]
        given = []
        for number in late:
            entry = self._open.pop(number)
            if entry.chunks:
                given.append(StatusText(received_s=now_s, severity=entry.severity, text=entry.text()))
        return given
