"""What hangs on the aircraft: gripper, winch, camera."""

from collections.abc import Callable
from enum import Enum

from fleet.ids import VehicleId
from sim.camera_port import Shutter
from sim.dynamics.path import Vector
from sim.vehicle.events import Event, PictureTaken
from sim.vehicle.parameters import ParameterStore
from sim.vehicle.places import Places

GRIPPER_SERVO_FUNCTION = 28
_ACTUATION_S = 0.5


class Hold(Enum):
    """What the gripper does."""

    CLOSED = "closed"
    CLOSING = "closing"
    OPENING = "opening"
    OPEN = "open"


class Gripper:
    """A servo that holds the load.

    As in the firmware it is built at power on, from GRIP_ENABLE and GRIP_TYPE as they stand then; it moves only where a
    servo has function 28, and its texts are the proof of what it did.
    """

    def __init__(self, params: ParameterStore, say: Callable[[str], None]) -> None:
        self._params = params
        self._say = say
        self._built = params["GRIP_ENABLE"] != 0.0 and params["GRIP_TYPE"] == 1.0
        self._now_s = 0.0
        self._moved_at_s = 0.0
        self.hold = Hold.CLOSED

    @property
    def ready(self) -> bool:
        """Return whether it can be moved."""
        return self._built and any(self._params[f"SERVO{n}_FUNCTION"] == GRIPPER_SERVO_FUNCTION for n in range(1, 17))

    @property
    def is_open(self) -> bool:
        """Return whether a working gripper has let go."""
        return self.hold is Hold.OPEN and self.ready

    def grab(self) -> None:
        """Begin to close it."""
        self._move(Hold.CLOSING, "grabbing", Hold.CLOSED, "grabbed")

    def release(self) -> None:
        """Begin to open it."""
        self._move(Hold.OPENING, "releasing", Hold.OPEN, "released")

    def _move(self, moving: Hold, doing: str, end: Hold, done: str) -> None:
        if not self._built or self.hold is moving:
            return
        if self.hold is end:
            self._say(f"Gripper load {done}")
            return
        self.hold, self._moved_at_s = moving, self._now_s
        self._say(f"Gripper load {doing}")

    def update(self, now_s: float) -> None:
        """Come to the end of a movement; once open, whatever hung there stays behind."""
        self._now_s = now_s
        if self.hold in {Hold.CLOSED, Hold.OPEN} or now_s - self._moved_at_s < _ACTUATION_S or not self.ready:
            return
        if self.hold is Hold.CLOSING:
            self.hold = Hold.CLOSED
            self._say("Gripper load grabbed")
        else:
            self.hold = Hold.OPEN
            self._params.set("SIM_PAYLOAD_KG", 0.0)
            self._say("Gripper load released")

    @property
    def pwm_us(self) -> int:
        """Return what its servo is told."""
        closed = self.hold in {Hold.CLOSED, Hold.CLOSING}
        return int(self._params["GRIP_GRAB" if closed else "GRIP_RELEASE"])


class Winch:
    """A line that is let out at a rate; at its end the load is unhooked."""

    def __init__(self, params: ParameterStore) -> None:
        self._params = params
        self._down_at_s: float | None = None

    def lower(self, now_s: float, length_m: float, rate_mps: float) -> None:
        """Let out `length_m`; a negative length winds in."""
        if length_m > 0.0:
            self._down_at_s = now_s + length_m / max(0.1, abs(rate_mps))

    def update(self, now_s: float) -> str | None:
        """Return what there is to say."""
        if self._down_at_s is None or now_s < self._down_at_s:
            return None
        self._down_at_s = None
        self._params.set("SIM_PAYLOAD_KG", 0.0)
        return "Winch: line relaxed"


class Trigger:
    """Counts pictures; by command, by time and by distance."""

    def __init__(self, vehicle_id: VehicleId, places: Places) -> None:
        self._vehicle_id = vehicle_id
        self._places = places
        self.count = 0
        self._every_m = 0.0
        self._last_at: Vector | None = None
        self._every_s = 0.0
        self._left = 0
        self._next_s = 0.0

    def by_distance(self, every_m: float) -> None:
        """Take a picture every so many metres; 0 stops."""
        self._every_m = every_m
        self._last_at = None

    def by_time(self, now_s: float, every_s: float, count: int) -> None:
        """Take `count` pictures `every_s` apart, the first at once; 0 means until stopped."""
        self._every_s, self._left, self._next_s = max(0.1, every_s), count if count > 0 else 1_000_000, now_s

    def stop(self) -> None:
        """Take no more by time."""
        self._left = 0

    def due(self, now_s: float, at: Vector) -> int:
        """Return how many pictures are due now."""
        due = 0
        if self._left and now_s >= self._next_s:
            self._left -= 1
            self._next_s += self._every_s
            due += 1
        if self._every_m > 0.0:
            if self._last_at is None:
                self._last_at = at
            elif (at[0] - self._last_at[0]) ** 2 + (at[1] - self._last_at[1]) ** 2 >= self._every_m**2:
                self._last_at = at
                due += 1
        return due

    def take(self, *, at: Vector, alt_home_m: float, angles_deg: tuple[float, float, float], at_s: float) -> Event:
        """Return the event of one picture; `angles_deg` are roll, pitch and heading."""
        index = self.count
        self.count += 1
        return PictureTaken(
            Shutter(
                vehicle_id=self._vehicle_id,
                image_index=index,
                position=self._places.position(at),
                alt_home_m=alt_home_m,
                roll_deg=angles_deg[0],
                pitch_deg=angles_deg[1],
                heading_deg=angles_deg[2],
                at_s=at_s,
                file_name=f"{self._vehicle_id}-{index:05d}.jpg",
            )
        )
