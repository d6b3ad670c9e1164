"""Keeps the pages' live state up to date with what the station knows."""

from fleet.clock import Clock
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.api.live_view import command_out, delivery_out, picture_out, request_out, vehicle_out
from ground_station.api.plan_view import text_out
from ground_station.api.schemas import AlertOut, FlightCoreOut, OfficeLinkOut
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.service.delivery import Delivery
from ground_station.service.flight_mirror import FlightMirror
from ground_station.service.flight_watch import FlightWatch
from ground_station.service.open_alerts import OpenAlert
from ground_station.service.plan_desk import PlanDesk
from ground_station.service.request_book import StationRequest
from ground_station.service.town_feed import VehicleNews
from imagery.pictures import Picture
from portal.live_hub import LiveHub
from portal.storage_board import STORAGE
from telemetry.relay_mqtt import RelayStatus

COLLECTIONS = ("vehicles", "requests", "deliveries", "commands", "pictures", "alerts", STORAGE)
_SHOWN_COMMANDS = 40
_SHOWN_ALERTS = 40
_SHOWN_PICTURES = 200


class LiveBoard:
    """Writes entities into the hub; oldest commands, alerts and pictures are taken off."""

    def __init__(
        self,
        *,
        hub: LiveHub,
        mirror: FlightMirror,
        plans: PlanDesk,
        clock: Clock,
    ) -> None:
        self._hub = hub
        self._mirror = mirror
        self._plans = plans
        self._clock = clock
        self._order: dict[str, list[str]] = {"commands": [], "alerts": [], "pictures": []}
        self._connected_since_s: float | None = None
        self._office: tuple[RelayStatus, int] | None = None
        self._remark: Text | None = None

    def show_vehicle(self, news: VehicleNews, name: Text) -> None:
        """Show an aircraft as last heard."""
        shown = vehicle_out(
            news.state,
            name=name,
            now_s=self._clock.now_s(),
            alt_agl_m=news.alt_agl_m,
            delivery_id=news.delivery_id,
            problem=self._problem_of(news),
        )
        self._hub.put("vehicles", news.state.vehicle_id, shown.model_dump(mode="json"))

    def _problem_of(self, news: VehicleNews) -> tuple[Text, Text | None] | None:
        problem = self._mirror.report(VehicleId(news.state.vehicle_id)).problem
        return None if problem is None else (problem.what, problem.cure)

    def show_core(self, page: str) -> None:
        """Show how the flight core is, its last beat, and where its own page is."""
        beat, problem = self._mirror.beat, self._mirror.problem
        shown = FlightCoreOut(
            reachable=self._mirror.reachable,
            boot_id=None if beat is None else beat.boot_id,
            stamp_s=None if beat is None else beat.stamp_s,
            page=page,
            problem=None if problem is None else text_out(problem.what),
            problem_cure=None if problem is None or problem.cure is None else text_out(problem.cure),
            alarms=[text_out(alarm.what) for alarm in self._mirror.alarms],
        )
        self._hub.set("flight", shown.model_dump(mode="json"))

    def show_request(self, entry: StationRequest) -> None:
        """Show a request."""
        self._hub.put("requests", entry.request.id, request_out(entry).model_dump(mode="json"))

    def show_delivery(self, delivery: Delivery, watch: FlightWatch) -> None:
        """Show a delivery, if its plan is in memory."""
        plan = self._plans.recent(delivery.plan_id)
        if plan is None:
            return
        shown = delivery_out(delivery, plan, site_name=watch.site_name(delivery), now_s=self._clock.now_s())
        self._hub.put("deliveries", delivery.id, shown.model_dump(mode="json"))

    def show_command(self, command: FlightCommand) -> None:
        """Show a command; its id is the one that its page gave it."""
        shown = command_out(command)
        if shown is not None:
            self._put_bounded("commands", command.id, shown.model_dump(mode="json"), _SHOWN_COMMANDS)

    def show_alert(self, alert: OpenAlert) -> None:
        """Show an alert."""
        shown = AlertOut(
            id=alert.id,
            at_s=alert.at_s,
            level=alert.news.level.value,
            text=text_out(alert.news.text),
            vehicle_id=alert.vehicle_id,
        )
        self._put_bounded("alerts", alert.id, shown.model_dump(mode="json"), _SHOWN_ALERTS)

    def remove_alert(self, alert: OpenAlert) -> None:
        """Take an alert off the page: its cause is over."""
        self._hub.remove("alerts", alert.id)

    def show_picture(self, picture: Picture) -> None:
        """Show a picture that was taken in."""
        self._put_bounded("pictures", picture.id, picture_out(picture).model_dump(mode="json"), _SHOWN_PICTURES)

    def show_office(self, status: RelayStatus, pictures_pending: int) -> None:
        """Show how the station stands with the town office, and beside it what is not kept."""
        self._office = status, pictures_pending
        if not status.connected:
            self._connected_since_s = None
        elif self._connected_since_s is None:
            self._connected_since_s = self._clock.now_s()
        pending = sum(waiting.records for waiting in status.pending.values())
        if status.connected:
            words = Text("役場と接続中", "connected to the town office")
            if pending > 50:
                words = Text(f"役場へ送信中: 残り {pending} 件", f"sending to the town office: {pending} left")
        else:
            words = Text(
                f"役場と未接続: 手元で動作中、{pending} 件を保管",
                f"no link to the town office: working here, {pending} records kept",
            )
        remark = self._remark
        shown = OfficeLinkOut(
            connected=status.connected,
            since_s=self._connected_since_s,
            pending_records=pending,
            pending_pictures=pictures_pending,
            oldest_pending_s=status.oldest_age_s,
            text=text_out(words if remark is None else Text(f"{words.ja}。{remark.ja}", f"{words.en}; {remark.en}")),
            trouble=remark is not None,
        )
        self._hub.set("office", shown.model_dump(mode="json"))

    def remark_office(self, remark: Text | None) -> None:
        """Say from now on beside the line to the office that something is not kept; None once all is."""
        if remark != self._remark:
            self._remark = remark
            if self._office is not None:
                self.show_office(*self._office)

    def _put_bounded(self, collection: str, key: str, value: dict[str, object], most: int) -> None:
        order = self._order[collection]
        if key not in order:
            order.append(key)
            while len(order) > most:
                self._hub.remove(collection, order.pop(0))
        self._hub.put(collection, key, value)
