"""Runs simulated vehicles on loopback TCP in a thread of their own, for clients that block."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.ids import VehicleId
from fleet.positions import Position
from sim.fleet_server import FleetServer, ServerSettings
from sim.scenario import Scenario, SimulatedVehicle

ROOT = Path(__file__).resolve().parents[2]
HOME = Position(lon_deg=133.23, lat_deg=34.77, alt_amsl_m=500.0)


def ready_vehicle(number: int = 1, **parameters: float) -> SimulatedVehicle:
    """Return a vehicle that was powered on a minute ago, so that it can arm."""
    return SimulatedVehicle(
        id=VehicleId(f"v{number}"), system_id=number, home=HOME, preflight_s=60.0, parameters=parameters
    )


@contextmanager
def served(*vehicles: SimulatedVehicle, settings: ServerSettings) -> Iterator[FleetServer]:
    """Yield a running server; it stops when left."""
    scenario = Scenario(vehicles=vehicles or (ready_vehicle(),), started_at_s=1_780_000_000.0)
    started, stopping = threading.Event(), asyncio.Event()
    made: list[FleetServer] = []
    loop = asyncio.new_event_loop()

    async def live() -> None:
        async with FleetServer(scenario, settings) as server:
            made.append(server)
            started.set()
            await stopping.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()), daemon=True)
    thread.start()
    if not started.wait(10.0):
        raise TimeoutError
    try:
        yield made[0]
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(10.0)
        loop.close()


def run_client(script: str, *arguments: str, timeout_s: float = 120.0) -> str:
    """Run a Python script in a process of its own and return what it printed; the test fails if it fails."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
