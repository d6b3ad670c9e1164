"""The journal's folder on a POSIX file system.

A segment is written full of zeros before it gets its name, so that its blocks are there for good: writing in place
needs no room and changes no size. (A file system that copies on write, such as Btrfs, needs room all the same.)
"""

import contextlib
import errno
import fcntl
import os
from pathlib import Path

from fleet.audit_file import lock_chain, verify_file
from fleet.errors import ConflictError
from fleet.text import Text
from ground_station.flight.journal.files import MOST_READ_BYTES, OldChain

_LOCK = "journal.lock"
_FRESH = ".new"
_MOST_OPEN = 2


class PosixFiles:
    """The files of one folder; it may be absent. Reads may come from any thread, all else from one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Kept open, so that a process that ran out of descriptors still writes.
        self._open: dict[str, int] = {}

    def names(self) -> list[str]:
        """Return the names of the files; an absent folder has none."""
        try:
            return [path.name for path in self._folder.iterdir()]
        except FileNotFoundError:
            return []

    def read(self, name: str, offset_bytes: int = 0, most_bytes: int = MOST_READ_BYTES) -> bytes:
        """Return what stands there, b"" behind the end; raises FileNotFoundError."""
        descriptor = os.open(self._folder / name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            pieces: list[bytes] = []
            left = most_bytes
            while left and (piece := os.pread(descriptor, min(left, 1 << 20), offset_bytes)):
                pieces.append(piece)
                left -= len(piece)
                offset_bytes += len(piece)
            return b"".join(pieces)
        finally:
            os.close(descriptor)

    def allocate(self, name: str, size_bytes: int) -> None:
        """Make a file of zero bytes whose room on the disk is taken; it is there whole and durable, or not at all."""
        self._make(name, bytes(size_bytes))

    def write(self, name: str, offset_bytes: int, payload: bytes) -> None:
        """Write in place and return when that is durable; raises FileNotFoundError if the file is gone."""
        descriptor = self._writable(name)
        if os.fstat(descriptor).st_nlink == 0:
            self._close(name)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        _write_all(descriptor, offset_bytes, payload)
        os.fdatasync(descriptor)

    def replace(self, name: str, payload: bytes) -> None:
        """Put a file in the place of the one before; either of them is there whole, whatever happens."""
        self._make(name, payload)

    def close(self) -> None:
        """Close what is kept open."""
        for name in list(self._open):
            self._close(name)

    def _make(self, name: str, payload: bytes) -> None:
        fresh = self._folder / (name + _FRESH)
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                if payload:
                    os.posix_fallocate(descriptor, 0, len(payload))
                _write_all(descriptor, 0, payload)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            fresh.rename(self._folder / name)
            self._sync_folder()
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise

    def _writable(self, name: str) -> int:
        if name not in self._open:
            while len(self._open) >= _MOST_OPEN:
                self._close(next(iter(self._open)))
            self._open[name] = os.open(self._folder / name, os.O_WRONLY | os.O_CLOEXEC)
        return self._open[name]

    def _close(self, name: str) -> None:
        with contextlib.suppress(OSError):
            os.close(self._open.pop(name))

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class PosixFolder(PosixFiles):
    """A journal's folder with its lock, beside the chain from before the journal.

    The lock of the old chain is held too, so that no station of an older version goes on in it.
    """

    def __init__(self, folder: Path, *, old_chain: Path | None = None) -> None:
        super().__init__(folder)
        self._path = folder
        self._old = old_chain
        self._locks: list[int] = []

    def own(self) -> None:
        """Take the folder, making it in a folder that is there; raises ConflictError, or OSError of the disk."""
        if self._locks:
            return
        try:
            self._path.mkdir(mode=0o700, exist_ok=True)
            self._locks.append(_locked(self._path / _LOCK))
            if self._old is not None and self._old.exists():
                self._locks.append(lock_chain(self._old))
        except BlockingIOError as error:
            self.give_up()
            raise _owned(self._path) from error
        except OSError:
            self.give_up()
            raise

    def give_up(self) -> None:
        """Give the folder back."""
        self.close()
        for lock in self._locks:
            with contextlib.suppress(OSError):
                os.close(lock)
        self._locks.clear()

    def old_chain(self) -> OldChain | None:
        """Return the chain from before the journal, verified; None where there was none. Raises OSError."""
        return None if self._old is None else read_old_chain(self._old)


def read_old_chain(path: Path) -> OldChain | None:
    """Return a chain file as what a journal goes on from, None if there is no such file; raises OSError."""
    if not path.exists():
        return None
    last, fault = verify_file(path)
    lost = 0
    if fault is not None:
        with path.open("rb") as file:
            good = sum(len(line) for _, line in zip(range(fault.line_number - 1), file, strict=False))
        lost = path.stat().st_size - good
    return OldChain(name=path.name, last=last, fault=fault, lost_bytes=lost)


def _locked(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        # What cannot be written can still be read, and then the ids taken are known.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _owned(path: Path) -> ConflictError:
    return ConflictError(
        Text(f"飛行記録 {path} は別のプログラムが使っています", f"another program is using the flight journal {path}"),
        Text(
            "同じフォルダで動いているかけはしを止めてから、もう一度始めてください",
            "stop the Kakehashi that runs on the same folder, then start again",
        ),
    )


def _write_all(descriptor: int, offset_bytes: int, payload: bytes) -> None:
    rest = memoryview(payload)
    while rest:
        count = os.pwrite(descriptor, rest, offset_bytes)
        rest = rest[count:]
        offset_bytes += count
