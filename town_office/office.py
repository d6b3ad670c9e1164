"""The town office as one service: what stations send becomes durable and live, what the office asks goes down to them.

It can only ask: nothing here, and no message it sends, moves an aircraft.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
import structlog

from fleet.audit import AuditTrail
from fleet.audit_file import AuditFile
from fleet.clock import Clock, SystemClock
from fleet.disk_health import Place
from fleet.errors import InvalidValueError, UnavailableError
from fleet.ids import RequestId, StationId, new_id
from fleet.realm import Realm
from fleet.roles import Role
from fleet.set_aside import BrokenParts
from fleet.text import Text
from imagery.bodies import PICTURE_BODIES
from imagery.folder_store import FolderStore
from imagery.intake import PictureIntake
from imagery.office_pictures import OfficePictures
from imagery.pictures import Picture
from missions.terrain.tile_cache import TileCache
from missions.values.town import Town
from portal.access import Access
from portal.accounts import Person
from portal.accounts_sql import SqlAccountStore
from portal.live import LiveState
from portal.live_hub import LiveHub
from portal.notices import Notices
from portal.tending import Tender, Work
from telemetry.downlink import DownEntry
from telemetry.downlink_sql import DownReceiptHandler, SqlDownStore
from telemetry.engine_sql import writing
from telemetry.history_sql import TrackHistory
from telemetry.ingest_mqtt import OfficeAddress, OfficeIngest
from telemetry.mqtt_address import MqttAddress
from telemetry.store import ReceivedRecord
from telemetry.store_sql import SqlRecordStore
from telemetry.topics import Topics
from town_office.alerts_sql import AlertHandler, AlertList
from town_office.api.schemas import HealthOut, RequestIn, RequestOut
from town_office.asking import delivery_request
from town_office.careful_handler_sql import CarefulHandler
from town_office.database import claim, is_answering, migrate, open_sound_database
from town_office.deliveries_sql import DeliveryHandler, DeliveryList
from town_office.disk_watch import OfficeDisk
from town_office.live_feed import COLLECTIONS, Ledgers, LiveFeed
from town_office.live_view import LiveView
from town_office.requests_sql import RequestHandler, RequestLedger

LEAST_FREE_BYTES = 1_000_000_000
HEALTH_WITHIN_S = 3.0
_log = structlog.get_logger(__name__)

FOUNDER_ROLES = frozenset({Role.ADMINISTRATOR, Role.DISPATCHER, Role.VIEWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSettings:
    """What an office needs to know.

    `database_url` is a SQLAlchemy URL (SQLite file or PostgreSQL), `pictures_folder` where whole pictures lie,
    `pages_folder` the built pages, `time_scale` how much faster than life a drill runs; `broken` is told of files that
    had to be set aside.
    """

    town: Town
    realm: Realm
    database_url: str
    pictures_folder: Path
    audit_file: Path
    pages_folder: Path
    broker: MqttAddress
    time_scale: float = 1.0
    broken: BrokenParts = field(default_factory=BrokenParts)


class TownOffice:
    """Open one with `async with TownOffice.open(…) as office`, serve `create_app(office)`, and await `office.run()`."""

    def __init__(
        self, settings: OfficeSettings, *, engine: sa.Engine, audit: AuditTrail, intake: PictureIntake, clock: Clock
    ) -> None:
        self.settings = settings
        self._engine = engine
        self._clock = clock
        self.disk = OfficeDisk(
            town=settings.town,
            realm=settings.realm,
            broker=settings.broker,
            folder=settings.audit_file.parent,
            clock=clock,
        )
        self.disk.watch_database(engine)
        self._audit = self.disk.watched_audit(audit)
        self.access = Access(SqlAccountStore(engine, writing), clock, self._audit, FOUNDER_ROLES)
        self.hub = LiveHub(LiveState(COLLECTIONS, first_cursor=int(clock.now_s() * 1000)), clock)
        self.notices = Notices(self.hub, clock)
        self.tiles = TileCache(settings.town.terrain)
        self.tracks = TrackHistory(engine)
        self.requests = RequestLedger(engine)
        self.deliveries = DeliveryList(engine)
        self._down = SqlDownStore(engine)
        self._pictures = OfficePictures(
            engine=engine,
            store=self._picture_store(),
            intake=intake,
            clock=clock,
            ask=self._ask_station,
            on_change=self._on_picture,
        )
        self.pictures = self._pictures.reader
        records = self._record_store()
        self._ingest = self._office_ingest(records)
        self._feed = self._live_feed(records)

    def _record_store(self) -> SqlRecordStore:
        handlers = (
            RequestHandler(),
            DeliveryHandler(),
            AlertHandler(),
            DownReceiptHandler(),
            self._pictures.handler,
        )
        return SqlRecordStore(self._engine, [CarefulHandler(handler) for handler in handlers])

    def _office_ingest(self, records: SqlRecordStore) -> OfficeIngest:
        topics = Topics(realm=self.settings.realm, town=self.settings.town.id)
        return OfficeIngest(
            address=OfficeAddress(topics=topics, broker=self.settings.broker),
            store=records,
            clock=self._clock,
            on_stored=self._on_stored,
            down=self._down,
            body_types=PICTURE_BODIES,
        )

    def _live_feed(self, records: SqlRecordStore) -> LiveFeed:
        return LiveFeed(
            hub=self.hub,
            view=LiveView(self.settings.town),
            ledgers=Ledgers(
                records=records,
                requests=self.requests,
                deliveries=self.deliveries,
                alerts=AlertList(self._engine),
                pictures=self.pictures,
            ),
            clock=self._clock,
            broker_connected=lambda: self._ingest.status().connected,
        )

    def _picture_store(self) -> FolderStore:
        watch = self.disk.writes(Place.PICTURES)
        store = FolderStore(self.settings.pictures_folder, watch=watch, broken=self.settings.broken)
        self.disk.try_again_by(Place.PICTURES, store.try_writing)
        return store

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: OfficeSettings, clock: Clock | None = None) -> AsyncIterator["TownOffice"]:
        """Open audit chain, database (migrating it) and picture worker, and rebuild the live state.

        What is broken is set aside and shown. Raises BadInputError (settings, a foreign or newer database),
        ConflictError (another office works here) and UnavailableError.
        """
        time = clock or SystemClock()
        # First, since it holds the lock: nobody else may use the database while it is looked at.
        audit = await asyncio.to_thread(AuditFile, settings.audit_file, time, settings.broken)
        engine = await asyncio.to_thread(open_sound_database, settings.database_url, settings.broken)
        try:
            await asyncio.to_thread(migrate, engine)
            await asyncio.to_thread(claim, engine, realm=settings.realm, town=settings.town.id)
            async with PictureIntake() as intake:
                office = cls(settings, engine=engine, audit=audit, intake=intake, clock=time)
                office.notices.follow(settings.broken)
                office.notices.recall(settings.audit_file.parent)
                await office._rebuild()
                yield office
        finally:
            engine.dispose()

    async def _rebuild(self) -> None:
        """Fill the live state; what cannot be read now is read by the feed once it can be."""
        try:
            await self._feed.rebuild()
        except UnavailableError as error:
            _log.error("live state not complete", what=error.what.en)
            self.notices.say("rebuild", "act", error.what)

    async def run(self) -> None:
        """Take in records, finish pictures and keep the live state until cancelled; what falls is started again."""
        tender = Tender(
            on_alarm=lambda fall: self.notices.say(fall.work.name, "act", fall.text),
            on_steady=lambda work: self.notices.over(work.name),
        )
        await tender.run(
            (
                Work(name="ingest", called=Text("記録の受信", "taking in records"), run=self._ingest.run),
                Work(name="pictures", called=Text("写真の仕上げ", "finishing pictures"), run=self._pictures.run),
                Work(name="feed", called=Text("画面の更新", "keeping pages up to date"), run=self._feed.run),
                Work(name="live", called=Text("画面への配信", "sending to pages"), run=self.hub.run),
                Work(name="disk", called=Text("ディスクの見守り", "watching the disk"), run=self._watch_disk),
            )
        )

    async def _watch_disk(self) -> None:
        await self.disk.watch_for(self.hub)

    @property
    def clock(self) -> Clock:
        """Return the office's clock."""
        return self._clock

    async def ask(self, wish: RequestIn, by: Person) -> RequestOut:
        """Ask the town's station for a delivery; the station decides, plans and flies.

        Raises InvalidValueError for what cannot be asked and UnavailableError if it cannot be kept.
        """
        now_s = self._clock.now_s()
        town = self.settings.town
        request = delivery_request(
            wish, town=town, request_id=RequestId(new_id(now_s)), requested_by=by.name, now_s=now_s
        )
        await asyncio.to_thread(
            self._audit.append,
            actor=by.name,
            action="request.ask",
            subject=request.id,
            detail={"item": request.item, "mass_kg": request.mass_kg, "site_id": request.site_id},
        )
        asked = await asyncio.to_thread(self.requests.ask, request, town.station_id)
        self._feed.on_request(asked.id)
        self._ingest.wake_down()
        return asked

    async def health(self) -> HealthOut:
        """Return how the service stands, each part in words, within seconds whatever database and disk do."""
        status = self._ingest.status()
        database_answers, free_bytes = False, None
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(HEALTH_WITHIN_S):
                database_answers = await asyncio.to_thread(is_answering, self._engine)
                free_bytes = (await asyncio.to_thread(shutil.disk_usage, self.settings.pictures_folder)).free
        has_room = free_bytes is not None and free_bytes >= LEAST_FREE_BYTES
        not_kept = self.disk.in_words()
        well = database_answers and has_room and status.connected and status.fault is None and not_kept is None
        if status.fault is not None:
            broker = f"{status.fault.ja} / {status.fault.en}"
        else:
            broker = "接続 / connected" if status.connected else "接続待ち / not connected yet"
        counts = status.counts
        return HealthOut(
            status="ok" if well else "degraded",
            details={
                "realm": self.settings.realm.value,
                "database": "応答 / answers" if database_answers else "応答なし / does not answer",
                "disk": _room_words(free_bytes),
                "storage": not_kept or "書けます / takes what is written",
                "broker": broker,
                "records": f"{counts.records} taken in, {counts.refused} refused, {status.malformed} unreadable",
                "records_received": str(counts.records),
                "viewers": str(self.hub.readers),
            },
        )

    def _on_stored(self, records: Sequence[ReceivedRecord]) -> None:
        self._pictures.on_stored(records)
        self._feed.on_stored(records)

    def _on_picture(self, picture: Picture) -> None:
        self._feed.on_picture(picture)

    async def _ask_station(self, station: StationId, kind: str, body: Mapping[str, object]) -> None:
        # Named by what it says, so that the same asking twice is one message.
        name = f"{kind.partition('.')[2]}/{body['picture_id']}/{body.get('attempt', 0)}"
        try:
            entry = DownEntry(id=name[:64], station=station, kind=kind, body=body, created_at_s=self._clock.now_s())
        except InvalidValueError as error:
            # What telemetry does not carry down must not keep a picture from being shown.
            _log.warning("a message cannot go down to the station", kind=kind, error=str(error))
            return
        await asyncio.to_thread(self._down.add, entry)
        self._ingest.wake_down()


def _room_words(free_bytes: int | None) -> str:
    if free_bytes is None:
        return "応答なし / does not answer"
    return f"空き {free_bytes / 1e9:.1f} GB / free{'' if free_bytes >= LEAST_FREE_BYTES else ' (too little)'}"
