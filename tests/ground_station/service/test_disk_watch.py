"""Every writer of the station: whichever place refuses, the page and the office are told so from memory."""

import asyncio
import contextlib
import errno
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from fleet.disk_health import CLEAR_AFTER_S, Cause, Place
from fleet.disk_words import alarm_text, shown
from fleet.errors import UnavailableError
from fleet.ids import PersonId, RequestId
from fleet.realm import Realm
from fleet.roles import Role
from fleet.text import Text
from ground_station.field_station import FieldStation
from ground_station.flight.port import Problem
from ground_station.service.disk_watch import REMEMBER_LOSS_S, UNRECEIPTED_AFTER_S
from ground_station.service.documents_sql import SqlDocuments
from ground_station.station_setup import StationSetup
from imagery.store import Copy, sha256_of
from missions.formats.town_bundle import write_town
from missions.values.town import Town
from portal.accounts import Person
from portal.live import LiveState
from portal.live_hub import LiveHub
from portal.storage_board import STORAGE, StorageBoard
from telemetry.alarm_wire import decode_alarms, encode_alarms
from telemetry.mqtt_address import MqttAddress
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.outbox_watched import WatchedOutbox
from telemetry.relay_mqtt import RelayStatus
from tests.ground_station.service.desk_world import WISH
from tests.ground_station.service.fake_core import FakeCore
from tests.refusals import DATABASE_FAULTS, FILE_ERRORS, connection_refuses, engine_refuses, files_refuse
from tests.town_office.field import alert, record, small_town
from town_office.disk_watch import OfficeDisk

PERSON = Person(id=PersonId("p-1"), name="花子", roles=frozenset({Role.OPERATOR}), password_hash=None)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Path]:
    made = small_town()
    folder = tmp_path_factory.mktemp("town") / "small"
    write_town(made, folder)
    return made, folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Tent:
    station: FieldStation
    clock: ManualClock

    @property
    def outbox(self) -> SqliteOutbox:
        watched = self.station._town_side._outbox
        assert isinstance(watched, WatchedOutbox)
        assert isinstance(watched._outbox, SqliteOutbox)
        return watched._outbox

    def places(self) -> list[Place]:
        return [alarm.place for alarm in self.station.disk.alarms()]


@pytest.fixture
def tent(town: tuple[Town, Path], tmp_path: Path) -> Iterator[Tent]:
    clock = ManualClock()
    station = FieldStation(
        StationSetup(
            town=town[0],
            bundle=town[1],
            folder=tmp_path,
            realm=Realm.DRILL,
            broker=MqttAddress(host="127.0.0.1", port=9, username="station-1", password="x" * 20),
            flight=FakeCore(),
            vehicles=(),
            audit=AuditFile(tmp_path / "audit.jsonl", clock),
            clock=clock,
        )
    )
    yield Tent(station=station, clock=clock)
    station._pool.close()
    station._town_side._outbox.close()
    station.engine.dispose()


def put(tent: Tent) -> None:
    tent.station._town_side._outbox.put([record(alert())])


def settle(tent: Tent) -> None:
    tent.station._town_side._outbox.settle([1])


def keep_document(tent: Tent) -> None:
    SqlDocuments(tent.station.engine).put("requests", "r-1", {}, 0.0)


def add_request(tent: Tent) -> None:
    entry = replace(WISH, request=replace(WISH.request, id=RequestId("r-1")), source="station")
    tent.station.requests._documents.put_all([("requests", "r-1", entry)], 0.0)


def save_person(tent: Tent) -> None:
    tent.station.access._store.save_person(PERSON)


def make_link(tent: Tent) -> None:
    tent.station.access.new_setup_token()


def sign_out(tent: Tent) -> None:
    tent.station.access.sign_out("token")


def change_picture(tent: Tent) -> None:
    tent.station.pictures._update("none", {"enqueued": True})


def invite(tent: Tent) -> None:
    tent.station.access._audit.append(actor="花子", action="access.invite", subject="p", detail={})


def decide(tent: Tent) -> None:
    tent.station.setup.audit.append(actor="花子", action="delivery", subject="d", detail={})


def keep_picture(tent: Tent) -> None:
    tent.station._town_side.pictures._store.put(b"picture")


def keep_copy(tent: Tent) -> None:
    tent.station._town_side.pictures._store.put_copy(sha256_of(b"picture"), Copy.PREVIEW, b"jpeg")


Writer = Callable[[Tent], None]
OUTBOX_WRITERS: tuple[Writer, ...] = (put, settle)
DATABASE_WRITERS: tuple[Writer, ...] = (keep_document, add_request, save_person, make_link, sign_out, change_picture)
FILE_WRITERS: tuple[tuple[Place, Writer], ...] = (
    (Place.AUDIT, invite),
    (Place.AUDIT, decide),
    (Place.PICTURES, keep_picture),
    (Place.PICTURES, keep_copy),
)
_CAUSES = {"read-only": Cause.READ_ONLY, "locked": Cause.LOCKED}


