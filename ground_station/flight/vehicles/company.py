"""Who else is about: a second sender of the aircraft's number, and other ground stations.

Each is over 60 s after it was last heard. Times are monotonic seconds.
"""

from dataclasses import dataclass, field

COMPANY_S = 60.0
_MOST_STATIONS = 8


@dataclass(slots=True)
class Company:
    """What was heard of others, newest evidence only; at most 8 stations."""

    _double_s: float | None = None
    _double_at: str | None = None
    _stations: dict[int, float] = field(default_factory=dict)

    def double_heard(self, sender: str | None, now_s: float) -> None:
        """Note evidence of a second sender, at the address `sender` if that is known."""
        if sender is not None or not self.has_double(now_s):
            self._double_at = sender
        self._double_s = now_s

    def has_double(self, now_s: float) -> bool:
        """Return True if there was evidence of a second sender in the last 60 s."""
        return self._double_s is not None and now_s - self._double_s <= COMPANY_S

    def double_at(self, now_s: float) -> str | None:
        """Return where the second sender was heard; None if there is none or its address does not show."""
        return self._double_at if self.has_double(now_s) else None

    def station_heard(self, system_id: int, now_s: float) -> None:
        """Note another ground station; a ninth pushes out the one that was silent longest."""
        self._stations = {number: at_s for number, at_s in self._stations.items() if now_s - at_s <= COMPANY_S}
        self._stations[system_id] = now_s
        if len(self._stations) > _MOST_STATIONS:
            del self._stations[min(self._stations, key=self._stations.__getitem__)]

    def station(self, now_s: float) -> int | None:
        """Return another ground station heard in the last 60 s; the same one for as long as it is heard."""
        if not self._stations:
            return None
        return next((number for number, at_s in self._stations.items() if now_s - at_s <= COMPANY_S), None)
