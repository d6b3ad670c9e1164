"""One flight core a folder, and one a link on this machine: two would both send to the same aircraft.

All locks end with the process that holds them, however it ends. A folder is held by a lock on its file, which also
tells the holder's process id, and by a name on the machine; a link by the name of where it leads, so that a copy of
the folder is found out as well, and another spelling of the link too. A disk that is full, read-only, broken or silent
keeps no core from starting: it goes without the lock of the folder's file then, never without the names, and says so.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path

from fleet import own_thread
from fleet.errors import ConflictError, FleetError, UnavailableError
from fleet.text import Text
from ground_station.flight.links.address import LinkAddress
from ground_station.flight.machine_name import MachineName, NameHolder, NameTakenError, name_holder

NAME = "flight.lock"
"""The name of the lock file in the station's folder."""

_CURE = Text(
    "動いているほうを、それを起動した利用者で kakehashi flight stop で止めるか、そのまま使ってください",
    "stop the one that runs with `kakehashi flight stop`, as the user who started it, or go on with it",
)


_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP})
"""What a wrong setting or a wrong user answers; anything else is the disk."""
_DISK_S = 0.5
_LOOKS = 10
_A_LOOK_S = 0.01


class CoreLock:
    """Holds the folder and the links until `close`.

    `problem` says in words that the folder's file could not be locked, or that somebody who is no core has a link's
    name. Raises ConflictError where another core, of whatever user, holds the folder or one of the links, or who does
    is not proven to be none; UnavailableError where the folder is not this user's to use.
    """

    def __init__(self, folder: Path, links: Iterable[LinkAddress]) -> None:
        self._names: list[MachineName] = []
        self._descriptor = -1
        self._closed = False
        self._late = threading.Lock()
        self._strangers: Text | None = None
        self._unlocked: Text | None = None
        self._lock_file(folder)
        try:
            self._names.append(_hold_name(_name_of(folder), _running_already(folder)))
            for end, link in {link.end: link for link in links}.items():
                name = _hold_name(_name_of_link(end), _used_already(link))
                self._names.append(name)
                if name.stranger is not None:
                    self._strangers = _name_of_others(link, name.stranger)
        except ConflictError:
            self.close()
            raise

    @property
    def problem(self) -> Text | None:
        """Return in words what is not held as it should be, or None."""
        return self._unlocked or self._strangers

    def _lock_file(self, folder: Path) -> None:
        """Lock the folder's file, waiting for its disk 0.5 s at most; keep in words why it is not locked."""
        try:
            locking = own_thread.begin(partial(_hold, folder / NAME), name="folder lock")
            if wait([locking], timeout=_DISK_S).done:
                self._descriptor = locking.result()
                return
        except OSError as error:
            self._unlocked = _without_lock(folder, error)
            return
        self._unlocked = _without_lock(folder, OSError("the disk does not answer"))
        locking.add_done_callback(partial(self._came_late, folder))  # from here on another thread's

    def _came_late(self, folder: Path, locking: "Future[int]") -> None:
        with self._late:
            try:
                descriptor = locking.result()
            except FleetError as error:
                self._unlocked = error.what
            except OSError as error:
                self._unlocked = _without_lock(folder, error)
            else:
                if self._closed:
                    os.close(descriptor)
                else:
                    self._descriptor, self._unlocked = descriptor, None

    def close(self) -> None:
        """Let go of everything."""
        for name in self._names:
            name.close()
        self._names.clear()
        with self._late:
            self._closed = True
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1


def holder(folder: Path) -> int | None:
    """Return the process id of the core that holds `folder`, with its file's lock or without; None if none does.

    It waits for the folder's disk 0.5 s at most, and only where no core is known by the folder's name.
    """
    who = name_holder(_name_of(folder))
    if who is not None:
        return who.pid
    with contextlib.suppress(OSError):
        looking = own_thread.begin(partial(_holder_by_file, folder / NAME), name="folder lock")
        if wait([looking], timeout=_DISK_S).done:
            return looking.result()
    return None


def _holder_by_file(path: Path) -> int | None:
    """Return who holds the lock of a folder's file, or None; raises OSError where there is none to look at."""
    descriptor = _open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        # Shared: who only looks is taken for the holder by nobody else who looks.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder_of(descriptor)
    finally:
        os.close(descriptor)
    return None


def _holder_of(descriptor: int) -> int | None:
    """Return who holds the lock: by the file's own word, unless the system knows that it is old."""
    try:
        words = os.pread(descriptor, 32, 0).split()
    except OSError:
        words = []
    written = int(words[0]) if words and words[0].isdigit() else None
    known = _locked_by(descriptor)
    return written if written in known or not known else known[0]


