"""The wire form of batches, receipts and the town's messages: MessagePack in one zstandard frame, at most 64 KiB.

    batch    [1, batch id, [[id, lane, kind, schema, recorded_at, body(, key)], …]]
    receipt  [1, [[batch id, [[index, reason], …]], …]]
    down     [1, [[id, kind, body], …]]

A reader bounds what a frame may unpack to before it unpacks it, counts what it cannot read, and never raises for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
import zstandard

from fleet.errors import TooLargeError
from fleet.text import Text
from telemetry.records import MAX_KIND_LENGTH, Lane, Record

WIRE_VERSION = 1
MAX_BATCH_BYTES = 64 * 1024
MAX_UNPACKED_BYTES = 256 * 1024
MAX_RECORD_BYTES = 60 * 1024
MAX_BATCH_RECORDS = 4096
_ENVELOPE_BYTES = 256
_MAX_REASONS = 16
_NO_REASON = "…"
_LEVEL = 3

WireName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
WireKind = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_KIND_LENGTH)]
WireBatchId = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class WireRecord(msgspec.Struct, frozen=True, array_like=True):
    """One record as it travels; the body is still MessagePack."""

    id: WireName
    lane: Lane
    kind: WireKind
    schema: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    recorded_at_s: Annotated[float, msgspec.Meta(ge=0.0, le=1e11)]
    body: msgspec.Raw
    key: Annotated[str, msgspec.Meta(max_length=200)] | None = None


_RECORD = msgspec.msgpack.Decoder(WireRecord)


class DownMessage(msgspec.Struct, frozen=True, array_like=True):
    """One thing the town asks of a station; never a flight command."""

    id: WireName
    kind: WireKind
    body: dict[str, object]


class _Envelope(msgspec.Struct, frozen=True, array_like=True):
    version: int
    batch_id: WireBatchId
    records: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MAX_BATCH_RECORDS)]


class _FastEnvelope(msgspec.Struct, frozen=True, array_like=True):
    version: int
    batch_id: WireBatchId
    records: Annotated[list[WireRecord], msgspec.Meta(max_length=MAX_BATCH_RECORDS)]


class RefusedIndex(msgspec.Struct, frozen=True, array_like=True):
    """Which record of a batch the town did not take, and why; it will not take it next time either."""

    index: Annotated[int, msgspec.Meta(ge=0)]
    reason: Annotated[str, msgspec.Meta(max_length=300)]


class BatchReceipt(msgspec.Struct, frozen=True, array_like=True):
    """The town's database has this batch, but for the records refused."""

    batch_id: WireBatchId
    refused: list[RefusedIndex] = []


class _ReceiptEnvelope(msgspec.Struct, frozen=True, array_like=True):
    version: int
    receipts: Annotated[list[BatchReceipt], msgspec.Meta(max_length=MAX_BATCH_RECORDS)]


