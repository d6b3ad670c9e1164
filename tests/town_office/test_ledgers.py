"""Requests, deliveries and alerts under repetition, reordering and bad values, on both kinds of database."""

from collections.abc import Sequence

import msgspec
import numpy as np
import sqlalchemy as sa

from fleet.ids import RequestId, SiteId, StationId, TownId
from missions.values.request import DeliveryRequest, Urgency
from telemetry.bodies import Bilingual, Body, DownReceipt
from telemetry.downlink_sql import SqlDownStore
from telemetry.making import make_record
from telemetry.records import Record
from telemetry.store import ReceivedRecord
from telemetry.store_sql import SqlRecordStore
from tests.town_office.field import STATION, alert, delivery_state, request_state
from town_office.alerts_sql import AlertList
from town_office.deliveries_sql import DeliveryList
from town_office.requests_sql import RequestLedger

T0 = 1_780_000_000.0


def received(record: Record, body: Body, *, station: str = STATION) -> ReceivedRecord:
    return ReceivedRecord(
        id=record.id,
        town=TownId("yamanaka"),
        station=StationId(station),
        lane=record.lane,
        kind=record.kind,
        schema=1,
        recorded_at_s=record.recorded_at_s,
        received_at_s=record.recorded_at_s + 1.0,
        body_packed=msgspec.msgpack.encode(record.body),
        typed=body,
        key=record.key,
    )


def numbered(bodies: Sequence[Body], *, station: str = STATION) -> list[ReceivedRecord]:
    """Return one record a second, in order."""
    return [
        received(make_record(body, record_id=f"record-{number}", recorded_at_s=T0 + number), body, station=station)
        for number, body in enumerate(bodies)
    ]


def asked(request_id: str = "request-9") -> DeliveryRequest:
    return DeliveryRequest(
        id=RequestId(request_id),
        item="インスリン",
        mass_kg=0.4,
        site_id=SiteId("takamuro"),
        urgency=Urgency.LIFE,
        requested_by="次郎",
        requested_at_s=T0 - 60.0,
        note="12 人分",
    )


def test_the_newest_state_counts_in_whatever_order_records_come(engine: sa.Engine, store: SqlRecordStore) -> None:
    phases = ("planned", "checked", "flying", "placing", "delivered", "returning", "done")
    records = numbered([delivery_state(phase, at_s=T0) for phase in phases])
    for place in np.random.default_rng(5).permutation(len(records)):
        store.store([records[place]])
    deliveries = DeliveryList(engine).newest()
    assert [delivery.state for delivery in deliveries] == ["done"]
    assert deliveries[0].route == [(133.25, 34.75), (133.25, 34.76)]


def test_records_that_come_twice_change_nothing(engine: sa.Engine, store: SqlRecordStore) -> None:
    records = numbered([delivery_state("flying"), request_state(state="flying"), alert()])
    store.store(records)
    before = (DeliveryList(engine).newest(), RequestLedger(engine).newest(), AlertList(engine).current(since_s=0.0))
    again = store.store(records)
    after = (DeliveryList(engine).newest(), RequestLedger(engine).newest(), AlertList(engine).current(since_s=0.0))
    assert not again.new
    assert before == after


def test_a_nul_from_the_field_does_not_stop_the_others(engine: sa.Engine, store: SqlRecordStore) -> None:
    bad = msgspec.structs.replace(alert(), text=Bilingual(ja="風\x00", en="wind\x00"))
    store.store(numbered([bad, delivery_state("flying")]))
    assert [one.text.en for one in AlertList(engine).current(since_s=0.0)] == ["wind�"]
    assert len(DeliveryList(engine).newest()) == 1


def test_what_the_office_asks_waits_for_the_station_and_is_there_once(engine: sa.Engine) -> None:
    ledger = RequestLedger(engine)
    first = ledger.ask(asked(), STATION)
    second = ledger.ask(asked(), STATION)
    assert first == second
    assert (first.state, first.reached_station, first.source) == ("sent", False, "office")
    waiting = SqlDownStore(engine).waiting(per_station=10)
    assert [(entry.kind, entry.station, entry.body["item"]) for entry in waiting] == [
        ("delivery.request", STATION, "インスリン")
    ]


def test_a_stations_receipt_says_that_the_request_has_reached_it(engine: sa.Engine, store: SqlRecordStore) -> None:
    ledger = RequestLedger(engine)
    ledger.ask(asked(), STATION)
    store.store(numbered([DownReceipt(ids=["request-9"])], station="elsewhere"))
    assert not ledger.newest()[0].reached_station
    body = DownReceipt(ids=["request-9", "unknown"])
    store.store([received(make_record(body, record_id="receipt-2", recorded_at_s=T0), body)])
    assert ledger.newest()[0].reached_station
    assert ledger.newest()[0].state == "sent"


def test_a_station_with_a_clock_behind_ours_still_moves_the_request(engine: sa.Engine, store: SqlRecordStore) -> None:
    ledger = RequestLedger(engine)
    ledger.ask(asked("request-1"), STATION)
    body = request_state("request-1", "planned", "office")
    store.store([received(make_record(body, record_id="r", recorded_at_s=T0 - 86_400.0), body)])
    request = ledger.newest()[0]
    assert (request.state, request.reached_station) == ("planned", True)


def test_the_stations_word_does_not_take_away_the_offices_note(engine: sa.Engine, store: SqlRecordStore) -> None:
    ledger = RequestLedger(engine)
    ledger.ask(asked("request-1"), STATION)
    store.store(numbered([request_state("request-1", "open", "office")]))
    request = ledger.newest()[0]
    assert (request.note, request.source) == ("12 人分", "office")


def test_finished_work_leaves_the_current_list_after_its_time(engine: sa.Engine, store: SqlRecordStore) -> None:
    store.store(numbered([delivery_state("done"), request_state(state="delivered")]))
    assert DeliveryList(engine).current(since_s=T0 - 1.0)
    assert not DeliveryList(engine).current(since_s=T0 + 10.0)
    assert not RequestLedger(engine).current(since_s=T0 + 10.0)
    assert RequestLedger(engine).newest()


def test_open_work_stays_current_however_old(engine: sa.Engine, store: SqlRecordStore) -> None:
    store.store(numbered([delivery_state("flying"), request_state(state="open")]))
    assert DeliveryList(engine).current(since_s=T0 + 1e6)
    assert RequestLedger(engine).current(since_s=T0 + 1e6)
