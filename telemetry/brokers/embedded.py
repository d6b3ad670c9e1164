"""The broker in this process: amqtt 0.12, MQTT 3.1.1 over TCP, behind a door of our own.

amqtt looks at a session of the same client id before it looks at the key, so that anyone who can reach the port could
end another's session. Our door therefore reads the CONNECT first, and only who has a key, and no other device's client
id, ever reaches amqtt. It also ends the connections of revoked devices, which amqtt cannot.
"""

import asyncio
import contextlib
import logging
import socket
from types import TracebackType

import structlog
from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.errors import BrokerError

from telemetry.brokers.access import DeviceBook
from telemetry.brokers.door import CONNACK_REFUSED, Knock, NoConnectError, read_connect, remaining_length
from telemetry.brokers.free_port import free_port, is_free, port_taken

_log = structlog.get_logger(__name__)

START_WITHIN_S = 5.0
STOP_WITHIN_S = 4.0
CONNECT_WITHIN_S = 5.0
MAX_CONNECTIONS = 500
_LISTENER = "default"
_ACCESS = "telemetry.brokers.amqtt_access.DeviceAccess"


class EmbeddedBroker:
    """Runs while its `async with` block does. `port` 0 takes a free one; read `port` afterwards."""

    def __init__(self, *, book: DeviceBook, host: str = "127.0.0.1", port: int = 8730) -> None:
        self._book = book
        self.host = host
        self.port = port
        self._broker: Broker | None = None
        self._server: asyncio.Server | None = None
        self._inside: dict[asyncio.StreamWriter, Knock] = {}
        self._connections = 0

    async def start(self) -> None:
        """Listen; raises UnavailableError naming the port if it is taken."""
        # amqtt tells of every packet; only what is wrong is of use here.
        logging.getLogger("amqtt").setLevel(logging.ERROR)
        logging.getLogger("transitions").setLevel(logging.ERROR)
        if self.port == 0:
            self.port = free_port(self.host)
        elif not is_free(self.host, self.port):
            raise port_taken(self.port)
        broker = Broker(
            {"listeners": {_LISTENER: {"type": "external"}}, "plugins": {_ACCESS: {"book": self._book}}},
        )
        try:
            async with asyncio.timeout(START_WITHIN_S):
                await broker.start()
            self._server = await asyncio.start_server(self._on_connection, self.host, self.port)
        except (BrokerError, TimeoutError, OSError) as error:
            raise port_taken(self.port) from error
        self._broker = broker

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        try:
            if self._connections <= MAX_CONNECTIONS:
                await self._let_in(reader, writer)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            _log.debug("a connection ended before its sign-in")
        finally:
            self._connections -= 1
            self._inside.pop(writer, None)
            writer.close()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                seen, knock = await _hear_knock(reader)
        except NoConnectError as error:
            _log.warning(
                "no sign-in at the broker's port", reason=str(error), address=writer.get_extra_info("peername")
            )
            return
        if not self._book.sign_in(knock.username, knock.password) or self._is_anothers(knock):
            _log.warning("device refused", username=knock.username[:40], address=writer.get_extra_info("peername"))
            writer.write(CONNACK_REFUSED)
            await writer.drain()
            return
        connection = writer.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        broker = self._broker
        if broker is not None:
            self._inside[writer] = knock
            await broker.external_connected(_Replay(reader, seen), StreamWriterAdapter(writer), _LISTENER)

    def _is_anothers(self, knock: Knock) -> bool:
        return any(
            inside.client_id == knock.client_id and inside.username != knock.username
            for inside in self._inside.values()
        )

    async def reload(self) -> None:
        """Take over what the device book says now: the connections of revoked devices end at once."""
        for writer, knock in list(self._inside.items()):
            if not self._book.sign_in(knock.username, knock.password):
                _log.warning("device revoked, its connection ends", username=knock.username)
                writer.transport.abort()

    async def stop(self) -> None:
        """Close every connection and the port, within 5 s."""
        server, self._server = self._server, None
        broker, self._broker = self._broker, None
        if server is not None:
            server.close()
        if broker is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_WITHIN_S):
                    await broker.shutdown()
        for writer in list(self._inside):
            writer.transport.abort()

    async def __aenter__(self) -> "EmbeddedBroker":
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()


class _Replay(StreamReaderAdapter):  # type: ignore[misc]
    """Hands amqtt the bytes the door has read, and then the stream."""

    def __init__(self, reader: asyncio.StreamReader, seen: bytes) -> None:
        super().__init__(reader)
        self._seen = seen

    async def read(self, n: int = -1) -> bytes:
        """Return `n` bytes."""
        if not self._seen:
            more: bytes = await super().read(n)
            return more
        part, self._seen = self._seen[:n], self._seen[n:]
        if len(part) < n:
            part += await super().read(n - len(part))
        return part


async def _hear_knock(reader: asyncio.StreamReader) -> tuple[bytes, Knock]:
    header = await reader.readexactly(2)
    while (length := remaining_length(header)) is None:
        header += await reader.readexactly(1)
    content = await reader.readexactly(length)
    return header + content, read_connect(content)
