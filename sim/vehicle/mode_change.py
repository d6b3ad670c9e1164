"""Which modes can be entered now, and what a mode does first."""

from typing import TYPE_CHECKING

from sim.vehicle.kinematics import Kinematics
from sim.vehicle.mission_item import Do, StoredItem
from sim.vehicle.modes import MODE_NAMES, NEEDS_POSITION, Mode, Severity
from sim.vehicle.pilot import Loiter, Manual
from sim.vehicle.sequences import return_along, return_to
from sim.vehicle.tasks import Descend, Hold, Rest, Task

if TYPE_CHECKING:
    from sim.vehicle.autopilot import Autopilot


def cannot_enter(vehicle: "Autopilot", mode: Mode) -> str | None:
    """Return why a mode cannot be entered, in the firmware's words, or None."""
    failed = f"Mode change to {MODE_NAMES[mode]} failed: "
    if mode in NEEDS_POSITION and not vehicle.has_position:
        return failed + "requires position"
    if mode is Mode.AUTO:
        items = vehicle.items()
        if len(items) <= 1:
            return failed + "init failed"
        if vehicle.armed and vehicle.landed and not _starts_with_take_off(items):
            vehicle.say("Auto: Missing Takeoff Cmd", Severity.CRITICAL)
            return failed + "init failed"
    if mode is Mode.SMART_RTL and vehicle.armed and not vehicle.track:
        return failed + "init failed"
    return None


def first_task(vehicle: "Autopilot", mode: Mode) -> Task:
    """Return what a mode other than AUTO begins with."""
    if mode is Mode.STABILIZE:
        return Manual(vehicle.sticks)
    if mode is Mode.LOITER:
        return Loiter(vehicle.sticks)
    return _on_ground(vehicle.kin, mode) if vehicle.landed else _in_flight(vehicle, mode)


def _on_ground(kin: Kinematics, mode: Mode) -> Task:
    return Descend(kin.position) if mode is Mode.LAND else Rest()


def _in_flight(vehicle: "Autopilot", mode: Mode) -> Task:
    match mode:
        case Mode.RTL:
            return return_to(vehicle.return_place())
        case Mode.SMART_RTL:
            return return_along(vehicle.track, vehicle.home)
        case Mode.LAND:
            return Descend()
        case _:
            return Hold()


def _starts_with_take_off(items: list[StoredItem]) -> bool:
    for item in items[1:]:
        if item.command == Do.TAKEOFF:
            return True
        if item.command in {Do.WAYPOINT, Do.LAND, Do.RTL, Do.PAYLOAD_PLACE, Do.SPLINE_WAYPOINT}:
            return False
    return False
