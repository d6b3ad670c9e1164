"""What the town asks of a station: kept until the station says it has it on its own disk. Sans-I/O with its port.

Only the kinds in `DOWN_KINDS` go down, and a station turns none of them into a flight command.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from fleet.errors import InvalidValueError
from fleet.ids import StationId, check_name
from fleet.text import Text
from telemetry.codec import MAX_RECORD_BYTES, DownMessage

DOWN_KINDS = frozenset({"delivery.request", "request.withdrawn", "picture.missing", "picture.received"})
MAX_MESSAGES_AT_ONCE = 50
MAX_PAYLOAD_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class DownEntry:
    """One thing asked of one station. Raises InvalidValueError for a kind that may not go down or a large body."""

    id: str
    station: StationId
    kind: str
    body: Mapping[str, object]
    created_at_s: float

    def __post_init__(self) -> None:
        """Refuse what no station would take."""
        check_name(self.station)
        size = len(msgspec.msgpack.encode(self.body))
        if self.kind not in DOWN_KINDS or size > MAX_PAYLOAD_BYTES or not 0 < len(self.id) <= 64:
            raise InvalidValueError(
                Text(f"「{self.kind}」は現地局に送れません", f"{self.kind!r} cannot be sent to a station"),
                kind=self.kind,
                bytes=size,
            )


class DownStore(Protocol):
    """The durable queue of what the town asks. Calls may block."""

    def add(self, entry: DownEntry) -> None:
        """Keep an entry durably; one with a known id changes nothing. Raises UnavailableError."""
        ...

    def waiting(self, *, per_station: int) -> Sequence[DownEntry]:
        """Return what stations do not have yet, the oldest first, at most so many a station."""
        ...

    def acknowledge(self, *, station: StationId, ids: Sequence[str], now_s: float) -> None:
        """Note that a station has entries of its own; others' and unknown ids are passed over."""
        ...


class MemoryDownStore:
    """The queue in memory; for tests."""

    def __init__(self) -> None:
        self._waiting: dict[str, DownEntry] = {}
        self._done: set[str] = set()

    def add(self, entry: DownEntry) -> None:
        """Keep an entry."""
        if entry.id not in self._done:
            self._waiting.setdefault(entry.id, entry)

    def waiting(self, *, per_station: int) -> Sequence[DownEntry]:
        """Return what stations do not have yet."""
        taken: dict[StationId, list[DownEntry]] = {}
        for entry in sorted(self._waiting.values(), key=lambda one: (one.created_at_s, one.id)):
            of_station = taken.setdefault(entry.station, [])
            if len(of_station) < per_station:
                of_station.append(entry)
        return [entry for entries in taken.values() for entry in entries]

    def acknowledge(self, *, station: StationId, ids: Sequence[str], now_s: float) -> None:
        """Note that a station has entries."""
        del now_s
        for entry_id in ids:
            entry = self._waiting.get(entry_id)
            if entry is not None and entry.station == station:
                del self._waiting[entry_id]
                self._done.add(entry_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    at_s: float
    times: int


class DownPacer:
    """Says which waiting entries go out now: at once, and again after 5, 10, 20, … 60 s without a receipt."""

    def __init__(self, *, first_s: float = 5.0, most_s: float = 60.0) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._sent: dict[str, _Sent] = {}

    def due(self, waiting: Sequence[DownEntry], now_s: float) -> Mapping[StationId, Sequence[DownMessage]]:
        """Return the messages to send at monotonic `now_s`, by station, in batches that fit one payload."""
        ids = {entry.id for entry in waiting}
        self._sent = {entry_id: sent for entry_id, sent in self._sent.items() if entry_id in ids}
        due: dict[StationId, list[DownMessage]] = {}
        room: dict[StationId, int] = {}
        for entry in waiting:
            messages = due.setdefault(entry.station, [])
            left = room.get(entry.station, MAX_RECORD_BYTES) - len(msgspec.msgpack.encode(entry.body)) - 200
            if not self._is_due(entry.id, now_s) or left < 0 or len(messages) >= MAX_MESSAGES_AT_ONCE:
                continue
            room[entry.station] = left
            messages.append(DownMessage(id=entry.id, kind=entry.kind, body=dict(entry.body)))
            times = self._sent[entry.id].times + 1 if entry.id in self._sent else 1
            self._sent[entry.id] = _Sent(at_s=now_s, times=times)
        return {station: messages for station, messages in due.items() if messages}

    def _is_due(self, entry_id: str, now_s: float) -> bool:
        sent = self._sent.get(entry_id)
        if sent is None:
            return True
        return now_s - sent.at_s >= min(self._first_s * 2.0 ** min(sent.times - 1, 10), self._most_s)

    def forget(self) -> None:
        """Have everything sent again, as after a new connection."""
        self._sent.clear()
