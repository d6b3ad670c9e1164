"""Small writes that are made only to see whether a place takes them, each in a thread of its own.

A disk may hold a write for ever, so a probe never runs in a pool that others need, and no second one starts before
the first came back: at most one thread a place.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from fleet.errors import FleetError
from fleet.write_watch import WriteWatch

PROBE_BYTES = 4096
_NAME = ".disk-probe"


class DiskProbe:
    """Makes one kind of write when told to. `work` notes by itself, or by `watch`, how it went."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._name = name
        self._work = work
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """Begin one write; return False and do nothing while the last has not come back."""
        if self._thread is not None and self._thread.is_alive():
            return False
        self._thread = threading.Thread(target=self._try, name=f"probe {self._name}", daemon=True)
        self._thread.start()
        return True

    def wait(self, within_s: float) -> bool:
        """Wait for the write under way; return whether it is over."""
        if self._thread is not None:
            self._thread.join(within_s)
            return not self._thread.is_alive()
        return True

    def _try(self) -> None:
        try:
            self._work()
        except (FleetError, OSError):
            return  # it is in the register, which is what it was tried for


def folder_probe(folder: Path, watch: WriteWatch) -> DiskProbe:
    """Return a probe that writes a new block into `folder`, syncs it and takes it away again."""

    def work() -> None:
        with watch.write():
            write_once(folder / _NAME, PROBE_BYTES)

    return DiskProbe("folder", work)


def write_once(path: Path, size_bytes: int) -> None:
    """Write and sync `size_bytes` of new content at `path`, then remove it; raises OSError."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        rest = memoryview(bytes(size_bytes))
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
