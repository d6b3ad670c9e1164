"""Flies a plan on a real ArduCopter SITL, with pymavlink alone, over the terrain of the plan's town."""

import math
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from missions.values.mission_item import MissionItem, MissionType
from missions.values.plan import Plan
from missions.values.town import Town

SPEED_UP = 20
PARAMETERS = {
    "GRIP_ENABLE": 1,
    "GRIP_TYPE": 1,
    "SERVO9_FUNCTION": 28,
    "CAM1_TYPE": 1,
    "CAM2_TYPE": 0,
    "FENCE_ENABLE": 1,
    "FENCE_TYPE": 4,
    "FS_GCS_ENABLE": 0,
    "BATT_FS_LOW_ACT": 0,
    "TERRAIN_ENABLE": 1,
}
_HEARTBEAT_S = 0.04
_BLOCKS_AT_ONCE = 8
_MESSAGES_BETWEEN = 100
_EARTH_M = 6_378_100.0


@dataclass
class Seen:
    """What the vehicle said: texts, items reached, positions (s, longitude, latitude, m above mean sea level)."""

    now_s: float = 0.0
    texts: list[str] = field(default_factory=list)
    reached_s: dict[int, float] = field(default_factory=dict)
    track: list[tuple[float, float, float, float]] = field(default_factory=list)
    pictures: int = 0
    consumed_mah: float = 0.0
    armed: bool = False