@pytest.mark.parametrize("fault", DATABASE_FAULTS)
@pytest.mark.parametrize("writer", DATABASE_WRITERS)
def test_each_writer_of_the_database_raises_the_alarm(tent: Tent, writer: Writer, fault: str) -> None:
    with engine_refuses(tent.station.engine, fault), pytest.raises(UnavailableError):
        writer(tent)
    (alarm,) = tent.station.disk.alarms()
    assert (alarm.place, alarm.cause) == (Place.STATION_DATABASE, _CAUSES[fault])
    tent.clock.advance(CLEAR_AFTER_S)
    tent.station.disk._again[Place.STATION_DATABASE]._work()
    assert tent.places() == []


@pytest.mark.parametrize("fault", DATABASE_FAULTS)
@pytest.mark.parametrize("writer", OUTBOX_WRITERS)
def test_each_writer_of_the_outbox_raises_the_alarm(tent: Tent, writer: Writer, fault: str) -> None:
    put(tent)
    connection: sqlite3.Connection = tent.outbox._connection
    with connection_refuses(connection, tent.outbox._path, fault), pytest.raises(UnavailableError):
        writer(tent)
    (alarm,) = tent.station.disk.alarms()
    assert (alarm.place, alarm.cause) == (Place.OUTBOX, _CAUSES[fault])
    tent.clock.advance(CLEAR_AFTER_S)
    put(tent)
    assert tent.places() == []


@pytest.mark.parametrize("number", FILE_ERRORS)
@pytest.mark.parametrize(("place", "writer"), FILE_WRITERS)
def test_each_writer_of_files_raises_the_alarm(tent: Tent, place: Place, writer: Writer, number: int) -> None:
    with files_refuse(number), pytest.raises(UnavailableError):
        writer(tent)
    assert tent.places() == [place]
    tent.clock.advance(CLEAR_AFTER_S)
    tent.station.disk._again[place]._work()
    assert tent.places() == []


def test_every_place_of_the_station_has_its_writers_here() -> None:
    tried = {Place.OUTBOX, Place.STATION_DATABASE, *(place for place, _ in FILE_WRITERS)}
    others = {Place.FOLDER, Place.OFFICE_DATABASE}
    assert tried | others | OF_THE_CORE == set(Place)


OF_THE_CORE = {Place.FLIGHT_LOG, Place.JOURNAL}


def put_refused(tent: Tent) -> None:
    with (
        connection_refuses(tent.outbox._connection, tent.outbox._path, "read-only"),
        pytest.raises(UnavailableError),
    ):
        put(tent)


def document_refused(tent: Tent) -> None:
    with engine_refuses(tent.station.engine, "read-only"), pytest.raises(UnavailableError):
        keep_document(tent)


def decision_refused(tent: Tent) -> None:
    with files_refuse(errno.ENOSPC), pytest.raises(UnavailableError):
        decide(tent)


def picture_refused(tent: Tent) -> None:
    with files_refuse(errno.ENOSPC), pytest.raises(UnavailableError):
        keep_picture(tent)


def probe_refused(tent: Tent) -> None:
    with files_refuse(errno.ENOSPC), contextlib.suppress(OSError):
        tent.station.disk._folder._work()


def core_says(place: Place) -> Writer:
    def says(tent: Tent) -> None:
        core = tent.station.flight
        assert isinstance(core, FakeCore)
        what, cure = Text("書けません", "cannot be written"), Text("空きを", "make room")
        core.alarms = (Problem(what=what, cure=cure, place=place), Problem(what=what, cure=cure, place=place))
        tent.station.mirror._take(core.report())

    return says


REFUSED: Mapping[Place, Writer] = {
    Place.FOLDER: probe_refused,
    Place.OUTBOX: put_refused,
    Place.STATION_DATABASE: document_refused,
    Place.AUDIT: decision_refused,
    Place.PICTURES: picture_refused,
    **{place: core_says(place) for place in OF_THE_CORE},
}


