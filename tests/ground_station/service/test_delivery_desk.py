"""The desk when people act at once: nothing that was given up comes back, nothing unwanted flies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from fleet.errors import ConflictError, ExpiredError, RefusedError, UnavailableError
from fleet.ids import CommandId, DeliveryId, VehicleId
from fleet.text import Text
from ground_station.flight.order import Beat, Heard, Order
from ground_station.flight.port import HangLoad, PutRight
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.state import LinkState
from ground_station.service.delivery import DeliveryState, Tick
from ground_station.service.flight_progress import FlightProgress, FlightStage
from ground_station.service.request_book import RequestState
from missions.values.finding import Finding, Level
from tests.ground_station.plan_values import FLIGHT_VALUE, PLAN_VALUE
from tests.ground_station.service.desk_world import REQUEST, WISH, DeskWorld, let_others_run
from tests.ground_station.service.fake_core import DIGEST, OK, aircraft
from tests.telemetry.field import until

FLY = CommandId("fly-0001")


@pytest.fixture
async def desk() -> AsyncIterator[DeskWorld]:
    world = DeskWorld()
    await world.requests.add(WISH, 0.0)
    uploading = asyncio.create_task(world.desk.run())
    yield world
    uploading.cancel()


async def test_a_delivery_given_up_during_its_upload_does_not_come_back(desk: DeskWorld) -> None:
    desk.core.may_finish.clear()
    delivery = await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    await let_others_run()
    await desk.desk.cancel(delivery.id, author="操縦 太郎")
    assert desk.core.placed == [(FLIGHT_VALUE, False)]
    desk.core.may_finish.set()
    await let_others_run()
    assert desk.book.get(delivery.id).state is DeliveryState.FAILED


async def test_giving_up_while_it_takes_off_is_refused_and_the_flight_is_followed(desk: DeskWorld) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    desk.core.may_finish.clear()
    flying = asyncio.create_task(desk.desk.fly(delivery_id, FLY, None, author="操縦 太郎"))
    await asyncio.sleep(0)
    giving_up = asyncio.create_task(desk.desk.cancel(delivery_id, author="操縦 太郎"))
    await asyncio.sleep(0)
    desk.core.may_finish.set()
    await flying
    with pytest.raises(ConflictError):
        await giving_up
    assert [order.author for order in desk.core.orders] == ["操縦 太郎"]
    assert desk.book.get(delivery_id).state is DeliveryState.FLYING


@pytest.mark.parametrize("state", [RequestState.WITHDRAWN, RequestState.DELIVERED])
async def test_what_nobody_waits_for_any_more_does_not_fly(desk: DeskWorld, state: RequestState) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    await desk.requests.move(REQUEST, state, 1.0)
    with pytest.raises(ConflictError):
        await desk.desk.fly(delivery_id, FLY, None, author="操縦 太郎")
    with pytest.raises(ConflictError):
        await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    assert desk.core.orders == []


async def test_one_request_is_not_flown_by_two_aircraft_at_once(desk: DeskWorld) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    other = replace(desk.book.get(delivery_id), id=DeliveryId("d-2"), vehicle_id=VehicleId("hato-2"))
    await desk.book.save(replace(other, state=DeliveryState.PLACING), 1.0)
    with pytest.raises(ConflictError):
        await desk.desk.fly(delivery_id, FLY, None, author="操縦 太郎")
    await desk.book.save(replace(other, state=DeliveryState.RECALLED), 2.0)
    await desk.desk.fly(delivery_id, FLY, None, author="操縦 太郎")
    assert [order.id for order in desk.core.orders] == [FLY]


async def test_a_load_nobody_knows_of_is_not_flown_again_before_somebody_looked(desk: DeskWorld) -> None:
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


async def test_a_request_whose_flight_did_not_begin_can_be_sent_again(desk: DeskWorld) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.CHECKING)
    await desk.requests.move(REQUEST, RequestState.FLYING, 1.0, delivery_id)
    again = await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    assert desk.book.get(delivery_id).state is DeliveryState.FAILED
    assert again.state is DeliveryState.UPLOADING


async def test_settings_are_changed_only_during_the_checks_with_motors_off(desk: DeskWorld) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.DONE)
    with pytest.raises(ConflictError):
        await desk.desk.cure(delivery_id, author="操縦 太郎")
    await desk.book.save(replace(desk.book.get(delivery_id), state=DeliveryState.CHECKING), 2.0)
    desk.core.knows(state=aircraft(armed=True))
    desk.hear()
    with pytest.raises(ConflictError):
        await desk.desk.cure(delivery_id, author="操縦 太郎")
    assert desk.core.works == []
    desk.core.knows(state=aircraft())
    desk.hear()
    await desk.desk.cure(delivery_id, author="操縦 太郎")
    assert desk.core.works == [PutRight(vehicle_id=PLAN_VALUE.vehicle_id, digest=DIGEST, author="操縦 太郎")]


async def test_the_word_to_fly_goes_to_the_core_with_the_flight_and_what_its_giver_heard(desk: DeskWorld) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    heard = Heard(beat=Beat(boot_id="boot-1", stamp_s=1.0), elapsed_s=0.2)
    for _ in range(2):
        await desk.desk.fly(delivery_id, FLY, heard, author="操縦 太郎")
    wanted = Order(
        id=FLY,
        vehicle_id=PLAN_VALUE.vehicle_id,
        action=Action.START_MISSION,
        author="操縦 太郎",
        heard=heard,
        digest=DIGEST,
    )
    assert desk.core.orders == [wanted]
    assert desk.requests.get(REQUEST).state is RequestState.FLYING


@pytest.mark.parametrize(
    "refusal",
    [
        ExpiredError(Text("古い", "too old"), Text("もう一度", "again")),
        RefusedError(Text("だめ", "no"), None),
        UnavailableError(Text("中枢がない", "no core"), None),
    ],
)
async def test_a_word_to_fly_that_the_core_does_not_take_leaves_the_delivery_at_its_checks_with_why(
    desk: DeskWorld, refusal: RefusedError
) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    desk.core.refusal = refusal
    with pytest.raises(type(refusal)):
        await desk.desk.fly(delivery_id, FLY, None, author="操縦 太郎")
    delivery = desk.book.get(delivery_id)
    assert (delivery.state, delivery.problem) == (DeliveryState.CHECKING, refusal.what)
    assert desk.requests.get(REQUEST).state is RequestState.PLANNED
    desk.core.refusal = None
    await desk.desk.fly(delivery_id, CommandId("fly-0002"), None, author="操縦 太郎")
    assert [order.id for order in desk.core.orders] == ["fly-0002"]


async def test_a_delivery_is_ready_only_while_the_core_says_that_its_flight_is_on_board_and_may_fly(
    desk: DeskWorld,
) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    refused = (replace(OK[0], level=Level.REFUSE),)
    table: list[tuple[tuple[Finding, ...], str | None, DeliveryState]] = [
        (OK, DIGEST, DeliveryState.READY),
        (refused, DIGEST, DeliveryState.CHECKING),
        (OK, None, DeliveryState.CHECKING),
        (OK, "another", DeliveryState.CHECKING),
        (OK, DIGEST, DeliveryState.READY),
    ]
    for checks, on_board, state in table:
        desk.core.knows(checks=checks, state=aircraft(on_board=on_board))
        desk.hear()
        assert (await desk.desk.recheck(delivery_id)).state is state


async def test_a_core_that_was_started_anew_is_asked_to_read_back_what_is_on_board(desk: DeskWorld) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    desk.core.knows(flight=None, checks=(), state=aircraft(on_board=None))
    desk.hear()
    assert (await desk.desk.recheck(delivery_id)).state is DeliveryState.CHECKING
    await let_others_run()
    assert desk.core.placed == [(FLIGHT_VALUE, True)]
    desk.hear()
    assert (await desk.desk.recheck(delivery_id)).state is DeliveryState.READY


@pytest.mark.parametrize("why", ["the aircraft is silent", "the core is silent"])
async def test_a_core_that_cannot_read_back_now_is_asked_later(desk: DeskWorld, why: str) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.READY)
    desk.core.may_finish.clear()
    desk.core.knows(flight=None, state=aircraft(on_board=None, link=LinkState.LOST, link_age_s=60.0))
    if why == "the core is silent":
        desk.core.knows(flight=None, state=aircraft(on_board=None))
    desk.hear()
    if why == "the core is silent":
        desk.clock.advance(4.0)
    await desk.desk.recheck(delivery_id)
    await let_others_run()
    assert desk.core.placed == []
    desk.core.knows(state=aircraft(on_board=None, at_s=desk.clock.monotonic_s()))
    desk.hear()
    for _ in range(3):
        await desk.desk.recheck(delivery_id)
        await let_others_run()
    assert desk.core.placed == [(FLIGHT_VALUE, True)]


async def test_an_upload_that_the_core_refuses_ends_the_delivery_with_its_words(desk: DeskWorld) -> None:
    desk.core.refusal = RefusedError(Text("断られた", "refused"), Text("送り直す", "send it again"))
    delivery = await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    await until(lambda: desk.book.get(delivery.id).state is not DeliveryState.UPLOADING, within_s=10.0)
    ended = desk.book.get(delivery.id)
    assert (ended.state, ended.problem, ended.problem_cure) == (
        DeliveryState.FAILED,
        desk.core.refusal.what,
        desk.core.refusal.cure,
    )


async def test_in_a_drill_the_load_is_hung_when_somebody_saw_it_fixed(desk: DeskWorld) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.CHECKING)
    await desk.desk.tick(delivery_id, "load-fixed", Tick(name="花子", at_s=1.0), author="操縦 太郎")
    assert desk.core.works == [HangLoad(vehicle_id=PLAN_VALUE.vehicle_id, mass_kg=4.0, author="操縦 太郎")]
