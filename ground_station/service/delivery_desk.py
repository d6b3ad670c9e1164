"""Takes a plan to an aircraft: who may, upload and read-back, the checklist, and the word to fly.

With the plan go the settings that the flight needs (return height, fence, failsafes), each read back as well.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from fleet.audit import AuditTrail
from fleet.clock import Clock
from fleet.errors import ConflictError
from fleet.ids import CommandId, DeliveryId, PlanId, VehicleId, new_id
from fleet.text import Text
from ground_station.flight.flight_plan import digest_of
from ground_station.flight.order import Heard, Order
from ground_station.flight.port import FlightPort, HangLoad, PutRight
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.state import LinkState
from ground_station.service.delivery import (
    BEFORE_FLIGHT,
    PERSON_CHECKS,
    AcceptedWarning,
    Delivery,
    DeliveryState,
    LoadSeen,
    Tick,
    checked,
    seen,
    settle,
    ticked,
)
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.delivery_upload import STATION, DeliveryUploads
from ground_station.service.flight_intents import FlightIntents
from ground_station.service.flight_mirror import FlightMirror
from ground_station.service.may_fly import require_flyable, require_ready, require_wanted
from ground_station.service.plan_desk import PlanDesk
from ground_station.service.request_book import RequestBook, RequestState
from missions.values.plan import Plan
from missions.values.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightSide:
    """What of the desk stands towards the flight core."""

    port: FlightPort
    mirror: FlightMirror
    uploads: DeliveryUploads
    intents: FlightIntents


class DeliveryDesk:
    """One desk for all deliveries of the station. `run` owns the uploads."""

    def __init__(
        self,
        *,
        town: Town,
        book: DeliveryBook,
        plans: PlanDesk,
        requests: RequestBook,
        flight: FlightSide,
        audit: AuditTrail,
        clock: Clock,
    ) -> None:
        self._town = town
        self._book = book
        self._plans = plans
        self._requests = requests
        self._port = flight.port
        self._mirror = flight.mirror
        self._intents = flight.intents
        self._uploads = flight.uploads
        self._audit = audit
        self._clock = clock
        self._locks: defaultdict[VehicleId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def begin(self, plan_id: PlanId, accepted: Sequence[AcceptedWarning], *, author: str) -> Delivery:
        """Return a new delivery whose upload has begun; raises RefusedError or ConflictError with what to do."""
        plan = await self._plans.get(plan_id)
        require_flyable(plan, accepted)
        self._mirror.report(plan.vehicle_id)
        async with self._locks[plan.vehicle_id]:
            return await self._begin(plan, accepted, author=author)

    async def _begin(self, plan: Plan, accepted: Sequence[AcceptedWarning], *, author: str) -> Delivery:
        entry = self._requests.get(plan.request_id)
        require_wanted(entry, self._book.all.values())
        flight = self._uploads.flight(plan)
        await self._set_unflown_aside(plan.vehicle_id)
        now_s = self._clock.now_s()
        delivery = Delivery(
            id=DeliveryId(new_id(now_s)),
            request_id=plan.request_id,
            plan_id=plan.id,
            vehicle_id=plan.vehicle_id,
            site_id=plan.site_id,
            item=entry.request.item,
            mass_kg=plan.payload_kg,
            state=DeliveryState.UPLOADING,
            created_at_s=now_s,
            accepted_warnings=tuple(accepted),
            upload_fraction=0.0,
            flight=digest_of(flight),
        )
        await asyncio.to_thread(
            self._audit.append,
            actor=author,
            action="delivery.begin",
            subject=delivery.id,
            detail={
                "plan_id": plan.id,
                "vehicle_id": plan.vehicle_id,
                "accepted": [
                    {"rule": warning.rule, "name": warning.name, "reason": warning.reason} for warning in accepted
                ],
            },
        )
        wish = replace(self._requests.get(plan.request_id), state=RequestState.PLANNED, delivery_id=delivery.id)
        # Queued as soon as it is on disk: by then the giver may be gone.
        on_disk = partial(self._uploads.put, delivery)
        await self._book.save_with(delivery, self._requests, wish, now_s, on_disk=on_disk)
        return delivery

    async def run(self) -> None:
        """Upload and check what was begun, one after the other, until cancelled."""
        await self._uploads.run()

    async def recheck(self, delivery_id: DeliveryId) -> Delivery:
        """Look at what the core finds of the aircraft while a delivery waits to fly, and return it as it stands.

        A core that was started anew knows nothing of the flight: it is asked to read back what is on board.
        """
        async with self._book.alone_with(delivery_id) as delivery:
            return await self._recheck(delivery)

    async def _recheck(self, delivery: Delivery) -> Delivery:
        if delivery.state not in {DeliveryState.CHECKING, DeliveryState.READY}:
            return delivery
        report = self._mirror.report(delivery.vehicle_id)
        if report.flight != delivery.flight:
            if report.state.link is LinkState.FRESH and report.transfer is None and self._mirror.reachable:
                self._uploads.take_up(delivery)
            return await self._book.save(settle(replace(delivery, on_board=False)), self._clock.now_s())
        on_board = report.state.plan_on_board == delivery.flight
        findings = report.checks or delivery.machine_checks
        return await self._book.save(
            settle(checked(replace(delivery, on_board=on_board), findings)), self._clock.now_s()
        )

    async def tick(self, delivery_id: DeliveryId, check_id: str, tick: Tick | None, *, author: str) -> Delivery:
        """Tick a check that only eyes can make, or with None withdraw the tick; raises ConflictError once it flies.

        `author` is who is signed in; the tick's name is who looked, perhaps somebody without an account.
        """
        async with self._locks[self._book.get(delivery_id).vehicle_id]:
            await self._may_tick(self._book.get(delivery_id), check_id, tick, author=author)
            async with self._book.alone_with(delivery_id) as delivery:
                if delivery.state not in BEFORE_FLIGHT:
                    return delivery
                return await self._book.save(ticked(delivery, check_id, tick), self._clock.now_s())

    async def _may_tick(self, delivery: Delivery, check_id: str, tick: Tick | None, *, author: str) -> None:
        if delivery.state not in BEFORE_FLIGHT or check_id not in {check.id for check in PERSON_CHECKS}:
            raise ConflictError(
                Text("この点検は今は変えられません", "this check cannot be changed now"),
                Text("画面を読み込み直してください", "reload the page"),
            )
        await asyncio.to_thread(
            self._audit.append,
            actor=author,
            action="delivery.untick" if tick is None else "delivery.tick",
            subject=delivery.id,
            detail={"check": check_id} if tick is None else {"check": check_id, "name": tick.name},
        )
        if check_id == "load-fixed" and tick is not None:
            await self._hang_load(delivery, author=author)

    async def cure(self, delivery_id: DeliveryId, *, author: str) -> Delivery:
        """Set what the flight needs on the aircraft, then check again; raises what the aircraft answers.

        Raises ConflictError unless the delivery waits for its checks and the aircraft's motors are off.
        """
        async with self._locks[self._book.get(delivery_id).vehicle_id]:
            return await self._cure(delivery_id, author=author)

    async def _cure(self, delivery_id: DeliveryId, *, author: str) -> Delivery:
        delivery = self._book.get(delivery_id)
        armed = self._mirror.state(delivery.vehicle_id).armed
        if delivery.state not in {DeliveryState.CHECKING, DeliveryState.READY} or armed or delivery.flight is None:
            raise ConflictError(
                Text("機体の設定は、点検中にだけ変えられます", "settings can be changed only during the checks"),
                Text("飛ぶ前の配送を選び直してください", "choose a delivery that has not taken off"),
            )
        await asyncio.to_thread(
            self._audit.append, actor=author, action="delivery.set-parameters", subject=delivery_id, detail={}
        )
        await self._port.set_up(PutRight(vehicle_id=delivery.vehicle_id, digest=delivery.flight, author=author))
        return await self.recheck(delivery_id)

    async def fly(self, delivery_id: DeliveryId, order_id: CommandId, heard: Heard | None, *, author: str) -> None:
        """Give the word to fly under the giver's id; what becomes of it is followed by that id.

        That it is given is on disk before it is. Raises RefusedError naming what is still open, ConflictError if nobody
        waits for the load any more, UnavailableError if the disk refuses, ExpiredError for a word that is too old: in
        each nothing was sent. Where the core's answer is lost, it may have been: then nothing is raised.
        """
        async with self._locks[self._book.get(delivery_id).vehicle_id]:
            delivery = await self.recheck(delivery_id)
            if delivery.order_id == order_id and delivery.state is not DeliveryState.READY:
                return
            entry = self._requests.get(delivery.request_id)
            require_wanted(entry, self._book.all.values())
            require_ready(delivery)
            order = Order(
                id=order_id,
                vehicle_id=delivery.vehicle_id,
                action=Action.START_MISSION,
                author=author,
                heard=heard,
                digest=delivery.flight,
            )
            await self._intents.give(delivery, entry, order)

    async def _hang_load(self, delivery: Delivery, *, author: str) -> None:
        """In a drill the load exists only for the simulator; an aircraft whose load is nominal flies empty."""
        if not self._town.aircraft[delivery.vehicle_id].load_is_nominal:
            load = HangLoad(vehicle_id=delivery.vehicle_id, mass_kg=delivery.mass_kg, author=author)
            await self._port.set_up(load)

    async def cancel(self, delivery_id: DeliveryId, *, author: str) -> Delivery:
        """Give up a delivery that has not taken off; raises ConflictError once it flies."""
        async with self._locks[self._book.get(delivery_id).vehicle_id]:
            return await self._give_up(delivery_id, author=author)

    async def _give_up(self, delivery_id: DeliveryId, *, author: str) -> Delivery:
        async with self._book.alone_with(delivery_id) as delivery:
            return await self._end_unflown(delivery, author=author)

    async def _end_unflown(self, delivery: Delivery, *, author: str) -> Delivery:
        if delivery.state not in BEFORE_FLIGHT:
            raise ConflictError(
                Text("飛行中の配送は取り消せません", "a delivery in flight cannot be cancelled"),
                Text("機体を戻すには「帰還」を使ってください", "to bring the aircraft back, use Recall"),
            )
        now_s = self._clock.now_s()
        await asyncio.to_thread(
            self._audit.append, actor=author, action="delivery.cancel", subject=delivery.id, detail={}
        )
        ended = replace(
            delivery,
            state=DeliveryState.FAILED,
            ended_at_s=now_s,
            problem=Text("飛ぶ前に取りやめました", "given up before take-off"),
        )
        return await self._book.save(ended, now_s)

    async def record_load(self, delivery_id: DeliveryId, *, set_down: bool, author: str) -> Delivery:
        """Record what a person saw after a flight with no word from the gripper; raises ConflictError otherwise.

        The request is delivered then, or open again.
        """
        async with self._book.alone_with(delivery_id) as delivery:
            return await self._record_load(delivery, set_down=set_down, author=author)

    async def _record_load(self, delivery: Delivery, *, set_down: bool, author: str) -> Delivery:
        if not delivery.load_unknown:
            raise ConflictError(
                Text("この配送の荷物の行方は、もう記録されています", "where this load went is on record already"),
                Text("記録を確かめてください", "look at the record"),
            )
        now_s = self._clock.now_s()
        await asyncio.to_thread(
            self._audit.append,
            actor=author,
            action="delivery.load-seen",
            subject=delivery.id,
            detail={"set_down": set_down},
        )
        wish = RequestState.DELIVERED if set_down else RequestState.OPEN
        await self._requests.move(delivery.request_id, wish, now_s)
        load = LoadSeen(set_down=set_down, name=author, at_s=now_s)
        return await self._book.save(seen(delivery, load), now_s)

    async def _set_unflown_aside(self, vehicle_id: VehicleId) -> None:
        earlier = self._book.of_vehicle(vehicle_id)
        if self._mirror.state(vehicle_id).armed or (earlier is not None and earlier.state not in BEFORE_FLIGHT):
            raise ConflictError(
                Text("この機体は飛行中です", "this aircraft is flying"),
                Text("着陸してから、もう一度送ってください", "wait until it has landed, then send the plan"),
            )
        if earlier is not None:
            await self._give_up(earlier.id, author=STATION)
