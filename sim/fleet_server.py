"""Simulated aircraft on the network: a TCP server for each, UDP out, one clock for all."""

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from fleet.errors import UnavailableError
from fleet.text import Text
from missions.terrain.grid import Terrain
from sim.camera_port import Camera
from sim.mavlink.session import Session
from sim.scenario import Scenario
from sim.simulation import Simulation
from sim.world import STEP_S

_log = logging.getLogger(__name__)

_TICK_S = 0.01
_BEHIND_S = 0.5
_UNREAD_BYTES = 1 << 20
_PORT_STEP = 10
_FRAME_OVERHEAD = 12
_DATAGRAM_BYTES = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where and how fast.

    Vehicle i listens on `base_port` + 10·i, any free port where it is 0; several clients may connect to each. With
    `udp_out` every vehicle also sends there and listens for answers. `speedup` is simulated seconds a second.
    """

    host: str = "127.0.0.1"
    base_port: int = 5760
    speedup: float = 1.0
    seed: int = 1
    udp_out: tuple[str, int] | None = None


class FleetServer:
    """Runs a scenario from `async with` on, until it is left.

    `addresses` are the (host, port) pairs of the vehicles in order. Raises UnavailableError if a port is taken.
    """

    def __init__(
        self,
        scenario: Scenario,
        settings: ServerSettings | None = None,
        *,
        terrain: Terrain | None = None,
        camera: Camera | None = None,
    ) -> None:
        self.settings = settings or ServerSettings()
        self.simulation = Simulation(scenario, terrain=terrain, seed=self.settings.seed, camera=camera)
        for vehicle in self.simulation.world.vehicles:
            vehicle.params.set("SIM_SPEEDUP", self.settings.speedup)
        self.addresses: list[tuple[str, int]] = []
        self._servers: list[asyncio.Server] = []
        self._writers: dict[asyncio.StreamWriter, tuple[int, Session]] = {}
        self._udp: list[tuple[asyncio.DatagramTransport, Session]] = []
        self._readers: set[asyncio.Task[None]] = set()
        self._clock: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Listen on every port and start the clock."""
        try:
            for index in range(len(self.simulation.ports)):
                await self._listen(index)
                if self.settings.udp_out is not None:
                    await self._open_udp(index, self.settings.udp_out)
        except OSError:
            await self._close()
            raise
        self._clock = asyncio.create_task(self._run_clock(), name="sim-clock")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the clock and close every link."""
        await self._close()

    async def run(self) -> None:
        """Wait until the clock stops, which it does only by cancellation or a fault."""
        if self._clock is not None:
            await self._clock

    async def _listen(self, index: int) -> None:
        settings = self.settings
        port = settings.base_port + _PORT_STEP * index if settings.base_port else 0
        try:
            server = await asyncio.start_server(
                lambda reader, writer: self._serve(index, reader, writer), settings.host, port
            )
        except OSError as error:
            await self._close()
            raise UnavailableError(
                Text(f"ポート {port} が使えません: {error.strerror}", f"port {port} cannot be used: {error.strerror}"),
                Text(
                    "使っている相手を止めるか、別の番号を指定してください", "stop what uses it or choose another number"
                ),
                port=port,
            ) from error
        self._servers.append(server)
        host, bound = server.sockets[0].getsockname()[:2]
        self.addresses.append((host, bound))

    async def _open_udp(self, index: int, target: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        session = self.simulation.open(index)
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _UdpLink(self.simulation, index, session), remote_addr=target
            )
        except OSError as error:
            await self._close()
            host, port = target
            raise UnavailableError(
                Text(f"UDP の宛先 {host}:{port} に送れません", f"cannot send to UDP {host}:{port}: {error.strerror}"),
                Text("宛先の名前と番号を確かめてください", "check the address and the port"),
            ) from error
        self._udp.append((transport, session))

    async def _serve(self, index: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = self.simulation.open(index)
        self._writers[writer] = (index, session)
        task = asyncio.current_task()
        if task is not None:
            self._readers.add(task)
        try:
            while data := await reader.read(65536):
                self.simulation.receive(index, session, data)
                self._flush(writer, session)
        except ConnectionError as error:
            _log.debug("a client of vehicle %d is gone: %s", index, error)
        except asyncio.CancelledError:
            # Only `_close` cancels this task, and asyncio's streams report one that ends cancelled as a fault.
            _log.debug("the link of a client of vehicle %d is closed", index)
        finally:
            self._writers.pop(writer, None)
            self.simulation.ports[index].close(session)
            writer.close()
            if task is not None:
                self._readers.discard(task)

    async def _run_clock(self) -> None:
        started = time.monotonic()
        begun_s = self.simulation.now_s
        while True:
            due_s = begun_s + (time.monotonic() - started) * self.settings.speedup
            steps = 0
            while self.simulation.now_s + STEP_S <= due_s:
                self.simulation.step()
                steps += 1
                if steps % 4 == 0:
                    self._flush_all()
                    await asyncio.sleep(0)
            self._flush_all()
            if due_s - self.simulation.now_s > _BEHIND_S * self.settings.speedup:
                # Too slow for the speed asked for: let the lost time go rather than run ever further behind.
                started, begun_s = time.monotonic(), self.simulation.now_s
            await asyncio.sleep(_TICK_S if self.settings.speedup <= 20.0 else 0.001)

    def _flush_all(self) -> None:
        for writer, (_, session) in list(self._writers.items()):
            self._flush(writer, session)
        for transport, session in self._udp:
            for datagram in _datagrams(session.take()):
                transport.sendto(datagram)

    def _flush(self, writer: asyncio.StreamWriter, session: Session) -> None:
        if writer.transport.get_write_buffer_size() > _UNREAD_BYTES:
            return
        data = session.take()
        if data:
            writer.write(data)

    async def _close(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clock
            self._clock = None
        for server in self._servers:
            server.close()
        for task in list(self._readers):
            task.cancel()
        for writer in list(self._writers):
            writer.close()
        for transport, _ in self._udp:
            transport.close()
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._servers.clear()
        self._udp.clear()


def _datagrams(data: bytes) -> list[bytes]:
    """Return whole frames packed into datagrams of at most about 1,200 bytes."""
    found = []
    start = end = 0
    while end < len(data):
        length = data[end + 1] + _FRAME_OVERHEAD
        if end + length - start > _DATAGRAM_BYTES and end > start:
            found.append(data[start:end])
            start = end
        end += length
    if end > start:
        found.append(data[start:end])
    return found


class _UdpLink(asyncio.DatagramProtocol):
    """Hands datagrams from the other side to the vehicle; answers leave with the next flush."""

    def __init__(self, simulation: Simulation, index: int, session: Session) -> None:
        self._simulation = simulation
        self._index = index
        self._session = session

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        """Take one datagram."""
        self._simulation.receive(self._index, self._session, data)

    def error_received(self, exc: Exception) -> None:
        """Take note that nobody listens there."""
        _log.debug("nobody listens on the UDP side of vehicle %d: %s", self._index, exc)
