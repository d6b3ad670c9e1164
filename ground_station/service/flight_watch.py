"""Watches every aircraft: moves deliveries on, raises alerts, and keeps the newest picture of each for the pages."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import structlog

from fleet.clock import Clock
from fleet.errors import FleetError, NotFoundError, UnavailableError
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.flight.feed import Update
from ground_station.flight.vehicles.modes import mode_text
from ground_station.flight.vehicles.state import VehicleState
from ground_station.flight.vehicles.telemetry import StatusText
from ground_station.service.alerts import AlertNews, AlertView, alert_view, alerts_between, alerts_over
from ground_station.service.delivery import BEFORE_FLIGHT, ENDED, Delivery, DeliveryState, followed
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.flight_mirror import FlightMirror
from ground_station.service.flight_progress import FlightSample, activity_words, advance
from ground_station.service.plan_desk import PlanDesk
from ground_station.service.request_book import RequestBook, RequestState
from ground_station.service.town_feed import VehicleNews
from missions.values.plan import Plan
from missions.values.town import Town

UPDATES_HZ = 20.0

_log = structlog.get_logger(__name__)

OnVehicle = Callable[[VehicleNews], None]
OnAlert = Callable[[VehicleId, AlertNews], None]
OnAlertOver = Callable[[VehicleId, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchers:
    """Who is told: of each vehicle's newest state, of each alert, and of the end of its cause (by subject)."""

    on_vehicle: OnVehicle
    on_alert: OnAlert
    on_alert_over: OnAlertOver


