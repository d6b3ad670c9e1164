"""How writers note what becomes of their writes: `with watch.write(): …` around each, in any thread."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from fleet.audit import AuditEntry, AuditTrail
from fleet.clock import Clock
from fleet.disk_health import DiskHealth, Place, cause_of
from fleet.errors import UnavailableError


class WriteWatch:
    """Notes the writes to one place."""

    def __init__(self, health: DiskHealth, place: Place, clock: Clock) -> None:
        self._health = health
        self._place = place
        self._clock = clock

    @contextmanager
    def write(self) -> Iterator[None]:
        """Note one write: refused where the block raises UnavailableError or OSError, which is raised on.

        What else it raises is the caller's own reason and says nothing of the disk.
        """
        write = self._health.begin(self._place, self._clock.monotonic_s())
        try:
            yield
        except (UnavailableError, OSError) as error:
            self._health.was_refused(write, cause_of(error), self._clock.monotonic_s())
            raise
        else:
            self._health.went_well(write, self._clock.monotonic_s())
        finally:
            self._health.withdraw(write)


def noting(watch: WriteWatch | None) -> AbstractContextManager[None]:
    """Return the context of one write, which notes nothing where nobody watches."""
    return nullcontext() if watch is None else watch.write()


class WatchedAudit:
    """An AuditTrail that notes every append."""

    def __init__(self, audit: AuditTrail, watch: WriteWatch) -> None:
        self._audit = audit
        self._watch = watch

    def append(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        """Chain and store one entry; raises what the trail raises."""
        with self._watch.write():
            return self._audit.append(actor=actor, action=action, subject=subject, detail=detail)

    def resume(self) -> None:
        """Note in the trail that it takes entries again, after it refused some; raises UnavailableError if not."""
        self.append(actor="kakehashi", action="audit.resume", subject="audit", detail={})
