"""Flies a mission item by item: one navigation command at a time, and the commands between as they come."""

import math
from enum import IntEnum
from typing import Protocol

from sim.dynamics.path import Vector
from sim.vehicle.gear import Gripper
from sim.vehicle.mission_item import NAVIGATION, TITLES, Do, StoredItem
from sim.vehicle.modes import Severity
from sim.vehicle.sequences import LandAt, PlaceLoad, Stay, leg_of, return_to
from sim.vehicle.tasks import Descend, Flight, Hold, Rest, TakeOff, Task, Travel

_FAST_NEXT = frozenset({Do.WAYPOINT, Do.SPLINE_WAYPOINT, Do.LOITER_UNLIM, Do.LOITER_TIME, Do.PAYLOAD_PLACE})
_REACHED_TEXT = frozenset({Do.WAYPOINT, Do.SPLINE_WAYPOINT, Do.LOITER_TIME, Do.LOITER_TURNS})
_UNREPORTED = frozenset(
    {Do.DIGICAM_CONTROL, Do.SET_CAM_TRIGG_DIST, Do.IMAGE_START_CAPTURE, Do.IMAGE_STOP_CAPTURE, Do.MOUNT_CONTROL}
)
_JUMPS_AT_ONCE = 20
# A circle of CIRCLE_RADIUS at CIRCLE_RATE takes this long; it is waited for in place.
_TURN_S = 18.0


class MissionState(IntEnum):
    """MISSION_STATE of MISSION_CURRENT."""

    NO_MISSION = 1
    NOT_STARTED = 2
    ACTIVE = 3
    PAUSED = 4
    COMPLETE = 5


class Crew(Protocol):
    """What a mission needs of the vehicle around it."""

    flight: Flight
    gripper: Gripper

    def items(self) -> list[StoredItem]:
        """Return the mission on board."""
        ...

    def target(self, item: StoredItem) -> tuple[Vector, bool]:
        """Return where an item leads, and whether its height is above the terrain."""
        ...

    def return_place(self) -> Vector:
        """Return where a return to launch ends now."""
        ...

    def act(self, item: StoredItem) -> None:
        """Carry out a command that is no navigation."""
        ...

    def say(self, text: str, severity: Severity = Severity.INFO) -> None:
        """Tell the ground."""
        ...


