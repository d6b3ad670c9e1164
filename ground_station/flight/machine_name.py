"""Names that a process of this user holds on this machine, as abstract Unix sockets: gone with it, however it ends.

Anybody on the machine can take any such name, so that a name alone says nothing. Who holds one is known by the process
that has its socket open (proc(5)): only processes of this user count. Where a stranger has taken the name, it is held
under another end of it, which nobody can know before.
"""

import contextlib
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

_ROW_WITH_PATH = 8


class MachineName:
    """Holds `name` until `close`; raises BlockingIOError where another process of this user holds it.

    `is_strangers` says that somebody else of this machine has taken the name itself.
    """

    def __init__(self, name: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.is_strangers = not _bound(self._socket, name)
            if self.is_strangers:
                self._socket.bind(f"\0{name}/{secrets.token_hex(8)}")
            own = os.fstat(self._socket.fileno()).st_ino
            if any(inode != own for inode, _ in self._held(name)):
                raise BlockingIOError(name)
        except OSError:
            self._socket.close()
            raise

    def _held(self, name: str) -> list[tuple[int, int]]:
        """Return by whom it is held; raises BlockingIOError where it is taken and the system does not say by whom."""
        try:
            return list(_holders(name))
        except OSError as error:
            if self.is_strangers:
                raise BlockingIOError(name) from error
            return []

    def close(self) -> None:
        """Let go of it."""
        self._socket.close()


def name_holder(name: str) -> int | None:
    """Return the process of this user that holds a name; None if none does, or the system does not say."""
    with contextlib.suppress(OSError):
        return next((process for _, process in _holders(name)), None)
    return None


def _bound(plug: socket.socket, name: str) -> bool:
    """Bind a socket to an abstract name; return False where it is taken."""
    try:
        plug.bind(f"\0{name}")
    except OSError:
        return False
    return True


def _holders(name: str) -> Iterator[tuple[int, int]]:
    """Yield socket and process of every holder of a name that is this user's; raises OSError without the lists."""
    inodes = set(_inodes(name))
    if not inodes:
        return
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):  # it ended meanwhile
                for inode in _open_sockets(process) & inodes:
                    yield inode, int(process.name)


def _inodes(name: str) -> Iterator[int]:
    """Yield the sockets with this abstract name, or one that begins so, of everybody."""
    listed = Path("/proc/net/unix").read_text(encoding="utf-8", errors="surrogateescape")
    for line in listed.splitlines()[1:]:
        row = line.split()
        if len(row) == _ROW_WITH_PATH and (row[7] == f"@{name}" or row[7].startswith(f"@{name}/")):
            yield int(row[6])


def _open_sockets(process: Path) -> set[int]:
    """Return the sockets that a process of this user has open, none of one of another's; raises OSError."""
    if process.stat().st_uid != os.getuid():
        return set()
    found = set()
    for descriptor in (process / "fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            kind, _, inode = str(descriptor.readlink()).partition(":[")
            if kind == "socket":
                found.add(int(inode.rstrip("]")))
    return found