class FlightWatch:
    """Follows the station's feed; `run` until cancelled."""

    def __init__(
        self,
        *,
        mirror: FlightMirror,
        town: Town,
        book: DeliveryBook,
        plans: PlanDesk,
        requests: RequestBook,
        clock: Clock,
        watchers: Watchers,
    ) -> None:
        self._mirror = mirror
        self._town = town
        self._book = book
        self._plans = plans
        self._requests = requests
        self._clock = clock
        self._watchers = watchers
        self._views: dict[VehicleId, AlertView] = {}
        self._texts: dict[VehicleId, list[str]] = defaultdict(list)

    async def run(self) -> None:
        """Take updates as they come, at most twenty a second."""
        subscription = self._mirror.feed.subscribe()
        try:
            async for update in subscription.updates(at_most_hz=UPDATES_HZ):
                await self._take(update)
        finally:
            subscription.close()

    async def _take(self, update: Update) -> None:
        for event in update.events:
            if isinstance(event.what, StatusText):
                self._texts[event.vehicle_id].append(event.what.text)
        for state in update.states:
            if state.telemetry.heartbeat is not None:
                await self._follow_on(state)
                self._look_for_alerts(state)
            self._watchers.on_vehicle(self.news(state))

    async def _follow_on(self, state: VehicleState) -> None:
        """Follow the flight of an aircraft whose word is known.

        A core that has just started knows nothing of any, and of what is not known nothing follows: least of all that
        the motors are off.
        """
        try:
            await self._follow(state)
        except FleetError as error:
            _log.warning("flight not followed", vehicle=state.vehicle_id, what=error.what.en)

    def news(self, state: VehicleState) -> VehicleNews:
        """Return a vehicle's state with what the station makes of it."""
        delivery = self._book.of_vehicle(state.vehicle_id)
        age_s = state.age_s(state.telemetry.motion) or 0.0
        return VehicleNews(
            state=state,
            at_s=self._clock.now_s() - age_s,
            alt_agl_m=self._above_ground_m(state),
            activity=self.activity(state, delivery),
            delivery_id=None if delivery is None else delivery.id,
        )

    def activity(self, state: VehicleState, delivery: Delivery | None) -> Text:
        """Return what an aircraft is doing, in words."""
        if delivery is not None and delivery.state not in BEFORE_FLIGHT and state.mode == "AUTO":
            plan = self._plans.recent(delivery.plan_id)
            if plan is not None:
                return activity_words(delivery.progress, plan, self.site_name(delivery))
        number = state.mode_number
        if number is None:
            return Text("状態不明", "unknown")
        return mode_text(number) if state.armed else Text("地上で待機中", "on the ground")

    def site_name(self, delivery: Delivery) -> Text:
        """Return the name of where a delivery goes."""
        place = self._town.place(delivery.site_id)
        return Text(delivery.site_id, delivery.site_id) if place is None else place.name

    def _above_ground_m(self, state: VehicleState) -> float | None:
        position = state.position
        if position is None:
            return None
        ground_m = self._town.terrain.elevation_of(position.ground)
        return None if np.isnan(ground_m) else position.alt_amsl_m - ground_m

    async def _follow(self, state: VehicleState) -> None:
        delivery = self._book.of_vehicle(state.vehicle_id)
        if delivery is None or delivery.state in BEFORE_FLIGHT or delivery.state in ENDED:
            self._texts.pop(state.vehicle_id, None)
            if delivery is not None and delivery.state is DeliveryState.UPLOADING:
                await self._show_upload(delivery)
            return
        try:
            plan = await self._plans.get(delivery.plan_id)
        except (NotFoundError, UnavailableError):
            return
        async with self._book.alone_with(delivery.id) as latest:
            if latest.state in ENDED or latest.state in BEFORE_FLIGHT:
                return
            await self._move_on(latest, plan, state)

    async def _move_on(self, delivery: Delivery, plan: Plan, state: VehicleState) -> None:
        texts = tuple(self._texts.get(state.vehicle_id, ()))
        now_s = self._clock.now_s()
        progress = advance(delivery.progress, plan, _sample(state, texts), now_s)
        moved = followed(delivery, progress, now_s)
        # The request first: if the disk refuses either, the delivery stays as it was and both are tried again.
        if progress.released and not delivery.progress.released:
            await self._requests.move(delivery.request_id, RequestState.DELIVERED, now_s)
        if moved.state is DeliveryState.RECALLED and not moved.load_unknown:
            await self._requests.move(delivery.request_id, RequestState.OPEN, now_s)
        if moved.state in BEFORE_FLIGHT:  # its motors stopped on the ground
            await self._requests.move(delivery.request_id, RequestState.PLANNED, now_s)
        await self._book.save(moved, now_s)
        del self._texts[state.vehicle_id][: len(texts)]

    async def _show_upload(self, delivery: Delivery) -> None:
        transfer = self._mirror.report(delivery.vehicle_id).transfer
        if transfer is not None and transfer.digest == delivery.flight:
            async with self._book.alone_with(delivery.id) as latest:
                if latest.state is DeliveryState.UPLOADING:
                    await self._book.save(replace(latest, upload_fraction=transfer.fraction), self._clock.now_s())

    def _look_for_alerts(self, state: VehicleState) -> None:
        view = alert_view(state)
        before = self._views.get(state.vehicle_id)
        self._views[state.vehicle_id] = view
        if view == before:
            return
        silence = self._mirror.report(state.vehicle_id).silence
        name = self.vehicle_name(state.vehicle_id)
        for news in alerts_between(before, view, name=name, silence=silence):
            self._watchers.on_alert(state.vehicle_id, news)
        for subject in alerts_over(before, view):
            self._watchers.on_alert_over(state.vehicle_id, subject)

    def vehicle_name(self, vehicle_id: VehicleId) -> Text:
        """Return what people call an aircraft."""
        aircraft = self._town.aircraft.get(vehicle_id)
        return Text(vehicle_id, vehicle_id) if aircraft is None else aircraft.name


def _sample(state: VehicleState, texts: tuple[str, ...]) -> FlightSample:
    mission = state.telemetry.mission
    position = state.position
    return FlightSample(
        armed=state.armed,
        landed=not state.in_air,
        mode=state.mode,
        mission_seq=None if mission is None else mission.seq,
        at=None if position is None else position.ground,
        texts=texts,
    )
