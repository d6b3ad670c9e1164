"""Ingest: what is good goes on typed, what is not is refused by index or counted, nothing raises."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from telemetry.bodies import BODY_TYPES, VehicleTrack
from telemetry.codec import WireWriter, encode_record
from telemetry.ingest import Ingest, receipts_of
from telemetry.records import Lane
from tests.telemetry.field import START_S, STATION, TOPICS, alert, record_id, track

TOPIC = TOPICS.up(STATION, Lane.RECORD)


def wire(kind: str, body: object, *, schema: int = 1, name: str = "") -> bytes:
    return msgspec.msgpack.encode([name or record_id(1), "record", kind, schema, START_S, body])


def read(*payloads: bytes) -> tuple[list[int], list[int]]:
    batch = Ingest(TOPICS).read(TOPIC, WireWriter().batch("b", list(payloads)), START_S)
    assert batch is not None
    return [index for index, _ in batch.records], [refused.index for refused in batch.refused]


def test_known_kinds_come_typed_with_origin_from_the_topic() -> None:
    ingest = Ingest(TOPICS)
    batch = ingest.read(TOPIC, WireWriter().batch("r.1", [encode_record(track(1))]), START_S + 60.0)
    assert batch is not None
    record = batch.records[0][1]
    assert isinstance(record.typed, VehicleTrack)
    assert (record.town, record.station, record.received_at_s) == ("yamanaka", "tent-1", START_S + 60.0)
    assert record.body() == track(1).body
    assert (ingest.counts.batches, ingest.counts.records, ingest.counts.refused) == (1, 1, 0)


def test_a_record_with_a_wrong_body_is_refused_and_the_others_are_taken() -> None:
    good = encode_record(alert(1))
    assert read(good, wire("alert", {"alert_id": 5}), good) == ([0, 2], [1])
    assert read(wire("alert", "no body"), good) == ([1], [0])


def test_control_characters_in_names_are_refused() -> None:
    assert read(wire("note", {}, name="a\x00b")) == ([], [0])
    assert read(wire("no\nte", {})) == ([], [0])


def test_refused_kinds_that_nobody_knows_share_one_count() -> None:
    ingest = Ingest(TOPICS)
    foreign = [wire(f"made-up-{number}", {}, name="a\x00b") for number in range(300)]
    ingest.read(TOPIC, WireWriter().batch("b", [*foreign, wire("alert", {})]), START_S)
    assert ingest.counts.refused_by_kind == {"other": 300, "alert": 1}


def test_a_newer_schema_and_an_unknown_kind_are_taken_unread() -> None:
    assert read(wire("alert", {"new": True}, schema=2), wire("note.of.tomorrow", [1, 2])) == ([0, 1], [])


def test_a_batch_on_a_foreign_topic_is_counted_and_left_alone() -> None:
    ingest = Ingest(TOPICS)
    payload = WireWriter().batch("b", [encode_record(track(1))])
    assert ingest.read("kakehashi/1/yamanaka/tent-1/up/track", payload, START_S) is None
    assert ingest.counts.foreign_topics == 1


def test_garbage_is_counted_and_left_alone() -> None:
    ingest = Ingest(TOPICS)
    assert ingest.read(TOPIC, b"garbage", START_S) is None
    assert ingest.malformed == 1


def test_receipts_name_what_was_read_but_refused_by_index() -> None:
    ingest = Ingest(TOPICS)
    payload = WireWriter().batch("r.7", [encode_record(track(1)), wire("alert", {}), encode_record(track(2))])
    batch = ingest.read(TOPIC, payload, START_S)
    assert batch is not None
    receipts = receipts_of([batch], {str(track(2).id): "the store refuses it"})
    assert list(receipts) == [STATION]
    assert receipts[STATION][0].batch_id == "r.7"
    assert sorted(refused.index for refused in receipts[STATION][0].refused) == [1, 2]


_BODIES = st.dictionaries(
    st.sampled_from(["vehicle_id", "at_s", "lon_deg", "lat_deg", "text", "state", "route", "ids", "pending", "level"]),
    st.none() | st.floats() | st.text(max_size=4) | st.integers(-5, 5) | st.lists(st.floats(), max_size=3),
)


@given(st.sampled_from(sorted(BODY_TYPES)), _BODIES)
def test_no_body_raises_past_ingest(kind: str, body: dict[str, object]) -> None:
    taken, refused = read(wire(kind, body))
    assert len(taken) + len(refused) == 1
