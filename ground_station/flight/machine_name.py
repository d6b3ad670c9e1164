"""Names that a process of this user holds on this machine, as abstract Unix sockets: gone with it, however it ends.

Anybody on the machine can take any such name, so that a name alone says nothing. Who holds one is known by the process
that has its socket open (proc(5)): only processes of this user count. Where a stranger has taken the name, it is held
under another end of it, which nobody can know before.
"""

import contextlib
import os
import secrets
import socket
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
            if self._is_held_by_another(name):
                raise BlockingIOError(name)
        except OSError:
            self._socket.close()
            raise

    def _is_held_by_another(self, name: str) -> bool:
        """Return whether this user has it elsewhere too; where the system does not say, whether anybody has."""
        own = os.fstat(self._socket.fileno()).st_ino
        try:
            return _holder(_inodes(name) - {own}) is not None
        except OSError:
            return self.is_strangers

    def close(self) -> None:
        """Let go of it."""
        self._socket.close()


def name_holder(name: str) -> int | None:
    """Return the process of this user that holds a name; None if none does, or the system does not say."""
    with contextlib.suppress(OSError):
        return _holder(_inodes(name))
    return None


def _bound(plug: socket.socket, name: str) -> bool:
    """Bind a socket to an abstract name; return False where it is taken."""
    try:
        plug.bind(f"\0{name}")
    except OSError:
        return False
    return True


def _holder(inodes: set[int]) -> int | None:
    """Return a process of this user that has one of these sockets open, or None; raises OSError without the list."""
    for process in Path("/proc").iterdir() if inodes else ():
        if process.name.isdigit():
            with contextlib.suppress(OSError):  # it ended meanwhile
                if _open_sockets(process) & inodes:
                    return int(process.name)
    return None


def _inodes(name: str) -> set[int]:
    """Return the sockets with this abstract name, or one that begins so, of everybody; raises OSError."""
    listed = Path("/proc/net/unix").read_text(encoding="utf-8", errors="surrogateescape")
    rows = [line.split() for line in listed.splitlines()[1:] if f"@{name}" in line]
    return {
        int(row[6])
        for row in rows
        if len(row) == _ROW_WITH_PATH and (row[7] == f"@{name}" or row[7].startswith(f"@{name}/"))
    }


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