class _DownEnvelope(msgspec.Struct, frozen=True, array_like=True):
    version: int
    messages: Annotated[list[DownMessage], msgspec.Meta(max_length=MAX_BATCH_RECORDS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was read: records by their index in the batch, and the indexes that could not be read."""

    batch_id: str
    records: Sequence[tuple[int, WireRecord]]
    refused: Sequence[RefusedIndex]


@dataclass(slots=True)
class WireFaults:
    """How much arrived that could not be read, by reason."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str) -> None:
        """Count one."""
        self.counts[reason] = self.counts.get(reason, 0) + 1

    @property
    def total(self) -> int:
        """Return how many there were."""
        return sum(self.counts.values())


def encode_record(record: Record) -> bytes:
    """Return one record's MessagePack; raises TooLargeError over 60 KiB (a photo goes in chunks)."""
    fields: tuple[object, ...] = (
        record.id,
        record.lane.value,
        record.kind,
        record.schema,
        record.recorded_at_s,
        record.body,
    )
    payload = msgspec.msgpack.encode(fields if record.key is None else (*fields, record.key))
    if len(payload) > MAX_RECORD_BYTES:
        raise TooLargeError(
            Text(
                f"記録「{record.kind}」が大きすぎます（{len(payload)} バイト）",
                f"record {record.kind!r} is too large: {len(payload)} bytes",
            ),
            Text("60 KiB までに分けてください", "split it into pieces of at most 60 KiB"),
            bytes=len(payload),
        )
    return payload


def check_record(payload: object) -> None:
    """Raise ValueError if `payload` is not one whole encoded record, as after a fault of the disk."""
    try:
        _RECORD.decode(payload if isinstance(payload, bytes) else b"")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        message = f"not a record: {error}"
        raise ValueError(message) from error


def add_to_body(payload: bytes, fields: dict[str, object]) -> bytes:
    """Return an encoded record with `fields` added to its body."""
    record = msgspec.msgpack.decode(payload, type=list[object])
    body = record[5]
    record[5] = {**body, **fields} if isinstance(body, dict) else fields
    return msgspec.msgpack.encode(record)


def fits(payload_bytes: int, payload_count: int, limit_bytes: int = MAX_BATCH_BYTES) -> bool:
    """Return whether that many bytes of encoded records surely make one batch, however badly they compress."""
    return payload_bytes + _ENVELOPE_BYTES <= min(limit_bytes, MAX_BATCH_BYTES) and payload_count <= MAX_BATCH_RECORDS


def _shortened(receipt: BatchReceipt) -> BatchReceipt:
    """Return a receipt that makes one message even if all of a batch was refused, each record for its own reason."""
    if len(receipt.refused) <= _MAX_REASONS:
        return receipt
    bare = [RefusedIndex(index=one.index, reason=_NO_REASON) for one in receipt.refused[_MAX_REASONS:]]
    return BatchReceipt(batch_id=receipt.batch_id, refused=[*receipt.refused[:_MAX_REASONS], *bare])


class WireWriter:
    """Packs batches, receipts and messages. Not to be shared between threads."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._encoder = msgspec.msgpack.Encoder()

    def _pack(self, content: object) -> bytes:
        return self._compressor.compress(self._encoder.encode(content))

    def batch(self, batch_id: str, payloads: Sequence[bytes]) -> bytes:
        """Return encoded records as one batch."""
        return self._pack((WIRE_VERSION, batch_id, [msgspec.Raw(payload) for payload in payloads]))

    def receipts(self, receipts: Sequence[BatchReceipt]) -> Sequence[bytes]:
        """Return receipts for one station as messages, each of a size that a reader takes.

        A receipt that names many refused records gives the reasons of the first 16 only.
        """
        messages: list[bytes] = []
        part: list[msgspec.Raw] = []
        size = 0
        for receipt in receipts:
            packed = msgspec.Raw(self._encoder.encode(_shortened(receipt)))
            if part and not fits(size + len(packed), len(part) + 1):
                messages.append(self._pack((WIRE_VERSION, part)))
                part, size = [], 0
            part.append(packed)
            size += len(packed)
        if part:
            messages.append(self._pack((WIRE_VERSION, part)))
        return messages

    def down(self, messages: Sequence[DownMessage]) -> bytes:
        """Return the town's messages to one station as one payload."""
        return self._pack((WIRE_VERSION, messages))


class WireReader:
    """Unpacks what came from outside; what it cannot read it counts in `faults` and answers None. One thread."""

    def __init__(self) -> None:
        self.faults = WireFaults()
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 23)
        self._fast = msgspec.msgpack.Decoder(_FastEnvelope)
        self._slow = msgspec.msgpack.Decoder(_Envelope)
        self._record = msgspec.msgpack.Decoder(WireRecord)
        self._receipts = msgspec.msgpack.Decoder(_ReceiptEnvelope)
        self._down = msgspec.msgpack.Decoder(_DownEnvelope)

    def batch(self, payload: bytes) -> Batch | None:
        """Return the batch of a payload; records that cannot be read are named by index, not dropped unseen."""
        content = self._unpack(payload)
        if content is None:
            return None
        try:
            envelope = self._fast.decode(content)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return self._batch_with_faults(content)
        if not self._version_is_known(envelope.version):
            return None
        return Batch(batch_id=envelope.batch_id, records=list(enumerate(envelope.records)), refused=())

    def _batch_with_faults(self, content: bytes) -> Batch | None:
        try:
            envelope = self._slow.decode(content)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            self.faults.add("batch")
            return None
        if not self._version_is_known(envelope.version):
            return None
        records: list[tuple[int, WireRecord]] = []
        refused: list[RefusedIndex] = []
        for index, raw in enumerate(envelope.records):
            try:
                records.append((index, self._record.decode(raw)))
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
                self.faults.add("record")
                refused.append(RefusedIndex(index=index, reason=str(error)[:200]))
        return Batch(batch_id=envelope.batch_id, records=records, refused=refused)

    def receipts(self, payload: bytes) -> Sequence[BatchReceipt]:
        """Return the receipts of a payload; none if it cannot be read."""
        content = self._unpack(payload)
        if content is None:
            return ()
        try:
            envelope = self._receipts.decode(content)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            self.faults.add("receipt")
            return ()
        return envelope.receipts if self._version_is_known(envelope.version) else ()

    def down(self, payload: bytes) -> Sequence[DownMessage]:
        """Return the town's messages of a payload; none if it cannot be read."""
        content = self._unpack(payload)
        if content is None:
            return ()
        try:
            envelope = self._down.decode(content)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            self.faults.add("down")
            return ()
        return envelope.messages if self._version_is_known(envelope.version) else ()

    def _version_is_known(self, version: int) -> bool:
        if version == WIRE_VERSION:
            return True
        self.faults.add("version")
        return False

    def _unpack(self, payload: bytes) -> bytes | None:
        if len(payload) > MAX_BATCH_BYTES:
            self.faults.add("too large")
            return None
        try:
            size = zstandard.frame_content_size(payload)
            if not 0 <= size <= MAX_UNPACKED_BYTES:
                self.faults.add("unpacks too large")
                return None
            return self._decompressor.decompress(payload, max_output_size=MAX_UNPACKED_BYTES, allow_extra_data=False)
        except zstandard.ZstdError:
            self.faults.add("compression")
            return None
