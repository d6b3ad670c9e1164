"""Flies a plan of `kakehashi plan --output FILE.waypoints` with DroneKit, and prints how it ended as JSON.

usage: fly_with_dronekit.py FILE.waypoints [tcp:HOST:PORT]
"""

import collections
import collections.abc
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MISSION_START = 300  # MAV_CMD_MISSION_START
SAFETY_ARMED = 128  # MAV_MODE_FLAG_SAFETY_ARMED
AUTOPILOT = 1  # MAV_COMP_ID_AUTOPILOT1
LANDED_WITHIN_S = 3600.0
UPLOADED_WITHIN_S = 60


def load_dronekit() -> Any:
    """Return DroneKit, which expects a name that Python 3.10 took away."""
    vars(collections).setdefault("MutableMapping", collections.abc.MutableMapping)
    return importlib.import_module("dronekit")


def until(condition: Callable[[], bool], what: str, within_s: float = 120.0) -> None:
    """Wait for a condition; ends the program if it does not come."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline_s:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.05)


def read_waypoints(path: Path) -> list[list[str]]:
    """Return the rows of a QGC WPL 110 file: index, current, frame, command, 4 parameters, lat, lon, alt, continue."""
    first, *rows = path.read_text(encoding="utf-8").splitlines()
    if not first.startswith("QGC WPL 110"):
        sys.exit(f"{path} is no QGC WPL 110 file")
    return [row.split("\t") for row in rows if row.strip()]


def upload(dronekit: Any, vehicle: Any, rows: list[list[str]]) -> int:
    """Put the mission on board and return how many items were read back; ends the program unless it is all of them."""
    commands = vehicle.commands
    commands.download()
    commands.wait_ready()
    commands.clear()
    for row in rows[1:]:
        frame, command = int(row[2]), int(row[3])
        parameters = [float(value) for value in row[4:11]]
        commands.add(dronekit.Command(0, 0, 0, frame, command, 0, 1, *parameters))
    try:
        commands.upload(timeout=UPLOADED_WITHIN_S)
    except dronekit.TimeoutError:
        sys.exit(f"the aircraft did not take the mission within {UPLOADED_WITHIN_S} s")
    commands.download()
    commands.wait_ready()
    if commands.count != len(rows) - 1:
        sys.exit(f"the aircraft holds {commands.count} of {len(rows) - 1} mission items")
    return int(commands.count)


class Motors:
    """Whether the autopilot itself says that its motors are armed; DroneKit's `armed` takes a camera's word as well."""

    def __init__(self, vehicle: Any) -> None:
        self.armed = False
        vehicle.add_message_listener("HEARTBEAT", self._heard)

    def _heard(self, _: Any, __: str, message: Any) -> None:
        if message.get_srcComponent() == AUTOPILOT:
            self.armed = bool(message.base_mode & SAFETY_ARMED)


def main() -> None:
    """Upload, arm, start, and wait for the landing."""
    rows = read_waypoints(Path(sys.argv[1]))
    dronekit = load_dronekit()
    address = sys.argv[2] if len(sys.argv) > 2 else "tcp:127.0.0.1:5760"
    vehicle = dronekit.connect(address, wait_ready=False, heartbeat_timeout=60)
    motors = Motors(vehicle)
    said: list[str] = []
    vehicle.add_message_listener("STATUSTEXT", lambda _, __, message: said.append(str(message.text)))
    until(lambda: vehicle.is_armable, "an aircraft that can arm")
    items = upload(dronekit, vehicle, rows)
    vehicle.mode = dronekit.VehicleMode("GUIDED")
    until(lambda: vehicle.mode.name == "GUIDED", "GUIDED")
    vehicle.armed = True
    until(lambda: motors.armed, "armed motors")
    vehicle.send_mavlink(vehicle.message_factory.command_long_encode(0, 0, MISSION_START, 0, 0, 0, 0, 0, 0, 0, 0))
    until(lambda: vehicle.mode.name == "AUTO", "AUTO")
    until(lambda: not motors.armed, "the landing", LANDED_WITHIN_S)
    place = vehicle.location.global_relative_frame
    released = any("gripper load releas" in text.lower() for text in said)
    print(
        json.dumps({"items": items, "released": released, "lat": place.lat, "lon": place.lon, "alt_home_m": place.alt})
    )
    vehicle.close()


if __name__ == "__main__":
    main()
