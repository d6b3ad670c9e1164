"""The example scripts fly a plan of `kakehashi plan` there and home, on our simulator and on a real ArduCopter."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from missions.formats.town_bundle import read_town
from tests.kakehashi.real_arducopter import arducopter
from tests.kakehashi.running import command, environment, kakehashi
from tests.missions.planning.real_arducopter import Vehicle

pytestmark = [pytest.mark.peer, pytest.mark.timeout(600)]

EXAMPLES = Path(__file__).parents[2] / "examples"
SPEEDUP = 25
OUR_SPEEDUP = 60
GROUND_PORT_OFFSET = 3
DEPOT = (34.75341, 133.25273)
FLIGHTS = {
    "dronekit": ("fly_with_dronekit.py", "waypoints", "tcp:127.0.0.1:{port}"),
    "mavsdk": ("fly_with_mavsdk.py", "plan", "tcpout://127.0.0.1:{port}"),
}


@contextlib.contextmanager
def _simulator(env: dict[str, str]) -> Iterator[int]:
    with subprocess.Popen(
        command("sim", "--speedup", str(OUR_SPEEDUP)),
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            yield int(ready["detail"]["aircraft"][0].rpartition(":")[2])
        finally:
            process.send_signal(signal.SIGTERM)


def _flown(client: str, env: dict[str, str], port: int, folder: Path, *, vehicle: str) -> dict[str, float]:
    script, ending, address = FLIGHTS[client]
    file = folder / f"takamuro.{ending}"
    made = kakehashi(
        "plan", "takamuro", "--item", "水", "--mass-kg", "4", "--vehicle", vehicle, "--output", str(file), env=env
    )
    assert made.returncode == 0, made.stdout
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / script), str(file), address.format(port=port)],
        capture_output=True, text=True, timeout=540, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    end: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return end


def _is_home_without_load(end: dict[str, float]) -> None:
    assert end["released"]
    assert end["items"] > 30
    assert end["alt_home_m"] == pytest.approx(0.0, abs=2.0)
    assert (end["lat"], end["lon"]) == pytest.approx(DEPOT, abs=2e-4)


@contextlib.contextmanager
def _ground_under(port: int, env: dict[str, str]) -> Iterator[None]:
    """Tell a simulated ArduCopter where its ground is, as its station would; a real one has ground to stand on."""
    stop = threading.Event()

    def tell() -> None:
        while not stop.wait(0.5):  # it takes another connection once it has its first
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port + GROUND_PORT_OFFSET), timeout=0.2) as link,
            ):
                town = read_town(Path(env["KAKEHASHI_HOME"]) / "towns" / "demo")
                Vehicle(link, town).answer_until(stop)

    teller = threading.Thread(target=tell)
    teller.start()
    try:
        yield
    finally:
        stop.set()
        teller.join()


@pytest.mark.parametrize("client", FLIGHTS)
def test_the_example_flies_a_plan_on_our_simulator(client: str, tmp_path: Path) -> None:
    env = environment(tmp_path)
    with _simulator(env) as port:
        _is_home_without_load(_flown(client, env, port, tmp_path, vehicle="kakehashi-1"))


@pytest.mark.arducopter
@pytest.mark.parametrize("client", FLIGHTS)
def test_the_example_flies_a_plan_on_a_real_arducopter(client: str, tmp_path: Path) -> None:
    named = os.environ.get("KAKEHASHI_ARDUCOPTER")
    if not named:
        pytest.skip("KAKEHASHI_ARDUCOPTER names no ArduCopter binary")
    env = environment(tmp_path)
    with arducopter(Path(named), env=env, speedup=SPEEDUP) as link:
        port = int(link.rpartition(":")[2])
        with _ground_under(port, env):
            _is_home_without_load(_flown(client, env, port, tmp_path, vehicle="arducopter-1"))
