"""Runs sans-I/O exchanges against the clock and a link; several may run side by side."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from fleet.clock import Clock
from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Exchange
from ground_station.flight.protocols.pace import PaceNow, unmeasured

ResultT = TypeVar("ResultT")

_LONGEST_WAIT_S = 0.25


class Conversation:
    """Hands messages to the exchanges that want them, and time to those that wait."""

    def __init__(self, send: Callable[[Message], None], clock: Clock, pace: PaceNow = unmeasured) -> None:
        self._send = send
        self._clock = clock
        self.pace = pace
        self._running: dict[Exchange[Any], asyncio.Event] = {}
        self._wanted: frozenset[int] = frozenset()
        self._waiting: set[asyncio.Event] = set()

    def wants(self, message_id: int) -> bool:
        """Return True if a running exchange waits for such a message."""
        return message_id in self._wanted

    @property
    def moves_bulk(self) -> bool:
        """Return True while a list or many values are being moved, which a thin link must be kept free for."""
        return any(getattr(exchange, "is_bulk", False) for exchange in self._running)

    def received(self, message: Message, now_s: float) -> None:
        """Pass a message on, and wake whoever waits for evidence."""
        message_id = message.get_msgId()
        if message_id not in self._wanted:
            return
        for exchange, stirred in tuple(self._running.items()):
            if message_id in exchange.wants:
                self._say(exchange.receive(message, now_s))
                stirred.set()

    def stir(self) -> None:
        """Wake whoever waits for a change of state."""
        for event in self._waiting:
            event.set()

    async def run(self, exchange: Exchange[ResultT]) -> ResultT:
        """Run one exchange to its result; it bounds its own time."""
        stirred = self._running[exchange] = asyncio.Event()
        self._note_wanted()
        try:
            self._say(exchange.start(self._clock.monotonic_s(), self.pace))
            while (result := exchange.result) is None:
                await self._pause(stirred, exchange.wake_s - self._clock.monotonic_s())
                self._say(exchange.tick(self._clock.monotonic_s()))
            return result
        finally:
            del self._running[exchange]
            self._note_wanted()

    def _note_wanted(self) -> None:
        """What an exchange wants never changes while it runs, and each frame of each aircraft is asked for here."""
        self._wanted = frozenset().union(*(exchange.wants for exchange in self._running))

    async def until(self, seen: Callable[[], bool], within_s: float) -> bool:
        """Wait until `seen` holds, at most `within_s` real seconds; return whether it does."""
        deadline_s = self._clock.monotonic_s() + within_s
        stirred = asyncio.Event()
        self._waiting.add(stirred)
        try:
            while not seen():
                left_s = deadline_s - self._clock.monotonic_s()
                if left_s <= 0.0:
                    return False
                await self._pause(stirred, min(left_s, _LONGEST_WAIT_S))
            return True
        finally:
            self._waiting.discard(stirred)

    async def _pause(self, stirred: asyncio.Event, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await stirred.wait()
        except TimeoutError:
            return
        stirred.clear()

    def _say(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._send(message)
