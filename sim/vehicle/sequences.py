"""Tasks made of tasks: returning home, placing a load, going back along one's own track."""

import math
from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial

from sim.dynamics.path import Vector
from sim.vehicle.gear import Gripper
from sim.vehicle.kinematics import Row, idle
from sim.vehicle.modes import Severity
from sim.vehicle.tasks import Descend, Flight, Hold, Rest, TakeOff, Task, Travel, stopping_place

_SLOW_MPS = 0.3
_LOOK_ROUND_S = 1.0
_TOUCHED_S = 0.5


class _Placing(Enum):
    """How far the setting down of a load has come."""

    TRAVEL = "travel"
    SINK = "sink"
    RELEASE = "release"
    CLIMB = "climb"


class Succession:
    """Runs tasks one after the other; each is made when the one before is done."""

    def __init__(self, makers: Sequence[Callable[[Flight], Task]]) -> None:
        self.done = False
        self._makers = list(makers)
        self._task: Task | None = None

    @property
    def current(self) -> Task | None:
        """Return the task at hand."""
        return self._task

    def update(self, flight: Flight) -> Row:
        """Return the command of the task at hand."""
        while self._task is None or (self._task.done and self._makers):
            if not self._makers:
                self.done = True
                return idle(flight.kin)
            self._task = self._makers.pop(0)(flight)
            row = self._task.update(flight)
            if not self._task.done:
                return row
        row = self._task.update(flight)
        self.done = self._task.done and not self._makers
        return row


def comes_down(task: Task | None) -> bool:
    """Return whether a task sinks to land now: not on the way to the place, and not while setting down a load."""
    match task:
        case Descend():
            return True
        case Succession() | LandAt():
            return comes_down(task.current)
        case _:
            return False


def leg_of(task: Task | None) -> Travel | None:
    """Return the leg that a task flies now, None where it flies none."""
    match task:
        case Travel():
            return task
        case Succession() | LandAt() | Stay() | PlaceLoad():
            return leg_of(task.current)
        case _:
            return None


def return_to(destination: Vector) -> Succession:
    """Return the way home: stop and climb, travel, wait, land at `destination` (its height is the ground's)."""
    return Succession(
        [
            _stop,
            lambda flight: _climb(flight, destination),
            lambda flight: _cross(flight, destination),
            _wait,
            lambda flight: _come_down(flight, destination),
        ]
    )


def return_along(track: Sequence[Vector], home: Vector) -> Succession:
    """Return the way back along one's own track, newest place first, then land at home."""
    makers: list[Callable[[Flight], Task]] = [_stop]
    makers += [partial(_back_to, place) for place in reversed(track)]
    makers.append(lambda _flight: Descend((home[0], home[1], home[2])))
    return Succession(makers)


def _back_to(place: Vector, _flight: Flight) -> Task:
    return Travel(place, nose_forward=False)


def _stop(flight: Flight) -> Task:
    if math.hypot(flight.kin.velocity[0], flight.kin.velocity[1]) < _SLOW_MPS:
        return Rest()
    return Travel(stopping_place(flight.kin, flight.limits().accel_mps2), guided=True, nose_forward=False)


def return_height_m(flight: Flight, destination: Vector) -> float:
    """Return the height, up from the origin, at which the way home is flown (RTL_ALT and its kin)."""
    p = flight.params
    at = flight.kin.position
    wanted = p["RTL_ALT"] / 100.0
    slope = p["RTL_CONE_SLOPE"]
    if slope > 0.0:
        away = math.hypot(destination[0] - at[0], destination[1] - at[1])
        wanted = min(wanted, max(2.0, away * slope))
    return max(at[2] + p["RTL_CLIMB_MIN"] / 100.0, flight.home[2] + wanted)


def _climb(flight: Flight, destination: Vector) -> Task:
    height = return_height_m(flight, destination)
    if height - flight.kin.position[2] < 0.5:
        return Hold(until_s=flight.now_s + _LOOK_ROUND_S)
    return TakeOff(height)


def _cross(flight: Flight, destination: Vector) -> Task:
    behaviour = flight.params["WP_YAW_BEHAVIOR"]
    up = max(flight.kin.position[2], flight.home[2] + 2.0)
    return Travel((destination[0], destination[1], up), nose_forward=behaviour in (1.0, 3.0))


def _wait(flight: Flight) -> Task:
    return Hold(until_s=flight.now_s + flight.params["RTL_LOIT_TIME"] / 1000.0)


def _come_down(flight: Flight, destination: Vector) -> Task:
    final = flight.params["RTL_ALT_FINAL"] / 100.0
    if final > 0.0:
        return Travel((destination[0], destination[1], flight.home[2] + final), nose_forward=False)
    return Descend((destination[0], destination[1], destination[2]))


