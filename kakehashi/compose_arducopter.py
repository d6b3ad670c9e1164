"""Real ArduPilot SITL aircraft for a drill: the town's trainer aircraft flown by ArduCopter's own code."""

import asyncio
import contextlib
from pathlib import Path

from fleet.errors import BadInputError
from fleet.text import Text
from kakehashi.aircraft_of_run import trained_aircraft
from kakehashi.broken_files import announced
from kakehashi.bundle import load_town
from kakehashi.compose_camera import camera_of
from kakehashi.events import tell
from kakehashi.home import Home
from kakehashi.places_of_aircraft import GRIPPER, home_of
from kakehashi.settings import Settings
from missions.values.town import Town
from sim.arducopter import BASE_PORT, PORT_STEP, ArduCopterFleet, ArduCopterSettings, ArduCopterVehicle
from sim.camera.mavlink_tcp import VehiclePort, watch_vehicle

_CAMERA_PORT_OFFSET = 2

# SITL's ground is flat at home's height until a ground station gives it the terrain.
_GROUND_FROM_STATION = {"TERRAIN_ENABLE": 1.0}


def _first_instance(settings: Settings) -> int:
    offset = settings.sim.base_port - BASE_PORT
    if offset < 0 or offset % PORT_STEP:
        raise BadInputError(
            Text(
                f"ArduPilot SITL のポートは {BASE_PORT} から {PORT_STEP} おきです",
                f"ArduPilot SITL's ports go from {BASE_PORT} in steps of {PORT_STEP}",
            ),
            Text("sim.base_port を 5760, 5770, … にしてください", "set sim.base_port to 5760, 5770, …"),
        )
    return offset // PORT_STEP


def arducopter_fleet(settings: Settings, binary: Path, home: Home, town: Town) -> ArduCopterFleet:
    """Return the fleet, not yet started; raises BadInputError for too few aircraft, a wrong port or no such binary."""
    beside = binary.parent / "copter.parm"
    return ArduCopterFleet(
        [
            ArduCopterVehicle(
                system_id=one.mavlink_system_id,
                home=home_of(one, town),
                parameters={
                    **GRIPPER,
                    **_GROUND_FROM_STATION,
                    "BATT_CAPACITY": one.battery.capacity_mah,
                    "SIM_BATT_CAP_AH": one.battery.capacity_mah / 1000.0,
                },
            )
            for one in trained_aircraft(settings, town.aircraft)
        ],
        ArduCopterSettings(
            binary=binary,
            folder=home.sim / "arducopter",
            speedup=settings.sim.speedup,
            parameter_file=beside if beside.is_file() else None,
            first_instance=_first_instance(settings),
        ),
        broken=home.broken,
    )


async def run_arducopter(settings: Settings, binary: Path) -> None:
    """Run ArduCopter aircraft with their simulated cameras until cancelled."""
    broken = announced("sim")
    home = Home(root=settings.home, realm=settings.realm, broken=broken)
    home.make()
    town = load_town(settings, broken)
    aircraft = trained_aircraft(settings, town.aircraft)
    fleet = arducopter_fleet(settings, binary, home, town)
    async with contextlib.AsyncExitStack() as stack:
        camera = await stack.enter_async_context(camera_of(settings, home, town))
        await stack.enter_async_context(fleet)
        tell("ready", "sim", aircraft=[f"tcp:{host}:{port}" for host, port in fleet.addresses])
        async with asyncio.TaskGroup() as tasks:
            for one, (host, port) in zip(aircraft, fleet.addresses, strict=True):
                meeting = VehiclePort(
                    host=host,
                    port=port + _CAMERA_PORT_OFFSET,
                    vehicle_id=one.id,
                    system_id=one.mavlink_system_id,
                )
                tasks.create_task(watch_vehicle(meeting, camera))
