"""Names that one flight core holds on this machine, as abstract Unix sockets: gone with it, however it ends.

Anybody on the machine can take any such name. Its holder listens there, so that who finds it taken is told by the
system who that is: also of another user, and across PID namespaces (a container with the host's network). Only a
process of somebody else that is proven to be no flight core leaves room for one, under another end of the name.
"""

import contextlib
import errno
import os
import secrets
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROW_WITH_PATH = 8
_UNCONNECTED = "01"
_CREDENTIALS = struct.Struct("iII")
_MOST_ASKING = 1024
_PATIENCE_S = 0.3
"""How long a core that is ending just now, or one that started at the same moment and gives up, is waited for."""
_A_LOOK_S = 0.01
_AN_ANSWER_S = 0.001
"""Whoever asks without end takes no time from the aircraft."""
_ROOT = 0


@dataclass(frozen=True, slots=True)
class NameHolder:
    """Who listens at a name; `pid` is 0 where its process cannot be seen from here, as one in another container."""

    pid: int
    uid: int


class NameTakenError(Exception):
    """A flight core holds the name, or who holds it is not proven to be none; `holder` is None if nobody answers."""

    def __init__(self, name: str, holder: NameHolder | None) -> None:
        super().__init__(name)
        self.holder = holder


class MachineName:
    """Holds `name` until `close`; raises NameTakenError, after 0.3 s at most, where another core may hold it.

    `stranger` is somebody else of this machine who has taken the name itself and is no flight core, or None.
    """

    def __init__(self, name: str) -> None:
        self.stranger: NameHolder | None = None
        self._answering: threading.Thread | None = None
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            own = self._bind(name)
            self._socket.listen(_MOST_ASKING)
            self._answer()
            _require_alone(name, own)
        except BaseException:
            self.close()
            raise

    def _bind(self, name: str) -> str:
        """Take the name, or another end of it where a stranger has it; return which."""
        until_s = time.monotonic() + _PATIENCE_S
        while not _bound(self._socket, name):
            who = _asked(name)
            if _is_no_core(who):
                self.stranger = who
                own = f"{name}/{secrets.token_hex(8)}"
                self._socket.bind(f"\0{own}")
                return own
            if time.monotonic() >= until_s:
                raise NameTakenError(name, who)
            time.sleep(_A_LOOK_S)
        return name

    def _answer(self) -> None:
        """Let go of who has asked, for room for the next; where no thread can be had, the system keeps 1024 of them."""
        answering = threading.Thread(target=_let_go_of_askers, args=(self._socket,), name="machine name", daemon=True)
        with contextlib.suppress(RuntimeError):
            answering.start()
            self._answering = answering

    def close(self) -> None:
        """Let go of it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._answering is not None:
            self._answering.join()
        self._socket.close()


def name_holder(name: str) -> NameHolder | None:
    """Return the process of this user or of root that holds a name, for root that of any core; None if none is seen.

    It asks no disk.
    """
    for one in (name, *_names_seen(name)):
        who = _asked(one)
        if who is not None and who.pid > 0 and _is_ours(who):
            return who
    return None


def _names_seen(name: str) -> Iterator[str]:
    with contextlib.suppress(OSError):
        yield from sorted(_names(name))


def _is_ours(who: NameHolder) -> bool:
    own = os.geteuid()
    return who.uid in {own, _ROOT} or (own == _ROOT and not _runs_something_else(who.pid))


def _require_alone(name: str, own: str) -> None:
    """Raise NameTakenError where another end of the name is a core's.

    Of two that start at once the one with the first name looks again until the other has given up.
    """
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            others = sorted(_names(name) - {own})
        except OSError:
            if own == name:  # who has another end has found this one taken
                return
            raise NameTakenError(name, None) from None
        found = next(((one, who) for one in others if not _is_no_core(who := _asked(one))), None)
        if found is None:
            return
        if found[0] < own or time.monotonic() >= until_s:
            raise NameTakenError(name, found[1])
        time.sleep(_A_LOOK_S)


def _let_go_of_askers(listener: socket.socket) -> None:
    while True:
        try:
            asker, _ = listener.accept()
        except OSError as error:
            if error.errno in {errno.EINVAL, errno.EBADF}:  # let go of
                return
            time.sleep(_PATIENCE_S)  # no descriptor to be had
        else:
            asker.close()
            time.sleep(_AN_ANSWER_S)


def _bound(plug: socket.socket, name: str) -> bool:
    """Bind a socket to an abstract name; return False where it is taken. Raises OSError where none can be bound."""
    try:
        plug.bind(f"\0{name}")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise
    return True


def _asked(name: str) -> NameHolder | None:
    """Return who listens at a name; None where nobody does, or where more ask than it answers. Never waits."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as plug:
        plug.setblocking(False)
        plug.connect(f"\0{name}")
        told = plug.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        pid, uid, _ = _CREDENTIALS.unpack(told)
        return NameHolder(pid=pid, uid=uid)
    return None


def _is_no_core(who: NameHolder | None) -> bool:
    """Return whether somebody else is proven to run no flight core."""
    own = os.geteuid()
    return who is not None and _ROOT not in {own, who.uid} and own != who.uid and _runs_something_else(who.pid)


def _runs_something_else(pid: int) -> bool:
    """Return whether a process is seen to be no flight core; False where it, or any of this namespace, is not seen."""
    try:
        if Path("/proc/self").readlink().name != str(os.getpid()):
            return False
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return line != b"" and not (b"kakehashi" in line and b"flight" in line)


def _names(name: str) -> set[str]:
    """Return those of this name, and of those that begin with it and a slash, that anybody holds; raises OSError."""
    listed = Path("/proc/net/unix").read_text(encoding="utf-8", errors="surrogateescape")
    rows = [line.split() for line in listed.splitlines()[1:] if f"@{name}" in line]
    return {
        row[7].removeprefix("@")
        for row in rows
        if len(row) == _ROW_WITH_PATH
        and row[5] == _UNCONNECTED
        and (row[7] == f"@{name}" or row[7].startswith(f"@{name}/"))
    }
