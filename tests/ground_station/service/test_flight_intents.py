"""The word to fly: whatever ends or refuses around it, it starts one flight at most, and what the desk says is so."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from msgspec import structs

from fleet.errors import ConflictError, FleetError, RefusedError, UnavailableError, UnconfirmedError
from fleet.ids import CommandId
from fleet.text import Text
from ground_station.flight.order import Order
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Telemetry
from ground_station.service.delivery import BEFORE_FLIGHT, PERSON_CHECKS, Delivery, DeliveryState
from ground_station.service.flight_progress import FlightProgress, FlightStage
from ground_station.service.request_book import RequestState
from tests.ground_station.plan_values import PLAN_VALUE
from tests.ground_station.service.desk_world import DELIVERY, REQUEST, DeskWorld, let_others_run
from tests.ground_station.service.fake_core import DIGEST, FakeCore, KilledError, aircraft, command_of

FLY = CommandId("fly-0001")
AGAIN = CommandId("fly-0002")
LOST = UnconfirmedError(Text("返事なし", "no answer"))


@dataclass
class Core(FakeCore):
    """A core to which one thing happens on the way of the word to fly.

    `outcome` is what becomes of an order that is taken, `fate` where its giver, or its answer, is lost.
    """

    outcome: str = "flies"
    fate: str = ""
    starts: int = 0

    async def begin(self, order: Order) -> FlightCommand:
        fate, self.fate = self.fate, ""
        if fate == "killed before it was sent":
            raise KilledError
        if fate == "lost on its way":
            raise LOST
        if fate == "the core is gone":
            raise UnavailableError(Text("中枢がない", "no core"))
        if self.outcome == "refused at once" and order.id not in self.commands:
            raise RefusedError(Text("だめ", "no"))
        if order.id not in self.commands:
            self._take(order)
        if fate == "killed after it was taken":
            raise KilledError
        if fate == "answer lost":
            raise LOST
        return self.commands[order.id]

    def _take(self, order: Order) -> None:
        ends = {
            "flies": CommandState.DONE,
            "refused by the last look": CommandState.REFUSED,
            "not confirmed": CommandState.NOT_CONFIRMED,
            "replaced": CommandState.EXPIRED,
        }
        self.commands[order.id] = command_of(order, ends[self.outcome])
        if self.outcome == "flies":
            self.starts += 1
            self.knows(state=aircraft(armed=True, in_air=True, mode="AUTO"))


OUTCOMES = ("flies", "refused at once", "refused by the last look", "not confirmed", "replaced")
FATES = (
    "",
    "killed before it was sent",
    "killed after it was taken",
    "lost on its way",
    "answer lost",
    "the core is gone",
)


async def _world(core: Core) -> DeskWorld:
    world = DeskWorld(core=core)
    await world.with_delivery(DeliveryState.READY)
    world.disk.writes = 0
    return world


async def _said(world: DeskWorld, order_id: CommandId = FLY) -> bool:
    """Give the word; return whether the desk was killed over it."""
    try:
        await world.desk.fly(DELIVERY, order_id, None, author="操縦 太郎")
    except KilledError:
        return True
    except FleetError:
        return False
    return False


async def _half_a_minute(world: DeskWorld) -> None:
    for _ in range(30):
        world.clock.advance(1.0)
        with contextlib.suppress(FleetError):
            world.core.knows(state=structs.replace(world.core.vehicle.state, at_s=world.clock.monotonic_s()))
            await world.look()


def _is_true(world: DeskWorld, core: Core) -> None:
    """Hold that the desk, in memory and on disk, says of the delivery what is so."""
    flies = core.starts > 0
    for _ in range(2):
        delivery, request = world.book.get(DELIVERY), world.requests.get(REQUEST)
        assert (delivery.state is DeliveryState.FLYING) is flies, delivery
        assert (delivery.state in BEFORE_FLIGHT) is not flies
        assert (request.state is RequestState.FLYING) is flies
        world.start()


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("fate", FATES)
async def test_it_flies_once_at_most_and_the_delivery_says_what_is_so(fate: str, outcome: str) -> None:
    core = Core(outcome=outcome, fate=fate)
    world = await _world(core)
    if await _said(world):
        world.start()
    await _half_a_minute(world)
    _is_true(world, core)
    assert core.starts <= 1
    taken = FLY in core.commands
    assert core.starts == int(taken and outcome == "flies")


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("fate", FATES)
async def test_the_same_word_said_again_before_or_after_a_restart_starts_nothing_twice(fate: str, outcome: str) -> None:
    for restarts in (True, False):
        core = Core(outcome=outcome, fate=fate)
        world = await _world(core)
        killed = await _said(world)
        for _ in range(3):
            if killed or restarts:
                world.start()
            await _said(world)
        await _half_a_minute(world)
        _is_true(world, core)
        assert core.starts <= 1


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("kill", ["before", "after"])
@pytest.mark.parametrize("write", [0, 1])
async def test_a_desk_killed_at_a_write_comes_back_to_the_truth(write: int, kill: str, outcome: str) -> None:
    core = Core(outcome=outcome)
    world = await _world(core)
    setattr(world.disk, f"kill_{kill}", write)
    killed = await _said(world)
    for _ in range(30):
        if killed:
            world.disk.kill_before = world.disk.kill_after = None
            world.start()
        killed = False
        world.clock.advance(1.0)
        core.knows(state=structs.replace(core.vehicle.state, at_s=world.clock.monotonic_s()))
        try:
            await world.look()
        except KilledError:
            killed = True
    _is_true(world, core)
    if write == 0:
        assert core.commands == {}


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("fate", ["", "answer lost", "lost on its way", "the core is gone"])
@pytest.mark.parametrize("refused", [{0}, {1}, {2}, {1, 2, 3}, set(range(20))], ids=str)
async def test_a_disk_that_refuses_any_write_keeps_it_from_flying_or_is_made_up_for(
    refused: set[int], fate: str, outcome: str
) -> None:
    core = Core(outcome=outcome, fate=fate)
    world = await _world(core)
    world.disk.refuses = refused
    await _said(world)
    if 0 in refused:
        assert core.commands == {}
        assert core.starts == 0
    await _half_a_minute(world)
    world.disk.refuses = set()
    await _half_a_minute(world)
    _is_true(world, core)
    assert core.starts <= 1


async def test_a_full_disk_at_the_word_to_fly_is_an_error_and_nothing_is_sent() -> None:
    core = Core()
    world = await _world(core)
    world.disk.full = True
    with pytest.raises(UnavailableError):
        await world.desk.fly(DELIVERY, FLY, None, author="操縦 太郎")
    assert core.commands == {}
    assert world.book.get(DELIVERY).state is DeliveryState.READY
    world.disk.full = False
    await world.desk.fly(DELIVERY, AGAIN, None, author="操縦 太郎")
    assert core.starts == 1


async def test_while_the_answer_is_lost_it_stands_as_flying_and_nothing_is_called_a_failure() -> None:
    core = Core(outcome="not confirmed", fate="lost on its way")
    world = await _world(core)
    await world.desk.fly(DELIVERY, FLY, None, author="操縦 太郎")
    assert world.book.get(DELIVERY).state is DeliveryState.FLYING
    assert world.book.get(DELIVERY).order_id == FLY


async def test_that_it_is_given_is_on_disk_before_the_core_hears_of_it() -> None:
    kept: list[tuple[DeliveryState, RequestState]] = []

    class Watching(Core):
        async def begin(self, order: Order) -> FlightCommand:
            world.start()
            kept.append((world.book.get(DELIVERY).state, world.requests.get(REQUEST).state))
            return await super().begin(order)

    world = await _world(Watching())
    await world.desk.fly(DELIVERY, FLY, None, author="操縦 太郎")
    assert kept == [(DeliveryState.FLYING, RequestState.FLYING)]


@pytest.mark.parametrize(
    ("what", "state"),
    [
        (lambda: aircraft(armed=True, in_air=True, mode="AUTO"), DeliveryState.FLYING),
        (lambda: aircraft(armed=True, in_air=True, mode="BRAKE"), DeliveryState.CHECKING),
        (lambda: aircraft(armed=True, in_air=True, mode="AUTO", on_board="another"), DeliveryState.CHECKING),
        (lambda: aircraft(armed=True, in_air=True, mode="AUTO", on_board=None), DeliveryState.CHECKING),
        (lambda: aircraft(armed=True, in_air=False, mode="AUTO"), DeliveryState.CHECKING),
        (lambda: aircraft(armed=False, in_air=True, mode="AUTO"), DeliveryState.CHECKING),
        (aircraft, DeliveryState.CHECKING),
    ],
)
@pytest.mark.parametrize("before", sorted(BEFORE_FLIGHT))
async def test_what_was_thought_not_to_fly_flies_once_it_is_seen_in_the_air_on_its_own_flight(
    before: DeliveryState, what: Callable[[], object], state: DeliveryState
) -> None:
    world = await _world(Core())
    await world.book.save(replace(world.book.get(DELIVERY), state=before), 1.0)
    world.core.knows(state=what())
    await world.look()
    expected = before if state is DeliveryState.CHECKING else state
    assert world.book.get(DELIVERY).state is expected
    wish = world.requests.get(REQUEST).state
    assert (wish is RequestState.FLYING) is (expected is DeliveryState.FLYING)


def _flying(delivery: Delivery) -> Delivery:
    return replace(delivery, state=DeliveryState.FLYING, order_id=FLY, problem=None)


async def _flown(world: DeskWorld, state: CommandState | None) -> None:
    await world.book.save(_flying(world.book.get(DELIVERY)), 1.0)
    await world.requests.move(REQUEST, RequestState.FLYING, 1.0)
    if state is not None:
        ordered = Order(
            id=FLY, vehicle_id=PLAN_VALUE.vehicle_id, action=Action.START_MISSION, author="操縦 太郎", digest=DIGEST
        )
        world.core.commands[FLY] = command_of(ordered, state)


@pytest.mark.parametrize(
    ("armed", "link", "becomes"),
    [
        (False, LinkState.FRESH, DeliveryState.CHECKING),
        (True, LinkState.FRESH, DeliveryState.FLYING),
        (False, LinkState.LOST, DeliveryState.FLYING),
    ],
)
async def test_it_goes_back_to_its_checks_only_if_the_aircraft_is_heard_on_the_ground(
    *, armed: bool, link: LinkState, becomes: DeliveryState
) -> None:
    world = await _world(Core())
    await _flown(world, CommandState.NOT_CONFIRMED)
    age_s = 0.0 if link is LinkState.FRESH else 60.0
    world.core.knows(state=aircraft(armed=armed, link_age_s=age_s))
    await world.look()
    delivery = world.book.get(DELIVERY)
    assert delivery.state is becomes
    assert (delivery.problem is not None) is (becomes is DeliveryState.CHECKING)


@pytest.mark.parametrize(
    ("state", "becomes", "look_again"),
    [
        (CommandState.SENT, DeliveryState.FLYING, False),
        (CommandState.ACCEPTED, DeliveryState.FLYING, False),
        (CommandState.RUNNING, DeliveryState.FLYING, False),
        (CommandState.REFUSED, DeliveryState.CHECKING, False),
        (CommandState.EXPIRED, DeliveryState.CHECKING, False),
        (CommandState.NOT_CONFIRMED, DeliveryState.CHECKING, True),
        (CommandState.DONE, DeliveryState.RECALLED, False),
        (None, DeliveryState.CHECKING, True),
    ],
)
async def test_every_end_of_the_order_becomes_what_it_means_while_the_aircraft_stands_on_the_ground(
    state: CommandState | None, becomes: DeliveryState, *, look_again: bool
) -> None:
    world = await _world(Core())
    await _flown(world, state)
    await _half_a_minute(world)
    delivery = world.book.get(DELIVERY)
    assert delivery.state is becomes
    if becomes is DeliveryState.CHECKING:
        assert delivery.problem is not None
        assert len(delivery.ticks) == (0 if look_again else len(PERSON_CHECKS))


async def test_an_order_that_nobody_knows_is_given_time_to_arrive() -> None:
    world = await _world(Core())
    await _flown(world, None)
    for _ in range(10):
        world.clock.advance(1.0)
        world.core.knows(state=aircraft(at_s=world.clock.monotonic_s()))
        await world.look()
        assert world.book.get(DELIVERY).state is DeliveryState.FLYING


async def test_while_the_core_is_not_heard_nothing_is_concluded() -> None:
    world = await _world(Core())
    await _flown(world, CommandState.NOT_CONFIRMED)
    world.hear()
    await world.intents.look(world.mirror.state(PLAN_VALUE.vehicle_id), core_heard=False)
    assert world.book.get(DELIVERY).state is DeliveryState.FLYING


async def test_a_flight_that_came_down_while_nobody_followed_it_asks_where_its_load_is() -> None:
    world = await _world(Core())
    await _flown(world, CommandState.DONE)
    await world.look()
    delivery = world.book.get(DELIVERY)
    assert delivery.load_unknown
    assert delivery.problem is not None
    with pytest.raises(ConflictError, match="not known"):
        await world.desk.begin(PLAN_VALUE.id, (), author="操縦 太郎")
    await world.desk.record_load(DELIVERY, set_down=True, author="操縦 太郎")
    assert world.requests.get(REQUEST).state is RequestState.DELIVERED


async def test_a_flight_that_is_followed_in_the_air_is_left_to_who_follows_it() -> None:
    world = await _world(Core())
    await _flown(world, CommandState.NOT_CONFIRMED)
    airborne = FlightProgress(stage=FlightStage.OUTBOUND, was_armed=True, was_airborne=True)
    await world.book.save(replace(world.book.get(DELIVERY), progress=airborne), 2.0)
    await world.look()
    assert world.book.get(DELIVERY).state is DeliveryState.FLYING


@pytest.mark.parametrize("state", list(CommandState))
async def test_from_an_aircraft_that_the_core_has_not_heard_yet_nothing_follows(state: CommandState) -> None:
    world = await _world(Core())
    await _flown(world, state)
    unheard = structs.replace(world.core.vehicle.state, telemetry=Telemetry(), link=LinkState.FRESH)
    world.core.knows(state=unheard)
    world.clock.advance(30.0)
    await world.look()
    assert world.book.get(DELIVERY).state is DeliveryState.FLYING
    assert world.requests.get(REQUEST).state is RequestState.FLYING


async def test_a_look_at_the_checks_while_the_word_is_written_down_takes_nothing_back() -> None:
    """The checks are looked at every second, whatever else is under way."""
    world = await _world(Core())
    writing, go_on = asyncio.Event(), threading.Event()
    loop, put_all = asyncio.get_running_loop(), world.disk.put_all

    def slow(*given: Any) -> None:
        loop.call_soon_threadsafe(writing.set)
        go_on.wait(10.0)
        put_all(*given)

    cast("Any", world.disk).put_all = slow
    flown = asyncio.create_task(world.desk.fly(DELIVERY, FLY, None, author="操縦 太郎"))
    await writing.wait()
    looked = asyncio.create_task(world.desk.recheck(DELIVERY))
    await let_others_run()
    go_on.set()
    await asyncio.gather(flown, looked)
    for _ in range(2):
        assert world.book.get(DELIVERY).state is DeliveryState.FLYING
        assert world.book.get(DELIVERY).order_id == FLY
        world.start()
