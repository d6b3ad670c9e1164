"""Builds and flies simulated vehicles for the benchmarks; and finds what the real one costs where there is one."""

import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.ids import VehicleId
from fleet.positions import Position
from sim.arducopter import ArduCopterFleet, ArduCopterSettings, ArduCopterVehicle, free_first_instance
from sim.mavlink.session import Session
from sim.scenario import Scenario, SimulatedVehicle
from sim.simulation import Simulation


def flying(count: int, seed: int = 34) -> tuple[Simulation, list[Session]]:
    """Return vehicles on a long straight flight, each with a client: positions at 4 Hz, all else at 1 Hz."""
    vehicles = tuple(
        SimulatedVehicle(
            id=VehicleId(f"v{i}"), system_id=i % 250 + 1, preflight_s=60.0,
            home=Position(lon_deg=133.23 + 0.001 * i, lat_deg=34.77, alt_amsl_m=500.0),
        )
        for i in range(count)
    )  # fmt: skip
    simulation = Simulation(Scenario(vehicles=vehicles, started_at_s=1_780_000_000.0), seed=seed)
    sessions = [simulation.open(i) for i in range(count)]
    for i, session in enumerate(sessions):
        for message in _orders(vehicles[i].system_id):
            simulation.receive(i, session, bytes(message.pack(dialect.MAVLink(None, 255, 190))))
    simulation.advance(25.0)
    for i, session in enumerate(sessions):
        away = dialect.MAVLink_set_position_target_global_int_message(
            0, vehicles[i].system_id, 1, 6, 3576, 351000000, 1332300000 + 10000 * i, 40, 0, 0, 0, 0, 0, 0, 0, 0
        )
        simulation.receive(i, session, bytes(away.pack(dialect.MAVLink(None, 255, 190))))
    simulation.advance(10.0)
    for session in sessions:
        session.take()
    return simulation, sessions


def _orders(system: int) -> list[dialect.MAVLink_message]:
    return [
        dialect.MAVLink_request_data_stream_message(system, 1, 0, 1, 1),
        dialect.MAVLink_request_data_stream_message(system, 1, 6, 4, 1),
        dialect.MAVLink_command_long_message(system, 1, 176, 0, 1, 4, 0, 0, 0, 0, 0),
        dialect.MAVLink_command_long_message(system, 1, 400, 0, 1, 0, 0, 0, 0, 0, 0),
        dialect.MAVLink_command_long_message(system, 1, 22, 0, 0, 0, 0, 0, 0, 0, 30),
    ]


def run(simulation: Simulation, sessions: Sequence[Session], seconds: float) -> dict[str, float]:
    """Return what `seconds` of simulated time cost, bytes taken off every link four times a second."""
    wall, cpu = time.perf_counter(), time.process_time()
    sent = 0
    for step in range(round(seconds * 20)):
        simulation.step()
        if step % 5 == 0:
            sent += sum(len(session.take()) for session in sessions)
    return {
        "simulated_s": seconds,
        "wall_s": round(time.perf_counter() - wall, 3),
        "cpu_s": round(time.process_time() - cpu, 3),
        "bytes": sent,
    }


def real_arducopter(*, count: int, speedup: float, seconds: float) -> dict[str, float] | None:
    """Return what real ArduCopters cost, None where KAKEHASHI_ARDUCOPTER names none."""
    binary = os.environ.get("KAKEHASHI_ARDUCOPTER")
    return asyncio.run(_measure(Path(binary), count, speedup, seconds)) if binary else None


async def _measure(binary: Path, count: int, speedup: float, seconds: float) -> dict[str, float]:
    vehicles = [
        ArduCopterVehicle(system_id=i + 1, home=Position(lon_deg=133.23, lat_deg=34.77, alt_amsl_m=500.0))
        for i in range(count)
    ]
    defaults = binary.with_name("copter.parm")
    with tempfile.TemporaryDirectory() as folder:
        settings = ArduCopterSettings(
            binary=binary, folder=Path(folder), speedup=speedup, first_instance=free_first_instance(count),
            parameter_file=defaults if defaults.exists() else None,
        )  # fmt: skip
        async with ArduCopterFleet(vehicles, settings) as fleet:
            links = [mavutil.mavlink_connection(f"tcp:{host}:{port}") for host, port in fleet.addresses]
            try:
                return await asyncio.to_thread(_watch, links, fleet.process_ids, seconds)
            finally:
                for link in links:
                    link.close()


def _watch(links: Sequence[mavutil.mavfile], process_ids: Sequence[int | None], seconds: float) -> dict[str, float]:
    first: dict[int, int] = {}
    newest: dict[int, int] = {}
    for link in links:
        link.wait_heartbeat(timeout=20)
        link.mav.request_data_stream_send(link.target_system, 1, 0, 1, 1)
    cpu, wall = _cpu_s(process_ids), time.perf_counter()
    while time.perf_counter() - wall < seconds:
        for number, link in enumerate(links):
            while (message := link.recv_msg()) is not None:
                if message.get_type() == "SYSTEM_TIME":
                    first.setdefault(number, message.time_boot_ms)
                    newest[number] = message.time_boot_ms
        time.sleep(0.01)
    wall = time.perf_counter() - wall
    simulated_s = sum(newest[n] - first[n] for n in newest) / max(1, len(newest)) / 1000.0
    used = _cpu_s(process_ids) - cpu
    return {
        "vehicles": len(links),
        "wall_s": round(wall, 2),
        "simulated_s": round(simulated_s, 2),
        "cpu_s": round(used, 2),
        "vehicles_a_core": round(len(links) * wall / used, 1) if used else 0.0,
        "times_real_time": round(simulated_s / wall, 1),
    }


def _cpu_s(process_ids: Sequence[int | None]) -> float:
    ticks = 0
    for process_id in process_ids:
        if process_id is not None:
            fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
