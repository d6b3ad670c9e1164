"""Requests, deliveries and alerts under repetition, reordering and bad values, on both kinds of database."""

import msgspec
import numpy as np
import pytest
import sqlalchemy as sa

from fleet.errors import UnavailableError
from fleet.ids import RequestId, SiteId
from imagery.bodies import PictureManifest
from imagery.chunks import chunk_digests
from imagery.library_sql import picture_by_id
from imagery.store import sha256_of
from missions.values.request import DeliveryRequest, Urgency
from telemetry.bodies import Bilingual, DeliveryPhase, DownReceipt
from telemetry.downlink_sql import SqlDownStore
from telemetry.making import make_record
from telemetry.store_sql import SqlRecordStore
from tests.town_office.field import STATION, alert, delivery_state, request_state
from tests.town_office.filling import T0, numbered, received
from town_office.alerts_sql import AlertList
from town_office.deliveries_sql import DeliveryList
from town_office.requests_sql import RequestLedger


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
    phases: tuple[DeliveryPhase, ...] = ("planned", "checked", "flying", "placing", "delivered", "returning", "done")
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


def test_an_alert_is_shown_until_its_end_has_come_in_whatever_order(engine: sa.Engine, store: SqlRecordStore) -> None:
    begun, over = numbered([alert(), alert(over_at_s=T0 + 60.0)])
    store.store([begun])
    assert [one.id for one in AlertList(engine).current(since_s=0.0)] == ["alert-1"]
    store.store([over])
    store.store([begun])
    assert not AlertList(engine).current(since_s=0.0)
    assert not AlertList(engine).those(["alert-1"])


def test_an_end_that_comes_before_its_alert_is_not_undone(engine: sa.Engine, store: SqlRecordStore) -> None:
    begun, over = numbered([alert("alert-2"), alert("alert-2", over_at_s=T0 + 60.0)])
    store.store([over])
    store.store([begun])
    assert not AlertList(engine).current(since_s=0.0)


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


def manifest(taken_at_s: float, *, number: int) -> PictureManifest:
    data = b"%d" % number * 10
    return PictureManifest(
        picture_id=f"picture-{number}",
        sha256=sha256_of(data),
        size_bytes=len(data),
        media_type="image/jpeg",
        width_px=4,
        height_px=3,
        taken_at_s=taken_at_s,
        who="kite-1",
        source="companion",
        thumbnail=b"",
        chunk_digests=chunk_digests(data),
    )


def test_a_record_no_table_can_hold_is_refused_and_the_others_are_kept(
    engine: sa.Engine, store: SqlRecordStore
) -> None:
    # SQLite makes NULL of a NaN and refuses that; PostgreSQL takes a NaN and refuses a NUL.
    poison = [msgspec.structs.replace(alert(), alert_id="a\x00b"), manifest(float("nan"), number=1)]
    stored = store.store(numbered([*poison, manifest(T0, number=2), delivery_state("flying"), alert("good")]))
    assert len(stored.refused) == 1
    assert "cannot be kept" in next(iter(stored.refused.values()))
    assert [one.id for one in DeliveryList(engine).newest()] == ["delivery-1"]
    assert "good" in {one.id for one in AlertList(engine).current(since_s=0.0)}
    with engine.connect() as connection:
        assert picture_by_id(connection, "picture-2").taken_at_s == T0


def test_what_is_not_kept_whole_is_not_kept_at_all(engine: sa.Engine, store: SqlRecordStore) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE deliveries RENAME TO hidden")
    records = numbered([delivery_state("flying"), alert()])
    with pytest.raises((UnavailableError, sa.exc.ProgrammingError)):
        store.store(records)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO deliveries")
    assert store.count() == 0
    assert len(store.store(records).new) == 2
    assert len(DeliveryList(engine).newest()) == 1
