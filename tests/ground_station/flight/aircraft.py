"""Aircraft that tests fly: the scripted one on a TCP port, our simulator, and a real ArduCopter."""

import asyncio
import contextlib
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fleet.audit import AuditEntry, chain_entry
from fleet.clock import SystemClock
from fleet.ids import VehicleId
from fleet.positions import Position
from fleet.realm import Realm
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.vehicles.state import Timing
from ground_station.flight.vehicles.vehicle import Vehicle
from sim.fleet_server import FleetServer, ServerSettings
from sim.scenario import Scenario, SimulatedVehicle
from tests.ground_station.flight.fake_autopilot import FakeAutopilot

HOME = Position(lon_deg=133.23, lat_deg=34.77, alt_amsl_m=500.0)
VEHICLE = VehicleId("hato-1")


@dataclass
class MemoryAudit:
    """An audit trail in memory."""

    entries: list[AuditEntry] = field(default_factory=list)
    before_append: Callable[[], None] = lambda: None

    def append(self, *, actor: str, action: str, subject: str, detail: Any) -> AuditEntry:
        self.before_append()
        last = self.entries[-1] if self.entries else None
        entry = chain_entry(last=last, at_s=0.0, actor=actor, action=action, subject=subject, detail=detail)
        self.entries.append(entry)
        return entry


@dataclass
class FakeServer:
    """The scripted autopilot on a TCP port; `deaf` drops what comes in, `mute` what goes out."""

    autopilot: FakeAutopilot
    port: int = 0
    system_id: int = 1
    deaf: bool = False
    mute: bool = False
    received: list[int] = field(default_factory=list)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._codec = FrameCodec(self.system_id, 1)

    def send(self, *messages: Any) -> None:
        for message in messages:
            raw = self._codec.pack(message)
            for writer in self._writers:
                if not self.mute and not writer.is_closing():
                    writer.write(raw)

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = FrameParser()
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                for frame in parser.feed(data):
                    message = self._codec.decode(frame)
                    if message is not None and not self.deaf:
                        self.received.append(frame.message_id)
                        self.send(*self.autopilot.receive(message, asyncio.get_running_loop().time()))
        self._writers.discard(writer)

    async def live(self) -> None:
        while True:
            self.send(*self.autopilot.tick(asyncio.get_running_loop().time()))
            await asyncio.sleep(0.02)


@asynccontextmanager
async def fake_aircraft(autopilot: FakeAutopilot | None = None) -> AsyncIterator[FakeServer]:
    fake = FakeServer(autopilot or FakeAutopilot())
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    living = asyncio.create_task(fake.live())
    try:
        yield fake
    finally:
        living.cancel()
        server.close()
        fake.hang_up()


@asynccontextmanager
async def simulated_aircraft(speedup: float, *, preflight_s: float = 60.0) -> AsyncIterator[int]:
    vehicle = SimulatedVehicle(id=VEHICLE, system_id=1, home=HOME, preflight_s=preflight_s)
    scenario = Scenario(vehicles=(vehicle,), started_at_s=1_780_000_000.0)
    async with FleetServer(scenario, ServerSettings(base_port=0, speedup=speedup)) as server:
        yield server.addresses[0][1]


def arducopter_binary() -> Path:
    named = os.environ.get("KAKEHASHI_ARDUCOPTER")
    if not named:
        pytest.skip("KAKEHASHI_ARDUCOPTER does not name an ArduCopter binary")
    return Path(named)


@asynccontextmanager
async def real_arducopter(speedup: float) -> AsyncIterator[int]:
    binary = arducopter_binary()
    instance = _free_instance()
    defaults = binary.with_name("copter.parm")
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            str(binary),
            *("--model", "+", "--speedup", f"{speedup:g}", "--home", "34.77,133.23,500,0", f"-I{instance}"),
            *(("--defaults", str(defaults)) if defaults.exists() else ()),
            cwd=folder,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield 5760 + 10 * instance
        finally:
            process.terminate()
            await process.wait()


def _free_instance() -> int:
    for instance in range(40, 90):
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if all(probe.connect_ex(("127.0.0.1", 5760 + 10 * instance + extra)) for extra in (0, 2, 3)):
                return instance
    pytest.fail("no free port for ArduCopter")


@dataclass
class Flown:
    """A station with one aircraft, and the audit trail behind it."""

    station: AutopilotStation
    vehicle: Vehicle
    audit: MemoryAudit


@asynccontextmanager
async def station_for(
    port: int, *, time_scale: float = 1.0, realm: Realm = Realm.DRILL, flight_logs: Path | None = None
) -> AsyncIterator[Flown]:
    audit = MemoryAudit()
    services = Services(
        clock=SystemClock(),
        audit=audit,
        timing=Timing(time_scale=time_scale, heartbeat_hz=2.0),
        realm=realm,
        flight_logs=flight_logs,
    )
    setting = VehicleSetting(id=VEHICLE, address=LinkAddress(scheme=Scheme.TCP, host="127.0.0.1", number=port))
    async with AutopilotStation([setting], services) as station:
        yield Flown(station=station, vehicle=station.vehicle(VEHICLE), audit=audit)


async def eventually(seen: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait for something that the other end does in its own time."""
    for _ in range(round(within_s / 0.02)):
        if seen():
            return
        await asyncio.sleep(0.02)
    assert seen(), f"not seen within {within_s} s"
