"""A record store in memory: for tests and for drills that leave nothing behind."""

from collections.abc import Sequence

from telemetry.records import Lane
from telemetry.store import ReceivedRecord, Stored


class MemoryRecordStore:
    """Keeps the record store's contract but for surviving the process."""

    def __init__(self) -> None:
        self.records: dict[str, ReceivedRecord] = {}
        self._newest: dict[tuple[str, str, str], ReceivedRecord] = {}

    def store(self, records: Sequence[ReceivedRecord]) -> Stored:
        """Keep all records once."""
        return Stored(new=[record for record in records if self._keep(record)])

    def _keep(self, record: ReceivedRecord) -> bool:
        if record.lane is Lane.POSITION:
            key = (record.town, record.station, record.key or record.kind)
            known = self._newest.get(key)
            if known is not None and (known.recorded_at_s, known.id) >= (record.recorded_at_s, record.id):
                return False
            self._newest[key] = record
            return True
        if record.id in self.records:
            return False
        self.records[record.id] = record
        return True

    def count(self) -> int:
        """Return how many records are kept."""
        return len(self.records)

    def newest(self) -> Sequence[ReceivedRecord]:
        """Return the newest record of every key."""
        return list(self._newest.values())
