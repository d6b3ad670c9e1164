"""One core a folder and one a link, on whatever disk."""

import contextlib
import errno
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import ConflictError, UnavailableError
from ground_station.flight.core_lock import NAME, CoreLock, _name_of, _name_of_link, holder
from ground_station.flight.links.address import LinkAddress, Scheme, parse_address

LONG = "/dev/serial/by-id/usb-Silicon_Labs_CP2102N_USB_to_UART_Bridge_Controller_0123456789abcdef0123456789abcdef"
DISK = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.EMFILE)


def _link(tmp_path: Path, scheme: Scheme = Scheme.SERIAL) -> LinkAddress:
    return LinkAddress(scheme=scheme, host=str(tmp_path), number=57_600)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_long_names_that_differ_at_their_end_are_two_links_and_one_name_is_one(scheme: Scheme, tmp_path: Path) -> None:
    one, other = (LinkAddress(scheme=scheme, host=f"{LONG}{tmp_path}-{end}", number=57_600) for end in "ab")
    lock = CoreLock(tmp_path / "one", [one])
    CoreLock(tmp_path / "two", [other]).close()
    with pytest.raises(ConflictError, match="used by another flight core"):
        CoreLock(tmp_path / "three", [other, one])
    lock.close()
    CoreLock(tmp_path / "three", [other, one]).close()


def test_two_aircraft_on_one_link_are_one_link(tmp_path: Path) -> None:
    link = _link(tmp_path)
    lock = CoreLock(tmp_path, [link, link])
    assert lock.problem is None
    with pytest.raises(ConflictError):
        CoreLock(tmp_path / "copy", [link])
    lock.close()


