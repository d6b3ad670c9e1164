"""A plain app behind our web server, and raw connections to it, as honest people and as strangers make them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fleet.clock import ManualClock
from fleet.places import PlaceLimits, prove_place
from kakehashi.web_server import WebServer

SMALL = PlaceLimits(total=40, strangers=30, per_address=20, busy_strangers=8, per_person=10)
COOKIE = "cookie: operator\r\n"
WEBSOCKET = (
    "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
LONG_ANSWER_BYTES = 30_000_000
_WAIT_S = 5.0


async def plain_app(scope: Any, receive: Any, send: Any) -> None:
    """Answer without portal or FastAPI: `/` at once, `/body` after the body, `/never`, `/deaf`, `/long`; WebSockets."""
    if any(name == b"cookie" for name, _ in scope["headers"]):
        prove_place(scope, "operator")
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": "heard"})
        return
    if scope["path"] in ("/never", "/deaf"):
        await asyncio.sleep(3600)
    if scope["path"] == "/body":
        while (message := await receive())["type"] == "http.request" and message["more_body"]:
            pass
    body = b"x" * LONG_ANSWER_BYTES if scope["path"] == "/long" else b"ok"
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, text: str | bytes) -> None:
        """Send."""
        self.writer.write(text.encode() if isinstance(text, str) else text)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    async def ask(self, path: str = "/", headers: str = "") -> bytes:
        """Send a request and return the answer up to its head and two bytes."""
        await self.say(f"GET {path} HTTP/1.1\r\nhost: x\r\n{headers}\r\n")
        async with asyncio.timeout(_WAIT_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            return head + await self.reader.readexactly(2)

    async def is_closed(self) -> bool:
        """Return whether the server has closed it, looked at for a moment."""
        try:
            async with asyncio.timeout(0.3):
                while await self.reader.read(1 << 16):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True


class Doorway:
    """A server on a free port, with a clock of the test's own."""

    def __init__(self, server: WebServer, clock: ManualClock) -> None:
        self.server = server
        self._clock = clock
        self.door = server.door
        self.port = int(server.address.rpartition(":")[2])
        self._callers: list[Caller] = []

    async def call(self) -> Caller:
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        caller = Caller(reader=reader, writer=writer)
        self._callers.append(caller)
        return caller

    async def settle(self) -> None:
        """Let the server hear what was sent."""
        await asyncio.sleep(0.05)

    async def pass_time(self, seconds: float) -> None:
        """Let seconds go by for the door, once it has heard what was sent, and let it look who is overdue."""
        await self.settle()
        self._clock.advance(seconds)
        self.door.close_overdue()
        await self.settle()

    def close(self) -> None:
        """Hang up everywhere."""
        for caller in self._callers:
            caller.writer.transport.abort()


@asynccontextmanager
async def doorway(
    app: Callable[..., Awaitable[Any]] = plain_app,
    *,
    limits: PlaceLimits | None = SMALL,
) -> AsyncIterator[Doorway]:
    """Serve an app behind the door."""
    clock = ManualClock()
    async with WebServer(app, "127.0.0.1", 0, limits=limits, now_s=clock.monotonic_s) as server:
        opened = Doorway(server, clock)
        try:
            yield opened
        finally:
            opened.close()