class PlaceLoad:
    """Fly over the place by `travel`, sink to touchdown, let go, climb back (NAV_PAYLOAD_PLACE).

    It sinks at PLDP_SPEED_DN or LAND_SPEED; `reach_m` is how far down it may go, 0 without end. With a gripper that is
    open already there is nothing to set down, and it goes on at once. Texts and their order are the firmware's.
    """

    def __init__(
        self, travel: Travel, *, reach_m: float, gripper: Gripper, say: Callable[[str, Severity], None]
    ) -> None:
        self.done = False
        self._reach_m = reach_m
        self._gripper = gripper
        self._say = say
        self._task: Task = travel
        self._phase = _Placing.TRAVEL
        self._top_m = 0.0
        self._touched_s: float | None = None

    @property
    def current(self) -> Task:
        """Return the task at hand."""
        return self._task

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        row = self._task.update(flight)
        match self._phase:
            case _Placing.TRAVEL if self._gripper.is_open:
                self._tell("Abort: Gripper Open")
                self.done = True
            case _Placing.TRAVEL if self._task.done:
                self._top_m = flight.kin.position[2]
                speed = (flight.params["PLDP_SPEED_DN"] or flight.params["LAND_SPEED"]) / 100.0
                self._begin(_Placing.SINK, Descend(flight.kin.position, speed_mps=speed))
            case _Placing.SINK:
                self._sink(flight)
            case _Placing.RELEASE:
                self._release(flight)
            case _Placing.CLIMB:
                self.done = self._task.done
            case _:
                pass
        return row

    def _sink(self, flight: Flight) -> None:
        if self._touched_s is None and self._task.done:
            self._touched_s = flight.now_s
        if self._gripper.is_open:
            self._tell("Manual release")
        elif self._touched_s is None:
            if 0.0 < self._reach_m < self._top_m - flight.kin.position[2]:
                self._tell("Reached maximum descent", Severity.WARNING)
                self._begin(_Placing.CLIMB, TakeOff(self._top_m))
            return
        elif flight.now_s - self._touched_s < _TOUCHED_S:
            return
        else:
            threshold = flight.params["MOT_THST_HOVER"] * flight.params["PLDP_THRESH"]
            self._tell(f"payload release thrust threshold: {threshold:f}")
        if self._gripper.ready:
            self._tell("Releasing the gripper")
            self._gripper.release()
        self._begin(_Placing.RELEASE, self._task)

    def _release(self, flight: Flight) -> None:
        """Wait for the gripper, where there is one, and for PLDP_DELAY."""
        waited_s = math.inf if self._touched_s is None else flight.now_s - self._touched_s
        held = self._gripper.ready and not self._gripper.is_open
        if not held and waited_s >= _TOUCHED_S + flight.params["PLDP_DELAY"]:
            self._begin(_Placing.CLIMB, TakeOff(self._top_m))

    def _begin(self, phase: _Placing, task: Task) -> None:
        self._phase, self._task = phase, task

    def _tell(self, text: str, severity: Severity = Severity.INFO) -> None:
        self._say(f"PayloadPlace: {text}", severity)


def back_on_track(track: list[Vector], place: Vector, limit: int) -> None:
    """Add a place to the track kept for SMART_RTL, dropping what lies on a straight line or has become a loop."""
    for index, earlier in enumerate(track[:-8]):
        if math.dist(earlier, place) < 2.0:
            del track[index + 1 :]
            return
    if len(track) >= 2 and _on_line(track[-2], place, track[-1]):
        track[-1] = place
    elif len(track) < limit:
        track.append(place)


def _on_line(start: Vector, end: Vector, middle: Vector) -> bool:
    length = math.dist(start, end)
    if length < 1.0:
        return False
    t = sum((m - s) * (e - s) for s, e, m in zip(start, end, middle, strict=True)) / length**2
    foot = [s + min(max(t, 0.0), 1.0) * (e - s) for s, e in zip(start, end, strict=True)]
    return math.dist(foot, middle) < 1.0


class Stay:
    """Fly to a place and stay there for a while, None for ever."""

    def __init__(self, travel: Travel, stay_s: float | None) -> None:
        self.done = False
        self._travel = travel
        self._stay_s = stay_s
        self._leave_s: float | None = None

    @property
    def current(self) -> Task:
        """Return the task at hand."""
        return self._travel

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        row = self._travel.update(flight)
        if self._travel.done and self._stay_s is not None:
            if self._leave_s is None:
                self._leave_s = flight.now_s + self._stay_s
            self.done = flight.now_s >= self._leave_s
        return row


class LandAt:
    """Fly over a place at the present height and land there."""

    def __init__(self, place: Vector) -> None:
        self.done = False
        self._place = place
        self._task: Task | None = None
        self._landing = False

    @property
    def current(self) -> Task | None:
        """Return the task at hand."""
        return self._task

    def update(self, flight: Flight) -> Row:
        """Return the command for the coming step."""
        if self._task is None:
            self._task = Travel((self._place[0], self._place[1], flight.kin.position[2]))
        row = self._task.update(flight)
        if self._task.done and not self._landing:
            self._landing = True
            self._task = Descend((self._place[0], self._place[1], 0.0))
        elif self._landing:
            self.done = self._task.done
        return row
