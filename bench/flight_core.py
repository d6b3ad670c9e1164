"""The flight core as a process: how soon it is heard, how soon after a fall, and its memory under a frozen reader.

The aircraft is a TCP listener that stamps our first heartbeat. Beside the core: a bare Python process that imports
pymavlink, connects and sends one heartbeat. Memory: two aircraft at 50 messages a second on one UDP port, and a desk
that follows states and journal and is frozen (SIGSTOP) after its first report. Prints JSON.

    python -m bench.flight_core [--runs 5] [--minutes 10]
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from bench.station_receive import prepared, start_sender
from fleet.errors import FleetError
from fleet.realm import Realm
from kakehashi.environment import environment_of
from kakehashi.flight_keeper import FlightKeeper
from kakehashi.flight_place import flight_of, keeper_of
from kakehashi.preparation import prepare
from kakehashi.settings import FlightSettings, Settings, SimSettings, StationSettings
from tests.kakehashi.running import free_ports

RATE_HZ = 50.0
AIRCRAFT = 2
GOAL = {"port_ready_s": 2.0, "first_heartbeat_s": 1.0, "between_restarts_s": 1.0}
_HEARTBEAT_V2 = b"\x00\x00\x00"
_BARE = """
import socket, sys
from pymavlink.dialects.v20 import ardupilotmega as dialect
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as link:
    link.sendall(dialect.MAVLink(None, 255, 190).heartbeat_encode(6, 8, 0, 0, 4).pack(dialect.MAVLink(None, 255, 190)))
    link.recv(1)
"""
_READER = """
import asyncio
from fleet.errors import FleetError
from kakehashi.flight_place import flight_of
from kakehashi.settings import load_settings
async def main():
    port = flight_of(load_settings())
    while True:
        try:
            await anext(port.follow())
            break
        except FleetError:
            await asyncio.sleep(0.1)
    async def listen():
        async for _ in port.listen(0): pass
    async def follow():
        async for _ in port.follow():
            print("follows", flush=True)
    await asyncio.gather(listen(), follow())
