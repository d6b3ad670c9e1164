"""Sees an autopilot restart: its clock since boot goes back and stays back.

One old message that a network held up is no restart, and two aircraft that share a system id make the clock jump to
and fro; both are told apart by asking for a second reading on the new time line.
"""

from dataclasses import dataclass
from enum import Enum

_BACK_S = 3.0
_FLAPS_MEAN_DUPLICATE = 3


class BootEvent(Enum):
    """What a reading of the clock showed."""

    NOTHING = "nothing"
    REBOOTED = "rebooted"
    DUPLICATE = "duplicate"


@dataclass(slots=True)
class BootWatch:
    """Follows one aircraft's clock. All times in seconds; `boot_s` is the aircraft's clock."""

    _latest_s: float | None = None
    _suspect_s: float | None = None
    _flaps: int = 0

    def take(self, boot_s: float) -> BootEvent:
        """Take one reading; return what it shows."""
        latest_s = self._latest_s
        if latest_s is None or boot_s >= latest_s - _BACK_S:
            if self._suspect_s is not None:
                self._suspect_s = None
                self._flaps += 1
                if self._flaps >= _FLAPS_MEAN_DUPLICATE:
                    self._flaps = 0
                    self._latest_s = boot_s
                    return BootEvent.DUPLICATE
            self._latest_s = boot_s if latest_s is None else max(latest_s, boot_s)
            return BootEvent.NOTHING
        if self._suspect_s is None or boot_s < self._suspect_s - _BACK_S:
            self._suspect_s = boot_s
            return BootEvent.NOTHING
        self._latest_s = boot_s
        self._suspect_s = None
        self._flaps = 0
        return BootEvent.REBOOTED
