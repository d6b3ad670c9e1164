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
from fleet.ids import VehicleId, new_id
from fleet.roles import Role
from fleet.text import Text
from ground_station.api.live_board import COLLECTIONS, LiveBoard
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand
from ground_station.flight.vehicles.state import VehicleState
from ground_station.service.alerts import AlertNews, over_since_restart
from ground_station.service.command_desk import CommandDesk
from ground_station.service.delivery import Delivery, DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.delivery_desk import DeliveryDesk
from ground_station.service.documents_sql import SqlDocuments
from ground_station.service.flight_watch import FlightWatch, Watchers
from ground_station.service.machine_checks import MachineChecks
from ground_station.service.open_alerts import OpenAlert, OpenAlerts
from ground_station.service.ordered_flights import OrderedFlights
from ground_station.service.plan_desk import PlanDesk
from ground_station.service.planning_pool import PlanningPool
from ground_station.service.request_book import RequestBook, StationRequest
from ground_station.service.sent_pictures import SentPictures
from ground_station.service.station_database import open_station_database
from ground_station.service.town_feed import VehicleNews
from ground_station.station_setup import StationSetup
from ground_station.town_reports import TownReports, every
from ground_station.town_side import TownSide
from imagery.pictures import Picture, PictureContext
from portal.access import Access
from portal.accounts_sql import SqlAccountStore
from portal.live import LiveState
from portal.live_hub import LiveHub
from portal.notices import Notices
from portal.tending import Tender, Work

_log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 1.0
_LAST_ERRANDS_S = 2.0
_NOT_FLOWN = frozenset({CommandState.REFUSED, CommandState.EXPIRED, CommandState.NOT_CONFIRMED})

FOUNDER_ROLES = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.DISPATCHER})


