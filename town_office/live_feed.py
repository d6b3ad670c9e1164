"""Keeps the pages' live state equal to the database and to the time that passes.

Aircraft and stations come straight from stored records; requests, deliveries and alerts are read again from their
tables after they changed, so that the order in which records come is decided in one place. One task does all reading.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import structlog

from fleet.clock import Clock
from fleet.errors import UnavailableError
from imagery.library import PictureQuery
from imagery.picture_reader import PictureReader
from imagery.pictures import Picture
from portal.live_hub import LiveHub
from portal.notices import PREFIX
from portal.schemas import WireModel
from portal.storage_board import STORAGE
from telemetry.bodies import BODY_TYPES, Alert, DeliveryState, DownReceipt, RequestState
from telemetry.store import ReceivedRecord, RecordStore
from town_office.alerts_sql import AlertList
from town_office.api.schemas import AlertOut, DeliveryOut, RequestOut
from town_office.deliveries_sql import DeliveryList
from town_office.live_view import KEPT_S, LastPictures, LiveView
from town_office.picture_view import picture_out
from town_office.requests_sql import RequestLedger

COLLECTIONS = ("vehicles", "deliveries", "requests", "pictures", "stations", "alerts", STORAGE)
LIVE_PICTURES = 500
TICK_S = 1.0
REFRESH_S = 300.0
RETRY_S = 1.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """Where the state is read from."""

    records: RecordStore
    requests: RequestLedger
    deliveries: DeliveryList
    alerts: AlertList
    pictures: PictureReader


class LiveFeed:
    """Writes the hub; use from one event loop. `rebuild` once at start, then `run` until cancelled."""

    def __init__(
        self, *, hub: LiveHub, view: LiveView, ledgers: Ledgers, clock: Clock, broker_connected: Callable[[], bool]
    ) -> None:
        self._hub = hub
        self._view = view
        self._ledgers = ledgers
        self._clock = clock
        self._broker_connected = broker_connected
        self._pictures = LastPictures(LIVE_PICTURES)
        self._readers: Mapping[str, Callable[[Sequence[str]], Sequence[RequestOut | DeliveryOut | AlertOut]]] = {
            "requests": ledgers.requests.those,
            "deliveries": ledgers.deliveries.those,
            "alerts": ledgers.alerts.those,
        }
        self._changed: dict[str, set[str]] = {collection: set() for collection in self._readers}
        self._wake = asyncio.Event()

    async def rebuild(self) -> None:
        """Fill the live state from the database; raises UnavailableError."""
        newest = await asyncio.to_thread(self._ledgers.records.newest)
        for record in sorted(newest, key=lambda record: record.received_at_s):
            typed = _typed(record)
            if typed is not None:
                self._view.hear(typed)
        page = await self._ledgers.pictures.page(PictureQuery(limit=LIVE_PICTURES))
        for picture in reversed(page.pictures):
            self.on_picture(picture)
        await self._refresh()
        self.tick()

    def on_stored(self, records: Sequence[ReceivedRecord]) -> None:
        """Take in records that the database now has."""
        changed = {vehicle_id for record in records if (vehicle_id := self._view.hear(record)) is not None}
        now_s = self._clock.now_s()
        for vehicle_id in changed:
            self._put("vehicles", vehicle_id, self._view.vehicle(vehicle_id, now_s))
        for record in records:
            body = record.typed
            if isinstance(body, RequestState):
                self._mark("requests", [body.request_id])
            elif isinstance(body, DownReceipt):
                self._mark("requests", body.ids)
            elif isinstance(body, DeliveryState):
                self._mark("deliveries", [body.delivery_id])
            elif isinstance(body, Alert):
                self._mark("alerts", [body.alert_id])

    def on_picture(self, picture: Picture) -> None:
        """Take in a picture that is new or has changed."""
        self._put("pictures", picture.id, picture_out(picture))
        for picture_id in self._pictures.take(picture.id):
            self._hub.remove("pictures", picture_id)

    def on_request(self, request_id: str) -> None:
        """Take in that the office has asked for something."""
        self._mark("requests", [request_id])

    def tick(self) -> None:
        """Judge everything again by the time now."""
        now_s = self._clock.now_s()
        self._put_all("vehicles", self._view.vehicles(now_s))
        self._put_all("stations", self._view.stations(now_s))
        self._hub.set("broker_connected", self._broker_connected())
        if "clock_s" not in self._hub.state.state:
            self._hub.set("clock_s", round(now_s, 3))

    async def run(self) -> None:
        """Follow changes and time until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick_always())
            tasks.create_task(self._read_always())

    async def _tick_always(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.tick()

    async def _read_always(self) -> None:
        refresh_at_s = self._clock.monotonic_s() + REFRESH_S
        while True:
            try:
                async with asyncio.timeout(max(0.0, refresh_at_s - self._clock.monotonic_s())):
                    await self._wake.wait()
            except TimeoutError:
                refresh_at_s = self._clock.monotonic_s() + REFRESH_S
                await self._waiting_out(self._refresh)
            self._wake.clear()
            await self._waiting_out(self.follow)

    async def _waiting_out(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except UnavailableError as error:
            _log.warning("live state waits for the database", error=str(error))
            await asyncio.sleep(RETRY_S)
            self._wake.set()

    async def follow(self) -> None:
        """Read again what has changed; raises UnavailableError and then keeps it in mind."""
        for collection, read in self._readers.items():
            ids, self._changed[collection] = self._changed[collection], set()
            if not ids:
                continue
            try:
                entities = await asyncio.to_thread(read, sorted(ids))
            except UnavailableError:
                self._changed[collection] |= ids
                raise
            found = {entity.id: entity for entity in entities}
            for key in ids - set(found):
                self._hub.remove(collection, key)
            for key, entity in found.items():
                self._put(collection, key, entity)

    async def _refresh(self) -> None:
        since_s = self._clock.now_s() - KEPT_S
        ledgers = self._ledgers
        requests = await asyncio.to_thread(ledgers.requests.current, since_s=since_s)
        deliveries = await asyncio.to_thread(ledgers.deliveries.current, since_s=since_s)
        alerts = await asyncio.to_thread(ledgers.alerts.current, since_s=since_s)
        self._put_all("requests", {request.id: request for request in requests})
        self._put_all("deliveries", {delivery.id: delivery for delivery in deliveries})
        self._put_all("alerts", {alert.id: alert for alert in alerts})

    def _mark(self, collection: str, ids: Sequence[str]) -> None:
        self._changed[collection].update(ids)
        self._wake.set()

    def _put(self, collection: str, key: str, entity: WireModel) -> None:
        self._hub.put(collection, key, entity.model_dump(mode="json"))

    def _put_all(self, collection: str, entities: Mapping[str, WireModel]) -> None:
        for key, entity in entities.items():
            self._put(collection, key, entity)
        for key in [key for key in self._hub.state.state[collection] if key not in entities]:
            if not key.startswith(PREFIX):
                self._hub.remove(collection, key)


def _typed(record: ReceivedRecord) -> ReceivedRecord | None:
    """Return a record read back from the database with its body checked, or None if this version cannot read it."""
    body_type = BODY_TYPES.get(record.kind)
    if body_type is None or record.schema != 1:
        return None
    try:
        return replace(record, typed=msgspec.msgpack.decode(record.body_packed, type=body_type))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        _log.warning("a kept record cannot be read", kind=record.kind, error=str(error))
        return None
