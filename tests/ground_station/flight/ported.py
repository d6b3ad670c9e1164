"""The flight port in both of its forms, for tests: the core in memory, and the same core behind its Unix socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fleet.realm import Realm
from ground_station.flight.core import FlightCore
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.port import CoreReport, FlightPort, VehicleReport
from ground_station.flight.socket_client import SocketFlight
from ground_station.flight.socket_server import FlightServer
from ground_station.flight.vehicles.vehicle import Vehicle
from tests.ground_station.flight.aircraft import Cored, FakeServer

TOWN = "demo"
FORMS = ("memory", "socket", "socket at the end of a long path")


@dataclass
class Ported:
    """A port, what stands behind it, and the scripted aircraft at the other end."""

    port: FlightPort
    core: FlightCore
    vehicle: Vehicle
    journal: MemoryJournal
    fake: FakeServer

    @property
    def modes(self) -> list[float]:
        """Return the modes that the aircraft was told, in order."""
        return [mode for _, command, mode in self.fake.ordered if command == 176]


@asynccontextmanager
async def form_of(form: str, core: FlightCore, folder: Path) -> AsyncIterator[FlightPort]:
    """Give the port of `core` in one of `FORMS`."""
    if form == "memory":
        yield core
        return
    if "long" in form:
        folder = folder / ("f" * 100) / ("g" * 100)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "flight.sock"
    async with FlightServer(core, path, realm=Realm.DRILL, town=TOWN):
        yield SocketFlight(path, realm=Realm.DRILL, town=TOWN)


@asynccontextmanager
async def ported(form: str, cored: Cored, fake: FakeServer, folder: Path) -> AsyncIterator[Ported]:
    """Give everything of one core in one form."""
    async with form_of(form, cored.core, folder) as port:
        yield Ported(port=port, core=cored.core, vehicle=cored.vehicle, journal=cored.journal, fake=fake)


async def first_report(port: FlightPort) -> CoreReport:
    """Return what a new follower gets first."""
    async for report in port.follow():
        return report
    pytest.fail("nothing was reported")


async def report_of_aircraft(port: FlightPort) -> VehicleReport:
    """Return the one aircraft as a new follower gets it."""
    (vehicle,) = (await first_report(port)).vehicles
    return vehicle
