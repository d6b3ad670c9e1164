"""The audit chain in an append-only file of JSON lines, flushed to disk entry by entry."""

import contextlib
import fcntl
import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path

from fleet.audit import GENESIS, AuditEntry, ChainFault, chain_entry, verify_chain
from fleet.clock import Clock
from fleet.errors import ConflictError, UnavailableError
from fleet.set_aside import BrokenPart, BrokenParts, make_way, set_aside
from fleet.text import Text


class AuditFile:
    """Appends to one chain file; one process at a time owns it, by a lock on `*.lock` that ends with the process.

    Opening verifies the whole chain. A torn last line (power cut while writing) is moved to `*.torn`. A file with any
    other fault is set aside whole, and a new chain begins whose first entry names that file, its last good entry and
    the fault; both are told to `broken`. Raises ConflictError if another process owns the chain and UnavailableError
    if the disk refuses.
    """

    def __init__(self, path: Path, clock: Clock, broken: BrokenParts | None = None) -> None:
        self._path = path
        self._clock = clock
        self._broken = broken or BrokenParts()
        self._lock = threading.Lock()
        for ours in (_lock_of(path), _torn_of(path)):
            make_way(ours, for_folder=False, broken=self._broken, now_s=clock.now_s())
        weakref.finalize(self, os.close, _own(path))
        self._last, fault = self._open()
        if fault is not None:
            self._begin_anew(self._last, fault)

    def _open(self) -> tuple[AuditEntry | None, ChainFault | None]:
        path = self._path
        try:
            if os.path.lexists(path) and not path.is_file():
                return None, ChainFault(line_number=0, reason="it is no file")
            torn = _set_torn_tail_aside(path)
            if torn is not None:
                self._broken.add(_torn(path, torn, self._clock.now_s()))
            elif path.exists() and path.stat().st_size == 0:
                return None, ChainFault(line_number=0, reason="it is empty")
            return verify_file(path)
        except OSError as error:
            return None, ChainFault(line_number=0, reason=f"it cannot be read: {error.strerror}")

    def _begin_anew(self, last: AuditEntry | None, fault: ChainFault) -> None:
        """Set the broken chain aside and begin another, which a person can follow back to it."""
        now_s = self._clock.now_s()
        kept = set_aside(self._path, now_s=now_s)
        self._last = None
        detail = {
            "file": kept.name,
            "last_good_number": 0 if last is None else last.number,
            "last_good_hash": GENESIS if last is None else last.hash,
            "line": fault.line_number,
            "reason": fault.reason,
        }
        self.append(actor="kakehashi", action="audit.begun-anew", subject=kept.name, detail=detail)
        self._broken.add(_begun_anew(self._path, kept, fault, now_s))

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
    descriptor = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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


def _lock_of(path: Path) -> Path:
    return path.with_suffix(path.suffix + ".lock")


def _torn_of(path: Path) -> Path:
    return path.with_suffix(path.suffix + ".torn")


def _begun_anew(path: Path, kept: Path, fault: ChainFault, now_s: float) -> BrokenPart:
    return BrokenPart(
        key=str(path),
        at_s=now_s,
        what=Text(
            f"監査記録 {path.name} の {fault.line_number} 行目が正しくありません（{fault.reason}）。"
            f"{kept.name} に取り置き、新しい記録を始めました",
            f"the audit chain {path.name} is broken at line {fault.line_number} ({fault.reason}): "
            f"it is kept as {kept.name}, and a new chain has begun",
        ),
        cure=Text(
            "取り置いたファイルを管理者に渡してください（kakehashi audit verify で場所がわかります）",
            "hand the file that was kept to the administrator; `kakehashi audit verify` shows the place",
        ),
        kept_as=kept,
    )


def _torn(path: Path, kept: Path, now_s: float) -> BrokenPart:
    return BrokenPart(
        key=f"{path}/torn",
        at_s=now_s,
        what=Text(
            f"監査記録 {path.name} の最後の行が途中で切れていました。その行は {kept.name} に移しました",
            f"the last line of the audit chain {path.name} was cut off; that line is in {kept.name}",
        ),
        cure=Text(
            "停電のあとなら心配ありません。そうでなければ管理者に連絡してください",
            "after a power cut this is no loss; otherwise call the administrator",
        ),
    )


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


def _set_torn_tail_aside(path: Path) -> Path | None:
    """Move what follows the last whole line to `*.torn`; return where it lies if there was something."""
    if not path.exists():
        return None
    content = path.read_bytes()
    if not content or content.endswith(b"\n"):
        return None
    whole, _, torn = content.rpartition(b"\n")
    kept = _torn_of(path)
    with kept.open("ab") as file:
        file.write(torn + b"\n")
    os.truncate(path, len(whole) + 1 if whole else 0)
    return kept
