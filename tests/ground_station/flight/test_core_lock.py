"""One core a folder and one a link, on whatever disk."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import ConflictError, UnavailableError
from ground_station.flight.core_lock import NAME, CoreLock, holder
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
    lock.close()


def test_a_file_where_the_folder_should_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "station").write_text("")
    with pytest.raises(UnavailableError, match="cannot use the flight core's folder"):
        CoreLock(tmp_path / "station", [parse_address("tcp:127.0.0.1:1")])
