"""What the station tells the town office by the clock: where aircraft are, how deliveries stand, what still waits."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from fleet.errors import FleetError
from fleet.ids import DeliveryId, VehicleId
from ground_station.api.live_board import LiveBoard
from ground_station.api.live_view import delivery_words
from ground_station.service.delivery import BEFORE_FLIGHT, ENDED, Delivery, DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.flight_mirror import FlightMirror
from ground_station.service.flight_watch import FlightWatch
from ground_station.service.plan_desk import PlanDesk
from ground_station.service.sent_pictures import SentPictures
from ground_station.service.town_feed import VehicleNews
from ground_station.service.town_link import TownLink

_log = structlog.get_logger(__name__)

STATES_EVERY_S = 0.5
TRACKS_EVERY_S = 1.0
HEALTH_EVERY_S = 2.0
DELIVERIES_EVERY_S = 2.0


async def every(period_s: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` again and again until cancelled; what it cannot do now is logged and tried the next time."""
    while True:
        try:
            await work()
        except FleetError as error:
            _log.warning("left undone for now", what=error.what.en)
        await asyncio.sleep(period_s)


class TownReports:
    """Runs the reports; `run` until cancelled."""

    def __init__(
        self,
        *,
        mirror: FlightMirror,
        link: TownLink,
        watch: FlightWatch,
        board: LiveBoard,
        book: DeliveryBook,
        plans: PlanDesk,
        sent: SentPictures,
    ) -> None:
        self._mirror = mirror
        self._link = link
        self._watch = watch
        self._board = board
        self._book = book
        self._plans = plans
        self._sent = sent
        self._told: dict[DeliveryId, DeliveryState] = {}

    async def run(self) -> None:
        """Report until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(every(STATES_EVERY_S, self._tell_states))
            tasks.create_task(every(TRACKS_EVERY_S, self._tell_tracks))
            tasks.create_task(every(HEALTH_EVERY_S, self._tell_health))
            tasks.create_task(every(DELIVERIES_EVERY_S, self._tell_deliveries))

    def _news(self) -> list[VehicleNews]:
        states = self._mirror.states()
        return [self._watch.news(state) for state in states if state.telemetry.heartbeat is not None]

    async def _tell_states(self) -> None:
        await self._link.tell_vehicles(self._news())

    async def _tell_tracks(self) -> None:
        for state in self._mirror.states():
            self._board.show_vehicle(self._watch.news(state), self._watch.vehicle_name(state.vehicle_id))
        await self._link.tell_tracks([news for news in self._news() if news.state.armed])

    async def _tell_health(self) -> None:
        status = await self._link.status()
        pending = await asyncio.to_thread(self._sent.pending)
        self._board.show_office(status, pending)
        await self._link.tell_health(status, pending)

    async def _tell_deliveries(self) -> None:
        for delivery in tuple(self._book.all.values()):
            if delivery.state not in ENDED and delivery.state not in BEFORE_FLIGHT:
                await self.tell_delivery(delivery)

    def is_news(self, delivery: Delivery) -> bool:
        """Return whether the town does not know this state of a delivery yet; asking counts as telling."""
        news = self._told.get(delivery.id) is not delivery.state
        self._told[delivery.id] = delivery.state
        return news

    async def tell_delivery(self, delivery: Delivery) -> None:
        """Tell how a delivery stands; a plan that cannot be read is logged."""
        try:
            plan = await self._plans.get(delivery.plan_id)
        except FleetError as error:
            _log.warning("delivery not told", delivery=delivery.id, what=error.what.en)
            return
        words = delivery_words(delivery, plan, self._watch.site_name(delivery))
        await self._link.tell_delivery(delivery, plan, words, position_at_s=self._position_at_s(delivery.vehicle_id))

    def _position_at_s(self, vehicle_id: VehicleId) -> float | None:
        state = self._mirror.state(vehicle_id) if vehicle_id in self._mirror.vehicle_ids else None
        return None if state is None or state.position is None else self._watch.news(state).at_s
