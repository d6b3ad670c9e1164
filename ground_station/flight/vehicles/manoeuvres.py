"""What each action is made of on ArduCopter: its steps, what shows that each worked, and what else to try.

* Hold is BRAKE: it stops and stays without a transmitter. LOITER would obey the throttle stick, and with no
  transmitter bound that reads as "full down"; GUIDED, tried next, stops where it is as well.
* Recall is SMART_RTL, the way it came, which was clear of the ridges minutes ago; if the autopilot refuses (no
  recorded path) RTL, at the return height of the plan.
* A flight starts armed in GUIDED, then MISSION_START: AUTO flies the mission's own take-off without a throttle stick.
* Every command may be repeated without harm, since repetition is what heals a lossy link.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.text import Text
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.command import MakeCommand
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.vehicles.evidence import (
    Evidence,
    climbs,
    descends,
    flies_on,
    goes_home,
    has_restarted,
    in_mode,
    is_armed,
    is_disarmed,
    reaches,
    says,
    stands_still,
)
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.modes import CopterMode, mode_text
from ground_station.flight.vehicles.state import VehicleState


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command and what shows that it took effect, within `seen_within_s` of the aircraft's own time.

    It is sent even if the last heartbeat shows that already: that may be a second old, and another hand quicker.
    """

    name: Text
    command: int
    make: MakeCommand
    seen: Evidence
    seen_within_s: float = 5.0
    tries_if_refused: int = 1
    instead: "Step | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manoeuvre:
    """Steps in order, then what must be observed within `done_within_s` of the aircraft's own time.

    One that `starts_a_flight` is for an aircraft on the ground whose plan was read back equal.
    """

    steps: tuple[Step, ...]
    done: Evidence
    done_within_s: float
    lifetime_s: float = 5.0
    starts_a_flight: bool = False


def manoeuvre(action: Action, target: Target, *, alt_home_m: float = 10.0) -> Manoeuvre:
    """Return what `action` is made of; `alt_home_m` is the height of a take-off."""
    if action is Action.TAKE_OFF:
        return _take_off(target, alt_home_m)
    return _table(target)[action]


def mode_step(target: Target, mode: CopterMode, *, instead: Step | None = None) -> Step:
    """Return the step into a mode; a refused one goes on with `instead`."""
    return Step(
        name=mode_text(mode),
        command=dialect.MAV_CMD_DO_SET_MODE,
        make=requests.set_mode(target, mode),
        seen=in_mode(mode),
        instead=instead,
    )


def _arm_steps(target: Target) -> tuple[Step, Step]:
    arming = Step(
        name=Action.ARM.text,
        command=dialect.MAV_CMD_COMPONENT_ARM_DISARM,
        make=requests.arm(target),
        seen=is_armed,
    )
    return mode_step(target, CopterMode.GUIDED), arming


def _take_off(target: Target, alt_home_m: float) -> Manoeuvre:
    lift = Step(
        name=Action.TAKE_OFF.text,
        command=dialect.MAV_CMD_NAV_TAKEOFF,
        make=requests.take_off(target, alt_home_m),
        seen=climbs,
        seen_within_s=20.0,
        tries_if_refused=2,
    )
    return Manoeuvre(
        steps=(*_arm_steps(target), lift),
        done=reaches(alt_home_m),
        done_within_s=30.0 + alt_home_m,
        lifetime_s=30.0,
        starts_a_flight=True,
    )


def _table(target: Target) -> Mapping[Action, Manoeuvre]:
    start = Step(
        name=Action.START_MISSION.text,
        command=dialect.MAV_CMD_MISSION_START,
        make=requests.start_mission(target),
        seen=in_mode(CopterMode.AUTO),
        tries_if_refused=2,
    )
    disarm = Step(
        name=Action.DISARM.text,
        command=dialect.MAV_CMD_COMPONENT_ARM_DISARM,
        make=requests.disarm(target),
        seen=is_disarmed,
    )
    restart = Step(
        name=Action.RESTART.text,
        command=dialect.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN,
        make=requests.restart(target),
        seen=has_restarted,
        seen_within_s=60.0,
    )
    hold = mode_step(target, CopterMode.BRAKE, instead=mode_step(target, CopterMode.GUIDED))
    recall = mode_step(target, CopterMode.SMART_RTL, instead=mode_step(target, CopterMode.RTL))
    return {
        Action.ARM: Manoeuvre(
            steps=_arm_steps(target), done=is_armed, done_within_s=5.0, lifetime_s=15.0, starts_a_flight=True
        ),
        Action.DISARM: Manoeuvre(steps=(disarm,), done=is_disarmed, done_within_s=5.0),
        Action.START_MISSION: Manoeuvre(
            steps=(*_arm_steps(target), start),
            done=climbs,
            done_within_s=30.0,
            lifetime_s=30.0,
            starts_a_flight=True,
        ),
        Action.HOLD: Manoeuvre(steps=(hold,), done=stands_still, done_within_s=20.0),
        Action.RECALL: Manoeuvre(steps=(recall,), done=goes_home, done_within_s=30.0),
        Action.LAND: Manoeuvre(steps=(mode_step(target, CopterMode.LAND),), done=descends, done_within_s=20.0),
        Action.RESUME: Manoeuvre(steps=(mode_step(target, CopterMode.AUTO),), done=flies_on, done_within_s=20.0),
        Action.RESTART: Manoeuvre(steps=(restart,), done=_nothing_more, done_within_s=5.0),
        Action.RELEASE_LOAD: _gripper(target, Action.RELEASE_LOAD),
        Action.GRAB_LOAD: _gripper(target, Action.GRAB_LOAD),
    }


def _nothing_more(before: VehicleState, now: VehicleState) -> bool:
    """Return True: that the step was seen is all there is to see."""
    del before, now
    return True


def _gripper(target: Target, action: Action) -> Manoeuvre:
    release = action is Action.RELEASE_LOAD
    told = says("releas") if release else says("grab")
    step = Step(
        name=action.text,
        command=dialect.MAV_CMD_DO_GRIPPER,
        make=requests.gripper(target, release=release),
        seen=told,
    )
    return Manoeuvre(steps=(step,), done=_nothing_more, done_within_s=5.0)
