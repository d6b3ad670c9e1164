"""What telemetry must show before a command counts as done: pure questions to the state before and now."""

from collections.abc import Callable
from typing import TypeAlias

from fleet.positions import distance_m
from ground_station.flight.vehicles.modes import CopterMode
from ground_station.flight.vehicles.state import VehicleState

Evidence: TypeAlias = Callable[[VehicleState, VehicleState], bool]
"""From the state when the command was given and the state now."""

_STILL_MPS = 1.0
_MOVED_M = 3.0
_HEIGHT_M = 0.5


def in_mode(*modes: CopterMode) -> Evidence:
    """Return: a heartbeat shows one of `modes`."""
    numbers = frozenset(int(mode) for mode in modes)

    def seen(before: VehicleState, now: VehicleState) -> bool:
        del before
        return now.mode_number in numbers

    return seen


def is_armed(before: VehicleState, now: VehicleState) -> bool:
    """Return: a heartbeat shows it armed."""
    del before
    return now.armed


def is_disarmed(before: VehicleState, now: VehicleState) -> bool:
    """Return: a heartbeat shows it disarmed."""
    del before
    return now.telemetry.heartbeat is not None and not now.armed


def has_restarted(before: VehicleState, now: VehicleState) -> bool:
    """Return: its clock began anew."""
    return now.reboots > before.reboots


def climbs(before: VehicleState, now: VehicleState) -> bool:
    """Return: it is armed and at least 1 m higher than before."""
    return now.armed and _rise_m(before, now) > 1.0


def reaches(alt_home_m: float) -> Evidence:
    """Return: it is within a tenth of a height above home."""

    def seen(before: VehicleState, now: VehicleState) -> bool:
        del before
        return now.armed and now.alt_home_m is not None and now.alt_home_m >= 0.9 * alt_home_m

    return seen


def stands_still(before: VehicleState, now: VehicleState) -> bool:
    """Return: it holds its place, or stands on the ground."""
    del before
    motion = now.telemetry.motion
    return not now.in_air or (
        motion is not None and motion.groundspeed_mps < _STILL_MPS and abs(motion.climb_mps) < _STILL_MPS
    )


def descends(before: VehicleState, now: VehicleState) -> bool:
    """Return: it is lower than before, or on the ground."""
    return not now.in_air or _rise_m(before, now) < -_HEIGHT_M


def goes_home(before: VehicleState, now: VehicleState) -> bool:
    """Return: it climbs to its return height, comes nearer to home, or is there."""
    if not now.in_air or _rise_m(before, now) > 1.0:
        return True
    home = now.telemetry.home
    if home is None or before.position is None or now.position is None:
        return _has_moved(before, now)
    then_m = distance_m(before.position.ground, home.position.ground)
    now_m = distance_m(now.position.ground, home.position.ground)
    return now_m < then_m - _MOVED_M or now_m < _MOVED_M


def flies_on(before: VehicleState, now: VehicleState) -> bool:
    """Return: it moves again or its mission counts on."""
    mission_before, mission_now = before.telemetry.mission, now.telemetry.mission
    counted = mission_before is not None and mission_now is not None and mission_now.seq != mission_before.seq
    return counted or _has_moved(before, now) or abs(_rise_m(before, now)) > _HEIGHT_M


def says(*words: str) -> Evidence:
    """Return: a status text that came since contains one of `words`."""

    def seen(before: VehicleState, now: VehicleState) -> bool:
        return any(
            text.received_s > before.at_s and any(word in text.text.lower() for word in words) for text in now.texts
        )

    return seen


def _rise_m(before: VehicleState, now: VehicleState) -> float:
    if before.alt_home_m is None or now.alt_home_m is None:
        return 0.0
    return now.alt_home_m - before.alt_home_m


def _has_moved(before: VehicleState, now: VehicleState) -> bool:
    if before.position is None or now.position is None:
        return False
    return distance_m(before.position.ground, now.position.ground) > _MOVED_M
