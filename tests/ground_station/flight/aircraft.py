"""Aircraft that tests fly: the scripted one on a TCP port, our simulator, and a real ArduCopter."""

import asyncio
import contextlib
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.audit import AuditEntry, chain_entry
from fleet.clock import Clock, SystemClock
from fleet.ids import CommandId, VehicleId
from fleet.positions import Position
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.core import CoreServices, FlightCore
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.order import Order
from ground_station.flight.trail_paper import TrailPaper
from ground_station.flight.vehicles.flight_command import Action, FlightCommand
from ground_station.flight.vehicles.state import Timing
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.vehicle import Vehicle
from sim.fleet_server import FleetServer, ServerSettings
from sim.scenario import Scenario, SimulatedVehicle
from tests.ground_station.flight.fake_autopilot import FakeAutopilot

MOVING = frozenset(
    {
        dialect.MAV_CMD_DO_SET_MODE,
        dialect.MAV_CMD_COMPONENT_ARM_DISARM,
        dialect.MAV_CMD_MISSION_START,
        dialect.MAV_CMD_NAV_TAKEOFF,
        dialect.MAV_CMD_DO_GRIPPER,
        dialect.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN,
    }
)
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
    ordered: list[tuple[float, int, float]] = field(default_factory=list)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._codec = FrameCodec(self.system_id, 1)

    def send(self, *messages: Any) -> None:
        for message in messages:
            raw = self._codec.pack(message)
            for writer in self._writers:
                if not self.mute and not writer.is_closing():
                    writer.write(raw)

    def _note(self, message: Any) -> None:
        """Keep when which flight command came, and its second parameter, which is the mode of DO_SET_MODE."""
        if message.get_msgId() == dialect.MAVLINK_MSG_ID_COMMAND_LONG and message.command in MOVING:
            self.ordered.append((asyncio.get_running_loop().time(), message.command, message.param2))

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = FrameParser()
        self._writers.add(writer)
        self.autopilot.beat_at_once()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                for frame in parser.feed(data):
                    message = self._codec.decode(frame)
                    if message is not None and not self.deaf:
                        self.received.append(frame.message_id)
                        self._note(message)
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
    port: int,
    *,
    time_scale: float = 1.0,
    realm: Realm = Realm.DRILL,
    flight_logs: Path | None = None,
    scheme: Scheme = Scheme.TCP,
) -> AsyncIterator[Flown]:
    audit = MemoryAudit()
    services = Services(
        clock=SystemClock(),
        paper=TrailPaper(audit),
        timing=Timing(time_scale=time_scale, heartbeat_hz=2.0),
        realm=realm,
        flight_logs=flight_logs,
    )
    setting = VehicleSetting(id=VEHICLE, address=LinkAddress(scheme=scheme, host="127.0.0.1", number=port))
    async with AutopilotStation([setting], services) as station:
        yield Flown(station=station, vehicle=station.vehicle(VEHICLE), audit=audit)


@asynccontextmanager
async def unheard_core(vehicle_id: VehicleId, realm: Realm = Realm.DRILL) -> AsyncIterator[FlightCore]:
    """Give a core with one aircraft that is never heard: nobody is on its link's port."""
    clock = SystemClock()
    address = LinkAddress(scheme=Scheme.TCP, host="127.0.0.1", number=9)
    services = CoreServices(clock=clock, journal=MemoryJournal(clock), realm=realm, timing=Timing())
    async with FlightCore([VehicleSetting(id=vehicle_id, address=address)], services) as core:
        yield core


def ready_autopilot(**scripted: Any) -> FakeAutopilot:
    """Return a scripted autopilot that has every setting a delivery needs; only their values are not right yet."""
    unset = (
        *("FS_GCS_ENABLE", "FS_GCS_TIMEOUT", "BATT_CAPACITY", "BATT_LOW_MAH", "BATT_FS_LOW_ACT"),
        *("FENCE_ENABLE", "FENCE_TYPE", "FENCE_ALT_MAX", "FENCE_ACTION", "RTL_ALT", "SIM_PAYLOAD_KG"),
    )
    fitted = {"FS_OPTIONS": 16.0, "GRIP_ENABLE": 1.0, "GRIP_TYPE": 1.0, "SERVO9_FUNCTION": 28.0, "SIM_KAKEHASHI": 1.0}
    parameters = dict.fromkeys(unset, 0.0) | fitted
    return FakeAutopilot(parameters=parameters, **scripted)


@dataclass
class Cored:
    """A flight core in memory with one aircraft."""

    core: FlightCore
    vehicle: Vehicle
    journal: MemoryJournal

    async def given(self, action: Action, order_id: str, **more: Any) -> FlightCommand:
        return await self.core.begin(order(action, order_id, **more))


def order(action: Action, order_id: str, **more: Any) -> Order:
    """Return an order of an operator, who hears no beats unless told."""
    return Order(**{"id": CommandId(order_id), "vehicle_id": VEHICLE, "action": action, "author": "hanako", **more})


@asynccontextmanager
async def core_for(
    port: int,
    *,
    journal: MemoryJournal | None = None,
    clock: Clock | None = None,
    realm: Realm = Realm.DRILL,
    time_scale: float = 3.0,
    setting: VehicleSetting | None = None,
    identified: bool = True,
) -> AsyncIterator[Cored]:
    """Give a core whose aircraft is on that TCP port and has shown what it is."""
    clock = clock or SystemClock()
    kept = journal or MemoryJournal(clock)
    address = LinkAddress(scheme=Scheme.TCP, host="127.0.0.1", number=port)
    services = CoreServices(
        clock=clock, journal=kept, realm=realm, timing=Timing(time_scale=time_scale, heartbeat_hz=2.0)
    )
    known = setting or VehicleSetting(id=VEHICLE, address=address, name=Text("はと", "Hato"))
    async with FlightCore([replace(known, address=address)], services) as core:
        vehicle = core.station.vehicle(VEHICLE)
        if identified:
            await eventually(lambda: vehicle.state().simulated is not Simulated.UNKNOWN)
        yield Cored(core=core, vehicle=vehicle, journal=kept)


async def eventually(seen: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait for something that the other end does in its own time."""
    for _ in range(round(within_s / 0.02)):
        if seen():
            return
        await asyncio.sleep(0.02)
    assert seen(), f"not seen within {within_s} s"
