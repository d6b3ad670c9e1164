"""A delivery desk between a fake flight core and a fake disk; it can be killed and started anew on the same disk."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

from fleet.clock import ManualClock
from fleet.ids import DeliveryId, PlanId, RequestId, SiteId
from ground_station.service.delivery import PERSON_CHECKS, Delivery, DeliveryState, Tick
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.delivery_desk import DeliveryDesk, FlightSide
from ground_station.service.delivery_upload import DeliveryUploads
from ground_station.service.flight_intents import FlightIntents
from ground_station.service.request_book import RequestBook, StationRequest
from missions.values.plan import Plan
from missions.values.request import DeliveryRequest, Urgency
from tests.ground_station.flight.aircraft import MemoryAudit
from tests.ground_station.plan_values import AIRCRAFT, PLAN_VALUE
from tests.ground_station.service.fake_core import DIGEST, OK, Disk, FakeCore, aircraft, mirror_of

REQUEST = RequestId("request-1")
DELIVERY = DeliveryId("d-1")
WISH = StationRequest(
    request=DeliveryRequest(
        id=REQUEST,
        item="水",
        mass_kg=4.0,
        site_id=SiteId("site"),
        urgency=Urgency.URGENT,
        requested_by="役場",
        requested_at_s=0.0,
    ),
    source="office",
)


class Plans:
    """One plan, whatever is asked for, or what `refusal` says."""

    refusal: BaseException | None = None

    async def get(self, plan_id: PlanId) -> Plan:
        if self.refusal is not None:
            raise self.refusal
        return PLAN_VALUE

    def recent(self, plan_id: PlanId) -> Plan:
        return PLAN_VALUE


@dataclass
class _Town:
    aircraft: dict[str, Any] = field(default_factory=lambda: {AIRCRAFT.id: AIRCRAFT})


@dataclass
class DeskWorld:
    """The desk, and everything around it."""

    core: FakeCore = field(default_factory=FakeCore)
    disk: Disk = field(default_factory=Disk)
    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start the desk, or start it anew from what is on disk."""
        documents = cast("Any", self.disk)
        self.book = DeliveryBook(documents)
        self.requests = RequestBook(documents)
        self.mirror = mirror_of(self.core, self.clock)
        self.intents = FlightIntents(book=self.book, requests=self.requests, port=self.core, clock=self.clock)
        self.mirror.on_command(self.intents.note)
        self.hear()
        self.plans = Plans()
        plans = cast("Any", self.plans)
        uploads = DeliveryUploads(
            book=self.book,
            plans=plans,
            port=self.core,
            mirror=self.mirror,
            aircraft={AIRCRAFT.id: AIRCRAFT},
            clock=self.clock,
        )
        self.audit = MemoryAudit()
        self.desk = DeliveryDesk(
            town=cast("Any", _Town()),
            book=self.book,
            plans=plans,
            requests=self.requests,
            flight=FlightSide(port=self.core, mirror=self.mirror, uploads=uploads, intents=self.intents),
            audit=self.audit,
            clock=self.clock,
        )

    def hear(self) -> None:
        """Have the desk hear the core's newest report."""
        self.mirror._take(self.core.report())

    async def look(self) -> None:
        """Have the desk hear the core and compare its delivery with what became of its order."""
        self.hear()
        await self.intents.look(self.mirror.state(PLAN_VALUE.vehicle_id), core_heard=self.mirror.reachable)

    async def with_delivery(self, state: DeliveryState) -> DeliveryId:
        """Put a delivery in this state on the desk, its flight on board and every check ticked."""
        self.core.knows(flight=DIGEST, checks=OK, state=aircraft())
        self.hear()
        delivery = Delivery(
            id=DELIVERY,
            request_id=REQUEST,
            plan_id=PLAN_VALUE.id,
            vehicle_id=PLAN_VALUE.vehicle_id,
            site_id=PLAN_VALUE.site_id,
            item="水",
            mass_kg=4.0,
            state=state,
            created_at_s=0.0,
            on_board=True,
            machine_checks=OK,
            ticks={check.id: Tick(name="操縦 太郎", at_s=0.0) for check in PERSON_CHECKS},
            flight=DIGEST,
        )
        await self.requests.add(WISH, 0.0)
        await self.book.save(delivery, 0.0)
        return delivery.id


async def let_others_run(times: int = 20) -> None:
    """Give every task that can go on its turn, and a thread that writes for one the time to do so."""
    for _ in range(times):
        await asyncio.sleep(0.002)
