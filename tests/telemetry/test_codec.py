"""The wire: what is written is read; what is broken, hostile or foreign is counted and never raises."""

import hashlib

import msgspec
import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import TooLargeError
from fleet.ids import RecordId
from telemetry.codec import (
    MAX_BATCH_BYTES,
    MAX_BATCH_RECORDS,
    MAX_RECORD_BYTES,
    BatchReceipt,
    DownMessage,
    RefusedIndex,
    WireReader,
    WireWriter,
    add_to_body,
    encode_record,
    fits,
)
from telemetry.records import Lane, Record
from tests.telemetry.field import START_S, state, track


def test_a_batch_reads_back_as_it_was_written() -> None:
    written = [track(number) for number in range(50)] + [state(3)]
    payload = WireWriter().batch("relay.1", [encode_record(record) for record in written])
    batch = WireReader().batch(payload)
    assert batch is not None
    assert batch.batch_id == "relay.1"
    assert batch.refused == ()
    read = [wire for _, wire in batch.records]
    assert [wire.id for wire in read] == [record.id for record in written]
    assert [wire.lane for wire in read] == [record.lane for record in written]
    assert msgspec.msgpack.decode(read[0].body) == written[0].body
    assert read[-1].key == "vehicle.state/kite-1"
    assert len(payload) < MAX_BATCH_BYTES


def test_bytes_that_do_not_compress_still_fit_one_batch() -> None:
    noise = hashlib.shake_256(b"noise").digest(48 * 1024)
    record = Record(
        id=RecordId("a"), lane=Lane.IMAGE, kind="picture.chunk", recorded_at_s=START_S, body={"data": noise}
    )
    payload = encode_record(record)
    assert fits(len(payload), 1)
    assert len(WireWriter().batch("relay.1", [payload])) <= MAX_BATCH_BYTES


def test_a_record_too_large_for_the_wire_is_refused_when_made() -> None:
    body = {"data": bytes(MAX_RECORD_BYTES)}
    record = Record(id=RecordId("a"), lane=Lane.RECORD, kind="note", recorded_at_s=START_S, body=body)
    with pytest.raises(TooLargeError):
        encode_record(record)


def test_bytes_from_elsewhere_join_the_body() -> None:
    payload = add_to_body(encode_record(track(1)), {"data": b"\x00\xff"})
    batch = WireReader().batch(WireWriter().batch("b", [payload]))
    assert batch is not None
    body = msgspec.msgpack.decode(batch.records[0][1].body)
    assert body["data"] == b"\x00\xff"
    assert body["vehicle_id"] == "kite-1"


def test_one_broken_record_is_named_and_the_others_are_read() -> None:
    broken = msgspec.msgpack.encode(["id", "no-such-lane", "kind", 1, START_S, {}])
    reader = WireReader()
    batch = reader.batch(WireWriter().batch("b", [encode_record(track(1)), broken, encode_record(track(2))]))
    assert batch is not None
    assert [index for index, _ in batch.records] == [0, 2]
    assert [refused.index for refused in batch.refused] == [1]
    assert reader.faults.counts == {"record": 1}


def test_a_decompression_bomb_is_not_unpacked() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(1 << 30))
    reader = WireReader()
    assert reader.batch(bomb[:MAX_BATCH_BYTES]) is None
    assert reader.faults.counts == {"unpacks too large": 1}


def test_a_frame_that_hides_its_size_is_not_unpacked() -> None:
    hidden = zstandard.ZstdCompressor(write_content_size=False).compress(b"x" * 100)
    reader = WireReader()
    assert reader.batch(hidden) is None
    assert reader.faults.total == 1


def test_a_payload_over_64_kib_is_not_looked_at() -> None:
    reader = WireReader()
    assert reader.batch(bytes(MAX_BATCH_BYTES + 1)) is None
    assert reader.faults.counts == {"too large": 1}


def test_another_version_of_the_wire_is_counted_and_left_alone() -> None:
    reader = WireReader()
    assert reader.batch(zstandard.compress(msgspec.msgpack.encode((2, "b", [])))) is None
    assert reader.faults.counts == {"version": 1}


def test_deep_nesting_is_counted_and_left_alone() -> None:
    deep = b"\x93\x01\xa1b" + b"\x91" * 100_000 + b"\xc0"
    reader = WireReader()
    assert reader.batch(zstandard.compress(deep)) is None
    assert reader.faults.total == 1


def test_receipts_and_messages_read_back_as_they_were_written() -> None:
    receipts = [
        BatchReceipt(batch_id="r.1"),
        BatchReceipt(batch_id="r.2", refused=[RefusedIndex(index=3, reason="no")]),
    ]
    messages = [DownMessage(id="m", kind="delivery.request", body={"item": "水", "mass_kg": 4.0})]
    (payload,) = WireWriter().receipts(receipts)
    assert WireReader().receipts(payload) == receipts
    assert WireReader().down(WireWriter().down(messages)) == messages
    assert WireWriter().receipts([]) == []


@pytest.mark.parametrize("refused_records", [0, 15, 320, MAX_BATCH_RECORDS])
def test_receipts_can_be_read_however_much_was_refused(refused_records: int) -> None:
    chosen = np.random.default_rng(5).integers(0x4E00, 0x9FA0, size=(refused_records, 300))
    refused = [RefusedIndex(index=index, reason="".join(map(chr, row))) for index, row in enumerate(chosen)]
    written = [BatchReceipt(batch_id=f"relay.{number}", refused=refused) for number in range(32)]
    reader = WireReader()
    read = [receipt for payload in WireWriter().receipts(written) for receipt in reader.receipts(payload)]
    assert reader.faults.total == 0
    assert [receipt.batch_id for receipt in read] == [receipt.batch_id for receipt in written]
    for receipt in read:
        assert [one.index for one in receipt.refused] == list(range(refused_records))
        assert receipt.refused[:16] == refused[:16]


@given(st.binary(max_size=300))
def test_garbage_never_raises(payload: bytes) -> None:
    reader = WireReader()
    assert reader.batch(payload) is None
    assert reader.receipts(payload) == ()
    assert reader.down(payload) == ()
    assert reader.faults.total == 3


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES)
def test_any_well_formed_messagepack_never_raises(value: object) -> None:
    reader = WireReader()
    payload = zstandard.compress(msgspec.msgpack.encode(value))
    reader.batch(payload)
    reader.receipts(payload)
    reader.down(payload)
    assert reader.faults.total <= 3


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_flipped_byte_in_a_batch_never_raises(place: int, value: int) -> None:
    content = bytearray(msgspec.msgpack.encode((1, "b", [msgspec.Raw(encode_record(track(n))) for n in range(5)])))
    content[place % len(content)] = value
    reader = WireReader()
    batch = reader.batch(zstandard.compress(bytes(content)))
    assert batch is None or len(batch.records) + len(batch.refused) <= 255
