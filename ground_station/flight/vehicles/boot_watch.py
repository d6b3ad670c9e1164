"""The autopilot's clock since boot: its line in time, and what it means when a reading is not on it.

The clock goes back and stays back: it restarted. It goes to and fro: two aircraft share a system id. It leaps ahead:
another aircraft, or this machine slept. One old message that a network held up is none of these, so a reading is
believed only once a second one on the same line came.
"""

from dataclasses import dataclass, field
from enum import Enum

_BACK_S = 3.0
_AHEAD_S = 5.0
_FLAPS_MEAN_DUPLICATE = 3
_LEAK = 0.1
_APART_S = 1.0
_DRIFT = 2e-4
_DRIFT_OF_A_FAST_DRILL = 0.2
_MOST_APART_S = 3.0


class BootEvent(Enum):
    """What a reading of the clock showed."""

    NOTHING = "nothing"
    REBOOTED = "rebooted"
    DUPLICATE = "duplicate"
    AHEAD = "ahead"


@dataclass(slots=True)
class BootLine:
    """Where the clock must stand: the readings with the least delay, carried on at `scale` times real time."""

    scale: float = 1.0
    _boot_s: float | None = None
    _at_s: float = 0.0

    def at(self, now_s: float) -> float | None:
        """Return the clock expected at the monotonic `now_s`, s; None before the first reading."""
        return None if self._boot_s is None else self._boot_s + self.scale * (now_s - self._at_s)

    def take(self, boot_s: float, now_s: float) -> None:
        """Take a reading; a late one pulls the line back by a tenth of the time that passed at most."""
        expected_s = self.at(now_s)
        if expected_s is not None:
            boot_s = max(boot_s, expected_s - _LEAK * self.scale * (now_s - self._at_s))
        self._boot_s, self._at_s = boot_s, now_s

    def begin(self, boot_s: float, now_s: float) -> None:
        """Begin a new line at a reading."""
        self._boot_s, self._at_s = boot_s, now_s

    def runs_through(self, boot_s: float, now_s: float, *, late_s: float) -> bool:
        """Return True if a reading that may be `late_s` late continues this line.

        1 s apart, and 0.2 ms more for each second of silence (ten times what an autopilot's crystal drifts), 3 s at
        most; in a fast drill, whose rate nobody holds exactly, as many times more.
        """
        expected_s = self.at(now_s)
        if expected_s is None:
            return False
        drift = _DRIFT if self.scale == 1.0 else _DRIFT_OF_A_FAST_DRILL
        apart_s = min(_APART_S + drift * (now_s - self._at_s), _MOST_APART_S) * max(1.0, self.scale)
        return expected_s - apart_s - self.scale * late_s <= boot_s <= expected_s + apart_s


@dataclass(slots=True)
class BootWatch:
    """Follows one aircraft's clock. All times in seconds; `boot_s` is the aircraft's clock, `now_s` is monotonic."""

    line: BootLine = field(default_factory=BootLine)
    _latest_s: float | None = None
    _suspect_s: float | None = None
    _flaps: int = 0

    def take(self, boot_s: float, now_s: float) -> BootEvent:
        """Take one reading; return what it shows."""
        latest_s = self._latest_s
        if latest_s is None or boot_s >= latest_s - _BACK_S:
            return self._went_on(boot_s, latest_s, now_s)
        if self._suspect_s is None or boot_s < self._suspect_s - _BACK_S:
            self._suspect_s = boot_s
            return BootEvent.NOTHING
        self._latest_s = boot_s
        self._suspect_s = None
        self._flaps = 0
        self.line.begin(boot_s, now_s)
        return BootEvent.REBOOTED

    def _went_on(self, boot_s: float, latest_s: float | None, now_s: float) -> BootEvent:
        expected_s = self.line.at(now_s)
        is_ahead = expected_s is not None and boot_s > expected_s + _AHEAD_S * max(1.0, self.line.scale)
        self.line.take(boot_s, now_s)
        if self._suspect_s is not None:
            self._suspect_s = None
            self._flaps += 1
            if self._flaps >= _FLAPS_MEAN_DUPLICATE:
                self._flaps = 0
                self._latest_s = boot_s
                return BootEvent.DUPLICATE
        self._latest_s = boot_s if latest_s is None else max(latest_s, boot_s)
        return BootEvent.AHEAD if is_ahead else BootEvent.NOTHING
