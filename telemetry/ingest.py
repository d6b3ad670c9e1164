"""Ingest, sans-I/O: batches in, checked records out, and the receipts that are due once those are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from fleet.ids import StationId
from telemetry.bodies import BODY_TYPES, Body
from telemetry.codec import Batch, BatchReceipt, RefusedIndex, WireReader, WireRecord
from telemetry.store import ReceivedRecord
from telemetry.topics import Topics, UpTopic

_OTHER_KINDS = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBatch:
    """A batch that was read, and what of it will never be taken."""

    station: StationId
    batch_id: str
    records: Sequence[tuple[int, ReceivedRecord]]
    refused: Sequence[RefusedIndex]


@dataclass(slots=True)
class IngestCounts:
    """What ingest has seen since it started. Refused records of kinds it does not know share one count, "other"."""

    batches: int = 0
    records: int = 0
    refused: int = 0
    foreign_topics: int = 0
    refused_by_kind: dict[str, int] = field(default_factory=dict)


class Ingest:
    """Reads what stations of one town send. The topic, which the broker guards, says who sent it."""

    def __init__(self, topics: Topics, body_types: Mapping[str, type[Body]] | None = None) -> None:
        self._topics = topics
        self._reader = WireReader()
        types = BODY_TYPES if body_types is None else {**BODY_TYPES, **body_types}
        self._decoders = {kind: msgspec.msgpack.Decoder(body_type) for kind, body_type in types.items()}
        self.counts = IngestCounts()

    @property
    def malformed(self) -> int:
        """Return how many payloads and records could not be read at all."""
        return self._reader.faults.total

    def read(self, topic: str, payload: bytes, now_s: float) -> ReadBatch | None:
        """Return a batch's records, or None for what is no batch of this town (counted, never raised)."""
        place = self._topics.read_up(topic)
        if place is None:
            self.counts.foreign_topics += 1
            return None
        batch = self._reader.batch(payload)
        if batch is None:
            return None
        return self._checked(batch, place, now_s)

    def _checked(self, batch: Batch, place: UpTopic, now_s: float) -> ReadBatch:
        records: list[tuple[int, ReceivedRecord]] = []
        refused = list(batch.refused)
        for index, wire in batch.records:
            packed = bytes(wire.body)
            try:
                typed = self._typed(wire, packed)
                _refuse_unprintable(wire.id, wire.kind, wire.key or "")
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
                refused.append(RefusedIndex(index=index, reason=f"{wire.kind}: {error}"[:300]))
                self._count_refused(wire.kind)
                continue
            records.append((index, self._received(wire, packed, typed, place, now_s)))
        self.counts.batches += 1
        self.counts.records += len(records)
        self.counts.refused += len(refused)
        return ReadBatch(station=place.station, batch_id=batch.batch_id, records=records, refused=refused)

    def _count_refused(self, kind: str) -> None:
        by_kind = self.counts.refused_by_kind
        name = kind if kind in self._decoders else _OTHER_KINDS
        by_kind[name] = by_kind.get(name, 0) + 1

    def _typed(self, wire: WireRecord, packed: bytes) -> Body | None:
        decoder = self._decoders.get(wire.kind)
        return None if decoder is None or wire.schema != 1 else decoder.decode(packed)

    def _received(
        self, wire: WireRecord, packed: bytes, typed: Body | None, place: UpTopic, now_s: float
    ) -> ReceivedRecord:
        return ReceivedRecord(
            id=wire.id,
            town=self._topics.town,
            station=place.station,
            lane=wire.lane,
            kind=wire.kind,
            schema=wire.schema,
            recorded_at_s=wire.recorded_at_s,
            received_at_s=now_s,
            body_packed=packed,
            typed=typed,
            key=wire.key,
        )


def _refuse_unprintable(*names: str) -> None:
    """PostgreSQL takes no NUL in a text, and no person should see control characters in a name."""
    if not "".join(names).isprintable():
        message = "a name holds control characters"
        raise msgspec.ValidationError(message)


def receipts_of(batches: Sequence[ReadBatch], refused: Mapping[str, str]) -> Mapping[StationId, list[BatchReceipt]]:
    """Return the receipts due for stored batches, by station; `refused` is what the store refused, by record id."""
    receipts: dict[StationId, list[BatchReceipt]] = {}
    for batch in batches:
        not_taken = list(batch.refused)
        if refused:
            not_taken += [
                RefusedIndex(index=index, reason=refused[record.id][:300])
                for index, record in batch.records
                if record.id in refused
            ]
        receipts.setdefault(batch.station, []).append(BatchReceipt(batch_id=batch.batch_id, refused=not_taken))
    return receipts
