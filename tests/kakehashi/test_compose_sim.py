"""Simulated aircraft as the settings ask for them."""

import os
import signal
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from kakehashi.compose_sim import simulated_vehicles
from kakehashi.settings import Settings, SimSettings
from missions.formats.demo_town import make_demo_town
from tests.kakehashi.running import command, environment, kakehashi

MAVLINK_2 = 0xFD


def test_wind_and_gusts_of_the_settings_blow_in_the_simulator() -> None:
    settings = Settings(sim=SimSettings(wind_mps=8.0, wind_from_deg=90.0, gusts_mps=3.0))
    (vehicle,) = simulated_vehicles(settings, make_demo_town())
    wind = [vehicle.parameters[name] for name in ("SIM_WIND_SPD", "SIM_WIND_DIR", "SIM_WIND_TURB")]
    assert wind == [8.0, 90.0, 3.0]


def test_a_simulated_aircraft_has_the_number_that_the_town_gave_it() -> None:
    town = make_demo_town()
    first = next(iter(town.aircraft.values()))
    renumbered = replace(town, aircraft=dict(town.aircraft) | {first.id: replace(first, mavlink_system_id=7)})
    settings = Settings(sim=SimSettings(count=1))
    assert [one.system_id for one in simulated_vehicles(settings, renumbered)] == [7]


@pytest.mark.timeout(120)
def test_the_simulator_also_sends_to_a_udp_address(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(90.0)
        process = subprocess.Popen(
            command("sim", "--udp-out", f"127.0.0.1:{listener.getsockname()[1]}"),
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            assert listener.recv(4096)[0] == MAVLINK_2
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.parametrize("address", ["somewhere", "127.0.0.1:0", "127.0.0.1:70000"])
def test_a_udp_address_that_cannot_be_read_is_named(tmp_path: Path, address: str) -> None:
    done = kakehashi("sim", "--udp-out", address, env=environment(tmp_path))
    assert done.returncode == 1
    assert address in done.stderr
    assert "Traceback" not in done.stderr
