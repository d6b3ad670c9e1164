"""MAVProxy, a client that knows nothing of us, connects, loads a mission and a fence and changes modes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.fleet_server import FleetServer, ServerSettings
from sim.vehicle.mission_item import Kind
from sim.vehicle.modes import Mode
from tests.sim.served import served

pytestmark = [pytest.mark.peer, pytest.mark.timeout(400)]

MISSION = """QGC WPL 110
0\t1\t0\t16\t0\t0\t0\t0\t34.77\t133.23\t500\t1
1\t0\t3\t22\t0\t0\t0\t0\t0\t0\t20\t1
2\t0\t3\t16\t0\t0\t0\t0\t34.771\t133.2305\t25\t1
3\t0\t3\t20\t0\t0\t0\t0\t0\t0\t0\t1
"""

FENCE = """34.77 133.23
34.75 133.21
34.75 133.25
34.79 133.25
34.79 133.21
34.75 133.21
"""


def await_change(server: FleetServer, reached: str, condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + 120.0
    while not condition(server.simulation.world.vehicles[0]):
        assert time.monotonic() < end, f"waited in vain for {reached}"
        time.sleep(0.05)


def test_mavproxy_loads_a_mission_and_a_fence_and_changes_mode(tmp_path: Path) -> None:
    (tmp_path / "mission.txt").write_text(MISSION)
    (tmp_path / "fence.txt").write_text(FENCE)
    program = Path(sys.executable).with_name("mavproxy.py")
    with served(settings=ServerSettings(base_port=0, speedup=2.0)) as server:
        host, port = server.addresses[0]
        with (tmp_path / "out.txt").open("wb") as out, subprocess.Popen(
            [
                sys.executable, program, f"--master=tcp:{host}:{port}", "--state-basedir", tmp_path,
                "--default-modules=cmdlong,param,wp,fence,rally,mode,misc,link,arm", "--cmd=",
            ],
            stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, cwd=tmp_path,
            env=os.environ | {"HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        ) as mavproxy:  # fmt: skip
            assert mavproxy.stdin is not None
            try:
                await_change(
                    server, "a parameter list", lambda _v: b"parameters" in (tmp_path / "out.txt").read_bytes()
                )
                for line in ("param set RTL_ALT 2500", "wp load mission.txt", "fence load fence.txt", "mode GUIDED"):
                    mavproxy.stdin.write(line.encode() + b"\n")
                    mavproxy.stdin.flush()
                    time.sleep(1.0)
                await_change(server, "the parameter", lambda v: v.params["RTL_ALT"] == 2500.0)
                await_change(server, "the mission", lambda v: len(v.plans[Kind.MISSION].items) == 4)
                await_change(server, "the fence", lambda v: len(v.plans[Kind.FENCE].items) >= 4)
                await_change(server, "GUIDED", lambda v: v.mode is Mode.GUIDED)
            finally:
                mavproxy.kill()
                mavproxy.wait(10.0)
        output = (tmp_path / "out.txt").read_text(errors="replace")
    assert "Received" in output
    assert "parameters" in output
