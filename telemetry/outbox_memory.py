"""An outbox in memory: for tests and for drills that need no history after a restart."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telemetry.codec import encode_record
from telemetry.outbox import LanePending, Packed
from telemetry.records import LANES, Lane, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    packed: Packed
    recorded_at_s: float
    key: str | None


class MemoryOutbox:
    """Keeps the outbox's contract but for surviving the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lanes: dict[Lane, dict[int, _Kept]] = {lane: {} for lane in LANES}
        self._keys: dict[str, int] = {}
        self._last_number = 0

    def put(self, records: Sequence[Record]) -> None:
        """Keep all records; raises TooLargeError before any is kept."""
        payloads = [encode_record(record) for record in records]
        with self._lock:
            for record, payload in zip(records, payloads, strict=True):
                self._keep(record, payload)

    def _keep(self, record: Record, payload: bytes) -> None:
        self._last_number += 1
        if record.key is not None:
            self._lanes[record.lane].pop(self._keys.get(record.key, 0), None)
            self._keys[record.key] = self._last_number
        self._lanes[record.lane][self._last_number] = _Kept(
            packed=Packed(number=self._last_number, payload=payload, body_ref=record.body_ref),
            recorded_at_s=record.recorded_at_s,
            key=record.key,
        )

    def take(self, *, lane: Lane, after: int, max_bytes: int, limit: int) -> Sequence[Packed]:
        """Return waiting records of a lane, oldest first."""
        taken: list[Packed] = []
        room = max_bytes
        with self._lock:
            for number, kept in self._lanes[lane].items():
                if number <= after:
                    continue
                room -= len(kept.packed.payload)
                if taken and (room < 0 or len(taken) >= limit):
                    break
                taken.append(kept.packed)
        return taken

    def settle(self, numbers: Sequence[int]) -> None:
        """Forget records for good."""
        with self._lock:
            for number in numbers:
                for lane in self._lanes.values():
                    kept = lane.pop(number, None)
                    if kept is not None and kept.key is not None:
                        self._keys.pop(kept.key, None)

    def pending(self) -> Mapping[Lane, LanePending]:
        """Return what waits, for every lane."""
        with self._lock:
            return {
                lane: LanePending(
                    records=len(kept),
                    bytes=sum(len(one.packed.payload) for one in kept.values()),
                    oldest_recorded_at_s=next(iter(kept.values())).recorded_at_s if kept else None,
                )
                for lane, kept in self._lanes.items()
            }

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""
