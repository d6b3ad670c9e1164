"""A hasher for tests: no work, and it says how many were inside at once."""

import threading

from argon2.exceptions import VerifyMismatchError


class LightHasher:
    """Hashes by turning round; until `go_on` is set, whoever is inside stays there."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()
        self.most_inside = 0
        self._inside = 0
        self._lock = threading.Lock()

    def hash(self, password: str) -> str:
        """Return a hash."""
        self._work()
        return password[::-1]

    def verify(self, stored: str, password: str) -> bool:
        """Return True or raise."""
        self._work()
        if stored != password[::-1]:
            raise VerifyMismatchError
        return True

    def _work(self) -> None:
        with self._lock:
            self._inside += 1
            self.most_inside = max(self.most_inside, self._inside)
        self.go_on.wait(30.0)
        with self._lock:
            self._inside -= 1
