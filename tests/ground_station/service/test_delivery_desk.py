"""The desk when people act at once: nothing that was given up comes back, nothing unwanted flies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from fleet.errors import ConflictError
from fleet.ids import DeliveryId, RequestId, SiteId, VehicleId
from fleet.text import Text
from ground_station.service.delivery import PERSON_CHECKS, Delivery, DeliveryState, Tick
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.delivery_desk import DeliveryDesk
from ground_station.service.flight_progress import FlightProgress, FlightStage
from ground_station.service.request_book import RequestBook, RequestState, StationRequest
from missions.values.finding import Finding, Level
from missions.values.request import DeliveryRequest, Urgency
from tests.ground_station.plan_values import PLAN_VALUE

OK = (Finding(level=Level.OK, rule="aircraft.link", text=Text("通信", "link")),)
REQUEST = RequestId("request-1")


class Paper:
    """Keeps documents in memory."""

    def all(self, collection: str, kind: Any, key_of: Any = None) -> list[Any]:
        return []

    def put(self, collection: str, document_id: str, body: Any, at_s: float) -> None:
        pass


@dataclass
class State:
    armed: bool = False
    plan_on_board: str | None = PLAN_VALUE.id


@dataclass
class Aircraft:
    now: State = field(default_factory=State)
    began: list[str] = field(default_factory=list)
    may_finish: asyncio.Event = field(default_factory=asyncio.Event)

    def state(self) -> State:
        return self.now

    async def upload_plan(self, items: Any, progress: Any = None) -> None:
        await self.may_finish.wait()

    async def begin(self, action: Any, *, author: str) -> str:
        await self.may_finish.wait()
        self.began.append(author)
        return "command"


@dataclass
class Everything:
    """Plans, preflight, audit and clock of a desk for one aircraft."""

    aircraft: Aircraft = field(default_factory=Aircraft)
    set_by: list[str] = field(default_factory=list)

    def vehicle(self, vehicle_id: str) -> Aircraft:
        return self.aircraft

    async def get(self, plan_id: str) -> Any:
        return PLAN_VALUE

    async def check(self, vehicle: Any, plan: Any) -> tuple[Finding, ...]:
        return OK

    async def cure(self, vehicle: Any, plan: Any, *, author: str) -> None:
        self.set_by.append(author)

    def append(self, **entry: object) -> None:
        pass

    def now_s(self) -> float:
        return 1000.0


@dataclass
class Desk:
    desk: DeliveryDesk
    book: DeliveryBook
    requests: RequestBook
    rest: Everything

    async def with_delivery(self, state: DeliveryState) -> DeliveryId:
        """Put a delivery in this state on the desk, every check ticked."""
        delivery = Delivery(
            id=DeliveryId("d-1"),
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
        )
        await self.book.save(delivery, 0.0)
        return delivery.id


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    rest = Everything()
    book = DeliveryBook(cast("Any", Paper()))
    requests = RequestBook(Paper())
    wish = DeliveryRequest(
        id=REQUEST,
        item="水",
        mass_kg=4.0,
        site_id=SiteId("site"),
        urgency=Urgency.URGENT,
        requested_by="役場",
        requested_at_s=0.0,
    )
    await requests.add(StationRequest(request=wish, source="office"), 0.0)
    made = DeliveryDesk(
        town=cast("Any", None),
        book=book,
        plans=cast("Any", rest),
        requests=requests,
        vehicles=cast("Any", rest),
        preflight=cast("Any", rest),
        audit=cast("Any", rest),
        clock=cast("Any", rest),
    )
    uploading = asyncio.create_task(made.run())
    yield Desk(made, book, requests, rest)
    uploading.cancel()


async def test_a_delivery_given_up_during_its_upload_does_not_come_back(desk: Desk) -> None:
    delivery = await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    await asyncio.sleep(0)
    await desk.desk.cancel(delivery.id, author="操縦 太郎")
    desk.rest.aircraft.may_finish.set()
    for _ in range(20):
        await asyncio.sleep(0)
    assert desk.book.get(delivery.id).state is DeliveryState.FAILED


async def test_giving_up_while_it_takes_off_is_refused_and_the_flight_is_followed(desk: Desk) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    flying = asyncio.create_task(desk.desk.fly(delivery_id, author="操縦 太郎"))
    await asyncio.sleep(0)
    giving_up = asyncio.create_task(desk.desk.cancel(delivery_id, author="操縦 太郎"))
    await asyncio.sleep(0)
    desk.rest.aircraft.may_finish.set()
    await flying
    with pytest.raises(ConflictError):
        await giving_up
    assert desk.rest.aircraft.began == ["操縦 太郎"]
    assert desk.book.get(delivery_id).state is DeliveryState.FLYING


@pytest.mark.parametrize("state", [RequestState.WITHDRAWN, RequestState.DELIVERED])
async def test_what_nobody_waits_for_any_more_does_not_fly(desk: Desk, state: RequestState) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    await desk.requests.move(REQUEST, state, 1.0)
    desk.rest.aircraft.may_finish.set()
    with pytest.raises(ConflictError):
        await desk.desk.fly(delivery_id, author="操縦 太郎")
    with pytest.raises(ConflictError):
        await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    assert desk.rest.aircraft.began == []


async def test_one_request_is_not_flown_by_two_aircraft_at_once(desk: Desk) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    other = replace(desk.book.get(delivery_id), id=DeliveryId("d-2"), vehicle_id=VehicleId("hato-2"))
    await desk.book.save(replace(other, state=DeliveryState.PLACING), 1.0)
    desk.rest.aircraft.may_finish.set()
    with pytest.raises(ConflictError):
        await desk.desk.fly(delivery_id, author="操縦 太郎")
    await desk.book.save(replace(other, state=DeliveryState.RECALLED), 2.0)
    assert await desk.desk.fly(delivery_id, author="操縦 太郎")


async def test_a_load_nobody_knows_of_is_not_flown_again_before_somebody_looked(desk: Desk) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.RECALLED)
    await desk.requests.move(REQUEST, RequestState.FLYING, 1.0, delivery_id)
    unheard = FlightProgress(stage=FlightStage.LANDED, was_airborne=True, place_reached=True)
    await desk.book.save(replace(desk.book.get(delivery_id), progress=unheard), 1.0)
    with pytest.raises(ConflictError, match="not known"):
        await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    told = await desk.desk.record_load(delivery_id, set_down=False, author="操縦 太郎")
    assert told.load_seen is not None
    assert told.load_seen.name == "操縦 太郎"
    assert desk.requests.get(REQUEST).state is RequestState.OPEN
    with pytest.raises(ConflictError):
        await desk.desk.record_load(delivery_id, set_down=True, author="操縦 太郎")
    await desk.book.save(replace(desk.book.get(delivery_id), load_seen=None), 2.0)
    told = await desk.desk.record_load(delivery_id, set_down=True, author="操縦 太郎")
    assert told.state is DeliveryState.DONE
    assert desk.requests.get(REQUEST).state is RequestState.DELIVERED


async def test_a_request_whose_flight_did_not_begin_can_be_sent_again(desk: Desk) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.CHECKING)
    await desk.requests.move(REQUEST, RequestState.FLYING, 1.0, delivery_id)
    again = await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    assert desk.book.get(delivery_id).state is DeliveryState.FAILED
    assert again.state is DeliveryState.UPLOADING


async def test_settings_are_changed_only_during_the_checks_with_motors_off(desk: Desk) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.DONE)
    with pytest.raises(ConflictError):
        await desk.desk.cure(delivery_id, author="操縦 太郎")
    await desk.book.save(replace(desk.book.get(delivery_id), state=DeliveryState.CHECKING), 2.0)
    desk.rest.aircraft.now.armed = True
    with pytest.raises(ConflictError):
        await desk.desk.cure(delivery_id, author="操縦 太郎")
    assert desk.rest.set_by == []
    desk.rest.aircraft.now.armed = False
    await desk.desk.cure(delivery_id, author="操縦 太郎")
    assert desk.rest.set_by == ["操縦 太郎"]
