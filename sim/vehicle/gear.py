"""What hangs on the aircraft: gripper, winch, camera."""

from fleet.ids import VehicleId
from sim.camera_port import Shutter
from sim.dynamics.path import Vector
from sim.vehicle.events import Event, PictureTaken, Said
from sim.vehicle.modes import Severity
from sim.vehicle.parameters import ParameterStore
from sim.vehicle.places import Places

GRIPPER_SERVO_FUNCTION = 28


class Gripper:
    """A servo that holds the load; needs GRIP_ENABLE, GRIP_TYPE and a servo of function 28."""

    def __init__(self, params: ParameterStore) -> None:
        self._params = params
        self.closed = True

    @property
    def ready(self) -> bool:
        """Return whether it can be moved."""
        servos = (self._params[f"SERVO{n}_FUNCTION"] for n in range(1, 17))
        return (
            self._params["GRIP_ENABLE"] != 0.0 and self._params["GRIP_TYPE"] == 1.0 and GRIPPER_SERVO_FUNCTION in servos
        )

    def grab(self) -> None:
        """Close it."""
        self.closed = True

    def release(self) -> None:
        """Open it: whatever hung there stays behind."""
        self.closed = False
        self._params.set("SIM_PAYLOAD_KG", 0.0)

    @property
    def pwm_us(self) -> int:
        """Return what its servo is told."""
        return int(self._params["GRIP_GRAB"] if self.closed else self._params["GRIP_RELEASE"])


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


def info(text: str) -> Event:
    """Return an informational text."""
    return Said(Severity.INFO, text)
