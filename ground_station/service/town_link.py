"""The station's line to the town office: records out, the town's wishes in. No wish ever becomes a flight command."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
import structlog

from fleet.clock import Clock
from fleet.errors import FleetError, InvalidValueError, TooManyError, UnavailableError
from fleet.ids import RequestId, SiteId, VehicleId, new_id, uuid7
from fleet.text import Text
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.service.delivery import Delivery
from ground_station.service.open_alerts import OpenAlert
from ground_station.service.request_book import RequestBook, StationRequest
from ground_station.service.town_feed import (
    VehicleNews,
    bilingual,
    delivery_body,
    request_body,
    state_body,
    track_body,
)
from imagery.station_pictures import StationPictures
from missions.values.plan import Plan
from missions.values.request import DeliveryRequest
from missions.values.town import PlaceKind, Town
from telemetry import bodies
from telemetry.codec import DownMessage
from telemetry.making import make_record
from telemetry.relay_mqtt import RelayStatus, StationRelay

_log = structlog.get_logger(__name__)


class TownLink:
    """Puts typed records into the outbox and takes in what the town asks; `on_lost` is told how many were not kept."""

    def __init__(
        self,
        *,
        relay: StationRelay,
        pictures: StationPictures,
        requests: RequestBook,
        town: Town,
        clock: Clock,
        on_lost: Callable[[int], None] | None = None,
    ) -> None:
        self._on_lost = on_lost
        self._relay = relay
        self._pictures = pictures
        self._requests = requests
        self._town = town
        self._clock = clock

    async def tell(self, *contents: bodies.Body) -> bool:
        """Put records into the outbox; a full or broken disk is logged and shown by `status`, and False returned."""
        now_s = self._clock.now_s()
        records = [make_record(body, record_id=new_id(now_s), recorded_at_s=now_s) for body in contents]
        try:
            await self._relay.put(records)
        except FleetError as error:
            _log.error("records not kept", what=error.what.en, kinds=[body.KIND for body in contents])
            if self._on_lost is not None and isinstance(error, UnavailableError | TooManyError):
                self._on_lost(len(records))
            return False
        return True

    async def tell_vehicles(self, news: list[VehicleNews]) -> None:
        """Tell the newest state of vehicles."""
        states = [state for one in news if (state := state_body(one)) is not None]
        for state in states:
            self._relay.show_vehicle(VehicleId(state.vehicle_id), msgspec.to_builtins(state))
        if states:
            await self.tell(*states)

    async def tell_tracks(self, news: list[VehicleNews]) -> None:
        """Tell where vehicles were, for history."""
        tracks = [track for one in news if (track := track_body(one)) is not None]
        if tracks:
            await self.tell(*tracks)

    async def tell_delivery(self, delivery: Delivery, plan: Plan, words: Text, *, position_at_s: float | None) -> None:
        """Tell how a delivery stands; `position_at_s` is when its aircraft was last where it says."""
        await self.tell(delivery_body(delivery, plan, words, now_s=self._clock.now_s(), position_at_s=position_at_s))

    async def status(self) -> RelayStatus:
        """Return how the relay stands; raises UnavailableError if the outbox does not answer."""
        return await self._relay.status()

    async def tell_request(self, entry: StationRequest) -> None:
        """Tell where a request stands."""
        await self.tell(request_body(entry))

    async def tell_command(self, command: FlightCommand) -> None:
        """Tell what became of a command, for the record; told again it is the same record, and counts once.

        Raises UnavailableError or TooManyError where the outbox does not take it now: then it is to be told again.
        """
        body = bodies.CommandState(
            command_id=command.id,
            vehicle_id=command.vehicle_id,
            action=command.action.value,
            author=command.author,
            at_s=command.changed_at_s,
            state=command.state.value,
            text=bilingual(command.text),
        )
        name = hashlib.sha256(f"{command.id}/{command.state.value}".encode()).digest()
        record_id = uuid7(command.changed_at_s, name[:10])
        try:
            await self._relay.put([make_record(body, record_id=record_id, recorded_at_s=self._clock.now_s())])
        except (UnavailableError, TooManyError):
            raise
        except FleetError as error:  # no other time would take it either
            _log.error("a command is not told", command=command.id, what=error.what.en)

    async def tell_alert(self, alert: OpenAlert, *, over_at_s: float | None = None) -> None:
        """Tell an alert, or that its cause is over, before everything else."""
        await self.tell(
            bodies.Alert(
                alert_id=alert.id,
                at_s=alert.at_s,
                level=alert.news.level.value,
                text=bilingual(alert.news.text),
                vehicle_id=alert.vehicle_id,
                over_at_s=over_at_s,
            )
        )

    async def tell_health(self, status: RelayStatus, pictures_pending: int) -> None:
        """Tell what the town has not received yet."""
        await self.tell(
            bodies.StationHealth(
                at_s=self._clock.now_s(),
                pending={
                    lane.value: bodies.LaneBacklog(records=waiting.records, bytes=waiting.bytes)
                    for lane, waiting in status.pending.items()
                },
                pictures_pending=pictures_pending,
                oldest_pending_s=status.oldest_age_s,
            )
        )

    async def on_down(self, message: DownMessage) -> None:
        """Take in one message of the town; durable when it returns, and twice is once. Others are passed over."""
        handler = self._handlers().get(message.kind)
        if handler is not None:
            await handler(message.body)
        elif not await self._pictures.on_down(message.kind, message.body):
            _log.warning("the town asks for something unknown", kind=message.kind)

    def _handlers(self) -> Mapping[str, Callable[[Mapping[str, Any]], Awaitable[None]]]:
        return {"delivery.request": self._on_delivery_request, "request.withdrawn": self._on_withdrawn}

    async def _on_delivery_request(self, body: Mapping[str, Any]) -> None:
        try:
            request = msgspec.convert({**body, "site_id": str(body.get("site_id", ""))}, DeliveryRequest)
        except (msgspec.ValidationError, InvalidValueError) as error:
            _log.warning("a request of the town cannot be read", error=str(error))
            return
        if not self._has_site(request.site_id):
            _log.warning("the town asks for a place that is not in this bundle", site=request.site_id)
            await self.tell_refusal(request)
            return
        now_s = self._clock.now_s()
        entry = StationRequest(request=request, source="office")
        kept = await self._requests.add(entry, now_s)
        await self.tell_request(kept)

    async def tell_refusal(self, request: DeliveryRequest) -> None:
        """Say that a request cannot be served here, since its place is unknown."""
        news = Text(
            f"依頼「{request.item}」の届け先 {request.site_id} は、この局の地図にありません",
            f"the request {request.item!r} goes to {request.site_id}, which this station does not know",
        )
        now_s = self._clock.now_s()
        await self.tell(
            bodies.Alert(alert_id=new_id(now_s), at_s=now_s, level="warn", text=bilingual(news), vehicle_id=None)
        )

    async def _on_withdrawn(self, body: Mapping[str, Any]) -> None:
        request_id = RequestId(str(body.get("request_id", "")))
        try:
            entry = await self._requests.withdraw(request_id, self._clock.now_s())
        except FleetError as error:
            _log.warning("a withdrawal of the town changes nothing", request=request_id, what=error.what.en)
            return
        await self.tell_request(entry)

    def _has_site(self, site_id: SiteId) -> bool:
        return any(site.id == site_id for site in self._town.places_of(PlaceKind.LANDING_SITE))