class MissionRunner:
    """Where a mission stands. `reached` holds the newest item to report; the firmware, too, tells only the last one."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self.index = 0
        self.state = MissionState.NO_MISSION
        self.task: Task = Rest()
        self.reached: int | None = None
        self._wait: list[int] = []
        self._condition_until_s = 0.0
        self._within_m: float | None = None
        self._jumps: dict[int, int] = {}
        self._begun = False

    @property
    def running(self) -> bool:
        """Return whether items are being flown."""
        return self.state is MissionState.ACTIVE

    @property
    def command(self) -> int | None:
        """Return the navigation command at hand."""
        items = self._crew.items()
        return items[self.index].command if self.running and self.index < len(items) else None

    def plan_changed(self) -> None:
        """Take note of another mission on board."""
        count = len(self._crew.items())
        if self.running and self.index < count:
            return
        self.index = 0
        self.state = MissionState.NO_MISSION if count <= 1 else MissionState.NOT_STARTED

    def start(self, *, restart: bool) -> None:
        """Begin, or go on where it was paused."""
        if restart or self.state in {MissionState.COMPLETE, MissionState.NOT_STARTED, MissionState.NO_MISSION}:
            self.index = 0 if self.index == 0 or restart or self.state is MissionState.COMPLETE else self.index - 1
            self._jumps.clear()
        else:
            self.index = max(0, self.index - 1)
        self.state = MissionState.ACTIVE
        self._begun = False

    def pause(self) -> None:
        """Leave it for another mode."""
        if self.running:
            self.state = MissionState.PAUSED
        self.task = Rest()

    def jump_to(self, index: int) -> bool:
        """Make another item the current one; False if there is none."""
        if not 0 <= index < len(self._crew.items()):
            return False
        self._jumps.clear()
        if self.running:
            self._advance(index)
        else:
            self.index = index
            if self.state is MissionState.COMPLETE:
                self.state = MissionState.NOT_STARTED
        return True

    def begin_anew(self) -> None:
        """Stand at the first command again, as after a landing inside a mission."""
        self.state = MissionState.ACTIVE
        self._advance(1)

    def update(self) -> None:
        """Go on to the next command if this one is done."""
        if not self.running:
            return
        if not self._begun:
            self._begun = True
            self._advance(self.index + 1)
        elif self.task.done and self._may_pass():
            self._complete()
        self._run_waiting()

    def finish_on_ground(self) -> None:
        """Close the command that ends with disarming (RTL, or a landing that is the last item)."""
        if self.command == Do.LAND and self._next_navigation(self.index + 1) is not None:
            self.begin_anew()
        elif self.running:
            self.reached = self.index
            self._end()

    def _may_pass(self) -> bool:
        return self.command not in {Do.LAND, Do.RTL}

    def _complete(self) -> None:
        item = self._crew.items()[self.index]
        if item.command in {Do.WAYPOINT, Do.SPLINE_WAYPOINT} and item.param1 > 0.0 and isinstance(self.task, Travel):
            place = self._crew.flight.kin.position
            target = self.task.destination
            up = place[2] if self.task.above_ground else target[2]
            self.task = Hold((target[0], target[1], up), until_s=self._crew.flight.now_s + item.param1)
            return
        self.reached = self.index
        if item.command in _REACHED_TEXT:
            self._crew.say(f"Reached command #{self.index}")
        self._advance(self.index + 1)

    def _advance(self, start: int) -> None:
        """Begin the first navigation command from `start` on, and what stands before it."""
        items = self._crew.items()
        self._wait = []
        self._within_m = None
        self._crew.flight.yaw_hold_rad = None
        index = start
        for _ in range(len(items) * _JUMPS_AT_ONCE + 1):
            if index >= len(items):
                break
            item = items[index]
            if item.command in NAVIGATION:
                self.index = index
                self._run_waiting()
                self._announce(index, item)
                self.task = self._task_for(item)
                return
            if item.command == Do.JUMP:
                index = self._jump(index, item)
                continue
            self._wait.append(index)
            index += 1
        self._run_waiting()
        self._end()

    def _jump(self, index: int, item: StoredItem) -> int:
        done = self._jumps.get(index, 0)
        if 0 <= item.param2 <= done:
            return index + 1
        self._jumps[index] = done + 1
        return int(item.param1)

    def _run_waiting(self) -> None:
        items = self._crew.items()
        while self._wait and self._crew.flight.now_s >= self._condition_until_s and self._is_near_enough():
            index = self._wait.pop(0)
            item = items[index]
            self._announce(index, item)
            if item.command not in _UNREPORTED:
                self.reached = index
            if item.command == Do.CONDITION_DELAY:
                self._condition_until_s = self._crew.flight.now_s + item.param1
            elif item.command == Do.CONDITION_DISTANCE:
                self._within_m = max(0.0, item.param1)
                return
            else:
                self._crew.act(item)

    def _is_near_enough(self) -> bool:
        """Return whether CONDITION_DISTANCE, if there is one, lets the commands after it go on."""
        leg = leg_of(self.task)
        if self._within_m is not None and leg is not None:
            at = self._crew.flight.kin.position
            if math.dist(at[:2], leg.destination[:2]) >= self._within_m:
                return False
        self._within_m = None
        return True

    def _announce(self, index: int, item: StoredItem) -> None:
        self._crew.say(f"Mission: {index} {TITLES[Do(item.command)]}")

    def _end(self) -> None:
        self.state = MissionState.COMPLETE
        self.index = 0
        self.task = Rest() if self._crew.flight.kin.on_ground else Hold()

    def _next_navigation(self, start: int) -> StoredItem | None:
        for item in self._crew.items()[start:]:
            if item.command in NAVIGATION:
                return item
            if item.command == Do.JUMP:
                return None
        return None

    def _then(self, item: StoredItem, above_ground: bool) -> Vector | None:
        following = self._next_navigation(self.index + 1)
        if following is None or following.command not in _FAST_NEXT or item.param1 > 0.0:
            return None
        place, above = self._crew.target(following)
        return place if above == above_ground else None

    def _travel(self, item: StoredItem, *, passing: bool) -> Travel:
        place, above_ground = self._crew.target(item)
        then = self._then(item, above_ground) if passing else None
        before = self.task
        if isinstance(before, Travel) and before.above_ground == above_ground and before.passed_on(place, then):
            return before
        travel = Travel(place, above_ground=above_ground)
        if then is not None:
            travel.continue_to(then)
        return travel

    def _task_for(self, item: StoredItem) -> Task:
        crew = self._crew
        now_s = crew.flight.now_s
        task: Task
        match item.command:
            case Do.TAKEOFF:
                place, above_ground = crew.target(item)
                task = TakeOff(place[2] + (crew.flight.kin.ground_m if above_ground else 0.0))
            case Do.LAND:
                task = self._landing(item)
            case Do.RTL:
                task = return_to(crew.return_place())
            case Do.DELAY:
                task = Hold(until_s=now_s + max(0.0, item.param1))
            case Do.PAYLOAD_PLACE:
                travel = self._travel(item, passing=False)
                task = PlaceLoad(travel, reach_m=item.param1, gripper=crew.gripper, say=crew.say)
            case Do.LOITER_UNLIM:
                task = Stay(self._travel(item, passing=False), None)
            case Do.LOITER_TIME | Do.LOITER_TURNS:
                turn_s = _TURN_S if item.command == Do.LOITER_TURNS else 1.0
                task = Stay(self._travel(item, passing=False), item.param1 * turn_s)
            case Do.GUIDED_ENABLE:
                task = Hold(until_s=now_s)
            case _:
                task = self._travel(item, passing=True)
        return task

    def _landing(self, item: StoredItem) -> Task:
        if not (item.x or item.y):
            return Descend()
        place, _ = self._crew.target(item)
        return LandAt(place)