def _locked_by(descriptor: int) -> tuple[int, ...]:
    """Return the processes that hold a lock on the file, by the system's list (proc(5)); none where it has none."""
    found = os.fstat(descriptor)
    name = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    try:
        rows = [line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines()]
    except (OSError, ValueError):
        return ()
    return tuple(int(row[4]) for row in rows if len(row) == 8 and row[1] == "FLOCK" and row[5] == name)


def _write_holder(descriptor: int) -> None:
    """Write who holds the file, where the disk takes it; the lock holds without."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _hold(path: Path) -> int:
    """Return the locked file, with this process in it; raises OSError where the disk gives none, else as `CoreLock`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = _open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in _NOT_ALLOWED and not isinstance(error, FileExistsError):
            raise
        raise UnavailableError(
            Text(f"飛行の中枢のフォルダを使えません: {error}", f"cannot use the flight core's folder: {error}"),
            Text("フォルダの権限とディスクを確かめてください", "check the folder's permissions and the disk"),
        ) from error
    try:
        _lock(descriptor)
    except BlockingIOError as error:
        who = _seen(_holder_of(descriptor))
        os.close(descriptor)
        raise ConflictError(_held_by(who, _running_already(path.parent)), _CURE) from error
    except OSError:
        os.close(descriptor)
        raise
    _write_holder(descriptor)
    return descriptor


def _lock(descriptor: int) -> None:
    """Lock the file; raises BlockingIOError where another core holds it: who only looks is gone in a moment."""
    for _ in range(_LOOKS):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_A_LOOK_S)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _open(path: Path, flags: int) -> int:
    """Open the lock file; only for reading where its disk is read-only or full. Raises OSError."""
    try:
        return os.open(path, flags, 0o600)
    except OSError as error:
        if error.errno in _NOT_ALLOWED or isinstance(error, FileNotFoundError):
            raise
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise error from None


def _without_lock(folder: Path, error: OSError) -> Text:
    why = os.strerror(error.errno) if error.errno else str(error)
    return Text(
        f"フォルダ {folder} に鍵をかけられないまま、飛行の中枢が動いています（{why}）",
        f"the flight core runs without the lock of its folder {folder}: {why}",
    )


def _name_of(folder: Path) -> str:
    """Return the name of a folder, without asking its disk."""
    return f"kakehashi-flight-folder/{_digest(str(folder.absolute()))}"


def _name_of_link(end: str) -> str:
    return f"kakehashi-flight/{_digest(end)}"


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode(errors="surrogateescape")).hexdigest()


def _hold_name(name: str, conflict: Text) -> MachineName:
    try:
        return MachineName(name)
    except NameTakenError as error:
        raise ConflictError(_held_by(error.holder, conflict), _CURE) from error


def _seen(pid: int | None) -> NameHolder | None:
    """Return a process with its user; None where it is not seen."""
    with contextlib.suppress(OSError):
        return None if pid is None else NameHolder(pid=pid, uid=Path(f"/proc/{pid}").stat().st_uid)
    return None


def _held_by(who: NameHolder | None, conflict: Text) -> Text:
    if who is None:
        named = Text("だれのものか分かりません", "whose it is cannot be told")
    elif who.pid == 0:
        named = Text(
            f"利用者番号 {who.uid}、ここから見えないプロセス",
            f"a process of user {who.uid} that is not seen from here, as in a container",
        )
    else:
        named = Text(f"プロセス {who.pid}、利用者番号 {who.uid}", f"process {who.pid} of user {who.uid}")
    return Text(f"{conflict.ja}（{named.ja}）", f"{conflict.en} ({named.en})")


def _running_already(folder: Path) -> Text:
    return Text(
        f"このフォルダの飛行の中枢はもう動いています: {folder}",
        f"a flight core of this folder is running already: {folder}",
    )


def _used_already(link: LinkAddress) -> Text:
    return Text(
        f"リンク {link} は、別の飛行の中枢が使っています（フォルダの写しかもしれません）",
        f"the link {link} is used by another flight core, perhaps of a copy of this folder",
    )


def _name_of_others(link: LinkAddress, who: NameHolder) -> Text:
    return Text(
        f"このパソコンの別の利用者（利用者番号 {who.uid}、プロセス {who.pid}）が、リンク {link} の名前を使っています。"
        "その人のプログラムが同じ機体に送っていないか確かめてください",
        f"another user of this machine (user {who.uid}, process {who.pid}) holds the name of the link {link}: check "
        "that no program of theirs sends to the same aircraft",
    )