@pytest.mark.parametrize("place", [place for place in Place if place is not Place.OFFICE_DATABASE])
async def test_every_place_that_refuses_is_told_on_the_stations_pages_and_on_the_offices(
    tent: Tent, town: tuple[Town, Path], tmp_path: Path, place: Place
) -> None:
    station, disk = tent.station, tent.station.disk
    REFUSED[place](tent)
    await looked(station)
    tent.clock.advance(3.0)
    await looked(station)
    shown_here = {
        *station.hub.state.state["storage"],
        *(["core"] if station.hub.state.state["flight"]["alarms"] else []),
    }
    assert shown_here == {"core" if place in OF_THE_CORE else place.value}
    assert disk.in_words() is not None
    assert place.value in str(disk.in_words())

    said = decode_alarms(encode_alarms(disk._line._alarms, tent.clock.monotonic_s()))
    assert said is not None
    office = OfficeDisk(
        town=town[0],
        realm=Realm.DRILL,
        broker=station.setup.broker,
        folder=tmp_path,
        clock=tent.clock,
    )
    office.hear("station-1", said)
    pages = LiveHub(LiveState((STORAGE,), 0), tent.clock)
    StorageBoard(pages, tent.clock).show(office.heard())
    (alarm,) = pages.state.state[STORAGE].values()
    assert alarm["id"] == f"station-1/{place.value}"
    assert alarm["level"] == "act"
    assert alarm["cure"]["ja"]
    assert tent.clock.now_s() - alarm["at_s"] == pytest.approx(3.0)


async def test_what_else_ails_the_core_is_no_refusing_disk_to_the_office(tent: Tent) -> None:
    core = tent.station.flight
    assert isinstance(core, FakeCore)
    core.alarms = (Problem(what=Text("地形がありません", "no terrain")),)
    tent.station.mirror._take(core.report())
    await looked(tent.station)
    assert tent.station.hub.state.state["flight"]["alarms"] != []
    assert tent.station.disk._line._alarms == ()


async def looked(station: FieldStation) -> None:
    """Let the station look once at its disk, and show its pages."""
    station.board.show_core("")
    watching = asyncio.create_task(station._watch_disk())
    await asyncio.sleep(0.05)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


def test_no_transaction_of_the_platform_goes_past_the_note_taker() -> None:
    root = Path(__file__).parents[3]
    parts = ("ground_station", "town_office", "imagery", "portal", "telemetry")
    sources = {path: path.read_text() for part in parts for path in (root / part).rglob("*.py")}
    assert len(sources) > 100
    found = {path.name for path, text in sources.items() if "engine.begin(" in text or ".begin() as" in text}
    assert found == set()


async def test_records_that_are_given_up_are_counted_and_stand_beside_the_line_to_the_office(tent: Tent) -> None:
    station = tent.station
    connected = RelayStatus(
        connected=True,
        pending={},
        oldest_age_s=None,
        in_flight_bytes=0,
        last_receipt_age_s=1.0,
        refused=0,
        fault=None,
    )
    station.board.show_office(connected, 0)
    assert station.hub.state.state["office"]["text"]["ja"] == "役場と接続中"
    assert station.hub.state.state["office"]["trouble"] is False

    async def refused(_: object) -> None:
        with connection_refuses(tent.outbox._connection, tent.outbox._path, "read-only"):
            put(tent)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(station.relay, "put", refused)
        for _ in range(31):
            tent.clock.advance(2.0)
            assert await station.town_link.tell(*[alert(f"a-{number}") for number in range(5)]) is False
    station.board.remark_office(station.disk.remark())
    line = station.hub.state.state["office"]
    assert line["text"]["ja"] == "役場と接続中。この局が記録を保存できません（155 件が残っていません）"
    assert line["trouble"] is True
    assert "155 件が残っていません" in alarm_text(station.disk.alarms()[0]).ja

    tent.clock.advance(CLEAR_AFTER_S)
    put(tent)
    station.board.remark_office(station.disk.remark())
    assert station.hub.state.state["office"]["text"]["ja"] == "役場と接続中。記録 155 件は保存できませんでした"
    tent.clock.advance(REMEMBER_LOSS_S + 1.0)
    station.board.remark_office(station.disk.remark())
    assert station.hub.state.state["office"]["text"]["ja"] == "役場と接続中"


def test_an_office_that_cannot_keep_records_is_said_beside_the_line_to_it(tent: Tent) -> None:
    disk = tent.station.disk
    assert disk.remark() is None
    with engine_refuses(tent.station.engine, "read-only"), pytest.raises(UnavailableError):
        keep_document(tent)
    word = decode_alarms(encode_alarms([shown(one) for one in disk.alarms()], tent.clock.monotonic_s()))
    assert word is not None
    disk.hear("office", word)
    assert disk.remark() == Text(
        "この局が記録を保存できません。役場が記録できません",
        "this station cannot keep records; the town office cannot keep records",
    )


def test_records_for_which_no_receipt_comes_are_said_after_half_a_minute(tent: Tent) -> None:
    disk = tent.station.disk
    tent.clock.advance(100.0)
    assert disk._owed(None) == ()
    assert disk._owed(UNRECEIPTED_AFTER_S) == ()
    (owed,) = disk._owed(UNRECEIPTED_AFTER_S + 1.0)
    assert "役場が記録できない" in owed.text.ja
    assert owed.level == "act"
    assert disk.remark(owed=True) is not None


def test_a_station_that_waits_for_nothing_is_owed_nothing(tent: Tent) -> None:
    assert tent.station.relay.unreceipted_s() is None
