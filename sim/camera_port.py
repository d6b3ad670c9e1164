"""The camera on board, as the vehicle sees it: it is told of each shutter, and what it does then is its own affair."""

from dataclasses import dataclass
from typing import Protocol

from fleet.ids import VehicleId
from fleet.positions import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutter:
    """One picture taken: where, when and looking where.

    `image_index` counts from 0 per vehicle and start. Angles are degrees; `roll_deg`, `pitch_deg` and `heading_deg`
    are the body's (north-east-down, heading clockwise from true north); the camera is fixed looking straight down on a
    stabilised mount. `at_s` is Unix time on the simulation's clock, which runs faster than the wall's at a speed-up.
    """

    vehicle_id: VehicleId
    image_index: int
    position: Position
    alt_home_m: float
    roll_deg: float
    pitch_deg: float
    heading_deg: float
    at_s: float
    file_name: str


class Camera(Protocol):
    """What happens when a vehicle takes a picture."""

    def shutter(self, shutter: Shutter) -> None:
        """Take note of one picture at once and without blocking; rendering and hand-over happen elsewhere."""
        ...


class NoCamera:
    """A vehicle that carries none: pictures are counted on MAVLink and nothing is rendered."""

    def shutter(self, shutter: Shutter) -> None:
        """Do nothing."""


class RecordingCamera:
    """Keeps every shutter in memory, for tests and rehearsals; holds at most `limit`, dropping the oldest."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self.shutters: list[Shutter] = []

    def shutter(self, shutter: Shutter) -> None:
        """Keep one shutter."""
        self.shutters.append(shutter)
        if len(self.shutters) > self._limit:
            del self.shutters[0]
