"""A folder in memory whose disk can refuse, take a part only, or stand still, when the test says so."""

import errno
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from fleet.audit import AuditEntry
from fleet.clock import ManualClock
from fleet.errors import UnavailableError
from ground_station.flight.journal.chain import SegmentChain
from ground_station.flight.journal.draft import Draft, Stamp, make_draft
from ground_station.flight.journal.files import MOST_READ_BYTES, OldChain
from ground_station.flight.journal.journal import Journal
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.memory import MemoryFolder
from ground_station.flight.journal.opening import open_chain
from ground_station.flight.journal.taken import TakenIds
from ground_station.flight.journal.writer import Times

Trouble: TypeAlias = Callable[[int, str, str], int | Exception | None]
SMALL = JournalLimits(segment_bytes=4096, most_line_bytes=4096, retry_s=0.01, checkpoint_every=5)
STAMP = Stamp(at_s=1_780_000_000.0, boottime_s=100.0)


class TroubledFolder(MemoryFolder):
    """Asks `trouble(step, operation, name)` before each operation; an errno or an error makes it fail there.

    A write that fails leaves the first half of its payload behind. `gate` can hold every write up; `steps` counts.
    """

    def __init__(self, trouble: Trouble | None = None, old_chain: OldChain | None = None) -> None:
        super().__init__(old_chain)
        self.trouble: Trouble = trouble or (lambda _step, _operation, _name: None)
        self.steps: list[tuple[str, str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.is_writing = threading.Event()

    def names(self) -> list[str]:
        self._step("names", "")
        return super().names()

    def read(self, name: str, offset_bytes: int = 0, most_bytes: int = MOST_READ_BYTES) -> bytes:
        self._step("read", name)
        return super().read(name, offset_bytes, most_bytes)

    def allocate(self, name: str, size_bytes: int) -> None:
        self._step("allocate", name)
        super().allocate(name, size_bytes)

    def write(self, name: str, offset_bytes: int, payload: bytes) -> None:
        self.is_writing.set()
        self.gate.wait(30.0)
        error = self._error("write", name)
        super().write(name, offset_bytes, payload if error is None else payload[: len(payload) // 2])
        if error is not None:
            raise error

    def replace(self, name: str, payload: bytes) -> None:
        self._step("replace", name)
        super().replace(name, payload)

    def own(self) -> None:
        self._step("own", "")

    def _step(self, operation: str, name: str) -> None:
        error = self._error(operation, name)
        if error is not None:
            raise error

    def _error(self, operation: str, name: str) -> Exception | None:
        found = self.trouble(len(self.steps), operation, name)
        self.steps.append((operation, name))
        return OSError(found, os.strerror(found)) if isinstance(found, int) else found


def refusing(*operations: str, code: int = errno.ENOSPC) -> Trouble:
    """Return the trouble of a disk that refuses these operations."""
    return lambda _step, operation, _name: code if operation in operations else None


def times(clock: ManualClock | None = None, boot_id: str = "boot-1") -> Times:
    clock = clock or ManualClock()
    return Times(clock=clock, boot_id=boot_id, boottime_s=clock.monotonic_s)


def opened(folder: MemoryFolder, limits: JournalLimits = SMALL, clock: ManualClock | None = None) -> Journal:
    return Journal.open(folder, times(clock), limits=limits, within_s=10.0)


async def write_until_refused(journal: Journal, action: str) -> int:
    """Write entries one by one until one is refused; return how many were written."""
    written = 0
    while True:
        try:
            await journal.record(actor="a", action=action, subject="v", detail={})
        except UnavailableError:
            return written
        written += 1


def draft(action: str, detail: Mapping[str, object] | None = None) -> Draft:
    return make_draft(STAMP, actor="佐藤", action=action, subject="v1", detail=detail or {}, most_bytes=4096)


def chain(folder: MemoryFolder, limits: JournalLimits = SMALL) -> SegmentChain:
    """Return the chain of a folder as the writer opens it, without a thread."""
    return SegmentChain(folder, open_chain(folder, old=folder.old_chain), limits, TakenIds(100))


def write(segments: SegmentChain, *actions: str) -> list[AuditEntry]:
    """Write these, and do what is due after; return all entries written, the journal's own too."""
    entries: list[AuditEntry] = []
    left: Sequence[Draft] = [draft(action) for action in actions]
    while True:
        written = segments.write(left, STAMP)
        entries.extend(written.entries)
        left = left[len(written.entries) - written.own :]
        segments.tend(at_leisure=True)
        if not left:
            return entries
