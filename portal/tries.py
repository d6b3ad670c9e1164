"""Failed sign-ins by address: eight in five minutes, then a pause."""

import threading
from collections import OrderedDict

from fleet.clock import Clock
from fleet.errors import TooManyError
from fleet.places import neighbourhood
from fleet.text import Text

TRIES = 8
WINDOW_S = 300.0
MOST_ADDRESSES = 1024


class Tries:
    """Remembers the 1,024 addresses that failed last, eight failures each. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[float, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._failures)

    def check(self, address: str) -> None:
        """Raise TooManyError after eight failures in five minutes from one address (IPv6: from one /64)."""
        now_s = self._clock.boottime_s()
        with self._lock:
            failures = self._failures.get(neighbourhood(address), ())
        if sum(now_s - at_s < WINDOW_S for at_s in failures) >= TRIES:
            raise TooManyError(
                Text("失敗が続いたため一時停止しています", "too many failures; sign-in is paused"),
                Text("5 分待ってください", "wait five minutes"),
            )

    def failed(self, address: str) -> None:
        """Count a failure."""
        key = neighbourhood(address)
        with self._lock:
            self._failures[key] = (*self._failures.pop(key, ()), self._clock.boottime_s())[-TRIES:]
            while len(self._failures) > MOST_ADDRESSES:
                self._failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget an address's failures."""
        with self._lock:
            self._failures.pop(neighbourhood(address), None)
