"""The town's record store: where a record must be before the field may forget it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from fleet.ids import StationId, TownId
from telemetry.bodies import Body
from telemetry.records import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRecord:
    """One record as it arrived. `typed` is its body checked by kind, None for a kind this version does not know."""

    id: str
    town: TownId
    station: StationId
    lane: Lane
    kind: str
    schema: int
    recorded_at_s: float
    received_at_s: float
    body_packed: bytes
    typed: Body | None = None
    key: str | None = None

    def body(self) -> dict[str, object]:
        """Return the body's fields; an empty dictionary if it is none."""
        content = msgspec.msgpack.decode(self.body_packed)
        return content if isinstance(content, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a call of `store` did: the records that were new, and why some will never be taken, by record id."""

    new: Sequence[ReceivedRecord]
    refused: Mapping[str, str] = field(default_factory=dict)


class RecordStore(Protocol):
    """Keeps records once, whatever arrives twice. Calls may block; one at a time."""

    def store(self, records: Sequence[ReceivedRecord]) -> Stored:
        """Keep all records durably in one transaction, or none and raise UnavailableError.

        Lane position keeps the newest of each key alone; a record with a known id changes nothing.
        """
        ...

    def count(self) -> int:
        """Return how many records are kept, track positions included and newest-only ones not."""
        ...

    def newest(self) -> Sequence[ReceivedRecord]:
        """Return the newest record of every key of lane position."""
        ...