asyncio.run(main())
"""


class Aircraft:
    """Listens where the core calls, and says when the first heartbeat of ours came on each connection."""

    def __init__(self) -> None:
        self.heard_s: asyncio.Queue[float] = asyncio.Queue(100)
        self.port = 0
        self._serving: list[asyncio.Task[None]] = []

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen on a port of its own while the context is open."""
        server = await asyncio.start_server(self._came, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            for task in self._serving:
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)

    async def heard(self) -> float:
        """Return when the next connection brought its first heartbeat."""
        async with asyncio.timeout(60.0):
            return await self.heard_s.get()

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.append(asyncio.ensure_future(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            while True:
                head = await reader.readexactly(10)
                await reader.readexactly(head[1] + 2)
                if head[7:10] == _HEARTBEAT_V2:
                    break
            self.heard_s.put_nowait(time.monotonic())
            while await reader.read(65536):
                pass


def settings_of(folder: Path, *links: str) -> Settings:
    """Return a drill whose core has these links and ports that nobody has."""
    (page,) = free_ports(1)
    return Settings(
        home=folder,
        realm=Realm.DRILL,
        station=StationSettings(vehicles=links),
        flight=FlightSettings(port=page),
        sim=SimSettings(),
    )


def start_core(settings: Settings) -> "subprocess.Popen[bytes]":
    """Start the process that a run starts."""
    words = [sys.executable, "-m", "kakehashi.flight_process"]
    environment = environment_of(settings, os.environ)
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)


def start_bare(port: int) -> "subprocess.Popen[bytes]":
    """Start the peer."""
    return subprocess.Popen([sys.executable, "-c", _BARE, str(port)])


@contextlib.contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End a process with the context."""
    try:
        yield
    finally:
        process.kill()
        process.wait()


async def _first_report(settings: Settings) -> None:
    while True:
        with contextlib.suppress(FleetError):
            await anext(flight_of(settings).follow())
            return
        await asyncio.sleep(0.01)


async def _started(keeper: FlightKeeper, more_than: int) -> None:
    while True:
        if keeper.starts > more_than:
            return
        await asyncio.sleep(0.005)


async def _took(began_s: float, done: Callable[[], Awaitable[object]]) -> float:
    async with asyncio.timeout(60.0):
        await done()
    return time.monotonic() - began_s


async def measure_start(folder: Path, runs: int) -> dict[str, float]:
    """Return the medians from exec to the port's first report and to the first heartbeat, the peer's beside."""
    aircraft, ready_s, heard_s, peer_s = Aircraft(), [], [], []
    async with aircraft.listening():
        settings = settings_of(folder, f"tcp:127.0.0.1:{aircraft.port}")
        prepare(settings)
        for _ in range(runs):
            began_s = time.monotonic()
            with ended(start_core(settings)):
                ready = asyncio.ensure_future(_took(began_s, lambda: _first_report(settings)))
                heard_s.append(await aircraft.heard() - began_s)
                ready_s.append(await ready)
            began_s = time.monotonic()
            with ended(start_bare(aircraft.port)):
                peer_s.append(await aircraft.heard() - began_s)
    return {
        "port_ready_s": _median(ready_s),
        "first_heartbeat_s": _median(heard_s),
        "peer_bare_pymavlink_first_heartbeat_s": _median(peer_s),
    }


async def measure_restart(folder: Path, runs: int) -> dict[str, float]:
    """Return how long after a SIGKILL the aircraft heard the next core, and how long until that one was started."""
    aircraft, heard_s, started_s = Aircraft(), [], []
    async with aircraft.listening():
        settings = settings_of(folder, f"tcp:127.0.0.1:{aircraft.port}")
        environment = environment_of(settings, os.environ)
        keeper = keeper_of(settings, environment, lambda: None, lambda words: None)
        keeping = asyncio.create_task(keeper.run())
        await aircraft.heard()
        for _ in range(runs):
            starts, began_s = keeper.starts, time.monotonic()
            if keeper.pid is not None:
                os.kill(keeper.pid, signal.SIGKILL)
            started_s.append(await _took(began_s, partial(_started, keeper, starts)))
            heard_s.append(await aircraft.heard() - began_s)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await keeper.stop()
    return {"killed_to_started_s": max(started_s), "killed_to_first_heartbeat_s": _median(heard_s)}


def measure_memory(folder: Path, seconds: float) -> dict[str, float]:
    """Return the core's memory while a desk that follows it is frozen: after a tenth of the time, and at its end."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = settings_of(folder, *(f"udpin:127.0.0.1:{port}" for _ in range(AIRCRAFT)))
    sender = start_sender(port, prepared(AIRCRAFT), argparse.Namespace(rate_hz=RATE_HZ))
    core = start_core(settings)
    reader = subprocess.Popen(
        [sys.executable, "-c", _READER], env=environment_of(settings, os.environ), stdout=subprocess.PIPE
    )
    try:
        with ended(core), ended(reader):
            if reader.stdout is None or not reader.stdout.readline():
                message = "the desk's reader did not come up"
                raise RuntimeError(message)
            os.kill(reader.pid, signal.SIGSTOP)
            time.sleep(seconds / 10)
            early = _memory_mib(core.pid)
            time.sleep(seconds * 9 / 10)
            late = _memory_mib(core.pid)
            alive = core.poll() is None
    finally:
        sender.terminate()
        sender.join()
    return {"frozen_s": seconds, "early_mib": early, "late_mib": late, "growth_mib": late - early, "alive": alive}


def _memory_mib(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024, 1)


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def main() -> None:
    """Measure start, restart and memory, one after the other, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = asyncio.run(measure_start(folder, options.runs))
        restart = asyncio.run(measure_restart(folder, min(3, options.runs)))
        memory = measure_memory(folder, options.minutes * 60.0)
    result = {"bench": "flight_core", "start": start, "restart": restart, "frozen_desk": memory, "goal": GOAL}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