class FieldStation:
    """Everything the field does, with or without the town office. Use as `async with`, from one event loop."""

    def __init__(self, setup: StationSetup) -> None:
        self.setup = setup
        self.town = setup.town
        self.clock = setup.clock
        self.engine = open_station_database(setup.folder, setup.broken)
        self.access = Access(SqlAccountStore(self.engine), setup.clock, setup.audit, FOUNDER_ROLES)
        documents = SqlDocuments(self.engine, setup.broken)
        self.requests = RequestBook(documents)
        self.deliveries = DeliveryBook(documents)
        self.hub = LiveHub(LiveState(COLLECTIONS, int(setup.clock.now_s() * 1000)), setup.clock)
        self.notices = Notices(self.hub, setup.clock)
        self._pool = PlanningPool(setup.bundle)
        self.plans = PlanDesk(pool=self._pool, documents=documents, requests=self.requests, clock=setup.clock)
        self.aircraft = setup.aircraft()
        self._town_side = TownSide(setup, self.engine, self.requests)
        self.relay = self._town_side.relay
        self.pictures = self._town_side.pictures
        self.town_link = self._town_side.link
        self.board = LiveBoard(hub=self.hub, station=self.aircraft, plans=self.plans, clock=setup.clock)
        self.watch = FlightWatch(
            station=self.aircraft,
            town=setup.town,
            book=self.deliveries,
            plans=self.plans,
            requests=self.requests,
            clock=setup.clock,
            watchers=Watchers(on_vehicle=self._on_vehicle, on_alert=self._on_alert, on_alert_over=self._on_alert_over),
        )
        self.checks = MachineChecks(town=setup.town, realm=setup.realm, time_scale=setup.time_scale)
        self.desk = DeliveryDesk(
            town=setup.town,
            book=self.deliveries,
            plans=self.plans,
            requests=self.requests,
            vehicles=self.aircraft,
            preflight=self.checks,
            audit=setup.audit,
            clock=setup.clock,
        )
        self.commands = CommandDesk(self.aircraft)
        self._running: asyncio.Task[None] | None = None
        self._stack = contextlib.AsyncExitStack()
        self._errands: set[asyncio.Future[object]] = set()
        self._open_alerts = OpenAlerts(documents)
        self._ordered = OrderedFlights(self.deliveries)
        self.reports = TownReports(
            station=self.aircraft,
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
        await self.deliveries.end_unflown(self.clock.now_s())
        await self._recall_plans()
        self.deliveries.subscribe(self._on_delivery)
        self.requests.subscribe(self._on_request)
        self.aircraft.ledger.subscribe(self._on_command)
        for entry in self.requests.all.values():
            self.board.show_request(entry)
        for delivery in self.deliveries.all.values():
            self.board.show_delivery(delivery, self.watch)
        for alert in self._open_alerts.all:
            self.board.show_alert(alert)
        for state in self.aircraft.states():
            self._on_vehicle(self.watch.news(state))
        await self._stack.enter_async_context(self.aircraft)
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
        await tender.run(
            (
                Work(name="aircraft", called=Text("機体との通信", "contact with aircraft"), run=self.aircraft.watch),
                Work(name="live", called=Text("画面への配信", "sending to pages"), run=self.hub.run),
                Work(name="town", called=Text("役場への送信", "sending to the office"), run=self._town_side.run),
                Work(name="watch", called=Text("飛行の見守り", "watching flights"), run=self.watch.run),
                Work(name="desk", called=Text("計画の送り込み", "sending plans on board"), run=self.desk.run),
                Work(name="planning", called=Text("飛行計画の計算", "planning"), run=self._pool.keep_warm),
                Work(name="reports", called=Text("役場への報告", "reports to the office"), run=self.reports.run),
                Work(name="look", called=Text("出発前の点検", "checks before flight"), run=self._look_always),
            )
        )

    async def _look_always(self) -> None:
        await every(_LOOK_EVERY_S, self._look_again)

    async def _look_again(self) -> None:
        """Check waiting deliveries anew, and whether each aircraft is the one it should be and where it may be."""
        for vehicle in self.aircraft.vehicles.values():
            self.board.set_problem(vehicle.id, self.checks.problem(vehicle))
            self._end_alerts_from_before(vehicle.state())
            await self._ordered.look(vehicle.state(), self.clock.now_s())
        for delivery in tuple(self.deliveries.all.values()):
            if delivery.state in {DeliveryState.CHECKING, DeliveryState.READY}:
                await self.desk.recheck(delivery.id)

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

    def _on_command(self, command: FlightCommand) -> None:
        self.board.show_command(command, self.commands.page_id(command))
        self._errand(self.town_link.tell_command(command))
        if command.action is Action.START_MISSION and command.state in _NOT_FLOWN:
            self._errand(self._back_to_checks(command))

    async def _back_to_checks(self, command: FlightCommand) -> None:
        """A flight that did not begin goes back to its checklist, with the reason."""
        delivery = self.deliveries.of_vehicle(command.vehicle_id)
        if delivery is None or delivery.state is not DeliveryState.FLYING or delivery.progress.was_airborne:
            return
        if self.aircraft.vehicle(command.vehicle_id).state().armed:
            return
        back = replace(delivery, state=DeliveryState.CHECKING, problem=command.text)
        await self.deliveries.save(back, self.clock.now_s())

    async def take_picture(self, parts: AsyncIterable[bytes], context: PictureContext) -> Picture:
        """Take a picture in, count it to its delivery, and show it; raises what the intake finds wrong."""
        delivery = None if context.vehicle_id is None else self.deliveries.of_vehicle(context.vehicle_id)
        if delivery is not None:
            context = replace(context, delivery_id=delivery.id)
        picture = await self.pictures.accept_stream(parts, context)
        self.board.show_picture(picture)
        if picture.delivery_id is not None:
            known = self.deliveries.get(picture.delivery_id)
            await self.deliveries.save(replace(known, pictures=known.pictures + 1), self.clock.now_s())
        return picture
