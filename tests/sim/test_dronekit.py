"""DroneKit, a client that knows nothing of us, flies our vehicle."""

import json

import pytest

from sim.fleet_server import ServerSettings
from tests.sim.served import run_client, served

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]

SCRIPT = """
import collections, collections.abc, json, sys, time
collections.MutableMapping = collections.abc.MutableMapping
from dronekit import Command, LocationGlobalRelative, VehicleMode, connect
from pymavlink import mavutil

def until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit('waited in vain for ' + what)
        time.sleep(0.02)

vehicle = connect(sys.argv[1], wait_ready=False, heartbeat_timeout=30)
vehicle.wait_ready(True, timeout=60)
until(lambda: vehicle.version.major is not None, 'version')
seen = {'version': str(vehicle.version), 'parameters': len(vehicle.parameters)}
until(lambda: vehicle.is_armable, 'armable')

commands = vehicle.commands
commands.download(); commands.wait_ready()
commands.clear()
def item(command, lat, lon, alt, *p):
    p = list(p) + [0] * (4 - len(p))
    return Command(0, 0, 0, mavutil.mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT, command, 0, 0, *p, lat, lon, alt)
commands.add(item(22, 0, 0, 20))
commands.add(item(16, 34.7710, 133.2305, 25))
commands.add(item(20, 0, 0, 0))
commands.upload()
commands.download(); commands.wait_ready()
seen['mission'] = [(c.command, round(c.x, 4), round(c.y, 4), c.z) for c in commands]

vehicle.parameters['RTL_ALT'] = 2000
until(lambda: vehicle.parameters['RTL_ALT'] == 2000, 'parameter')

vehicle.mode = VehicleMode('GUIDED')
until(lambda: vehicle.mode.name == 'GUIDED', 'GUIDED')
vehicle.armed = True
until(lambda: vehicle.armed, 'armed')
vehicle.simple_takeoff(15)
until(lambda: vehicle.location.global_relative_frame.alt > 14, 'height')
target = LocationGlobalRelative(34.7705, 133.2300, 18)
vehicle.simple_goto(target)
until(lambda: abs(vehicle.location.global_relative_frame.lat - target.lat) < 1e-5, 'place')
vehicle.mode = VehicleMode('RTL')
until(lambda: vehicle.mode.name == 'RTL', 'RTL')
until(lambda: not vehicle.armed, 'landing')
seen['end'] = [vehicle.location.global_relative_frame.lat, vehicle.location.global_relative_frame.alt]
vehicle.close()
print(json.dumps(seen))
"""


def test_a_dronekit_script_flies_the_vehicle() -> None:
    with served(settings=ServerSettings(base_port=0, speedup=10.0)) as server:
        host, port = server.addresses[0]
        seen = json.loads(run_client(SCRIPT, f"tcp:{host}:{port}").splitlines()[-1])
    assert seen["version"].startswith("APM:Copter-4.7")
    assert seen["parameters"] > 200
    assert seen["mission"] == [[22, 0.0, 0.0, 20.0], [16, 34.771, 133.2305, 25.0], [20, 0.0, 0.0, 0.0]]
    assert seen["end"] == [pytest.approx(34.77, abs=1e-5), pytest.approx(0.0, abs=0.2)]
