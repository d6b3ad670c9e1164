"""Puts the simulated aircraft together, ours or real ArduPilot SITL, on the ports that the station expects."""

import contextlib
import time

from kakehashi.aircraft_of_run import simulated_aircraft, udp_out
from kakehashi.broken_files import announced
from kakehashi.bundle import load_town
from kakehashi.compose_camera import camera_of
from kakehashi.events import tell
from kakehashi.home import Home
from kakehashi.places_of_aircraft import GRIPPER, home_of
from kakehashi.ports_of_run import simulated_ports
from kakehashi.settings import Settings
from missions.values.aircraft import Aircraft
from missions.values.town import Town
from sim.dynamics.airframe import Airframe, BatteryPack
from sim.fleet_server import FleetServer, ServerSettings
from sim.scenario import Scenario, SimulatedVehicle

_POWERED_FOR_S = 60.0
_FULL_OVER_NOMINAL = 1.06
_EMPTY_OVER_NOMINAL = 0.94


def simulated_vehicles(settings: Settings, town: Town) -> tuple[SimulatedVehicle, ...]:
    """Return the town's first aircraft as simulated ones, each at its depot; raises BadInputError for too many."""
    return tuple(_simulated(aircraft, town, settings) for aircraft in simulated_aircraft(settings, town.aircraft))


def _simulated(aircraft: Aircraft, town: Town, settings: Settings) -> SimulatedVehicle:
    nominal_v = aircraft.battery.nominal_v
    return SimulatedVehicle(
        id=aircraft.id,
        system_id=aircraft.mavlink_system_id,
        home=home_of(aircraft, town),
        airframe=Airframe(empty_mass_kg=aircraft.empty_mass_kg, hover_power_w=aircraft.hover_power_w),
        battery=BatteryPack(
            capacity_mah=aircraft.battery.capacity_mah,
            full_v=nominal_v * _FULL_OVER_NOMINAL,
            empty_v=nominal_v * _EMPTY_OVER_NOMINAL,
        ),
        has_camera=aircraft.has_camera,
        parameters={
            **GRIPPER,
            "BATT_CAPACITY": aircraft.battery.capacity_mah,
            "SIM_WIND_SPD": settings.sim.wind_mps,
            "SIM_WIND_DIR": settings.sim.wind_from_deg,
            "SIM_WIND_TURB": settings.sim.gusts_mps,
        },
        preflight_s=_POWERED_FOR_S,
    )


def server_settings(settings: Settings) -> ServerSettings:
    """Return where and how the simulator runs; raises BadInputError for a UDP address that cannot be read
    and for ports beyond the last.
    """
    simulated_ports(settings)
    return ServerSettings(
        base_port=settings.sim.base_port,
        speedup=settings.sim.speedup,
        seed=settings.sim.seed,
        udp_out=udp_out(settings),
    )


async def run_sim(settings: Settings) -> None:
    """Run the simulated aircraft until cancelled."""
    broken = announced("sim")
    home = Home(root=settings.home, realm=settings.realm, broken=broken)
    home.make()
    where = server_settings(settings)
    town = load_town(settings, broken)
    vehicles = simulated_vehicles(settings, town)
    async with contextlib.AsyncExitStack() as stack:
        camera = await stack.enter_async_context(camera_of(settings, home, town))
        server = FleetServer(
            Scenario(vehicles=vehicles, started_at_s=time.time()),
            where,
            terrain=town.terrain,
            camera=camera,
        )
        await stack.enter_async_context(server)
        tell("ready", "sim", aircraft=[f"tcp:{host}:{port}" for host, port in server.addresses])
        await server.run()
