"""MAVSDK, a client that knows nothing of us, flies our vehicle through its own native library."""

import json
import socket

import pytest

from sim.fleet_server import ServerSettings
from tests.sim.served import run_client, served

pytestmark = [pytest.mark.peer, pytest.mark.timeout(240)]

SCRIPT = """
import json, sys, time
from mavsdk import ComponentType, Configuration, ConnectionResult, Mavsdk
from mavsdk.plugins.action import Action
from mavsdk.plugins.info import Info
from mavsdk.plugins.mission_raw import MissionItem, MissionRaw
from mavsdk.plugins.param import Param
from mavsdk.plugins.telemetry import Telemetry

def until(good, what, seconds=60):
    end = time.monotonic() + seconds
    while not good():
        if time.monotonic() > end:
            sys.exit('waited in vain for ' + what)
        time.sleep(0.02)

def item(seq, frame, command, x, y, z):
    return MissionItem(seq, frame, command, int(seq == 0), 1, 0.0, 0.0, 0.0, 0.0, x, y, z, 0)

sdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
if sdk.add_any_connection(sys.argv[1]) != ConnectionResult.SUCCESS:
    sys.exit('no connection')
system = sdk.first_autopilot(30.0)
if system is None:
    sys.exit('no autopilot')
info, param, action = Info(system), Param(system), Action(system)
telemetry, mission = Telemetry(system), MissionRaw(system)
version = None
for _ in range(100):
    try:
        version = info.get_version()
        break
    except Exception:
        time.sleep(0.1)
telemetry.set_rate_position(20.0)
mission.upload_mission([
    item(0, 0, 16, 347700000, 1332300000, 500.0),
    item(1, 3, 22, 0, 0, 20.0),
    item(2, 3, 16, 347710000, 1332305000, 25.0),
    item(3, 0, 20, 0, 0, 0.0),
])
back = mission.download_mission()
param.set_param_float('WPNAV_SPEED', 900.0)
speed = param.get_param_float('WPNAV_SPEED')
action.set_takeoff_altitude(15.0)
action.arm()
action.takeoff()
until(lambda: telemetry.position().relative_altitude_m > 14.0, 'height')
action.goto_location(34.7705, 133.2300, 518.0, 0.0)
until(lambda: abs(telemetry.position().latitude_deg - 34.7705) < 1e-5, 'place')
mission.start_mission()
until(lambda: abs(telemetry.position().latitude_deg - 34.7710) < 2e-5, 'mission')
action.return_to_launch()
until(lambda: not telemetry.armed(), 'landing')
end = telemetry.position()
print(json.dumps({
    'version': [version.flight_sw_major, version.flight_sw_minor],
    'mission': [(i.seq, i.frame, i.command, i.x, i.y, i.z) for i in back],
    'speed': speed, 'end': [end.latitude_deg, end.longitude_deg],
}), flush=True)
"""


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_mavsdk_script_flies_the_vehicle() -> None:
    udp_port = free_udp_port()
    settings = ServerSettings(base_port=0, speedup=5.0, udp_out=("127.0.0.1", udp_port))
    with served(settings=settings):
        printed = run_client(SCRIPT, f"udpin://127.0.0.1:{udp_port}")
    seen = json.loads(next(line for line in printed.splitlines() if line.startswith("{")))
    assert seen["version"] == [4, 7]
    assert [row[2] for row in seen["mission"]] == [16, 22, 16, 20]
    assert seen["mission"][2][1:] == [3, 16, 347710000, 1332305000, 25.0]
    assert seen["speed"] == 900.0
    assert seen["end"] == [pytest.approx(34.77, abs=1e-5), pytest.approx(133.23, abs=1e-5)]
