"""When a picture that the checker could not finish is tried again. Times are monotonic seconds; sans-I/O.

A time-out or a dead worker says as much about a busy machine as about the picture, so one is no verdict.
"""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Retries:
    """Counts failures of each file: waits `first_wait_s`, then twice as long each time; gives up after `most`.

    It knows only files that failed and are not forgotten, and starts anew with the service.
    """

    first_wait_s: float = 30.0
    most: int = 5
    _failed: dict[str, tuple[int, float]] = field(default_factory=dict)

    def due(self, sha256: str, now_s: float) -> bool:
        """Return whether the file may be tried now."""
        count, failed_at_s = self._failed.get(sha256, (0, now_s))
        return count == 0 or now_s - failed_at_s >= self.first_wait_s * 2.0 ** (count - 1)

    def note_failure(self, sha256: str, now_s: float) -> bool:
        """Count a failure; return whether the file will be tried again."""
        count = self._failed.get(sha256, (0, now_s))[0] + 1
        self._failed[sha256] = (count, now_s)
        return count < self.most

    def forget(self, sha256: str) -> None:
        """Drop what is known of a file that is settled."""
        self._failed.pop(sha256, None)
