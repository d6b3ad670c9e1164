"""The audit chain in an append-only file of JSON lines, flushed to disk entry by entry."""

import contextlib
import fcntl
import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path

from fleet.audit import AuditEntry, ChainFault, chain_entry, verify_chain
from fleet.clock import Clock
from fleet.errors import BadInputError, ConflictError, UnavailableError
from fleet.text import Text


class AuditFile:
    """Appends to one chain file; one process at a time owns it, by a lock on `*.lock` that ends with the process.

    Opening verifies the whole chain. A torn last line (power cut while writing) is moved aside to `*.torn`; any other
    fault raises BadInputError, since a changed record must be looked at by a person. Raises ConflictError if another
    process owns the chain and UnavailableError if the disk refuses.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        weakref.finalize(self, os.close, _own(path))
        _set_torn_tail_aside(path)
        self._last, fault = verify_file(path)
        if fault is not None:
            raise BadInputError(
                Text(
                    f"監査記録 {path.name} の {fault.line_number} 行目が壊れています（{fault.reason}）",
                    f"the audit chain {path.name} is broken at line {fault.line_number}: {fault.reason}",
                ),
                Text(
                    "ファイルを保管して管理者に連絡し、別名に移してから再開してください",
                    "keep the file, call the administrator, and move it aside before going on",
                ),
            )

    @property
    def head(self) -> str | None:
        """Return the newest entry's hash, or None for an empty chain."""
        return None if self._last is None else self._last.hash

    def append(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        """Chain, write and sync one entry; raises UnavailableError if the disk refuses."""
        with self._lock:
            entry = chain_entry(
                last=self._last,
                at_s=self._clock.now_s(),
                actor=actor,
                action=action,
                subject=subject,
                detail=detail,
            )
            self._write(entry.line().encode() + b"\n")
            self._last = entry
            return entry

    def _write(self, line: bytes) -> None:
        descriptor = -1
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            size = os.fstat(descriptor).st_size
            try:
                _write_all(descriptor, line)
                os.fsync(descriptor)
                if size == 0:
                    _sync_folder(self._path.parent)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise
        except OSError as error:
            raise _refused(error) from error
        finally:
            if descriptor >= 0:
                os.close(descriptor)


def verify_file(path: Path) -> tuple[AuditEntry | None, ChainFault | None]:
    """Return the last good entry of a chain file and its first fault; a missing file is an empty chain."""
    if not path.exists():
        return None, None
    return verify_chain(_lines(path))


def lock_chain(path: Path) -> int:
    """Return a descriptor that holds this process's lock on a chain; closing it gives the lock up.

    The lock file is another than the chain: closing any descriptor of a file gives up a process's locks on it.
    Raises BlockingIOError if another process owns the chain, any other OSError if the disk refuses.
    """
    descriptor = os.open(path.with_suffix(path.suffix + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, PermissionError):  # POSIX leaves the choice between EAGAIN and EACCES
            raise BlockingIOError(error.errno, error.strerror) from error
        raise
    return descriptor


def _own(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return lock_chain(path)
    except BlockingIOError as error:
        raise _owned(path) from error
    except OSError as error:
        raise _refused(error) from error


def _owned(path: Path) -> ConflictError:
    return ConflictError(
        Text(f"監査記録 {path} は別のプログラムが使っています", f"another program is using the audit chain {path}"),
        Text(
            "同じフォルダで動いているかけはしを止めてから、もう一度始めてください",
            "stop the Kakehashi that runs on the same folder, then start again",
        ),
    )


def _refused(error: OSError) -> UnavailableError:
    return UnavailableError(
        Text(f"監査記録に書けません: {error}", f"cannot write the audit chain: {error}"),
        Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
    )


def _write_all(descriptor: int, line: bytes) -> None:
    """Write every byte: a nearly full disk takes a part of a line without an error and refuses only the rest."""
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    """Make a new file's name durable; syncing the file alone does not."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\n").decode(errors="surrogateescape")


def _set_torn_tail_aside(path: Path) -> None:
    if not path.exists():
        return
    content = path.read_bytes()
    if not content or content.endswith(b"\n"):
        return
    whole, _, torn = content.rpartition(b"\n")
    with path.with_suffix(path.suffix + ".torn").open("ab") as file:
        file.write(torn + b"\n")
    os.truncate(path, len(whole) + 1 if whole else 0)
