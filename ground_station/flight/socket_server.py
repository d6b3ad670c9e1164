"""The flight port over a Unix socket, the core's side: for processes of the same user on the same machine.

A reader that does not read is dropped after ten seconds; until then it costs one report. What a caller asked for goes
on when the caller goes away: it would be worse to leave it half done.
"""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import structlog

from fleet import own_thread
from fleet.errors import FleetError, ForbiddenError, RefusedError
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight import wire
from ground_station.flight.core import FlightCore
from ground_station.flight.order import dated
from ground_station.flight.socket_path import short_path

_log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 64
"""More at one time are turned away; a desk needs four."""
_GREETING_S = 5.0
_WORKING_EVERY_S = 1.0
_SLOWEST_READER_S = 10.0
_BIND_S = 2.0
_AGAIN_S = 3.0
_CREDENTIALS = struct.Struct("3i")

_Call: TypeAlias = wire.CallBegin | wire.CallEndOf | wire.CallPlace | wire.CallSetUp


class FlightServer:
    """Serves one core on `path`; an async context manager. The socket is its user's alone (0600)."""

    def __init__(self, core: FlightCore, path: Path, *, realm: Realm, town: str) -> None:
        self._core = core
        self._path = path
        self._realm = realm
        self._town = town
        self._server: asyncio.AbstractServer | None = None
        self._trying: asyncio.Task[None] | None = None
        self._problem: Text | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._calls: set[asyncio.Task[wire.Answer]] = set()

    @property
    def problem(self) -> Text | None:
        """Return in words why no desk can reach the core now, or None."""
        return self._problem

    async def __aenter__(self) -> "FlightServer":
        """Listen; a socket of before, whose core is gone, is replaced.

        A disk that gives no socket does not end the core: `problem` says so, and it is tried again every three seconds.
        """
        if not await self._listens():
            self._trying = asyncio.get_running_loop().create_task(self._try_again(), name="flight socket")
        return self

    async def _try_again(self) -> None:
        while True:
            await asyncio.sleep(_AGAIN_S)
            if await self._listens():
                return

    async def _listens(self) -> bool:
        """Try to listen; return whether that went well."""
        try:
            listener = await own_thread.within(_BIND_S, self._bound, name="flight socket", late=socket.socket.close)
            self._server = await asyncio.start_unix_server(self._meet, sock=listener)
        except (OSError, TimeoutError) as error:
            if self._problem is None:
                _log.warning("the flight core has no socket", path=str(self._path), why=str(error))
            self._problem = _no_socket(error)
            return False
        self._problem = None
        return True

    def _bound(self) -> socket.socket:
        """Return a bound socket in the place of the one before; raises OSError."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # The socket's own mode bounds that of its file, and holds for no other file of this process meanwhile.
            os.fchmod(listener.fileno(), 0o600)
            self._path.unlink(missing_ok=True)
            with short_path(self._path) as name:
                listener.bind(name)
        except OSError:
            listener.close()
            raise
        return listener

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        trying = [] if self._trying is None else [self._trying]
        for task in (*self._connections, *self._calls, *trying):
            task.cancel()
        await asyncio.gather(*self._connections, *self._calls, *trying, return_exceptions=True)
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= MOST_CONNECTIONS:
            writer.close()
            return
        connection = asyncio.get_running_loop().create_task(self._attend(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)  # no pile of reports
        try:
            await self._serve(reader, writer)
        except (ConnectionError, TimeoutError) as error:
            _log.debug("a connection to the flight core ended", why=str(error))
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_GREETING_S):
                # First all of the greeting is read: closing before that would take the words of a refusal away.
                hello = await wire.read_request(reader)
                self._require_own_user(writer)
                welcome, greeted = self._greet(hello), self._core.beat()
                await _send(writer, welcome)
                request = await wire.read_request(reader)
            if isinstance(request, wire.CallBegin):
                request = wire.CallBegin(order=dated(request.order, greeted))
            if isinstance(request, wire.Follow):
                reports = self._core.follow()
                await _until_gone(reader, self._stream(writer, (wire.report_of(report) async for report in reports)))
            elif isinstance(request, wire.Listen):
                entries = self._core.listen(request.after)
                await _until_gone(reader, self._stream(writer, (wire.Entries(entries=some) async for some in entries)))
            elif isinstance(request, wire.Hello):
                raise _not_understood()
            else:
                await _send(writer, await self._answered(writer, request))
        except FleetError as error:
            await _send(writer, wire.failure_of(error))
        await writer.drain()

    def _require_own_user(self, writer: asyncio.StreamWriter) -> None:
        peer: socket.socket = writer.get_extra_info("socket")
        _, user, _ = _CREDENTIALS.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        if user != os.getuid():
            raise ForbiddenError(
                Text("飛行の中枢は別の利用者のものです", "the flight core belongs to another user of this machine"),
                Text("同じ利用者で動かしてください", "run as the same user"),
            )

    def _greet(self, hello: wire.Request) -> wire.Welcome:
        if not isinstance(hello, wire.Hello):
            raise _not_understood()
        common = set(hello.protocols) & set(wire.PROTOCOLS)
        if not common:
            raise RefusedError(
                Text(
                    "動いている飛行の中枢とこの地上局は、版が離れすぎて話が通じません",
                    "the running flight core and this station are too many versions apart to understand each other",
                ),
                Text(
                    "飛行中なら「緊急操作」の画面を使い、着陸後に kakehashi flight stop で中枢を止め、"
                    "もう一度始めてください",
                    "while something flies use the page of the core; after landing stop the core with "
                    "`kakehashi flight stop` and start again",
                ),
            )
        if (hello.realm, hello.town) != (self._realm.value, self._town):
            raise RefusedError(
                Text(
                    f"飛行の中枢は「{self._town}」の{self._realm.label.ja}のものです",
                    f"the flight core is of town {self._town}, {self._realm.label.en}",
                ),
                Text("同じ町、同じ種類（本番・訓練）で始めてください", "start with the same town and realm"),
            )
        return wire.Welcome(protocol=max(common), boot_id=self._core.boot_id)

    async def _stream(self, writer: asyncio.StreamWriter, messages: AsyncIterator[wire.Report | wire.Entries]) -> None:
        async for message in messages:
            await _send(writer, message)

    async def _answered(self, writer: asyncio.StreamWriter, request: _Call) -> wire.Answer:
        """Work on a call to its end, whoever waits for it; once a second say that it is being worked on."""
        call = asyncio.get_running_loop().create_task(self._call(request))
        self._calls.add(call)
        call.add_done_callback(self._ended)
        while not call.done():
            done, _ = await asyncio.wait({call}, timeout=_WORKING_EVERY_S)
            if not done:
                await _send(writer, wire.Working())
        return call.result()

    def _ended(self, call: "asyncio.Task[wire.Answer]") -> None:
        self._calls.discard(call)
        error = None if call.cancelled() else call.exception()
        if isinstance(error, FleetError):
            _log.debug("a call to the flight core was refused", why=str(error))
        elif error is not None:  # whoever asked may be gone, and nobody else would hear of it
            _log.error("a call to the flight core fell", exc_info=error)

    async def _call(self, request: _Call) -> wire.Answer:
        if isinstance(request, wire.CallBegin):
            return wire.Answer(command=await self._core.begin(request.order))
        if isinstance(request, wire.CallEndOf):
            return wire.Answer(command=await self._core.end_of(request.command_id))
        if isinstance(request, wire.CallPlace):
            return wire.Answer(digest=await self._core.place(request.plan, author=request.author, keep=request.keep))
        await self._core.set_up(request.work())
        return wire.Answer()


async def _until_gone(reader: asyncio.StreamReader, stream: Coroutine[None, None, None]) -> None:
    """Stream until the reader hangs up, which shows at once even while there is nothing to send."""
    streaming, gone = asyncio.ensure_future(stream), asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait({streaming, gone}, return_when=asyncio.FIRST_COMPLETED)
        if streaming.done():
            streaming.result()
    finally:
        streaming.cancel()
        gone.cancel()
        await asyncio.gather(streaming, gone, return_exceptions=True)


async def _send(writer: asyncio.StreamWriter, message: wire.Reply) -> None:
    writer.write(wire.pack(message))
    async with asyncio.timeout(_SLOWEST_READER_S):
        await writer.drain()


def _no_socket(error: Exception) -> Text:
    return Text(
        f"地上局が飛行の中枢と話すためのソケットを作れません（{error}）。「緊急操作」の画面は使えます",
        f"the socket over which the station speaks with the flight core cannot be made ({error}); its own page works",
    )


def _not_understood() -> RefusedError:
    return RefusedError(
        Text("飛行の中枢はこの問い合わせを知りません", "the flight core does not know this request"),
        Text("着陸してから、両方を同じ版にしてください", "after landing, bring both to the same version"),
    )
