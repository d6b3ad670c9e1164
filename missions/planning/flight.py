"""A flight as a row of stops: where each mission item leads, and what is done there."""

from dataclasses import dataclass

from fleet.positions import Position
from missions.values.mission_item import Command
from missions.values.plan import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a leg ends: `command` is the navigation item that flies it.

    `item_alt_amsl_m` is the item's height where it is not the leg's end (set-down and landing start above ground);
    `shoot` takes a picture on arrival; `param1` is the item's first parameter; `descent_mps` is the autopilot's own
    speed for a slow descent.
    """

    phase: Phase
    at: Position
    command: Command
    dwell_s: float = 0.0
    shoot: bool = False
    item_alt_amsl_m: float | None = None
    param1: float = 0.0
    descent_mps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """From `start` on the ground through all stops. The load is off after the stop numbered `placed_after`."""

    start: Position
    stops: tuple[Stop, ...]
    placed_after: int

    def starts(self) -> tuple[Position, ...]:
        """Return where each leg starts, one for each stop."""
        return (self.start, *(stop.at for stop in self.stops[:-1]))
