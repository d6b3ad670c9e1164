"""A bad radio on loopback between two programs: a TCP or UDP proxy, each direction through a seeded `FaultChannel`.

A TCP stream is cut into MAVLink frames first, so that loss takes whole frames as a packet radio does; what is no frame
goes on as it came. A connection that ends on one side ends on the other.

async with TcpFaultProxy(target=("127.0.0.1", 5760), up=Faults(loss=0.2), down=Faults(delay_s=1.0), seed=1) as proxy:
    connect to proxy.port
"""

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sim.fault_channel import FaultChannel, Faults

_LONGEST_WAIT_S = 0.25
_READ_BYTES = 65_536
_MOST_UNSENT_BYTES = 1 << 20
_V1, _V2 = 0xFE, 0xFD
_SIGNATURE_BYTES = 13


class FrameCutter:
    """Cuts a byte stream at MAVLink frames by their length fields alone; keeps at most one unfinished frame."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return whole frames, and stretches that are none, in order."""
        data = self._rest + data
        found: list[bytes] = []
        at = 0
        while at < len(data):
            if data[at] not in (_V1, _V2):
                end = min(
                    (place for place in (data.find(_V1, at), data.find(_V2, at)) if place >= 0), default=len(data)
                )
            else:
                length = _length(data, at)
                if length is None or at + length > len(data):
                    break
                end = at + length
            found.append(data[at:end])
            at = end
        self._rest = data[at:]
        return found


def _length(data: bytes, at: int) -> int | None:
    if at + 3 > len(data):
        return None
    if data[at] == _V1:
        return data[at + 1] + 8
    return data[at + 1] + 12 + (_SIGNATURE_BYTES if data[at + 2] & 1 else 0)


class _Pump:
    """Moves frames out of a channel when they are due, until cancelled."""

    def __init__(self, channel: FaultChannel, write: Callable[[bytes], None]) -> None:
        self._channel = channel
        self._write = write
        self._stirred = asyncio.Event()

    def put(self, frame: bytes) -> None:
        self._channel.put(frame, asyncio.get_running_loop().time())
        self._stirred.set()

    async def run(self) -> None:
        clock = asyncio.get_running_loop()
        while True:
            for frame in self._channel.take(clock.time()):
                self._write(frame)
            wait_s = min(max(0.0, self._channel.next_s - clock.time()), _LONGEST_WAIT_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._stirred.wait()
            self._stirred.clear()


class _Proxy:
    """What both kinds share: two channels that outlive connections, and the tasks that serve them."""

    def __init__(self, *, target: tuple[str, int], up: Faults, down: Faults, seed: int) -> None:
        self.up = FaultChannel(up, 2 * seed)
        self.down = FaultChannel(down, 2 * seed + 1)
        self.port = 0
        self._target = target
        self._tasks: set[asyncio.Task[None]] = set()

    def freeze(self, *, frozen: bool) -> None:
        """Hold everything in both directions back, or let it go on."""
        self.up.frozen = self.down.frozen = frozen

    async def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()


class TcpFaultProxy(_Proxy):
    """Listens on `port` of 127.0.0.1 and connects to `target` for each client; `up` is towards the target."""

    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        if self._server is not None:
            self._server.close()
        await self._stop_tasks()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        try:
            await _join(reader, far_writer, self.up, far_reader, writer, self.down)
        except asyncio.CancelledError:
            return  # only `__aexit__` cancels; asyncio's streams report a task that ends cancelled as a fault
        finally:
            writer.transport.abort()
            far_writer.transport.abort()


async def _join(
    near: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
    up: FaultChannel,
    far: asyncio.StreamReader,
    near_writer: asyncio.StreamWriter,
    down: FaultChannel,
) -> None:
    """Carry both directions until either side ends."""
    pumps = (_Pump(up, _writer(far_writer)), _Pump(down, _writer(near_writer)))
    reading = {asyncio.ensure_future(_read(near, pumps[0])), asyncio.ensure_future(_read(far, pumps[1]))}
    pumping = {asyncio.ensure_future(pump.run()) for pump in pumps}
    try:
        await asyncio.wait(reading | pumping, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in reading | pumping:
            task.cancel()
        await asyncio.gather(*reading, *pumping, return_exceptions=True)


def _writer(writer: asyncio.StreamWriter) -> Callable[[bytes], None]:
    def write(frame: bytes) -> None:
        if not writer.is_closing() and writer.transport.get_write_buffer_size() < _MOST_UNSENT_BYTES:
            writer.write(frame)

    return write


async def _read(reader: asyncio.StreamReader, pump: _Pump) -> None:
    cutter = FrameCutter()
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_READ_BYTES):
            for piece in cutter.feed(data):
                pump.put(piece)


class UdpFaultProxy(_Proxy):
    """Takes datagrams on `port` of 127.0.0.1 for `target`, and answers to whoever spoke last; `up` is to the target."""

    def __init__(self, *, target: tuple[str, int], up: Faults, down: Faults, seed: int) -> None:
        super().__init__(target=target, up=up, down=down, seed=seed)
        self._near: asyncio.DatagramTransport | None = None
        self._far: asyncio.DatagramTransport | None = None
        self._client: tuple[str, int] | None = None

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        pumps = (_Pump(self.up, self._to_target), _Pump(self.down, self._to_client))
        self._near, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(pumps[0], self._heard), local_addr=("127.0.0.1", 0)
        )
        self._far, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(pumps[1]), remote_addr=self._target)
        self.port = self._near.get_extra_info("sockname")[1]
        self._tasks = {asyncio.create_task(pump.run()) for pump in pumps}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both ends."""
        await self._stop_tasks()
        for transport in (self._near, self._far):
            if transport is not None:
                transport.abort()

    def _heard(self, client: tuple[str, int]) -> None:
        self._client = client

    def _to_target(self, frame: bytes) -> None:
        if self._far is not None:
            self._far.sendto(frame)

    def _to_client(self, frame: bytes) -> None:
        if self._near is not None and self._client is not None:
            self._near.sendto(frame, self._client)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, pump: _Pump, heard: Callable[[tuple[str, int]], None] | None = None) -> None:
        self._pump = pump
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        if self._heard is not None:
            self._heard((str(addr[0]), int(addr[1])))
        self._pump.put(data)

    def error_received(self, exc: Exception) -> None:
        """Take an unreachable end for silence, as a radio would."""
        del exc
