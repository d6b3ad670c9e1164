"""What both UDP transports share: an asyncio datagram endpoint with a broken-future."""

import asyncio
from collections.abc import Callable

from ground_station.flight.links.transport import Receive


class Datagrams(asyncio.DatagramProtocol):
    """Hands each datagram on with its sender; `failed` hears of errors such as a closed port at the other end."""

    def __init__(self, receive: Receive, failed: Callable[[Exception | None], None]) -> None:
        self._receive = receive
        self._failed = failed

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Pass one datagram on."""
        self._receive(data, (addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        """Report what the network said of an earlier datagram."""
        self._failed(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        """Report the end of the endpoint."""
        self._failed(exc)