class Vehicle:
    """One link to one vehicle; every wait has a deadline in wall-clock seconds."""

    def __init__(self, link: socket.socket, town: Town) -> None:
        self._link = link
        self._town = town
        self._codec = mavlink.MAVLink(None, srcSystem=255, srcComponent=190)
        self._codec.robust_parsing = True
        self._beat_at = 0.0
        self._waiting: list[Any] = []
        self.seen = Seen()

    def send(self, message: Any) -> None:
        self._link.sendall(message.pack(self._codec))

    def command(self, command: int, *params: float) -> int:
        """Send a COMMAND_LONG and return its result."""
        padded = [*params, *[0.0] * (7 - len(params))]
        self.send(mavlink.MAVLink_command_long_message(1, 1, command, 0, *padded))
        return int(self.wait("COMMAND_ACK").result)

    def wait(self, *kinds: str, deadline_s: float = 20.0) -> Any:
        """Return the next message of one of the kinds."""
        until = time.monotonic() + deadline_s
        while time.monotonic() < until:
            message = self._next()
            if message is not None and message.get_type() in kinds:
                return message
        raise TimeoutError(f"no {kinds} within {deadline_s} s; texts {self.seen.texts[-5:]}")

    def answer_until(self, stop: threading.Event) -> None:
        """Answer the vehicle's questions about its ground, and do nothing else."""
        while not stop.is_set():
            # Over and over: what comes while it still starts is not heard.
            self.send(mavlink.MAVLink_request_data_stream_message(0, 0, mavlink.MAV_DATA_STREAM_EXTRA3, 10, 1))
            for _ in range(_MESSAGES_BETWEEN):
                self._next()

    def upload(self, items: tuple[MissionItem, ...], kind: MissionType) -> None:
        """Upload a list of items; raises AssertionError if the vehicle does not take it."""
        self.send(mavlink.MAVLink_mission_count_message(1, 1, len(items), kind))
        while True:
            asked = self.wait("MISSION_REQUEST", "MISSION_REQUEST_INT", "MISSION_ACK")
            if asked.get_type() == "MISSION_ACK":
                assert asked.type == 0, f"{kind.name} refused with {asked.type}"
                return
            item = items[asked.seq]
            params = (item.param1, item.param2, item.param3, item.param4)
            head = (item.seq, item.frame, item.command, item.current, item.autocontinue)
            self.send(mavlink.MAVLink_mission_item_int_message(1, 1, *head, *params, item.x, item.y, item.z, kind))

    def _next(self) -> Any:
        now = time.monotonic()
        if now - self._beat_at > _HEARTBEAT_S:
            self._beat_at = now
            self.send(mavlink.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3))
        if not self._waiting:
            with suppress(TimeoutError):
                self._waiting = self._codec.parse_buffer(self._link.recv(65536)) or []
        if not self._waiting:
            return None
        message = self._waiting.pop(0)
        self._note(message)
        return message

    def _note(self, message: Any) -> None:
        kind = message.get_type()
        if kind == "GLOBAL_POSITION_INT":
            self.seen.now_s = message.time_boot_ms / 1000.0
            at = (message.lon / 1e7, message.lat / 1e7, message.alt / 1000.0)
            self.seen.track.append((self.seen.now_s, *at))
        elif kind == "STATUSTEXT":
            self.seen.texts.append(message.text)
        elif kind == "MISSION_ITEM_REACHED":
            self.seen.reached_s[message.seq] = self.seen.now_s
        elif kind == "CAMERA_FEEDBACK":
            self.seen.pictures += 1
        elif kind == "BATTERY_STATUS":
            self.seen.consumed_mah = message.current_consumed
        elif kind == "HEARTBEAT" and message.get_srcSystem() == 1:
            self.seen.armed = bool(message.base_mode & 128)
        elif kind == "TERRAIN_REQUEST":
            self._answer_terrain(message)

    def _answer_terrain(self, asked: Any) -> None:
        """Send the asked 4 × 4 blocks of terrain (MAVLink terrain protocol), a few at once."""
        bits = [bit for bit in range(56) if asked.mask >> bit & 1][:_BLOCKS_AT_ONCE]
        lat_deg, lon_deg, spacing_m = asked.lat / 1e7, asked.lon / 1e7, asked.grid_spacing
        steps = np.arange(16)
        for bit in bits:
            north_m = spacing_m * (4 * (bit // 8) + steps // 4)
            east_m = spacing_m * (4 * (bit % 8) + steps % 4)
            lat = lat_deg + np.degrees(north_m / _EARTH_M)
            lon = lon_deg + np.degrees(east_m / (_EARTH_M * math.cos(math.radians(lat_deg))))
            heights = np.nan_to_num(self._town.terrain.elevation_m(lon, lat), nan=0.0).round().astype(int).tolist()
            self.send(mavlink.MAVLink_terrain_data_message(asked.lat, asked.lon, asked.grid_spacing, bit, heights))


def fly(vehicle: Vehicle, plan: Plan, *, deadline_s: float) -> Seen:
    """Upload the plan, arm, fly it in AUTO and return what was seen when the vehicle has disarmed."""
    vehicle.wait("HEARTBEAT")
    vehicle.send(mavlink.MAVLink_request_data_stream_message(1, 1, 0, 4, 1))
    while not any("using GPS" in text for text in vehicle.seen.texts):
        vehicle.wait("STATUSTEXT")
    vehicle.upload(plan.items, MissionType.MISSION)
    vehicle.upload(plan.fence_items, MissionType.FENCE)
    vehicle.upload(plan.rally_items, MissionType.RALLY)
    assert vehicle.command(mavlink.MAV_CMD_DO_SET_MODE, 1, 4) == 0
    while vehicle.command(mavlink.MAV_CMD_COMPONENT_ARM_DISARM, 1) != 0:
        vehicle.wait("GLOBAL_POSITION_INT")
    vehicle.seen.track.clear()
    assert vehicle.command(mavlink.MAV_CMD_DO_SET_MODE, 1, 3) == 0
    assert vehicle.command(mavlink.MAV_CMD_MISSION_START) == 0
    until = time.monotonic() + deadline_s
    vehicle.seen.armed = True
    while vehicle.seen.armed:
        assert time.monotonic() < until, f"still flying; texts {vehicle.seen.texts[-5:]}"
        vehicle.wait("HEARTBEAT", "GLOBAL_POSITION_INT")
    return vehicle.seen


@contextmanager
def real_arducopter(binary: Path, plan: Plan, town: Town) -> Iterator[Vehicle]:
    """Start a real ArduCopter at the plan's home; its default parameters stand beside the binary."""
    instance = next(number for number in range(30, 90) if all(_is_free(5760 + 10 * number + k) for k in (0, 2, 3)))
    home = f"{plan.home.lat_deg},{plan.home.lon_deg},{plan.home.alt_amsl_m},0"
    with tempfile.TemporaryDirectory() as folder:
        more = Path(folder) / "more.parm"
        more.write_text("".join(f"{name} {value}\n" for name, value in PARAMETERS.items()))
        arguments = ["--model", "+", "--speedup", str(SPEED_UP), "--home", home, f"-I{instance}"]
        process = subprocess.Popen(
            [str(binary), *arguments, "--defaults", f"{binary.with_name('copter.parm')},{more}"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with _connected(5760 + 10 * instance) as link:
                yield Vehicle(link, town)
        finally:
            process.terminate()
            process.wait(timeout=10.0)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + 10.0
    while True:
        try:
            link = socket.create_connection(("127.0.0.1", port), timeout=1.0)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)  # the process has not opened its port yet
        else:
            link.settimeout(0.05)
            return link
