"""The launcher, with a stand-in program for its own logic and with a real ArduCopter where there is one."""

import asyncio
import os
import socket
import stat
from pathlib import Path

import pytest
from pymavlink import mavutil

from fleet.errors import BadInputError, UnavailableError
from sim.arducopter import ArduCopterFleet, ArduCopterSettings, ArduCopterVehicle, free_first_instance
from tests.sim.served import HOME


def program(folder: Path, script: str) -> Path:
    path = folder / "arducopter"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def fleet_of(binary: Path, folder: Path, *, first_instance: int = 30, speedup: float = 1.0) -> ArduCopterFleet:
    settings = ArduCopterSettings(binary=binary, folder=folder, first_instance=first_instance, speedup=speedup)
    return ArduCopterFleet([ArduCopterVehicle(system_id=7, home=HOME, parameters={"RTL_ALT": 3000.0})], settings)


async def until(condition: object) -> None:
    assert callable(condition)
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(condition)


def test_a_file_that_cannot_be_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "arducopter").write_text("text")
    with pytest.raises(BadInputError):
        ArduCopterSettings(binary=tmp_path / "arducopter", folder=tmp_path)


def test_the_command_line_names_place_port_and_parameters(tmp_path: Path) -> None:
    fleet = fleet_of(program(tmp_path, "true"), tmp_path)
    line = " ".join(fleet.command_line(0))
    assert "--home 34.77000000,133.23000000,500.00,0.0" in line
    assert "-I30" in line
    assert "--sysid 7" in line
    assert fleet.addresses == [("127.0.0.1", 6060)]


async def test_a_process_that_ends_is_started_again_and_all_end_with_the_fleet(tmp_path: Path) -> None:
    binary = program(tmp_path, "echo Waiting for connection ....\nexec sleep 60")
    fleet = fleet_of(binary, tmp_path)
    async with fleet:
        first = fleet.process_ids[0]
        assert first is not None
        os.kill(first, 9)
        await until(lambda: fleet.process_ids[0] not in (None, first))
        second = fleet.process_ids[0]
        assert fleet.restarts == [1]
    assert second is not None
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)
    assert "RTL_ALT 3000" in (tmp_path / "arducopter-7" / "vehicle.parm").read_text()


async def test_a_program_that_does_not_come_up_is_reported_with_its_last_words(tmp_path: Path) -> None:
    fleet = fleet_of(program(tmp_path, "echo port in use; exit 3"), tmp_path)
    with pytest.raises(UnavailableError, match="port in use"):
        async with fleet:
            pass


def test_instances_whose_ports_are_taken_are_passed_over() -> None:
    first = free_first_instance(2, start=300)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 5760 + 10 * (first + 1)))
        taken.listen()
        assert free_first_instance(2, start=300) > first


@pytest.mark.arducopter
async def test_a_real_arducopter_starts_and_speaks_with_its_own_number(tmp_path: Path) -> None:
    binary = os.environ.get("KAKEHASHI_ARDUCOPTER")
    if not binary:
        pytest.skip("KAKEHASHI_ARDUCOPTER names no arducopter")
    parameters = Path(binary).with_name("copter.parm")
    settings = ArduCopterSettings(
        binary=Path(binary),
        folder=tmp_path,
        speedup=5.0,
        first_instance=free_first_instance(1),
        parameter_file=parameters if parameters.exists() else None,
    )
    async with ArduCopterFleet([ArduCopterVehicle(system_id=9, home=HOME)], settings) as fleet:
        host, port = fleet.addresses[0]
        heard = await asyncio.to_thread(_first_heartbeat, f"tcp:{host}:{port}")
    assert heard == 9


def _first_heartbeat(address: str) -> int:
    link = mavutil.mavlink_connection(address)
    try:
        message = link.wait_heartbeat(timeout=20)
        assert message is not None
        return int(message.get_srcSystem())
    finally:
        link.close()
