"""The outbox: what the field has recorded and the town's database does not have yet.

A record leaves it only by `settle`, after an application receipt. Numbers grow and are never used twice, so a late
receipt can never settle something newer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from telemetry.records import Lane, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """One waiting record: its number, its MessagePack, and where the rest of its body lies, if elsewhere."""

    number: int
    payload: bytes
    body_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePending:
    """What waits in one lane. `oldest_recorded_at_s` is of the record that waits longest, None if none does."""

    records: int
    bytes: int
    oldest_recorded_at_s: float | None


class Outbox(Protocol):
    """A durable queue with lanes; safe to call from several threads."""

    def put(self, records: Sequence[Record]) -> None:
        """Keep all records, or none and raise UnavailableError (disk full, disk gone) or TooLargeError.

        When it returns they are on disk. In lane position a record takes the place of the one with its key.
        """
        ...

    def take(self, *, lane: Lane, after: int, max_bytes: int, limit: int) -> Sequence[Packed]:
        """Return up to `limit` records of a lane with numbers over `after`, oldest first, and up to `max_bytes`.

        At least one is returned if there is any. Nothing is removed.
        """
        ...

    def settle(self, numbers: Sequence[int]) -> None:
        """Forget records for good; unknown numbers are passed over. Raises UnavailableError and forgets none."""
        ...

    def pending(self) -> Mapping[Lane, LanePending]:
        """Return what waits, for every lane."""
        ...

    def close(self) -> None:
        """Give the store back; what was put stays."""
        ...


class BodySource(Protocol):
    """Gives the bytes of records whose body lies elsewhere."""

    def load(self, body_ref: str) -> Mapping[str, object] | None:
        """Return the fields to add to the body, or None if they are gone for good; may block on the disk."""
        ...
