"""The broker in this process: amqtt 0.12, MQTT 3.1.1 over TCP, nobody anonymous."""

import asyncio
import logging
from types import TracebackType

from amqtt.broker import Broker
from amqtt.errors import BrokerError

from telemetry.brokers.access import DeviceBook
from telemetry.brokers.free_port import free_port, is_free, port_taken

START_WITHIN_S = 5.0
STOP_WITHIN_S = 5.0
MAX_CONNECTIONS = 500


class EmbeddedBroker:
    """Runs while its `async with` block does. `port` 0 takes a free one; read `port` afterwards."""

    def __init__(self, *, book: DeviceBook, host: str = "127.0.0.1", port: int = 8730) -> None:
        self._book = book
        self.host = host
        self.port = port
        self._broker: Broker | None = None

    async def start(self) -> None:
        """Listen; raises UnavailableError naming the port if it is taken."""
        # amqtt tells of every packet; only what is wrong is of use here.
        logging.getLogger("amqtt").setLevel(logging.ERROR)
        logging.getLogger("transitions").setLevel(logging.ERROR)
        if self.port == 0:
            self.port = free_port(self.host)
        elif not is_free(self.host, self.port):
            raise port_taken(self.port)
        access = "telemetry.brokers.amqtt_access.DeviceAccess"
        self._broker = Broker(
            {
                "listeners": {
                    "default": {
                        "type": "tcp",
                        "bind": f"{self.host}:{self.port}",
                        "max_connections": MAX_CONNECTIONS,
                    }
                },
                "plugins": {access: {"book": self._book}},
            }
        )
        try:
            await asyncio.wait_for(self._broker.start(), START_WITHIN_S)
        except (BrokerError, TimeoutError) as error:
            raise port_taken(self.port) from error

    async def stop(self) -> None:
        """Close every connection and the port, within 5 s."""
        broker, self._broker = self._broker, None
        if broker is None:
            return
        try:
            await asyncio.wait_for(broker.shutdown(), STOP_WITHIN_S)
        except TimeoutError:
            logging.getLogger(__name__).warning("the embedded broker did not stop within %s s", STOP_WITHIN_S)

    async def __aenter__(self) -> "EmbeddedBroker":
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()
