"""How long to wait before the next try. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOff:
    """Waits `first_s`, then twice as long each time, at most `most_s`."""

    first_s: float = 0.5
    most_s: float = 30.0

    def wait_s(self, failures: int) -> float:
        """Return seconds to wait after so many failures in a row; 0 after none."""
        return 0.0 if failures <= 0 else min(self.first_s * 2.0 ** min(failures - 1, 30), self.most_s)
