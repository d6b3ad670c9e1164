"""The port of a broker of ours: reads each CONNECT before the broker sees it, and lets in who has a key.

Nobody who comes is refused for want of room: who has not signed in yet makes room, the one that has waited longest
first (`fleet.places`), and none may wait over three seconds. Who has signed in keeps their place.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import structlog

from fleet.listening_socket import listening_sockets
from fleet.places import Place, PlaceLimits, Places
from telemetry.brokers.access import DeviceBook
from telemetry.brokers.door import MQTT_3_1_1, Knock, NoConnectError, read_connect, remaining_length

_log = structlog.get_logger(__name__)

KNOCK_WITHIN_S = 3.0
USUAL_PLACES = PlaceLimits.of(500)
_ACCEPTED_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Somebody who was let in: their connection, the CONNECT that was read of it, and what it says."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    seen: bytes
    knock: Knock


class Doorkeeper:
    """Listens from `open` to `close`; `serve` is given who is let in, until their connection ends."""

    def __init__(
        self,
        *,
        book: DeviceBook,
        serve: Callable[[Entrance], Awaitable[None]],
        limits: PlaceLimits = USUAL_PLACES,
        versions: Collection[int] = (MQTT_3_1_1,),
        knock_within_s: float = KNOCK_WITHIN_S,
    ) -> None:
        self.places = Places(limits)
        self._book = book
        self._serve = serve
        self._versions = versions
        self._knock_within_s = knock_within_s
        self._sockets: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._inside: dict[asyncio.StreamWriter, Knock] = {}

    def bind(self, host: str, port: int) -> int:
        """Take the port (0: a free one) and return it; raises OSError. Who comes from now on waits for `open`."""
        self._sockets = listening_sockets(host, port)
        taken: int = self._sockets[0].getsockname()[1]
        return taken

    async def open(self) -> None:
        """Let in who comes; raises OSError if another program listens on the port."""
        for one in self._sockets:
            self._servers.append(
                await asyncio.start_server(self._on_connection, sock=one, backlog=_ACCEPTED_AT_ONCE),
            )

    def stop_listening(self) -> None:
        """Give the port back; who is inside stays."""
        servers, self._servers = self._servers, []
        sockets, self._sockets = self._sockets, []
        for server in servers:
            server.close()
        for one in sockets:
            one.close()

    def close(self) -> None:
        """Give the port back and end every connection."""
        self.stop_listening()
        self.places.turn_out_all()

    def throw_out_revoked(self) -> None:
        """End the connections of who could not sign in any more."""
        for writer, knock in list(self._inside.items()):
            if not self._book.sign_in(knock.username, knock.password):
                _log.warning("device revoked, its connection ends", username=knock.username)
                writer.transport.abort()

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        place = self.places.enter(str(peer[0]) if peer else "", writer.transport.abort)
        try:
            entrance = await self._hear(reader, writer)
            if entrance is not None:
                self._let_in(place, entrance)
                await self._serve(entrance)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            _log.debug("a connection ended before its sign-in", address=peer)
        finally:
            self.places.leave(place)
            self._inside.pop(writer, None)
            writer.close()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Entrance | None:
        address = writer.get_extra_info("peername")
        try:
            async with asyncio.timeout(self._knock_within_s):
                seen, knock = await _hear_knock(reader, self._versions)
        except NoConnectError as error:
            _log.warning("no sign-in at the broker's port", reason=str(error), address=address)
            writer.write(error.answer)
            return None
        if not self._book.sign_in(knock.username, knock.password) or self._is_anothers(knock):
            _log.warning("device refused", username=knock.username[:40], address=address)
            writer.write(knock.refusal)
            return None
        return Entrance(reader=reader, writer=writer, seen=seen, knock=knock)

    def _let_in(self, place: Place, entrance: Entrance) -> None:
        connection = entrance.writer.get_extra_info("socket")
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.places.prove(place, entrance.knock.username)
        self._inside[entrance.writer] = entrance.knock

    def _is_anothers(self, knock: Knock) -> bool:
        """Return whether another device is in with this client id; an empty one is nobody's (MQTT 3.1.1, 3.1.3.1)."""
        return knock.client_id != "" and any(
            inside.client_id == knock.client_id and inside.username != knock.username
            for inside in self._inside.values()
        )


async def _hear_knock(reader: asyncio.StreamReader, versions: Collection[int]) -> tuple[bytes, Knock]:
    header = await reader.readexactly(2)
    while (length := remaining_length(header)) is None:
        header += await reader.readexactly(1)
    content = await reader.readexactly(length)
    return header + content, read_connect(content, versions)
