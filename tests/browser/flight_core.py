"""A flight core in memory with two simulated aircraft, behind its own page, in a thread beside the browser's."""

import asyncio
import contextlib
import queue
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn

from fleet.clock import SystemClock
from fleet.ids import VehicleId
from fleet.positions import Position
from fleet.realm import Realm
from fleet.roles import Permission
from fleet.text import Text
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.core import CoreServices, FlightCore
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.links.address import LinkAddress, Scheme
from ground_station.flight.page.app import PageDoor, create_app
from ground_station.flight.page.code import CodeDoor
from ground_station.flight.port import HoldSessions, LiveSession
from ground_station.flight.sessions import digest_of_token
from ground_station.flight.vehicles.flight_command import Action, FlightCommand
from ground_station.flight.vehicles.state import Timing
from ground_station.flight.vehicles.vehicle import PlanItems, Vehicle
from sim.dynamics.airframe import BatteryPack
from sim.fleet_server import FleetServer, ServerSettings
from sim.scenario import Scenario, SimulatedVehicle
from tests.ground_station.flight.plans import FENCE, MISSION, RALLY

CODE = "12345678"
COOKIE = "kakehashi_station_drill"
TOKEN = "the cookie of somebody who may fly"
PILOT = "操縦 太郎"
FLYING, PARKED = VehicleId("kakehashi-1"), VehicleId("kakehashi-2")
NAMES = {FLYING: Text("かけはし1号", "Kakehashi 1"), PARKED: Text("かけはし2号", "Kakehashi 2")}
SPEEDUP = 5.0
PATIENCE_S = 60.0
_LONG = BatteryPack(capacity_mah=100_000.0)
_HOMES = {
    FLYING: Position(lon_deg=133.23, lat_deg=34.77, alt_amsl_m=500.0),
    PARKED: Position(lon_deg=133.24, lat_deg=34.77, alt_amsl_m=500.0),
}


@dataclass
class ServedCore:
    """The core, where its page is, and what it was told so far."""

    address: str
    core: FlightCore

    def given(self) -> list[FlightCommand]:
        """Return the commands that came from pages, oldest first."""
        return [command for command in self.core.station.ledger.recent() if command.author != "test"]


@contextlib.contextmanager
def served_core() -> Iterator[ServedCore]:
    """Give a core whose first aircraft is in the air, until the context is left."""
    ready: queue.Queue[ServedCore] = queue.Queue(maxsize=1)
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_live(stop, ready.put)), name="flight core", daemon=True)
    thread.start()
    try:
        yield ready.get(timeout=2.0 * PATIENCE_S)
    finally:
        stop.set()
        thread.join(PATIENCE_S)


async def _live(stop: threading.Event, tell: Callable[[ServedCore], object]) -> None:
    async with _core() as core, _served(core) as address:
        await core.set_up(HoldSessions(sessions=(_session(),)))
        await _take_off(core)
        tell(ServedCore(address=address, core=core))
        await asyncio.to_thread(stop.wait)


@asynccontextmanager
async def _core() -> AsyncIterator[FlightCore]:
    vehicles = tuple(
        SimulatedVehicle(id=vehicle_id, system_id=number, home=home, preflight_s=60.0, battery=_LONG)
        for number, (vehicle_id, home) in enumerate(_HOMES.items(), start=1)
    )
    scenario = Scenario(vehicles=vehicles, started_at_s=1_780_000_000.0)
    async with FleetServer(scenario, ServerSettings(base_port=0, speedup=SPEEDUP)) as server:
        settings = [
            VehicleSetting(
                id=vehicle_id,
                address=LinkAddress(scheme=Scheme.TCP, host="127.0.0.1", number=port),
                name=NAMES[vehicle_id],
            )
            for vehicle_id, (_, port) in zip(_HOMES, server.addresses, strict=True)
        ]
        clock = SystemClock()
        services = CoreServices(
            clock=clock,
            journal=MemoryJournal(clock),
            realm=Realm.DRILL,
            timing=Timing(time_scale=SPEEDUP, heartbeat_hz=2.0),
        )
        async with FlightCore(settings, services) as core:
            yield core


@asynccontextmanager
async def _served(core: FlightCore) -> AsyncIterator[str]:
    door = PageDoor(realm=Realm.DRILL, cookie=COOKIE, code=CodeDoor(CODE, SystemClock()), desk_port=1)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(core, door), log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def _take_off(core: FlightCore) -> None:
    vehicle = core.station.vehicle(FLYING)
    async with asyncio.timeout(PATIENCE_S):
        await vehicle.contact.conversation.until(lambda: _may_arm(vehicle), PATIENCE_S)
        await vehicle.upload_plan(PlanItems(name="plan-1", mission=MISSION, fence=FENCE, rally=RALLY))
        await vehicle.set_parameter("FS_GCS_ENABLE", 1.0, author="test")
        await vehicle.order(Action.TAKE_OFF, author="test", alt_home_m=40.0)


def _session() -> LiveSession:
    return LiveSession(
        token_digest=digest_of_token(TOKEN),
        person=PILOT,
        permissions=frozenset({Permission.SEE, Permission.FLY}),
        remaining_s=3600.0,
    )


def _may_arm(vehicle: Vehicle) -> bool:
    sensors = vehicle.state().telemetry.sensors
    return sensors is not None and sensors.arming_allowed
