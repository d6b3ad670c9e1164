"""The word to fly: on disk before it is given, followed by its id after, whatever becomes of the answer.

An answer is never proof. A delivery whose word was given stands as flying until the core says that it was refused or
never taken, and comes back to its checks then; and one that was thought not to fly is flying as soon as it is seen in
the air.
"""

from dataclasses import replace

import structlog

from fleet.clock import Clock
from fleet.errors import FleetError, UnconfirmedError
from fleet.ids import CommandId, DeliveryId
from fleet.text import Text
from ground_station.flight.order import OLDEST_ORDER_S, Order
from ground_station.flight.port import FlightPort
from ground_station.flight.vehicles.flight_command import CommandState, FlightCommand
from ground_station.flight.vehicles.state import LinkState, VehicleState
from ground_station.service.delivery import BEFORE_FLIGHT, Delivery, DeliveryState, followed
from ground_station.service.delivery_book import DeliveryBook
from ground_station.service.flight_progress import FlightStage
from ground_station.service.may_fly import require_ready
from ground_station.service.request_book import RequestBook, RequestState, StationRequest

_log = structlog.get_logger(__name__)

_MOST_COMMANDS = 500
_NOT_FLOWN = frozenset({CommandState.REFUSED, CommandState.EXPIRED, CommandState.NOT_CONFIRMED})
_NEVER_TAKEN_S = OLDEST_ORDER_S + 7.0  # the core's own wait for its paper, and some more

_NOT_GIVEN = Text("飛行開始の指示は機体に送られませんでした", "the word to fly was never sent to the aircraft")
_LOOK = Text(
    "機体と荷物を目で確かめ、点検をやり直してください", "look at the aircraft and the load, then do the checks again"
)


class FlightIntents:
    """Gives the word to fly, and brings deliveries back of which it did not come true. For one event loop."""

    def __init__(self, *, book: DeliveryBook, requests: RequestBook, port: FlightPort, clock: Clock) -> None:
        self._book = book
        self._requests = requests
        self._port = port
        self._clock = clock
        self._commands: dict[CommandId, FlightCommand] = {}
        self._open_since_s: dict[DeliveryId, float] = {}

    async def give(self, delivery: Delivery, entry: StationRequest, order: Order) -> None:
        """Write down that the order is given, then give it.

        Raises RefusedError if a check opened meanwhile, UnavailableError if the disk refuses, and what the core refuses
        it with; then nothing was sent, and the delivery is at its checks. Where the core's answer is lost, it stands as
        flying until more is known.
        """
        async with self._book.alone_with(delivery.id) as latest:
            require_ready(latest)
            flying = replace(
                latest,
                state=DeliveryState.FLYING,
                order_id=order.id,
                problem=None,
                problem_cure=None,
                started_at_s=None,
            )
            await self._save(flying, replace(entry, state=RequestState.FLYING))
        self._open_since_s[delivery.id] = self._clock.monotonic_s()
        try:
            await self._port.begin(order)
        except UnconfirmedError as error:
            _log.warning("the word to fly has no answer yet", order=order.id, what=error.what.en)
        except FleetError as error:
            await self._back(delivery.id, error.what, error.cure)
            raise

    def note(self, command: FlightCommand) -> None:
        """Take in how a command stands; the last 500 are remembered."""
        self._commands[command.id] = command
        while len(self._commands) > _MOST_COMMANDS:
            del self._commands[next(iter(self._commands))]

    def command(self, command_id: CommandId) -> FlightCommand | None:
        """Return a command as it was last heard of, or None."""
        return self._commands.get(command_id)

    async def look(self, state: VehicleState, *, core_heard: bool) -> None:
        """Compare an aircraft's delivery with what became of its order; raises FleetError, then look again.

        Nothing follows from an aircraft that the core has not heard yet.
        """
        delivery = self._book.of_vehicle(state.vehicle_id)
        if delivery is None or not core_heard or state.telemetry.heartbeat is None:
            return
        if delivery.state in BEFORE_FLIGHT and _flies(delivery, state):
            await self._flies_already(delivery.id)
        elif delivery.state is DeliveryState.FLYING and not delivery.progress.was_airborne:
            await self._settle(delivery, state)
        else:
            self._open_since_s.pop(delivery.id, None)

    async def _flies_already(self, delivery_id: DeliveryId) -> None:
        async with self._book.alone_with(delivery_id) as delivery:
            if delivery.state in BEFORE_FLIGHT:
                await self._save(
                    replace(delivery, state=DeliveryState.FLYING, problem=None, problem_cure=None),
                    replace(self._requests.get(delivery.request_id), state=RequestState.FLYING),
                )

    async def _settle(self, delivery: Delivery, state: VehicleState) -> None:
        command = None if delivery.order_id is None else self._commands.get(delivery.order_id)
        since_s = self._open_since_s.setdefault(delivery.id, self._clock.monotonic_s())
        if state.link is not LinkState.FRESH or state.armed:
            return
        if command is None:
            if self._clock.monotonic_s() - since_s > _NEVER_TAKEN_S:
                await self._back(delivery.id, _NOT_GIVEN, _LOOK)
        elif command.state is CommandState.NOT_CONFIRMED:
            await self._back(delivery.id, command.text, _LOOK)
        elif command.state in _NOT_FLOWN:
            await self._back(delivery.id, command.text, None)
        elif command.state is CommandState.DONE:
            await self._came_down_unseen(delivery.id)

    async def _came_down_unseen(self, delivery_id: DeliveryId) -> None:
        """It was seen to climb, and is down again, with nobody here to follow it: somebody must look for the load."""
        async with self._book.alone_with(delivery_id) as delivery:
            if delivery.state is DeliveryState.FLYING and not delivery.progress.was_airborne:
                await self._end_unseen(delivery)

    async def _end_unseen(self, delivery: Delivery) -> None:
        unseen = replace(delivery.progress, stage=FlightStage.LANDED, was_airborne=True, place_reached=True)
        landed = followed(delivery, unseen, self._clock.now_s())
        await self._save(landed, self._requests.get(delivery.request_id))
        self._open_since_s.pop(delivery.id, None)

    async def _back(self, delivery_id: DeliveryId, problem: Text, cure: Text | None) -> None:
        """Bring a delivery back to its checks; those of people are void where somebody has to look again."""
        async with self._book.alone_with(delivery_id) as delivery:
            if delivery.state is not DeliveryState.FLYING or delivery.progress.was_airborne:
                return
            ticks = {} if cure is _LOOK else delivery.ticks
            await self._save(
                replace(delivery, state=DeliveryState.CHECKING, ticks=ticks, problem=problem, problem_cure=cure),
                replace(self._requests.get(delivery.request_id), state=RequestState.PLANNED),
            )
        self._open_since_s.pop(delivery_id, None)

    async def _save(self, delivery: Delivery, entry: StationRequest) -> None:
        """Keep a delivery and its request in one transaction, then tell of both."""
        await self._book.save_with(delivery, self._requests, entry, self._clock.now_s())


def _flies(delivery: Delivery, state: VehicleState) -> bool:
    return state.armed and state.in_air and state.mode == "AUTO" and state.plan_on_board == delivery.flight
