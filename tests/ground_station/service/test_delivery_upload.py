"""However an upload falls, its delivery ends and says why, and the next one goes on board."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from fleet.errors import FleetError
from fleet.ids import DeliveryId, VehicleId
from fleet.text import Text
from ground_station.flight.port import VehicleReport
from ground_station.service import delivery_upload, kept_rows
from ground_station.service.delivery import Delivery, DeliveryState
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.kept_rows import OUTCOME_WITHIN_S
from tests.ground_station.plan_values import FLIGHT_VALUE, PLAN_VALUE
from tests.ground_station.service.desk_world import REQUEST, WISH, DeskWorld, let_others_run
from tests.ground_station.service.errors_of_all_kinds import foreseen, named, unforeseen
from tests.telemetry.field import until

Fault = Callable[[DeskWorld, BaseException, pytest.MonkeyPatch], None]


def _plan(world: DeskWorld, error: BaseException, _: pytest.MonkeyPatch) -> None:
    world.plans.refusal = error


def _place(world: DeskWorld, error: BaseException, _: pytest.MonkeyPatch) -> None:
    world.core.refusal = error


def _save(world: DeskWorld, error: BaseException, _: pytest.MonkeyPatch) -> None:
    world.disk.refusal = error
    world.disk.refuses = {world.disk.writes}


def _look(world: DeskWorld, error: BaseException, patch: pytest.MonkeyPatch) -> None:
    def report(vehicle_id: VehicleId) -> VehicleReport:
        raise error

    patch.setattr(world.mirror, "report", report)


PLACES = [_plan, _place, _save, _look]
ERRORS = [*foreseen(), *unforeseen()]


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DeskWorld]:
    monkeypatch.setattr(delivery_upload, "AGAIN_S", 0.01)
    world = DeskWorld()
    await world.requests.add(WISH, 0.0)
    uploading = asyncio.create_task(world.desk.run())
    with capture_logs():  # a trace of each error, drawn in colours, takes most of a second
        yield world
    assert not uploading.done()
    uploading.cancel()


async def _comes_to(world: DeskWorld, delivery_id: DeliveryId, state: DeliveryState) -> None:
    await until(lambda: world.book.get(delivery_id).state is state, within_s=5.0)


async def _begun(world: DeskWorld, then: Callable[[], None]) -> Delivery:
    """Return a delivery that is begun; `then` is done once it is on disk, before it is uploaded."""
    heard: list[Delivery] = []

    def on_change(delivery: Delivery) -> None:
        heard.append(delivery)
        if len(heard) == 1:
            then()

    world.book.subscribe(on_change)
    delivery = await world.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    assert heard[0] == delivery
    return delivery


@pytest.mark.parametrize("error", ERRORS, ids=named)
@pytest.mark.parametrize("place", PLACES)
async def test_an_upload_that_falls_ends_its_delivery_and_the_next_goes_on_board(
    desk: DeskWorld, place: Fault, error: BaseException
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        first = await _begun(desk, lambda: place(desk, error, patch))
        assert first.state is DeliveryState.UPLOADING
        await _comes_to(desk, first.id, DeliveryState.FAILED)
    failed = desk.book.get(first.id)
    assert failed.problem is not None
    assert failed.problem_cure is not None
    assert failed.ended_at_s is not None
    assert isinstance(error, FleetError) == (failed.problem == getattr(error, "what", None))
    assert DeliveryBook(cast("Any", desk.disk)).get(first.id) == failed
    desk.plans.refusal = desk.core.refusal = None
    second = await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    await _comes_to(desk, second.id, DeliveryState.CHECKING)


@pytest.mark.parametrize("error", ERRORS, ids=named)
async def test_a_failure_that_the_disk_does_not_take_is_written_once_it_does(
    desk: DeskWorld, error: BaseException
) -> None:
    def fills() -> None:
        desk.disk.full, desk.disk.refusal = True, error

    delivery = await _begun(desk, fills)
    before = desk.disk.writes
    await until(lambda: desk.disk.writes > before + 3, within_s=5.0)
    assert desk.book.get(delivery.id).state is DeliveryState.UPLOADING
    desk.disk.full = False
    await _comes_to(desk, delivery.id, DeliveryState.FAILED)
    assert DeliveryBook(cast("Any", desk.disk)).get(delivery.id) == desk.book.get(delivery.id)


@pytest.mark.parametrize("error", ERRORS, ids=named)
@pytest.mark.parametrize("place", [_plan, _place])
async def test_a_reading_back_that_falls_leaves_the_delivery_at_its_checks(
    desk: DeskWorld, place: Fault, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_id = await desk.with_delivery(DeliveryState.CHECKING)
    desk.core.may_finish.clear()
    place(desk, error, monkeypatch)
    desk.core.knows(flight=None)
    desk.hear()
    await desk.desk.recheck(delivery_id)
    desk.core.may_finish.set()
    await let_others_run()
    assert desk.book.get(delivery_id).state is DeliveryState.CHECKING
    desk.plans.refusal = desk.core.refusal = None
    desk.core.placed.clear()
    await desk.desk.recheck(delivery_id)
    await until(lambda: desk.core.placed == [(FLIGHT_VALUE, True)], within_s=5.0)


@pytest.mark.parametrize("error", ERRORS, ids=named)
async def test_a_beginning_that_is_not_written_leaves_nothing_uploading(desk: DeskWorld, error: BaseException) -> None:
    desk.disk.refusal, desk.disk.refuses = error, {desk.disk.writes}
    with pytest.raises(type(error)):
        await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    assert not desk.book.all
    assert desk.requests.get(REQUEST) == WISH


@pytest.mark.parametrize("error", ERRORS[:3], ids=named)
async def test_a_beginning_of_which_a_page_could_not_be_told_goes_on_board_all_the_same(
    desk: DeskWorld, error: BaseException
) -> None:
    def falls(_: object) -> None:
        raise error

    desk.requests.subscribe(falls)
    desk.book.subscribe(falls)
    delivery = await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    assert delivery.state is DeliveryState.UPLOADING
    await _comes_to(desk, delivery.id, DeliveryState.CHECKING)


async def test_a_beginning_whose_giver_is_gone_goes_on_board_all_the_same(desk: DeskWorld) -> None:
    desk.disk.may_write.clear()
    beginning = asyncio.create_task(desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎"))
    await until(lambda: desk.disk.waits, within_s=5.0)
    beginning.cancel()
    await let_others_run()
    desk.disk.may_write.set()
    await asyncio.wait([beginning])
    assert beginning.cancelled()
    (delivery,) = desk.book.all.values()
    await _comes_to(desk, delivery.id, DeliveryState.CHECKING)


async def _cancelled_once_it_waits_no_longer(beginning: asyncio.Task[Delivery]) -> None:
    beginning.cancel()
    await asyncio.wait([beginning])


async def _cancelled_twice(beginning: asyncio.Task[Delivery]) -> None:
    beginning.cancel()
    await let_others_run()
    beginning.cancel()
    await asyncio.wait([beginning])


@pytest.mark.parametrize(
    ("give_up", "within_s"), [(_cancelled_once_it_waits_no_longer, 0.05), (_cancelled_twice, OUTCOME_WITHIN_S)]
)
async def test_a_beginning_that_is_written_after_its_giver_is_gone_goes_on_board_all_the_same(
    desk: DeskWorld,
    give_up: Callable[[asyncio.Task[Delivery]], Awaitable[None]],
    within_s: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_rows, "OUTCOME_WITHIN_S", within_s)
    desk.disk.may_write.clear()
    beginning = asyncio.create_task(desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎"))
    await until(lambda: desk.disk.waits, within_s=5.0)
    await give_up(beginning)
    assert beginning.cancelled()
    assert not desk.book.all
    desk.disk.may_write.set()
    await until(lambda: bool(desk.book.all), within_s=5.0)
    (delivery,) = desk.book.all.values()
    await _comes_to(desk, delivery.id, DeliveryState.CHECKING)


@pytest.mark.parametrize("in_words", [False, True])
@pytest.mark.parametrize("error", [OSError(2, "そのファイルはない", "\udcff.toml"), ValueError("\ud800")], ids=named)
@pytest.mark.parametrize("place", [_plan, _place])
async def test_an_upload_that_falls_over_what_has_no_utf_8_ends_its_delivery_too(
    desk: DeskWorld, place: Fault, error: Exception, in_words: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = FleetError(Text(f"だめ: {error}", f"no: {error}"), Text(f"{error}", f"{error}")) if in_words else error
    delivery = await _begun(desk, lambda: place(desk, raised, monkeypatch))
    await _comes_to(desk, delivery.id, DeliveryState.FAILED)
    assert DeliveryBook(cast("Any", desk.disk)).get(delivery.id) == desk.book.get(delivery.id)


async def test_an_aircraft_whose_queue_is_full_still_takes_the_newest(desk: DeskWorld) -> None:
    desk.core.may_finish.clear()
    for _ in range(delivery_upload.MOST_WAITING + 3):
        newest = await desk.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    assert newest.state is DeliveryState.UPLOADING
    desk.core.may_finish.set()
    await _comes_to(desk, newest.id, DeliveryState.CHECKING)
