"""Which message goes out how often on one link: stream rates and single intervals."""

from collections.abc import Iterator

HEARTBEAT = 0
TERRAIN_REPORT = 136

# MAV_DATA_STREAM → messages, as ArduCopter groups them.
GROUPS: dict[int, tuple[int, ...]] = {
    1: (27, 29),
    2: (1, 125, 152, 42, 24, 62, 162, 87),
    3: (36, 65),
    6: (33, 32),
    10: (30,),
    11: (74,),
    12: (2, 168, TERRAIN_REPORT, 147, 193, 241),
}
_ALL = 0
_FASTEST_HZ = 50


class Schedule:
    """Due times of the messages of one link; messages of one interval go out together."""

    def __init__(self, now_s: float) -> None:
        self._intervals: dict[int, float] = {HEARTBEAT: 1.0}
        self._defaults: dict[int, float] = dict(self._intervals)
        self._groups: list[tuple[float, list[int]]] = []
        self._due: list[float] = []
        self._regroup(now_s)

    def request_stream(self, stream: int, rate_hz: int, now_s: float) -> None:
        """Set the rate of a stream, 0 for all; rate 0 stops it."""
        streams = GROUPS if stream == _ALL else [stream]
        for number in streams:
            for msg_id in GROUPS.get(number, ()):
                self._defaults.pop(msg_id, None)
                if rate_hz > 0:
                    self._defaults[msg_id] = 1.0 / min(rate_hz, _FASTEST_HZ)
                self._set(msg_id, self._defaults.get(msg_id))
        self._regroup(now_s)

    def set_interval(self, msg_id: int, interval_s: float | None, now_s: float) -> None:
        """Set one message's interval; None stops it, 0 returns to its stream's."""
        if interval_s == 0.0:
            interval_s = self._defaults.get(msg_id)
        self._set(msg_id, None if interval_s is None else max(interval_s, 1.0 / _FASTEST_HZ))
        self._regroup(now_s)

    def interval_s(self, msg_id: int) -> float | None:
        """Return a message's interval, None if it is not sent."""
        return self._intervals.get(msg_id)

    def due(self, now_s: float) -> Iterator[int]:
        """Yield the messages to send now."""
        for index, due_s in enumerate(self._due):
            if now_s + 1e-6 < due_s:
                continue
            interval_s, ids = self._groups[index]
            self._due[index] = max(due_s + interval_s, now_s + 0.5 * interval_s)
            yield from ids

    def rewind(self) -> None:
        """Start counting at 0 again, as after a restart of the vehicle; the intervals stay."""
        self._due = [0.0] * len(self._due)

    def _set(self, msg_id: int, interval_s: float | None) -> None:
        if interval_s is None:
            self._intervals.pop(msg_id, None)
        else:
            self._intervals[msg_id] = interval_s

    def _regroup(self, now_s: float) -> None:
        before = {interval: due for (interval, _), due in zip(self._groups, self._due, strict=True)}
        groups: dict[float, list[int]] = {}
        for msg_id, interval_s in self._intervals.items():
            groups.setdefault(interval_s, []).append(msg_id)
        self._groups = list(groups.items())
        self._due = [before.get(interval, now_s) for interval, _ in self._groups]
