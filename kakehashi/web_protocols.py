"""uvicorn's protocols behind our door: each connection is at a step, and each step has its time.

uvicorn alone has one timeout, between two requests, which any byte puts off for ever. The states of a connection are
h11's (https://h11.readthedocs.io/en/latest/api.html#the-state-machine).
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from fleet.places import FOR_EVER_S, PLACE_EXTENSION, Place
from kakehashi.web_door import Door

_BODY_STEP_BYTES = 1024
_ANSWER_STEP_BYTES = 16 * 1024
_REST_MOST_BYTES = 64 * 1024 * 1024

_App = Callable[..., Awaitable[None]]


class DoorConfig(uvicorn.Config):
    """uvicorn's configuration, and the door that its protocols stand behind."""

    def __init__(self, app: Any, door: Door, **options: Any) -> None:
        super().__init__(app, http=GuardedHttp, ws=GuardedWebSocket, **options)
        self.door = door


class _Step(Enum):
    """Where a connection is: see `DoorTimes`."""

    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"
    REST = "rest"
    IDLE = "idle"


class GuardedHttp(H11Protocol):
    """One connection over which HTTP/1.1 is spoken."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place."""
        super().connection_made(transport)
        self._door = cast("DoorConfig", self.config).door
        self._step = _Step.HEAD
        self._counted_bytes = 0
        self._unsent_bytes = 0
        self.place = self._door.enter(self, transport, self.client[0] if self.client else "")
        self.app = _with_place(self.app, self._door, self.place, self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._door.leave(self.place)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and judge where the connection is now."""
        super().data_received(data)
        self._look(len(data))

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._look(0)

    def pause_writing(self) -> None:
        """Begin to measure how fast the answer is taken."""
        super().pause_writing()
        self._unsent_bytes = self.transport.get_write_buffer_size()
        if self._step is _Step.ANSWER:
            self.place.deadline_s = self._door.now_s() + self._door.times.answer_s

    def resume_writing(self) -> None:
        """Stop to measure."""
        super().resume_writing()
        if self._step is _Step.ANSWER:
            self.place.deadline_s = FOR_EVER_S

    def is_overdue(self, now_s: float) -> bool:
        """Return whether nothing moves; what the app holds up is not the peer's fault."""
        times = self._door.times
        if self._step is _Step.BODY and self.flow.read_paused:
            self.place.deadline_s = now_s + times.body_s
            return False
        if self._step not in (_Step.ANSWER, _Step.IDLE):
            return True
        unsent, before = self.transport.get_write_buffer_size(), self._unsent_bytes
        self._unsent_bytes = unsent
        if unsent > max(before - _ANSWER_STEP_BYTES, 0) or before == 0:
            return True
        self.place.deadline_s = now_s + (times.answer_s if unsent else self._idle_s())
        return False

    def has_proved(self) -> None:
        """Give a pause that has begun the time of who is signed in."""
        if self._step is _Step.IDLE:
            self.place.deadline_s = self._door.now_s() + self._time_for(self._step)

    def _look(self, received_bytes: int) -> None:
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        step, now_s = self._where(), self._door.now_s()
        if step is not self._step:
            self._step = step
            self._counted_bytes = 0
            self._door.places.set_busy(self.place, busy=step in (_Step.BODY, _Step.ANSWER))
            self.place.deadline_s = now_s + self._time_for(step)
            return
        self._counted_bytes += received_bytes
        if step is _Step.BODY and self._counted_bytes >= _BODY_STEP_BYTES:
            self._counted_bytes = 0
            self.place.deadline_s = now_s + self._door.times.body_s
        elif step is _Step.REST and self._counted_bytes > _REST_MOST_BYTES:
            self.transport.abort()

    def _where(self) -> _Step:
        sends_body = self.conn.their_state is h11.SEND_BODY
        if self.cycle is not None and not self.cycle.response_complete:
            return _Step.BODY if sends_body else _Step.ANSWER
        if self.cycle is None:
            return _Step.HEAD
        if sends_body:
            return _Step.REST
        return _Step.HEAD if self.conn.trailing_data[0] else _Step.IDLE

    def _time_for(self, step: _Step) -> float:
        times = self._door.times
        match step:
            case _Step.HEAD:
                return times.head_s
            case _Step.BODY:
                return times.body_s
            case _Step.REST:
                return times.rest_s
            case _Step.ANSWER:
                return times.answer_s if self.flow.write_paused else FOR_EVER_S
            case _Step.IDLE:
                self._unsent_bytes = self.transport.get_write_buffer_size()
                return times.answer_s if self._unsent_bytes else self._idle_s()

    def _idle_s(self) -> float:
        times = self._door.times
        return times.idle_s if self.place.who is None else times.idle_proved_s


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """The same connection once it has become a WebSocket; it keeps its place."""

    place: Place | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the place of the HTTP connection that this was."""
        super().connection_made(transport)
        self._door = cast("DoorConfig", self.config).door
        before = self.transport.get_protocol()
        if isinstance(before, GuardedHttp):
            self.place = before.place
            self._door.hand_over(before.place, self)
            self.app = _with_place(self.app, self._door, before.place, self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        if self.place is not None:
            self._door.leave(self.place)
        super().connection_lost(exc)

    def is_overdue(self, now_s: float) -> bool:
        """Return True: nobody proved a sign-in over it in time."""
        del now_s
        return True

    def has_proved(self) -> None:
        """Stay as long as the app and the peer want."""
        if self.place is not None:
            self.place.deadline_s = FOR_EVER_S


def _with_place(app: Any, door: Door, place: Place, loop: asyncio.AbstractEventLoop) -> Any:
    """Return the app with its connection's place in the scope."""

    def prove(who: str) -> None:
        loop.call_soon_threadsafe(door.prove, place, who)

    extension = {"prove": prove}

    async def placed(scope: dict[str, Any], receive: _App, send: _App) -> None:
        scope.setdefault("extensions", {})[PLACE_EXTENSION] = extension
        await app(scope, receive, send)

    return placed
