"""The ground station put together: aircraft, requests, plans, deliveries, pictures and the line to the town office.

async with FieldStation(setup) as station:
    app = create_app(station, …)
"""

import asyncio
import contextlib
from collections.abc import AsyncIterable, Awaitable
from dataclasses import replace
from types import TracebackType

import structlog

from fleet.errors import FleetError
from fleet.ids import CommandId, VehicleId, new_id
from fleet.roles import Role
from fleet.text import Text
from ground_station.api.live_board import COLLECTIONS, LiveBoard
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.flight.vehicles.state import Timing, VehicleState
from ground_station.service.alerts import AlertNews, over_since_restart
from ground_station.service.core_storage import CoreStorage
from ground_station.service.delivery import Delivery, DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.delivery_desk import DeliveryDesk, FlightSide
from ground_station.service.delivery_upload import DeliveryUploads
from ground_station.service.disk_watch import StationDisk
from ground_station.service.documents_sql import SqlDocuments
from ground_station.service.flight_intents import FlightIntents
from ground_station.service.flight_mirror import FlightMirror
from ground_station.service.flight_watch import FlightWatch, Watchers
from ground_station.service.journal_follower import JournalFollower
from ground_station.service.open_alerts import OpenAlert, OpenAlerts
from ground_station.service.plan_desk import PlanDesk
from ground_station.service.planning_pool import PlanningPool
from ground_station.service.request_book import RequestBook, StationRequest
from ground_station.service.sent_pictures import SentPictures
from ground_station.service.session_line import SessionLine
from ground_station.service.station_database import open_station_database
from ground_station.service.town_feed import VehicleNews
from ground_station.service.wakefulness import Wakefulness
from ground_station.station_setup import StationSetup
from ground_station.town_reports import TownReports, every
from ground_station.town_side import TownSide
from ground_station.town_side_setup import TownSideSetup
from imagery.pictures import Picture, PictureContext
from portal.access import Access
from portal.accounts_sql import SqlAccountStore
from portal.live import LiveState
from portal.live_hub import LiveHub
from portal.notices import Notices
from portal.tending import Tender, Work
from telemetry.engine_sql import writing

_log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 1.0
_LAST_ERRANDS_S = 2.0
_JOURNAL_REPORTS = "journal reports"

FOUNDER_ROLES = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.DISPATCHER})