def test_the_holder_is_told_and_gone_with_its_process(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    lock = CoreLock(tmp_path, [])
    assert holder(tmp_path) == os.getpid()
    with pytest.raises(ConflictError, match="running already"):
        CoreLock(tmp_path, [])
    lock.close()
    assert holder(tmp_path) is None


LOOKING = """
import sys, pathlib
from ground_station.flight.core_lock import holder
print("looking", flush=True)
while True:
    holder(pathlib.Path(sys.argv[1]))
"""
SAME = (
    ("tcp:127.0.0.1:5760", "tcp:localhost:5760"),
    ("tcp:127.0.0.1:5760", "tcp:127.1:5760"),
    ("tcp:127.0.0.1:5760", "dronekit+tcp:LocalHost.:5760"),
    ("tcp:::1:5760", "tcp:0::1:5760"),
    ("udpout:localhost:14550", "udpout:127.0.0.1:14550"),
    ("tcp:Radio.example:5760", "tcp:radio.EXAMPLE.:5760"),
    ("serial:/dev/zero:57600", "serial:/dev//zero:115200"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_another_spelling_of_a_link_is_the_same_link(one: str, other: str, tmp_path: Path) -> None:
    CoreLock(tmp_path / "one", [parse_address(one), parse_address(other)]).close()
    lock = CoreLock(tmp_path / "one", [parse_address(one)])
    with pytest.raises(ConflictError, match="used by another flight core"):
        CoreLock(tmp_path / "two", [parse_address(other)])
    lock.close()


def test_another_name_of_a_device_is_the_same_device(tmp_path: Path) -> None:
    (tmp_path / "by-id").symlink_to("/dev/full")
    lock = CoreLock(tmp_path / "one", [parse_address("serial:/dev/full:57600")])
    with pytest.raises(ConflictError, match="used by another flight core"):
        CoreLock(tmp_path / "two", [parse_address(f"serial:{tmp_path / 'by-id'}:57600")])
    lock.close()


@pytest.mark.parametrize("other", ["tcp:127.0.0.1:5761", "udpout:127.0.0.1:5760", "tcp:127.0.0.2:5760"])
def test_another_place_is_another_link(other: str, tmp_path: Path) -> None:
    lock = CoreLock(tmp_path / "one", [parse_address("tcp:127.0.0.1:5760")])
    beside = CoreLock(tmp_path / "two", [parse_address(other)])
    assert holder(tmp_path / "one") == holder(tmp_path / "two") == os.getpid()
    with pytest.raises(ConflictError, match="used by another flight core"):
        CoreLock(tmp_path / "three", [parse_address(other)])
    beside.close()
    lock.close()


def test_who_looks_for_the_holder_is_no_holder_and_keeps_no_core_from_starting(tmp_path: Path) -> None:
    CoreLock(tmp_path, []).close()
    looking = [
        subprocess.Popen([sys.executable, "-c", LOOKING, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(2)
    ]
    try:
        for process in looking:
            assert process.stdout is not None
            assert process.stdout.readline() == b"looking\n"
        for _ in range(300):
            assert holder(tmp_path) is None
            lock = CoreLock(tmp_path, [])
            assert holder(tmp_path) == os.getpid()
            lock.close()
    finally:
        for process in looking:
            process.kill()
            process.communicate()


def test_an_old_word_in_the_lock_file_names_nobody_else(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    lock = CoreLock(tmp_path, [])
    (tmp_path / NAME).write_text(f"{other.pid}\n")
    assert holder(tmp_path) == os.getpid()
    lock.close()
    other.communicate()


@pytest.mark.parametrize("code", DISK)
@pytest.mark.parametrize("existing", [True, False])
def test_a_disk_that_writes_nothing_keeps_no_core_from_starting(
    *, code: int, existing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if existing:
        (tmp_path / NAME).write_text("1\n")
    really = os.open

    def refuse(path: Any, flags: int, *more: Any) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY):
            raise OSError(code, os.strerror(code), path)
        return really(path, flags, *more)

    def full(*_: Any) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "pwrite", full)
    monkeypatch.setattr(os, "ftruncate", full)
    link = _link(tmp_path)
    lock = CoreLock(tmp_path, [link])
    with pytest.raises(ConflictError):
        CoreLock(tmp_path / "copy", [link])
    if existing:
        assert lock.problem is None
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(ConflictError, match="running already"):
            CoreLock(tmp_path, [])
    else:
        assert lock.problem is not None
        assert os.strerror(code) in lock.problem.en
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(ConflictError, match="running already"):
            CoreLock(tmp_path, [])
    lock.close()
    assert holder(tmp_path) is None


_SQUATTER = """
import os, socket, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
held = []
for name in sys.argv[1:]:
    held.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
    held[-1].bind("\\0" + name)
    held[-1].listen()
print("held", flush=True)
input()
"""


@contextlib.contextmanager
def _squatted(*names: str) -> Iterator[None]:
    """Have names of this machine taken by another user."""
    other = subprocess.Popen([sys.executable, "-c", _SQUATTER, *names], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield
    finally:
        other.communicate()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_a_stranger_who_takes_every_name_keeps_no_core_away_and_hides_none(tmp_path: Path) -> None:
    link = _link(tmp_path)
    folder = tmp_path / "station"
    names = [_name_of(folder), _name_of_link(link.end), f"{_name_of(folder)}/x", f"{_name_of_link(link.end)}/x"]
    with _squatted(*names):
        assert holder(folder) is None
        lock = CoreLock(folder, [link])
        assert lock.problem is not None
        assert "another user of this machine" in lock.problem.en
        assert holder(folder) == os.getpid()
        with pytest.raises(ConflictError, match="used by another flight core"):
            CoreLock(tmp_path / "copy", [link])
        (folder / NAME).unlink()
        assert holder(folder) == os.getpid()
        with pytest.raises(ConflictError, match="running already"):
            CoreLock(folder, [])
        lock.close()
        assert holder(folder) is None
        CoreLock(tmp_path / "copy", [link]).close()
    with contextlib.closing(CoreLock(folder, [link])) as lock:
        assert lock.problem is None


@pytest.mark.parametrize("ends_before", [False, True])
def test_a_silent_disk_holds_no_core_up_and_its_lock_is_taken_when_it_answers(
    *, ends_before: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, answers, waiting = os.open, threading.Event(), threading.Event()

    def silent(path: Any, flags: int, *more: Any) -> int:
        if threading.current_thread().name == "folder lock":
            waiting.set()
            answers.wait(30.0)
        return really(path, flags, *more)

    monkeypatch.setattr(os, "open", silent)
    link, began_s = _link(tmp_path), time.monotonic()
    lock = CoreLock(tmp_path / "station", [link])
    assert time.monotonic() - began_s < 5.0
    assert waiting.is_set()
    assert lock.problem is not None
    assert "the disk does not answer" in lock.problem.en
    assert holder(tmp_path / "station") == os.getpid()
    if ends_before:
        lock.close()
    answers.set()
    _until((tmp_path / "station" / NAME).exists)
    if not ends_before:
        _until(lambda: lock.problem is None)
        lock.close()
    _until(lambda: _is_free(tmp_path / "station" / NAME))
    CoreLock(tmp_path / "station", [link]).close()


def _until(seen: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 10.0
    while not seen():
        assert time.monotonic() < until_s
        time.sleep(0.01)


def _is_free(path: Path) -> bool:
    with path.open("rb") as file, contextlib.suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


_HOLDING = """
import os, pathlib, sys
from ground_station.flight.core_lock import CoreLock
from ground_station.flight.links.address import parse_address
really = os.open
def refuse(path, flags, *more):
    if str(path).endswith("flight.lock"):
        raise OSError(30, "read-only", path)
    return really(path, flags, *more)
os.open = refuse
lock = CoreLock(pathlib.Path(sys.argv[1]), [parse_address(sys.argv[2])])
print(lock.problem.en, flush=True)
input()
"""


def test_a_core_without_its_folders_lock_is_found_and_gone_when_it_is_killed(tmp_path: Path) -> None:
    folder, link = tmp_path / "station", f"serial:{tmp_path}/port:57600"
    call = [sys.executable, "-c", _HOLDING, str(folder), link]
    for _ in range(2):
        core = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert core.stdout is not None
        assert b"without the lock" in core.stdout.readline()
        assert holder(folder) == core.pid
        assert holder(tmp_path / "." / "station") == core.pid
        assert holder(tmp_path / "copy") is None
        with pytest.raises(ConflictError, match="used by another flight core"):
            CoreLock(tmp_path / "copy", [parse_address(link)])
        with pytest.raises(ConflictError, match="running already"):
            CoreLock(folder, [])
        core.kill()
        core.communicate()
        assert holder(folder) is None


def test_a_file_where_the_folder_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "station").write_text("")
    with pytest.raises(UnavailableError, match="cannot use the flight core's folder"):
        CoreLock(tmp_path / "station", [parse_address("tcp:127.0.0.1:1")])
