"""The flight port over a Unix socket, the desk's side. Each call and each stream has a connection of its own.

A slow transfer holds up no order, and a core that stands still or is gone is seen within seconds.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from fleet import own_thread
from fleet.audit import AuditEntry
from fleet.errors import UnavailableError, UnconfirmedError
from fleet.ids import CommandId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight import wire
from ground_station.flight.flight_plan import FlightPlan, PlanDigest
from ground_station.flight.order import Order
from ground_station.flight.port import CoreReport, SetUp
from ground_station.flight.socket_path import short_path
from ground_station.flight.vehicles.flight_command import FlightCommand

_CONNECT_S = 2.0
_SILENT_S = 5.0
_ORDER_S = 3.0


@dataclass(frozen=True, slots=True)
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, message: wire.Request) -> None:
        self.writer.write(wire.pack(message))

    async def reply(self, within_s: float) -> wire.Reply:
        """Return the next reply; raises TimeoutError or ConnectionError, and the error that was sent."""
        async with asyncio.timeout(within_s):
            reply = await wire.read_reply(self.reader)
        if isinstance(reply, wire.Failure):
            raise wire.error_of(reply)
        return reply


class SocketFlight:
    """Calls the flight core whose socket is at `path`. No connection is kept but those of streams."""

    def __init__(self, path: Path, *, realm: Realm, town: str) -> None:
        self._path = path
        self._hello = wire.Hello(protocols=wire.PROTOCOLS, realm=realm.value, town=town)

    async def follow(self) -> AsyncIterator[CoreReport]:
        """Yield reports; raises UnavailableError when the core is gone or silent for five seconds."""
        async with self._line() as line:
            line.send(wire.Follow())
            while True:
                reply = await self._next(line)
                if isinstance(reply, wire.Report):
                    yield reply.report()

    async def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        """Yield the journal's entries after number `after`; raises UnavailableError when the core is gone."""
        async with self._line() as line:
            line.send(wire.Listen(after=after))
            while True:
                try:
                    reply = await wire.read_reply(line.reader)
                except ConnectionError as error:
                    raise self._gone(error) from error
                if isinstance(reply, wire.Failure):
                    raise wire.error_of(reply)
                if isinstance(reply, wire.Entries):
                    yield reply.entries

    async def begin(self, order: Order) -> FlightCommand:
        """Give an order; raises UnconfirmedError where its answer is lost."""
        return _command(await self._call(wire.CallBegin(order=order), silent_s=_ORDER_S))

    async def end_of(self, command_id: CommandId) -> FlightCommand:
        """Return a command once it has ended."""
        return _command(await self._call(wire.CallEndOf(command_id=command_id)))

    async def place(self, plan: FlightPlan, *, author: str, keep: bool = False) -> PlanDigest:
        """Bring a flight to its aircraft."""
        answer = await self._call(wire.CallPlace(plan=plan, author=author, keep=keep))
        if answer.digest is None:
            raise _strange()
        return answer.digest

    async def set_up(self, work: SetUp) -> None:
        """Do one thing that prepares."""
        await self._call(wire.set_up_call(work))

    async def _call(
        self,
        request: wire.CallBegin | wire.CallEndOf | wire.CallPlace | wire.CallSetUp,
        *,
        silent_s: float = _SILENT_S,
    ) -> wire.Answer:
        async with self._line() as line:
            line.send(request)
            try:
                while True:
                    reply = await line.reply(silent_s)
                    if isinstance(reply, wire.Answer):
                        return reply
            except (ConnectionError, TimeoutError) as error:
                raise _unanswered(error) from error

    async def _next(self, line: _Line) -> wire.Reply:
        try:
            return await line.reply(_SILENT_S)
        except (ConnectionError, TimeoutError) as error:
            raise self._gone(error) from error

    @contextlib.asynccontextmanager
    async def _line(self) -> AsyncIterator[_Line]:
        """Give a connection that was greeted; raises UnavailableError, or what the core has against this caller."""
        try:
            async with asyncio.timeout(_CONNECT_S):
                line = await self._connect()
        except (OSError, TimeoutError) as error:
            raise self._gone(error) from error
        try:
            line.send(self._hello)
            try:
                await line.reply(_CONNECT_S)
            except (ConnectionError, TimeoutError) as error:
                raise self._gone(error) from error
            yield line
        finally:
            line.writer.transport.abort()

    async def _connect(self) -> _Line:
        try:
            plug = await own_thread.within(
                _CONNECT_S, self._connected, name="flight connection", late=socket.socket.close
            )
        except BlockingIOError:  # no thread to be had, and an order waits
            plug = self._connected()
        try:
            reader, writer = await asyncio.open_unix_connection(sock=plug)
        except (OSError, asyncio.CancelledError):
            plug.close()
            raise
        return _Line(reader, writer)

    def _connected(self) -> socket.socket:
        """Return a socket that is connected, or raise OSError; waits for the folder's disk, and for nothing else."""
        plug = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        plug.setblocking(False)
        try:
            with short_path(self._path) as name:
                plug.connect(name)
        except OSError:
            plug.close()
            raise
        return plug

    def _gone(self, error: Exception) -> UnavailableError:
        why = _why(error)
        return UnavailableError(
            Text(f"飛行の中枢につながりません（{why.ja}）", f"the flight core cannot be reached: {why.en}"),
            Text(
                "自動でつなぎ直します。急ぐときは「緊急操作」の画面か送信機を使ってください",
                "it is being reached again by itself; in a hurry use the core's own page, or the transmitter",
            ),
        )


def _why(error: Exception) -> Text:
    if isinstance(error, TimeoutError):
        return Text("返事がありません", "it does not answer")
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return Text("動いていません", "it is not running")
    if isinstance(error, ConnectionError):
        return Text("通信が切れました", "the connection ended")
    why = str(error)
    return Text(why, why)


def _command(answer: wire.Answer) -> FlightCommand:
    if answer.command is None:
        raise _strange()
    return answer.command


def _strange() -> UnconfirmedError:
    return UnconfirmedError(
        Text("飛行の中枢の返事が読めません", "the flight core's answer makes no sense"),
        Text("機体の今の様子を見てください", "look what the aircraft does"),
    )


def _unanswered(error: Exception) -> UnconfirmedError:
    why = _why(error)
    return UnconfirmedError(
        Text(f"飛行の中枢の返事が届きません（{why.ja}）", f"the flight core's answer did not come: {why.en}"),
        Text(
            "指示は届いたかもしれません。機体の今の様子を見てください",
            "it may have been done all the same; look what the aircraft does",
        ),
    )
