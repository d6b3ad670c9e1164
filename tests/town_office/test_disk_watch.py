"""Every writer of the office: whichever place refuses, its page and its stations are told so from memory."""

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from fleet.clock import ManualClock
from fleet.disk_health import CLEAR_AFTER_S, Cause, Place
from fleet.disk_words import shown
from fleet.errors import UnavailableError
from fleet.ids import PersonId, RequestId
from fleet.roles import Role
from imagery.pictures import Release
from imagery.store import Copy, sha256_of
from portal.accounts import Person
from telemetry.alarm_wire import decode_alarms, encode_alarms
from telemetry.codec import WireWriter, encode_record
from telemetry.downlink import DownEntry
from telemetry.engine_sql import writing
from telemetry.ingest import Ingest
from telemetry.records import Lane
from tests.refusals import DATABASE_FAULTS, FILE_ERRORS, engine_refuses, files_refuse
from tests.town_office.conftest import SignedIn
from tests.town_office.field import STATION, TOPICS, alert, office_settings, record, request_state
from town_office.api.schemas import RequestIn
from town_office.asking import delivery_request
from town_office.database import claim
from town_office.disk_watch import OfficeDisk
from town_office.office import TownOffice
from town_office.tables_sql import identity_table


def take_in(office: TownOffice) -> None:
    batch = WireWriter().batch("b.1", [encode_record(record(one)) for one in (alert(), request_state())])
    read = Ingest(TOPICS).read(TOPICS.up(STATION, Lane.RECORD), batch, 0.0)
    assert read is not None
    office._ingest._store.store([one for _, one in read.records])


def ask(office: TownOffice) -> None:
    wish = RequestIn(item="水", mass_kg=1.0, site_id="takamuro")
    town = office.settings.town
    request = delivery_request(wish, town=town, request_id=RequestId("r-1"), requested_by="花子", now_s=0.0)
    office.requests.ask(request, STATION)


def send_down(office: TownOffice) -> None:
    office._down.add(DownEntry(id="d-1", station=STATION, kind="picture.missing", body={}, created_at_s=0.0))


def save_person(office: TownOffice) -> None:
    person = Person(id=PersonId("p-1"), name="花子", roles=frozenset({Role.VIEWER}), password_hash=None)
    office.access._store.save_person(person)


def sign_out(office: TownOffice) -> None:
    office.access.sign_out("token")


def change_picture(office: TownOffice) -> None:
    office._pictures._update("none", {"release": Release.PUBLIC.value})


def append(office: TownOffice) -> None:
    office._audit.append(actor="花子", action="request.ask", subject="r-1", detail={})


def sign_in(office: TownOffice) -> None:
    office.access._audit.append(actor="花子", action="access.sign-in", subject="p-1", detail={})


def keep_picture(office: TownOffice) -> None:
    office._pictures._store.put(b"picture")


def keep_copy(office: TownOffice) -> None:
    office._pictures._store.put_copy(sha256_of(b"picture"), Copy.PREVIEW, b"jpeg")


Writer = Callable[[TownOffice], None]
DATABASE_WRITERS: tuple[Writer, ...] = (take_in, ask, send_down, save_person, sign_out, change_picture)
FILE_WRITERS: tuple[tuple[Place, Writer], ...] = (
    (Place.AUDIT, append),
    (Place.AUDIT, sign_in),
    (Place.PICTURES, keep_picture),
    (Place.PICTURES, keep_copy),
)
_CAUSES = {"read-only": Cause.READ_ONLY, "locked": Cause.LOCKED}


