"""Watches an armed vehicle for its failsafes and does what they ask."""

from typing import TYPE_CHECKING

from sim.vehicle.failsafes import Reaction, Situation, fence_reaction
from sim.vehicle.fence import ALT_MIN, breaches, name_breaches
from sim.vehicle.modes import Mode, Severity

if TYPE_CHECKING:
    from sim.vehicle.autopilot import Autopilot


def watch(vehicle: "Autopilot") -> None:
    """Look at the ground station's silence, the battery and the fence, each in the situation the one before left."""
    now_s, kin = vehicle.now_s, vehicle.kin
    _respond(vehicle, vehicle.silence.check(now_s, _situation(vehicle), battery_lands=vehicle.battery.lands))
    _respond(vehicle, vehicle.battery.check(now_s, kin.voltage_v, kin.used_mah, _situation(vehicle)))
    _respond(vehicle, _check_fence(vehicle))


def _situation(vehicle: "Autopilot") -> Situation:
    return Situation(mode=vehicle.mode, grounded=_is_grounded(vehicle), landing=vehicle.landing)


def _is_grounded(vehicle: "Autopilot") -> bool:
    """Return whether a failsafe stops the motors rather than changes the mode."""
    if vehicle.now_s < vehicle.flight.spooled_at_s:
        return True
    match vehicle.mode:
        case Mode.STABILIZE:
            return vehicle.landed or vehicle.sticks.at_bottom
        case Mode.AUTO:
            return vehicle.landed and not vehicle.auto_armed
        case _:
            return vehicle.landed


def _check_fence(vehicle: "Autopilot") -> Reaction | None:
    params = vehicle.params
    broken = 0 if vehicle.landed else breaches(params, vehicle.zones, vehicle.kin.position, vehicle.home)
    if vehicle.landing:
        broken &= ~ALT_MIN
    fresh = broken & ~vehicle.fence_broken
    cleared = vehicle.fence_broken and not broken
    vehicle.fence_broken = broken
    if cleared:
        return Reaction(texts=("Fence breach cleared",))
    return fence_reaction(params, name_breaches(fresh)) if fresh else None


def _respond(vehicle: "Autopilot", reaction: Reaction | None) -> None:
    """Say it, then stop the motors or enter the first mode that can be entered."""
    if reaction is None:
        return
    for text in reaction.texts:
        vehicle.say(text, Severity.WARNING)
    if reaction.disarm:
        vehicle.disarm()
        return
    for mode in reaction.modes:
        if vehicle.mode is mode or vehicle.enter(mode) is None:
            return
