"""What both UDP transports share: a socket that is opened to one address, and read in bursts.

asyncio's own datagram endpoint goes once round the event loop for each datagram, which costs more than checking and
decoding it; a hundred aircraft send their datagrams together. While they come closer than 2 ms they are gathered that
long, so that a wake of the loop serves many.
"""

import asyncio
import math
import socket
from collections.abc import Callable

from fleet.errors import UnavailableError
from ground_station.flight.links.address import WRONG_NAME
from ground_station.flight.links.names import HostName
from ground_station.flight.links.transport import Peer, Receive

MOST_AT_ONCE = 128
"""Datagrams read before the event loop gets its turn; the rest waits in the system's buffer."""
GATHER_S = 0.002
"""How long datagrams wait for each other while they come closer than this."""
_LARGEST_BYTES = 65_536


class Datagrams:
    """Hands each datagram on with its sender.

    `failed` hears what is wrong with the socket, or with the one other end that it is connected to. What the system
    says of one of many addresses (nobody there, no such address) is silence of that one.
    """

    def __init__(self, wire: socket.socket, receive: Receive, failed: Callable[[OSError], None]) -> None:
        self._wire = wire
        self._receive = receive
        self._failed = failed
        self._closed = False
        self._buffer = bytearray(_LARGEST_BYTES)
        self._view = memoryview(self._buffer)
        self._loop = asyncio.get_running_loop()
        self._woken_s = -math.inf
        self._next: asyncio.TimerHandle | None = None
        wire.setblocking(False)
        self._loop.add_reader(wire.fileno(), self._ready)

    @property
    def local_port(self) -> int:
        """Return the port that was bound."""
        address: tuple[str, int] = self._wire.getsockname()
        return address[1]

    def send(self, data: bytes, peer: Peer) -> bool:
        """Send one datagram, to the connected address if `peer` is None; False if the system does not take it now."""
        try:
            if peer is None:
                self._wire.send(data)
            else:
                self._wire.sendto(data, peer)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            if peer is None:
                self._failed(error)
            return False
        return True

    def close(self) -> None:
        """Stop reading and give the port back; closing twice changes nothing."""
        if not self._closed:
            self._closed = True
            if self._next is not None:
                self._next.cancel()
            self._loop.remove_reader(self._wire.fileno())
            self._wire.close()

    def _ready(self) -> None:
        now_s = self._loop.time()
        self._read()
        if not self._closed and now_s - self._woken_s < GATHER_S:
            self._loop.remove_reader(self._wire.fileno())
            self._next = self._loop.call_later(GATHER_S, self._gathered)
        self._woken_s = now_s

    def _gathered(self) -> None:
        came = 1  # where who takes a datagram falls, there may be more
        try:
            came = self._read()
        finally:
            self._read_on(came)

    def _read_on(self, came: int) -> None:
        self._next = None
        if self._closed:
            return
        if came:
            self._next = self._loop.call_later(0.0 if came == MOST_AT_ONCE else GATHER_S, self._gathered)
        else:
            self._loop.add_reader(self._wire.fileno(), self._ready)

    def _read(self) -> int:
        """Hand on what is there, up to `MOST_AT_ONCE` datagrams; return how many it was."""
        wire, buffer, view, receive = self._wire, self._buffer, self._view, self._receive
        for came in range(MOST_AT_ONCE):
            try:
                length, sender = wire.recvfrom_into(buffer)
            except (BlockingIOError, InterruptedError):
                return came
            except OSError as error:
                self._failed(error)
                return came
            receive(bytes(view[:length]), sender if len(sender) == 2 else sender[:2])
            if self._closed:
                return came
        return MOST_AT_ONCE


class UdpTransport:
    """One UDP socket, at `host`:`port` if it `listens`, else connected to it; `trouble` puts its errors into words."""

    keeps_frames_whole = True
    delivers_late = False

    def __init__(
        self, host: str, port: int, *, listens: bool, trouble: Callable[[str, int, Exception], UnavailableError]
    ) -> None:
        self._host = host
        self._port = port
        self._listens = listens
        self._trouble = trouble
        self._name = HostName(host, port, socket.SOCK_DGRAM, passive=listens)
        self._broken: asyncio.Future[UnavailableError] | None = None
        self._endpoint: Datagrams | None = None

    async def open(self, receive: Receive) -> None:
        """Open the socket; raises UnavailableError for an address that is not known, taken or not ours to take."""
        self._broken = asyncio.get_running_loop().create_future()
        try:
            ((family, address), *_) = await self._name.addresses()
            wire = socket.socket(family, socket.SOCK_DGRAM)
            try:
                (wire.bind if self._listens else wire.connect)(address)
            except (OSError, *WRONG_NAME):
                wire.close()
                raise
        except (OSError, *WRONG_NAME) as error:
            raise self._trouble(self._host, self._port, error) from error
        self._endpoint = Datagrams(wire, receive, self._failed)

    async def broken(self) -> UnavailableError:
        """Wait until the socket fails under us, or the network says that nobody listens where it is connected to."""
        if self._broken is None:
            return self._trouble(self._host, self._port, OSError("not open"))
        return await asyncio.shield(self._broken)

    async def close(self) -> None:
        """Give the socket back."""
        if self._endpoint is not None:
            self._endpoint.close()
            self._endpoint = None

    def _failed(self, error: OSError) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(self._trouble(self._host, self._port, error))