async def test_each_writer_of_the_database_raises_the_alarm_and_a_later_write_ends_it(tmp_path: Path) -> None:
    clock = ManualClock()
    async with TownOffice.open(office_settings(tmp_path), clock) as office:
        for writer, fault in itertools.product(DATABASE_WRITERS, DATABASE_FAULTS):
            with engine_refuses(office._engine, fault), pytest.raises(UnavailableError):
                writer(office)
            alarms = [(alarm.place, alarm.cause) for alarm in office.disk.alarms()]
            assert alarms == [(Place.OFFICE_DATABASE, _CAUSES[fault])], writer.__name__
            clock.advance(CLEAR_AFTER_S)
            office.disk._again[Place.OFFICE_DATABASE]._work()
            assert office.disk.alarms() == ()


async def test_each_writer_of_files_raises_the_alarm_and_a_later_write_ends_it(tmp_path: Path) -> None:
    clock = ManualClock()
    async with TownOffice.open(office_settings(tmp_path), clock) as office:
        for (place, writer), number in itertools.product(FILE_WRITERS, FILE_ERRORS):
            with files_refuse(number), pytest.raises(UnavailableError):
                writer(office)
            assert [alarm.place for alarm in office.disk.alarms()] == [place], writer.__name__
            clock.advance(CLEAR_AFTER_S)
            office.disk._again[place]._work()
            assert office.disk.alarms() == ()


async def test_a_database_that_is_not_there_is_an_alarm_too(tmp_path: Path) -> None:
    settings = office_settings(tmp_path)
    async with TownOffice.open(settings, ManualClock()) as office:
        office._engine.dispose()
        for file in tmp_path.glob("office.sqlite*"):
            file.unlink()
        (tmp_path / "office.sqlite").mkdir()
        with pytest.raises(UnavailableError):
            send_down(office)
        assert [alarm.cause for alarm in office.disk.alarms()] == [Cause.GONE]


async def test_a_stations_alarm_is_on_the_offices_page_with_the_stations_name(tmp_path: Path) -> None:
    clock = ManualClock()
    async with TownOffice.open(office_settings(tmp_path), clock) as office:
        with engine_refuses(office._engine, "read-only"), pytest.raises(UnavailableError):
            send_down(office)
        own = [shown(alarm) for alarm in office.disk.alarms()]
        word = decode_alarms(encode_alarms(own, clock.monotonic_s()))
        assert word is not None
        office.disk.hear(STATION, word)
        (heard,) = office.disk.heard()
        assert heard.text.ja.startswith("地上局「運航局」が記録できません")
        clock.advance(60.0)
        (unknown,) = office.disk.heard()
        assert unknown.level == "warn"
        assert "不明" in unknown.text.ja


async def test_health_names_the_place_that_refuses(signed_in: SignedIn) -> None:
    office = signed_in.office
    with engine_refuses(office._engine, "read-only"), pytest.raises(UnavailableError):
        send_down(office)
    health = (await signed_in.client.get("/api/health")).json()
    assert health["status"] == "degraded"
    assert health["details"]["storage"].startswith("office-database: 役場のデータベースに書けません")


def write_in_a_read_only_transaction(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    connection.execute(sa.delete(identity_table))


def test_a_database_that_takes_writes_again_ends_its_alarm_by_itself(engine: sa.Engine, tmp_path: Path) -> None:
    clock = ManualClock()
    settings = office_settings(tmp_path)
    claim(engine, realm=settings.realm, town=settings.town.id)
    disk = OfficeDisk(town=settings.town, realm=settings.realm, broker=settings.broker, folder=tmp_path, clock=clock)
    disk.watch_database(engine)
    refusing = engine_refuses(engine, "read-only") if engine.dialect.name == "sqlite" else contextlib.nullcontext()
    with refusing, pytest.raises(UnavailableError), writing(engine) as connection:
        write_in_a_read_only_transaction(connection)
    assert [(alarm.place, alarm.cause) for alarm in disk.alarms()] == [(Place.OFFICE_DATABASE, Cause.READ_ONLY)]
    clock.advance(CLEAR_AFTER_S)
    disk._again[Place.OFFICE_DATABASE]._work()
    assert disk.alarms() == ()
