"""A vehicle on the pad with one link, and a ground station that speaks to it in plain calls."""

from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from missions.terrain.grid import Terrain
from sim.camera_port import RecordingCamera
from sim.scenario import Scenario, SimulatedVehicle
from sim.simulation import Simulation
from sim.vehicle.autopilot import Autopilot
from sim.world import STEP_S
from tests.sim.recording import recorded_vehicle

HOME_LAT, HOME_LON = 347700000, 1332300000


class Pad:
    """Steps the simulation and keeps every message heard."""

    def __init__(self, *, terrain: Terrain | None = None, seed: int = 1, **changes: Any) -> None:
        vehicle: SimulatedVehicle = recorded_vehicle(**({"preflight_s": 60.0} | changes))
        self.camera = RecordingCamera()
        scenario = Scenario(vehicles=(vehicle,), started_at_s=1_780_000_000.0)
        self.simulation = Simulation(scenario, terrain=terrain, seed=seed, camera=self.camera)
        self.session = self.simulation.open(0)
        self.heard: list[Any] = []
        self._parser = dialect.MAVLink(None)
        self._own = dialect.MAVLink(None, 255, 190)

    @property
    def vehicle(self) -> Autopilot:
        return self.simulation.world.vehicles[0]

    def tell(self, message: Any) -> list[Any]:
        """Send a message and return the answers that come at once."""
        before = len(self.heard)
        self.simulation.receive(0, self.session, bytes(message.pack(self._own)))
        self._listen()
        return self.heard[before:]

    def command(self, command: int, *p: float) -> int:
        """Send COMMAND_LONG and return the result of its COMMAND_ACK."""
        values = (*p, *([0.0] * (7 - len(p))))
        answers = self.tell(dialect.MAVLink_command_long_message(1, 1, command, 0, *values))
        acks = [m for m in answers if m.get_type() == "COMMAND_ACK" and m.command == command]
        assert len(acks) == 1
        return int(acks[0].result)

    def set_parameter(self, name: str, value: float) -> None:
        self.tell(dialect.MAVLink_param_set_message(1, 1, name.encode(), value, 9))

    def heartbeat(self) -> None:
        self.tell(dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3))

    def live(self, seconds: float, *, silent: bool = False) -> None:
        """Let time pass, with a heartbeat a second unless `silent`."""
        for step in range(round(seconds / STEP_S)):
            if step % 20 == 0 and not silent:
                self.heartbeat()
            self.simulation.step()
            self._listen()

    def until(self, text: str, seconds: float = 600.0) -> float:
        """Let time pass until a text that begins so; return how long it took."""
        start = self.simulation.now_s
        while self.simulation.now_s - start < seconds:
            known = len(self.heard)
            self.live(0.5)
            if any(m.get_type() == "STATUSTEXT" and m.text.startswith(text) for m in self.heard[known:]):
                return self.simulation.now_s - start
        raise AssertionError(f"nobody said {text!r}; last: {self.texts()[-5:]}")

    def upload(self, items: list[tuple[Any, ...]], kind: int = 0) -> int:
        """Upload (frame, command, p1, p2, p3, p4, x, y, z) items and return the type of MISSION_ACK."""
        answers = self.tell(dialect.MAVLink_mission_count_message(1, 1, len(items), kind))
        while answers and answers[0].get_type() == "MISSION_REQUEST":
            seq = answers[0].seq
            frame, command, *rest = items[seq]
            answers = self.tell(
                dialect.MAVLink_mission_item_int_message(1, 1, seq, frame, command, 0, 1, *rest, mission_type=kind)
            )
        return int(answers[0].type)

    def take_off(self, height_m: float = 20.0) -> None:
        """Arm in GUIDED and climb."""
        assert self.command(176, 1, 4) == 0
        assert self.command(400, 1) == 0
        assert self.command(22, 0, 0, 0, 0, 0, 0, height_m) == 0
        self.live(10.0 + height_m)
        assert abs(self.vehicle.alt_home_m - height_m) < 0.5

    def texts(self) -> list[str]:
        return [m.text for m in self.heard if m.get_type() == "STATUSTEXT"]

    def of_kind(self, kind: str) -> list[Any]:
        return [m for m in self.heard if m.get_type() == kind]

    def _listen(self) -> None:
        self.heard += self._parser.parse_buffer(self.session.take()) or []


def waypoint(lat: int, lon: int, height_m: float, command: int = 16, p1: float = 0.0) -> tuple[Any, ...]:
    """Return an item with a height above home."""
    return (3, command, p1, 0.0, 0.0, 0.0, lat, lon, height_m)


HOME_ITEM = (0, 16, 0.0, 0.0, 0.0, 0.0, HOME_LAT, HOME_LON, 500.0)


def plain(
    command: int, p1: float = 0.0, p2: float = 0.0, p3: float = 0.0, p4: float = 0.0, x: int = 0
) -> tuple[Any, ...]:
    """Return an item without a place."""
    return (2, command, p1, p2, p3, p4, x, 0, 0.0)
