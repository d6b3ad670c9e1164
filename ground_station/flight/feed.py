"""Live states for many readers: each reader gets the newest state of every aircraft that changed, at its own pace.

A slow reader skips states, never piles them up; events (texts, pictures, link changes) wait in a queue of 256 and the
oldest are dropped and counted.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from fleet.ids import VehicleId
from ground_station.flight.vehicles.contact import VehicleEvent
from ground_station.flight.vehicles.state import VehicleState

_MOST_EVENTS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one aircraft."""

    vehicle_id: VehicleId
    what: VehicleEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The newest states of the aircraft that changed, and what happened, since the last update."""

    states: tuple[VehicleState, ...]
    events: tuple[Event, ...]


class Subscription:
    """One reader. Iterate it, or call `take` when `wait` returns; close it when done."""

    def __init__(
        self, read: Callable[[VehicleId], VehicleState | None], forget: Callable[["Subscription"], None]
    ) -> None:
        self._read = read
        self._forget = forget
        self._changed: dict[VehicleId, None] = {}
        self._events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self._stirred = asyncio.Event()
        self.events_dropped = 0

    def changed(self, vehicle_id: VehicleId) -> None:
        """Note that an aircraft's state changed."""
        self._changed[vehicle_id] = None
        self._stirred.set()

    def happened(self, event: Event) -> None:
        """Note an event."""
        if len(self._events) == _MOST_EVENTS:
            self.events_dropped += 1
        self._events.append(event)
        self._stirred.set()

    def stir(self) -> None:
        """Wake the reader though no aircraft changed."""
        self._stirred.set()

    async def stirred_within(self, seconds: float) -> bool:
        """Wait until there is something to take, so long at most; return whether there is."""
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> Update:
        """Return what is new since the last call."""
        self._stirred.clear()
        ids, self._changed = self._changed, {}
        states = tuple(state for vehicle_id in ids if (state := self._read(vehicle_id)) is not None)
        events = tuple(self._events)
        self._events.clear()
        return Update(states=states, events=events)

    async def updates(self, *, at_most_hz: float = 10.0) -> AsyncIterator[Update]:
        """Yield what is new, at most so often, for ever."""
        while True:
            await self._stirred.wait()
            yield self.take()
            await asyncio.sleep(1.0 / at_most_hz)

    def close(self) -> None:
        """Stop."""
        self._forget(self)


class Feed:
    """Tells every subscription of changes and events."""

    def __init__(self, read: Callable[[VehicleId], VehicleState | None]) -> None:
        self._read = read
        self._subscriptions: list[Subscription] = []

    def subscribe(self) -> Subscription:
        """Return a new subscription."""
        subscription = Subscription(self._read, self._subscriptions.remove)
        self._subscriptions.append(subscription)
        return subscription

    def changed(self, vehicle_id: VehicleId) -> None:
        """Note that an aircraft's state changed."""
        for subscription in self._subscriptions:
            subscription.changed(vehicle_id)

    def happened(self, vehicle_id: VehicleId, what: VehicleEvent) -> None:
        """Note an event of one aircraft."""
        event = Event(vehicle_id=vehicle_id, what=what)
        for subscription in self._subscriptions:
            subscription.happened(event)
