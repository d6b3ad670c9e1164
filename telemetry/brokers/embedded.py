"""The broker in this process: amqtt 0.12, MQTT 3.1.1 over TCP, behind a door of our own.

amqtt looks at a session of the same client id before it looks at the key, so that anyone who can reach the port could
end another's session. Our door therefore reads the CONNECT first, and only who has a key, and no other device's client
id, ever reaches amqtt. It also ends the connections of revoked devices, which amqtt cannot.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.errors import BrokerError

from fleet.places import PlaceLimits
from telemetry.brokers.access import DeviceBook
from telemetry.brokers.doorkeeper import USUAL_PLACES, Doorkeeper, Entrance
from telemetry.brokers.free_port import port_taken

START_WITHIN_S = 5.0
STOP_WITHIN_S = 4.0
_LISTENER = "default"
_ACCESS = "telemetry.brokers.amqtt_access.DeviceAccess"


class EmbeddedBroker:
    """Runs while its `async with` block does. `port` 0 takes a free one; read `port` afterwards."""

    def __init__(
        self, *, book: DeviceBook, host: str = "127.0.0.1", port: int = 8730, limits: PlaceLimits = USUAL_PLACES
    ) -> None:
        self._book = book
        self.host = host
        self.port = port
        self.door = Doorkeeper(book=book, serve=self._serve, limits=limits)
        self._broker: Broker | None = None

    async def start(self) -> None:
        """Listen; raises UnavailableError naming the port if it is taken."""
        # amqtt tells of every packet; only what is wrong is of use here.
        logging.getLogger("amqtt").setLevel(logging.ERROR)
        logging.getLogger("transitions").setLevel(logging.ERROR)
        broker = _Broker(
            {"listeners": {_LISTENER: {"type": "external"}}, "plugins": {_ACCESS: {"book": self._book}}},
        )
        try:
            self.port = self.door.bind(self.host, self.port)
            async with asyncio.timeout(START_WITHIN_S):
                await broker.start()
            self._broker = broker
            await self.door.open()
        except (BrokerError, TimeoutError, OSError) as error:
            await self.stop()
            raise port_taken(self.port) from error

    async def _serve(self, entrance: Entrance) -> None:
        broker = self._broker
        if broker is not None:
            reader = _Replay(entrance.reader, entrance.seen)
            await broker.external_connected(reader, StreamWriterAdapter(entrance.writer), _LISTENER)

    async def reload(self) -> None:
        """Take over what the device book says now: the connections of revoked devices end at once."""
        self.door.throw_out_revoked()

    async def stop(self) -> None:
        """Close every connection and the port, within 5 s."""
        broker, self._broker = self._broker, None
        self.door.stop_listening()
        if broker is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_WITHIN_S):
                    await broker.shutdown()
        self.door.close()

    async def __aenter__(self) -> "EmbeddedBroker":
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()


class _Broker(Broker):  # type: ignore[misc]
    """amqtt goes through its subscriptions and waits in between, while others come and go: a message would be lost."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._subscriptions = _Subscriptions()


class _Subscriptions(dict[str, list[Any]]):
    """Who wants which topics; whoever goes through it meets all that there were when he began, and only those."""

    def __iter__(self) -> Iterator[str]:
        return iter(list(super().__iter__()))

    def items(self) -> Any:
        """Return a copy."""
        return [(topic, list(wanted)) for topic, wanted in super().items()]


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
