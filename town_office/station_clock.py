"""How long a record was under way, although the station's clock may be wrong. Pure; seconds.

A field laptop with no internet may be minutes off. What arrives fastest shows the difference of the two clocks (with
the link's shortest delay in it), so whatever took longer than that is late by the rest. The shortest of the last one
to two minutes counts, which follows a clock that is set.
"""

WINDOW_S = 60.0


class StationClock:
    """Compares one station's clock with ours."""

    def __init__(self) -> None:
        self._window_began_s = float("-inf")
        self._least_now_s: float | None = None
        self._least_before_s: float | None = None

    def note(self, *, recorded_at_s: float, received_at_s: float) -> None:
        """Take in when, by its clock, a station made something, and when, by ours, it came."""
        if not 0.0 <= received_at_s - self._window_began_s < WINDOW_S:
            self._window_began_s = received_at_s
            self._least_before_s, self._least_now_s = self._least_now_s, None
        seen_s = received_at_s - recorded_at_s
        self._least_now_s = seen_s if self._least_now_s is None else min(self._least_now_s, seen_s)

    @property
    def least_delay_s(self) -> float:
        """Return the least difference seen lately; 0 before anything came."""
        known = [least for least in (self._least_now_s, self._least_before_s) if least is not None]
        return min(known, default=0.0)

    def late_s(self, *, recorded_at_s: float, received_at_s: float) -> float:
        """Return for how long something had waited when it came, at least 0."""
        return max(0.0, received_at_s - recorded_at_s - self.least_delay_s)
