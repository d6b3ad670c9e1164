"""One flight core a folder, and one a link on this machine: two would both send to the same aircraft.

Both locks end with the process that holds them, however it ends. A folder is held by a lock on its file, which also
tells the holder's process id; a link by the abstract Unix socket of its name, so that a copy of the folder is found out
as well.
"""

import fcntl
import os
import socket
from collections.abc import Iterable
from pathlib import Path

from fleet.errors import ConflictError, UnavailableError
from fleet.text import Text
from ground_station.flight.links.address import LinkAddress

NAME = "flight.lock"
"""The name of the lock file in the station's folder."""

_CURE = Text(
    "動いているほうを kakehashi flight stop で止めるか、そのまま使ってください",
    "stop the one that runs with `kakehashi flight stop`, or go on with it",
)


class CoreLock:
    """Holds the folder and the links until `close`."""

    def __init__(self, folder: Path, links: Iterable[LinkAddress]) -> None:
        self._path = folder / NAME
        self._links: list[socket.socket] = []
        self._descriptor = _hold(self._path)
        try:
            for link in links:
                self._links.append(_hold_link(link))
        except ConflictError:
            self.close()
            raise
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    @property
    def still_there(self) -> bool:
        """Return whether the folder still has the file that is held."""
        try:
            return self._path.stat().st_ino == os.fstat(self._descriptor).st_ino
        except OSError:
            return False

    def close(self) -> None:
        """Let go of everything."""
        for link in self._links:
            link.close()
        self._links.clear()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def holder(folder: Path) -> int | None:
    """Return the process id of the core that holds `folder`; None if none does."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        words = os.pread(descriptor, 32, 0).split()
        return int(words[0]) if words and words[0].isdigit() else None
    finally:
        os.close(descriptor)
    return None


def _hold(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UnavailableError(
            Text(f"飛行の中枢のフォルダを使えません: {error}", f"cannot use the flight core's folder: {error}"),
            Text("フォルダの権限とディスクを確かめてください", "check the folder's permissions and the disk"),
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise ConflictError(
            Text(
                f"このフォルダの飛行の中枢はもう動いています: {path.parent}",
                f"a flight core of this folder is running already: {path.parent}",
            ),
            _CURE,
        ) from error
    return descriptor


def _hold_link(link: LinkAddress) -> socket.socket:
    held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        held.bind(f"\0kakehashi-flight/{link}"[:100])
    except OSError as error:
        held.close()
        raise ConflictError(
            Text(
                f"リンク {link} は、別の飛行の中枢が使っています（フォルダの写しかもしれません）",
                f"the link {link} is used by another flight core, perhaps of a copy of this folder",
            ),
            _CURE,
        ) from error
    return held
