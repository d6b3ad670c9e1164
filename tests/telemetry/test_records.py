"""Records and the bodies they are made from."""

import math

import pytest

from fleet.errors import InvalidValueError
from fleet.ids import RecordId
from telemetry.bodies import BODY_TYPES, StationHealth, VehicleTrack
from telemetry.making import make_record, read_body, typed_body
from telemetry.records import LANES, Lane, Record
from tests.telemetry.field import START_S, alert, state, track


def test_lanes_stand_in_order_of_worth() -> None:
    assert [lane.value for lane in LANES] == ["alert", "position", "thumbnail", "record", "track", "image"]
    assert [lane.rank for lane in LANES] == [0, 1, 2, 3, 4, 5]


def test_only_the_position_lane_has_a_key_and_always_has_one() -> None:
    with pytest.raises(InvalidValueError):
        Record(id=RecordId("a"), lane=Lane.POSITION, kind="x", recorded_at_s=START_S, body={})
    with pytest.raises(InvalidValueError):
        Record(id=RecordId("a"), lane=Lane.TRACK, kind="x", recorded_at_s=START_S, body={}, key="k")


@pytest.mark.parametrize("recorded_at_s", [math.nan, math.inf])
def test_a_record_has_a_finite_time(recorded_at_s: float) -> None:
    with pytest.raises(InvalidValueError):
        Record(id=RecordId("a"), lane=Lane.TRACK, kind="x", recorded_at_s=recorded_at_s, body={})


def test_lane_and_key_come_from_the_body() -> None:
    assert (track(1).lane, track(1).kind, track(1).key) == (Lane.TRACK, "vehicle.track", None)
    assert (state(1, "kite-2").lane, state(1, "kite-2").key) == (Lane.POSITION, "vehicle.state/kite-2")
    assert alert(1).lane is Lane.ALERT
    health = make_record(StationHealth(at_s=START_S, pending={}), record_id="h", recorded_at_s=START_S)
    assert (health.lane, health.key) == (Lane.POSITION, "station.health")


def test_a_body_reads_back_typed() -> None:
    body = typed_body("vehicle.track", track(5).body)
    assert isinstance(body, VehicleTrack)
    assert body.at_s == START_S + 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lon_deg", 181.0),
        ("lat_deg", math.nan),
        ("alt_amsl_m", math.inf),
        ("vehicle_id", ""),
        ("vehicle_id", "a\x00b"),
        ("at_s", "yesterday"),
    ],
)
def test_a_wrong_field_is_refused_in_words(field: str, value: object) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_body(VehicleTrack, {**track(1).body, field: value})
    assert "vehicle.track" in caught.value.what.en


def test_a_field_of_a_newer_version_is_let_pass() -> None:
    assert read_body(VehicleTrack, {**track(1).body, "wind_mps": 3.0}).vehicle_id == "kite-1"


def test_every_kind_of_the_agreement_has_a_body() -> None:
    assert set(BODY_TYPES) == {
        "vehicle.state",
        "vehicle.track",
        "delivery.state",
        "request.state",
        "command.state",
        "alert",
        "station.health",
        "down.receipt",
    }


def test_an_unknown_kind_is_refused_when_made() -> None:
    with pytest.raises(InvalidValueError):
        typed_body("nothing", {})