class FieldStation:
    """Everything the field does, with or without the town office. Use as `async with`, from one event loop."""

    def __init__(self, setup: StationSetup) -> None:
        line = TownSideSetup(
            town=setup.town,
            folder=setup.folder,
            realm=setup.realm,
            broker=setup.broker,
            clock=setup.clock,
            broken=setup.broken,
        )
        self.disk = StationDisk(line)
        self.setup = setup = replace(setup, audit=self.disk.watched(setup.audit))
        self.town = setup.town
        self.clock = setup.clock
        self.engine = open_station_database(setup.folder, setup.broken)
        self.disk.watch_database(self.engine)
        self.access = Access(SqlAccountStore(self.engine, writing), setup.clock, setup.audit, FOUNDER_ROLES)
        documents = SqlDocuments(self.engine, setup.broken)
        self.requests = RequestBook(documents)
        self.deliveries = DeliveryBook(documents)
        self.hub = LiveHub(LiveState(COLLECTIONS, int(setup.clock.now_s() * 1000)), setup.clock)
        self.notices = Notices(self.hub, setup.clock)
        self._pool = PlanningPool(setup.bundle)
        self.plans = PlanDesk(pool=self._pool, documents=documents, requests=self.requests, clock=setup.clock)
        self.flight = setup.flight
        self.wakefulness = Wakefulness(setup.clock)
        self.mirror = FlightMirror(setup.flight, setup.names(), setup.clock, Timing(time_scale=setup.time_scale))
        self.disk.tells(CoreStorage(self.mirror, setup.clock).alarms)
        self._town_side = TownSide(line, self.engine, self.requests, self.disk)
        self.relay = self._town_side.relay
        self.pictures = self._town_side.pictures
        self.town_link = self._town_side.link
        self.board = LiveBoard(hub=self.hub, mirror=self.mirror, plans=self.plans, clock=setup.clock)
        self.watch = self._flight_watch()
        self._intents = FlightIntents(
            book=self.deliveries, requests=self.requests, port=setup.flight, clock=setup.clock
        )
        self.desk = self._delivery_desk()
        self._journal = JournalFollower(
            setup.flight, self.town_link.tell_command, documents, setup.clock, self._on_journal_trouble
        )
        self._sessions = SessionLine(self.access, setup.flight)
        self._running: asyncio.Task[None] | None = None
        self._stack = contextlib.AsyncExitStack()
        self._errands: set[asyncio.Future[object]] = set()
        self._open_alerts = OpenAlerts(documents)
        self.reports = self._town_reports()

    def _flight_watch(self) -> FlightWatch:
        return FlightWatch(
            mirror=self.mirror,
            town=self.town,
            book=self.deliveries,
            plans=self.plans,
            requests=self.requests,
            clock=self.clock,
            watchers=Watchers(on_vehicle=self._on_vehicle, on_alert=self._on_alert, on_alert_over=self._on_alert_over),
        )

    def _delivery_desk(self) -> DeliveryDesk:
        uploads = DeliveryUploads(
            book=self.deliveries,
            plans=self.plans,
            port=self.flight,
            mirror=self.mirror,
            aircraft=self.town.aircraft,
            clock=self.clock,
        )
        return DeliveryDesk(
            town=self.town,
            book=self.deliveries,
            plans=self.plans,
            requests=self.requests,
            flight=FlightSide(port=self.flight, mirror=self.mirror, uploads=uploads, intents=self._intents),
            audit=self.setup.audit,
            clock=self.clock,
        )

    def _town_reports(self) -> TownReports:
        return TownReports(
            mirror=self.mirror,
            link=self.town_link,
            watch=self.watch,
            board=self.board,
            book=self.deliveries,
            plans=self.plans,
            sent=SentPictures(self.engine),
        )

    async def __aenter__(self) -> "FieldStation":
        """Open the links, start the workers, and take up what was under way before a restart."""
        self.notices.follow(self.setup.broken)
        self.notices.recall(self.setup.folder)
        await self._stack.enter_async_context(self._town_side)
        await self.deliveries.end_unsent(self.clock.now_s())
        await self._recall_plans()
        self.deliveries.subscribe(self._on_delivery)
        self.requests.subscribe(self._on_request)
        self.mirror.on_command(self._on_command)
        for entry in self.requests.all.values():
            self.board.show_request(entry)
        for delivery in self.deliveries.all.values():
            self.board.show_delivery(delivery, self.watch)
        for alert in self._open_alerts.all:
            self.board.show_alert(alert)
        for state in self.mirror.states():
            self._on_vehicle(self.watch.news(state))
        self.board.show_core(self.setup.flight_page)
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; aircraft fly on as they were told."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._end_errands()
        await self._stack.aclose()
        self._pool.close()
        self.engine.dispose()

    async def _end_errands(self) -> None:
        """Let what is still to be written down end, but never wait for an outbox that writes no more."""
        if not self._errands:
            return
        ended, late = await asyncio.wait(self._errands, timeout=_LAST_ERRANDS_S)
        for errand in late:
            errand.cancel()
        await asyncio.gather(*ended, *late, return_exceptions=True)
        if late:
            _log.warning("stopped before everything was told to the town", errands=len(late))

    async def failed(self) -> None:
        """Wait until the station's work ends by itself, and raise why."""
        if self._running is not None:
            await asyncio.shield(self._running)

    async def _recall_plans(self) -> None:
        for delivery in tuple(self.deliveries.all.values())[-20:]:
            with contextlib.suppress(FleetError):
                await self.plans.get(delivery.plan_id)

    async def _run(self) -> None:
        tender = Tender(
            on_alarm=lambda fall: self.notices.say(fall.work.name, "act", fall.text),
            on_steady=lambda work: self.notices.over(work.name),
        )
        await tender.run(self._works())

    def _works(self) -> tuple[Work, ...]:
        """Return what goes on at the station; whatever of it falls is started again, and none ends another."""
        return (
            Work(name="flight core", called=Text("飛行の中枢との連絡", "contact with the core"), run=self.mirror.run),
            Work(name="wakefulness", called=Text("動作の見守り", "watching its own pulse"), run=self.wakefulness.run),
            Work(name="journal", called=Text("飛行の記録の報告", "reports of the journal"), run=self._journal.run),
            Work(name="sessions", called=Text("ログインの引き渡し", "handing over sessions"), run=self._sessions.run),
            Work(name="live", called=Text("画面への配信", "sending to pages"), run=self.hub.run),
            Work(name="disk", called=Text("ディスクの見守り", "watching the disk"), run=self._watch_disk),
            Work(name="town", called=Text("役場への送信", "sending to the office"), run=self._town_side.run),
            Work(name="watch", called=Text("飛行の見守り", "watching flights"), run=self.watch.run),
            Work(name="desk", called=Text("計画の送り込み", "sending plans on board"), run=self.desk.run),
            Work(name="planning", called=Text("飛行計画の計算", "planning"), run=self._pool.keep_warm),
            Work(name="reports", called=Text("役場への報告", "reports to the office"), run=self.reports.run),
            Work(name="look", called=Text("出発前の点検", "checks before flight"), run=self._look_always),
        )

    async def _watch_disk(self) -> None:
        await self.disk.watch_for(self.hub, self.board.remark_office, self.relay.unreceipted_s)

    async def _look_always(self) -> None:
        await every(_LOOK_EVERY_S, self._look_again)

    async def _look_again(self) -> None:
        """Check waiting deliveries anew, and what became of the words to fly."""
        self.board.show_core(self.setup.flight_page)
        for state in self.mirror.states():
            self._end_alerts_from_before(state)
            await _tried(self._intents.look(state, core_heard=self.mirror.reachable))
        for delivery in tuple(self.deliveries.all.values()):
            if delivery.state in {DeliveryState.CHECKING, DeliveryState.READY}:
                await _tried(self.desk.recheck(delivery.id))

    def _errand(self, work: Awaitable[object]) -> None:
        task: asyncio.Future[object] = asyncio.ensure_future(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _on_vehicle(self, news: VehicleNews) -> None:
        self.board.show_vehicle(news, self.watch.vehicle_name(VehicleId(news.state.vehicle_id)))

    def _on_alert(self, vehicle_id: VehicleId, news: AlertNews) -> None:
        self._on_alert_over(vehicle_id, news.subject)
        now_s = self.clock.now_s()
        alert = OpenAlert(id=new_id(now_s), vehicle_id=vehicle_id, news=news, at_s=now_s)
        self._open_alerts.add(alert)
        self.board.show_alert(alert)
        self._errand(self.town_link.tell_alert(alert))
        self._errand(self._keep_open_alerts())

    def _on_alert_over(self, vehicle_id: VehicleId, subject: str) -> None:
        ended = self._open_alerts.end(vehicle_id, subject)
        for alert in ended:
            self.board.remove_alert(alert)
            self._errand(self.town_link.tell_alert(alert, over_at_s=self.clock.now_s()))
        if ended:
            self._errand(self._keep_open_alerts())

    def _end_alerts_from_before(self, state: VehicleState) -> None:
        for subject in self._open_alerts.from_before(state.vehicle_id, over_since_restart(state)):
            self._on_alert_over(state.vehicle_id, subject)

    async def _keep_open_alerts(self) -> None:
        try:
            await self._open_alerts.save(self.clock.now_s())
        except FleetError as error:
            _log.error("open alerts not kept", what=error.what.en)

    def _on_request(self, entry: StationRequest) -> None:
        self.board.show_request(entry)
        self._errand(self.town_link.tell_request(entry))

    def _on_delivery(self, delivery: Delivery) -> None:
        self.board.show_delivery(delivery, self.watch)
        if self.reports.is_news(delivery):
            self._errand(self.reports.tell_delivery(delivery))

    def _on_journal_trouble(self, text: Text | None) -> None:
        if text is None:
            self.notices.over(_JOURNAL_REPORTS)
        else:
            self.notices.say(_JOURNAL_REPORTS, "warn", text)

    def _on_command(self, command: FlightCommand) -> None:
        self._intents.note(command)
        self.board.show_command(command)

    def command(self, command_id: CommandId) -> FlightCommand | None:
        """Return a command as it was last heard of, or None."""
        return self._intents.command(command_id)

    async def take_picture(self, parts: AsyncIterable[bytes], context: PictureContext) -> Picture:
        """Take a picture in, count it to its delivery, and show it; raises what the intake finds wrong."""
        delivery = None if context.vehicle_id is None else self.deliveries.of_vehicle(context.vehicle_id)
        if delivery is not None:
            context = replace(context, delivery_id=delivery.id)
        picture = await self.pictures.accept_stream(parts, context)
        self.board.show_picture(picture)
        if picture.delivery_id is not None:
            async with self.deliveries.alone_with(picture.delivery_id) as known:
                await self.deliveries.save(replace(known, pictures=known.pictures + 1), self.clock.now_s())
        return picture


async def _tried(work: Awaitable[object]) -> None:
    """What cannot be done for one aircraft now is never in the way of the others; it is tried again."""
    try:
        await work
    except FleetError as error:
        _log.warning("left undone for now", what=error.what.en)
