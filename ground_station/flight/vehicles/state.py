"""An aircraft as it is known at one moment: a value for pages, records and decisions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import msgspec

from fleet.ids import VehicleId
from fleet.positions import Position
from ground_station.flight.vehicles.foreign_hand import ForeignAct
from ground_station.flight.vehicles.modes import mode_name
from ground_station.flight.vehicles.telemetry import LandedState, Simulated, StatusText, Telemetry


class LinkState(StrEnum):
    """How old the last word is."""

    FRESH = "fresh"
    STALE = "stale"
    LOST = "lost"


class Received(Protocol):
    """Any value that knows when it was received."""

    @property
    def received_s(self) -> float:
        """Return the monotonic time of receipt, s."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Periods on the aircraft's clock; `time_scale` times as fast in real time (a simulation's speed-up)."""

    time_scale: float = 1.0
    stale_after_s: float = 3.0
    lost_after_s: float = 10.0
    heartbeat_hz: float = 1.0

    def real_s(self, aircraft_s: float, *, at_least_s: float = 0.0) -> float:
        """Return seconds of the aircraft's clock in real seconds, never less than `at_least_s`."""
        return max(at_least_s, aircraft_s / max(self.time_scale, 1e-3))

    def link_state(self, age_s: float) -> LinkState:
        """Return what an age of the last heartbeat means; a busy machine gets one second's grace."""
        if age_s <= self.real_s(self.stale_after_s, at_least_s=1.0):
            return LinkState.FRESH
        return LinkState.STALE if age_s <= self.real_s(self.lost_after_s, at_least_s=3.0) else LinkState.LOST


class VehicleState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one aircraft. `at_s` and every `received_s` are on this machine's monotonic clock.

    `critical_since_s` is when its heartbeats began to say that it is critical or worse; None while they do not.
    `duplicate_suspected` and `other_station` hold for 60 s after the last evidence; `other_sender` is where the second
    sender of its number was heard, if that shows. `sender_changes` counts the addresses taken after the first.
    `foreign` is what somebody else did with it, while that stands. `heard_since_s` is when it was first heard.
    """

    vehicle_id: VehicleId
    system_id: int
    at_s: float
    link: LinkState
    link_age_s: float | None
    telemetry: Telemetry
    simulated: Simulated
    texts: tuple[StatusText, ...]
    reboots: int
    duplicate_suspected: bool
    other_station: int | None
    round_trip_s: float | None
    plan_on_board: str | None
    critical_since_s: float | None = None
    other_sender: str | None = None
    sender_changes: int = 0
    foreign: ForeignAct | None = None
    heard_since_s: float | None = None

    def age_s(self, value: Received | None) -> float | None:
        """Return how old a value is, s; None if there is none."""
        return None if value is None else max(0.0, self.at_s - value.received_s)

    def heartbeat_is_fresh(self, timing: Timing) -> bool:
        """Return True if the mode and arming shown are not old news."""
        age_s = self.age_s(self.telemetry.heartbeat)
        return age_s is not None and timing.link_state(age_s) is LinkState.FRESH

    @property
    def armed(self) -> bool:
        """Return True if the last heartbeat said so."""
        return self.telemetry.heartbeat is not None and self.telemetry.heartbeat.armed

    @property
    def may_be_armed(self) -> bool:
        """Return False only if its last heartbeat said that its motors are off; unheard, they may run."""
        return self.telemetry.heartbeat is None or self.telemetry.heartbeat.armed

    @property
    def mode(self) -> str:
        """Return ArduCopter's name of the mode, `UNKNOWN` before the first heartbeat."""
        return "UNKNOWN" if self.telemetry.heartbeat is None else mode_name(self.telemetry.heartbeat.mode_number)

    @property
    def mode_number(self) -> int | None:
        """Return the mode's number."""
        return None if self.telemetry.heartbeat is None else self.telemetry.heartbeat.mode_number

    @property
    def position(self) -> Position | None:
        """Return the last position."""
        return None if self.telemetry.motion is None else self.telemetry.motion.position

    @property
    def alt_home_m(self) -> float | None:
        """Return the last height above home, m."""
        return None if self.telemetry.motion is None else self.telemetry.motion.alt_home_m

    @property
    def may_be_in_air(self) -> bool:
        """Return True if it is armed and flies, or has not told yet whether it does."""
        return self.armed and (self.in_air or not self.tells_if_it_flies)

    @property
    def tells_if_it_flies(self) -> bool:
        """Return whether it told by itself, or by its height, whether it is in the air."""
        landed = self.telemetry.landed
        return self.telemetry.motion is not None or (landed is not None and landed.state is not LandedState.UNKNOWN)

    @property
    def in_air(self) -> bool:
        """Return True if it says it flies; without its word, if it is armed and higher than 1 m above home."""
        landed = self.telemetry.landed
        if landed is not None and landed.state is not LandedState.UNKNOWN:
            return landed.state is not LandedState.ON_GROUND
        return self.armed and (self.alt_home_m or 0.0) > 1.0
