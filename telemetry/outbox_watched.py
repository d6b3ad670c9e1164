"""An outbox whose writes are noted, whatever it keeps its records in."""

from collections.abc import Mapping, Sequence

from fleet.write_watch import WriteWatch
from telemetry.outbox import LanePending, Outbox, Packed
from telemetry.records import Lane, Record


class WatchedOutbox:
    """An Outbox on another one."""

    def __init__(self, outbox: Outbox, watch: WriteWatch) -> None:
        self._outbox = outbox
        self._watch = watch

    def put(self, records: Sequence[Record]) -> None:
        """Keep all records, or none."""
        with self._watch.write():
            self._outbox.put(records)

    def take(self, *, lane: Lane, after: int, max_bytes: int, limit: int) -> Sequence[Packed]:
        """Return waiting records of a lane, oldest first."""
        return self._outbox.take(lane=lane, after=after, max_bytes=max_bytes, limit=limit)

    def settle(self, numbers: Sequence[int]) -> None:
        """Forget records for good."""
        with self._watch.write():
            self._outbox.settle(numbers)

    def pending(self) -> Mapping[Lane, LanePending]:
        """Return what waits, for every lane."""
        return self._outbox.pending()

    def close(self) -> None:
        """Give the store back."""
        self._outbox.close()
