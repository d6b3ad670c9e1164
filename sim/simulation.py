"""The whole simulation without I/O: a world and the MAVLink port of each vehicle, on one clock."""

from missions.terrain.grid import Terrain
from sim.camera_port import Camera, NoCamera
from sim.mavlink.port import VehiclePort
from sim.mavlink.session import Session
from sim.scenario import Scenario
from sim.vehicle.autopilot import Autopilot
from sim.world import STEP_S, World


class Simulation:
    """Advances in steps; links are opened per vehicle and exchange bytes at the simulation's present time."""

    def __init__(
        self, scenario: Scenario, *, terrain: Terrain | None = None, seed: int = 1, camera: Camera | None = None
    ) -> None:
        self.scenario = scenario
        self.world = World(scenario, terrain, seed)
        self.ports = [VehiclePort(vehicle, camera or NoCamera()) for vehicle in self.world.vehicles]
        self.world.on_reboot = self._replace

    @property
    def now_s(self) -> float:
        """Return seconds since the scenario began."""
        return self.world.now_s

    def open(self, index: int) -> Session:
        """Return a new link to a vehicle."""
        return self.ports[index].open()

    def receive(self, index: int, session: Session, data: bytes, *, late_s: float = 0.0) -> None:
        """Hand bytes to a vehicle, `late_s` after the last step."""
        self.ports[index].receive(session, data, self.world.age_s(index) + late_s)

    def step(self) -> None:
        """Live through one step of 50 ms and queue what is to be sent."""
        self.world.step()
        for index, port in enumerate(self.ports):
            if port.sessions or port.vehicle.events:
                port.tick(self.world.age_s(index))

    def advance(self, seconds: float) -> None:
        """Live through `seconds`."""
        for _ in range(round(seconds / STEP_S)):
            self.step()

    def _replace(self, index: int, vehicle: Autopilot) -> None:
        self.ports[index].replace_vehicle(vehicle)
