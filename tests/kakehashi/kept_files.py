"""Every kind of file that is kept, each with what fills it and what a service does with it after a start."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fleet.audit_file import AuditFile, verify_file
from fleet.clock import ManualClock
from fleet.errors import NotFoundError, UnavailableError
from fleet.ids import DeliveryId, PersonId, PlanId, RequestId, SiteId, VehicleId
from fleet.realm import Realm
from fleet.roles import Role
from fleet.set_aside import BrokenParts
from fleet.text import Text
from ground_station.service.alerts import AlertLevel, AlertNews
from ground_station.service.delivery import Delivery, DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.documents_sql import SqlDocuments
from ground_station.service.open_alerts import OpenAlert, OpenAlerts
from ground_station.service.request_book import RequestBook, StationRequest
from ground_station.service.sent_pictures import SentPictures
from ground_station.service.station_database import open_station_database
from imagery.folder_store import FolderStore
from imagery.store import DamagedPictureError
from kakehashi.home import Home
from missions.values.request import DeliveryRequest, Urgency
from portal.accounts import Person
from portal.accounts_sql import SqlAccountStore
from sim.camera.spool import HandOver, Spool
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.records import Lane
from tests.telemetry.field import state, track

NOW_S = 1_780_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """`fill` makes it in a folder, `use` opens it there and works with it, `path` is where it lies in it.

    `always_told`: every change of it must be said. `folder_told`: whether a folder in its place is said.
    """

    name: str
    path: str
    fill: Callable[[Path], None]
    use: Callable[[Path, BrokenParts], None]
    always_told: bool = False
    empty_told: bool = True


def fill_audit(folder: Path) -> None:
    audit = AuditFile(folder / "audit.jsonl", ManualClock())
    for number in range(30):
        audit.append(actor="操縦 太郎", action="command.hold", subject=f"v-{number}", detail={"n": number})


def use_audit(folder: Path, broken: BrokenParts) -> None:
    audit = AuditFile(folder / "audit.jsonl", ManualClock(), broken)
    audit.append(actor="操縦 太郎", action="command.recall", subject="v", detail={})
    last, fault = verify_file(folder / "audit.jsonl")
    assert fault is None
    assert last is not None
    assert last.action == "command.recall"


def fill_outbox(folder: Path) -> None:
    outbox = SqliteOutbox(folder / "outbox.sqlite")
    outbox.put([track(number) for number in range(200)] + [state(1)])
    outbox.close()


def use_outbox(folder: Path, broken: BrokenParts) -> None:
    outbox = SqliteOutbox(folder / "outbox.sqlite", broken=broken)
    outbox.put([track(900)])
    taken = outbox.take(lane=Lane.TRACK, after=0, max_bytes=1 << 30, limit=1000)
    outbox.settle([packed.number for packed in taken])
    assert outbox.pending()[Lane.TRACK].records == 0
    outbox.close()


def _request(number: int) -> StationRequest:
    request = DeliveryRequest(
        id=RequestId(f"r-{number}"),
        item="インスリン",
        mass_kg=1.5,
        site_id=SiteId("takamuro"),
        urgency=Urgency.LIFE,
        requested_by="役場 花子",
        requested_at_s=NOW_S,
    )
    return StationRequest(request=request, source="station")


def _delivery(number: int) -> Delivery:
    return Delivery(
        id=DeliveryId(f"d-{number}"),
        request_id=RequestId(f"r-{number}"),
        plan_id=PlanId(f"p-{number}"),
        vehicle_id=VehicleId("hato-1"),
        site_id=SiteId("takamuro"),
        item="インスリン",
        mass_kg=1.5,
        state=DeliveryState.FLYING,
        created_at_s=NOW_S,
    )


def fill_station(folder: Path) -> None:
    engine = open_station_database(folder, BrokenParts())
    documents = SqlDocuments(engine)
    for number in range(12):
        documents.put("requests", f"r-{number}", _request(number), NOW_S + number)
        documents.put("deliveries", f"d-{number}", _delivery(number), NOW_S + number)
    news = AlertNews(subject="link", level=AlertLevel.ACT, text=Text("途絶", "lost"))
    alert = OpenAlert(id="a-1", vehicle_id=VehicleId("hato-1"), news=news, at_s=NOW_S)
    documents.put("open-alerts", "all", [alert], NOW_S)
    accounts = SqlAccountStore(engine)
    for number in range(5):
        accounts.save_person(_person(number))
    engine.dispose()


def _person(number: int) -> Person:
    roles = frozenset({Role.OPERATOR, Role.DISPATCHER})
    return Person(
        id=PersonId(f"person-{number}"), name=f"人 {number}", roles=roles, password_hash="$argon2id$" + "x" * 80
    )


def use_station(folder: Path, broken: BrokenParts) -> None:
    engine = open_station_database(folder, broken)
    try:
        documents = SqlDocuments(engine, broken)
        requests, deliveries = RequestBook(documents), DeliveryBook(documents)
        OpenAlerts(documents)
        known = {*requests.all, *deliveries.all}
        assert known <= {f"{kind}-{number}" for kind in "rd" for number in (*range(12), 900)}
        documents.put("requests", "r-900", _request(900), NOW_S)
        assert SentPictures(engine).pending() == 0
        accounts = SqlAccountStore(engine)
        accounts.save_person(_person(900))
        assert any(person.id == "person-900" for person in accounts.people())
    finally:
        engine.dispose()


def fill_secrets(folder: Path) -> None:
    Home(root=folder, realm=Realm.DRILL).secrets(broker_users=("office", "station-1"), devices=("companion",))


def use_secrets(folder: Path, broken: BrokenParts) -> None:
    wanted = {"broker_users": ("office", "station-1"), "devices": ("companion",)}
    secrets = Home(root=folder, realm=Realm.DRILL, broken=broken).secrets(**wanted)
    assert all(secrets.broker_users[name] for name in wanted["broker_users"])
    assert secrets.device_keys["companion"]
    assert Home(root=folder, realm=Realm.DRILL).secrets(**wanted) == secrets


PICTURE = b"\xff\xd8 a picture " * 50


def fill_picture(folder: Path) -> None:
    (folder / "here").write_text(FolderStore(folder / "pictures").put(PICTURE))


def use_picture(folder: Path, broken: BrokenParts) -> None:
    sha256 = (folder / "here").read_text()
    store = FolderStore(folder / "pictures", broken=broken)
    try:
        store.get(sha256)
    except (DamagedPictureError, NotFoundError, UnavailableError):
        store.put(PICTURE)
    assert store.get(sha256) == PICTURE


def fill_spool(folder: Path) -> None:
    spool = Spool(folder / "spool")
    for number in range(2):
        spool.put(PICTURE, HandOver(vehicle_id="hato-1", image_index=number, captured_at_s=NOW_S, file_name="x.jpg"))


def use_spool(folder: Path, broken: BrokenParts) -> None:
    spool = Spool(folder / "spool", broken=broken)
    spool.put(PICTURE, HandOver(vehicle_id="hato-1", image_index=9, captured_at_s=NOW_S, file_name="x.jpg"))
    seen = []
    while (waiting := spool.oldest()) is not None:
        seen.append(waiting.about.image_index)
        waiting.data()
        spool.done(waiting)
    assert seen[-1] == 9


FIELD_FILES = (
    KeptFile(name="audit", path="audit.jsonl", fill=fill_audit, use=use_audit, always_told=True),
    KeptFile(name="audit lock", path="audit.jsonl.lock", fill=fill_audit, use=use_audit, empty_told=False),
    KeptFile(name="outbox", path="outbox.sqlite", fill=fill_outbox, use=use_outbox),
    KeptFile(name="station", path="station.sqlite", fill=fill_station, use=use_station),
    KeptFile(name="secrets", path="drill/secrets.json", fill=fill_secrets, use=use_secrets),
    KeptFile(name="picture", path="pictures/originals/*/*", fill=fill_picture, use=use_picture, always_told=True),
    KeptFile(name="spooled picture", path="spool/000000001.jpg", fill=fill_spool, use=use_spool, empty_told=False),
    KeptFile(name="spooled note", path="spool/000000001.json", fill=fill_spool, use=use_spool, empty_told=False),
)
