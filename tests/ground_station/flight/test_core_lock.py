"""One core a folder and one a link, on whatever disk."""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import wait as futures_wait
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import ConflictError, UnavailableError
from ground_station.flight import core_lock
from ground_station.flight.core_lock import NAME, CoreLock, _name_of, _name_of_link, holder
from ground_station.flight.links.address import LinkAddress, Scheme, parse_address

LONG = "/dev/serial/by-id/usb-Silicon_Labs_CP2102N_USB_to_UART_Bridge_Controller_0123456789abcdef0123456789abcdef"
PORT = str(20_000 + os.getpid() % 20_000)
"""A port of which nobody else on this machine tests at the same time."""
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
    one, other = (name.replace("5760", PORT) for name in (one, other))
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
    other = other.replace("5760", PORT)
    lock = CoreLock(tmp_path / "one", [parse_address(f"tcp:127.0.0.1:{PORT}")])
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


_TAKING = """
import codecs, json, os, pathlib, socket, sys
from fleet.errors import ConflictError
from ground_station.flight.core_lock import CoreLock, holder
from ground_station.flight.links.address import parse_address
codecs.lookup("ascii")  # what Python itself loads late, it may find forbidden then
os.setgroups([]); os.setgid(int(os.environ["AS_USER"])); os.setuid(int(os.environ["AS_USER"]))
held = []
for name in json.loads(os.environ.get("NAMES", "[]")):
    held.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
    held[-1].bind("\\0" + name)
    if os.environ["LISTENS"]:
        held[-1].listen()
said = "held"
if "FOLDER" in os.environ:
    folder = pathlib.Path(os.environ["FOLDER"])
    try:
        lock = CoreLock(folder, [parse_address(os.environ["LINK"])])
        said = json.dumps([str(lock.problem and lock.problem.en), holder(folder), os.getpid()])
    except ConflictError as error:
        said = "conflict: " + error.what.en
print(said, flush=True)
sys.stdin.readline()
"""
APART = ("unshare", "--pid", "--fork", "--mount-proc")
ONE, OTHER = 64_001, 64_002
ROOT = 0


@contextlib.contextmanager
def _taking(user: int, *, apart: bool = False, name: str = "kakehashi.flight_process", **more: str) -> Iterator[str]:
    """Run a process of a user, perhaps in a PID namespace of its own; give what it said."""
    command = [*(APART if apart else ()), sys.executable, "-c", _TAKING, name]
    env = {**os.environ, "AS_USER": str(user), "LISTENS": "yes", **more}
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate("\n")


@pytest.fixture
def place() -> Iterator[Path]:
    """Give a folder in which each user may make folders of their own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
needs_namespaces = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run([*APART, "true"], check=False, capture_output=True).returncode != 0,
    reason="this machine gives no PID namespace",
)
CORES = [
    pytest.param(*row, marks=needs_namespaces if row[1] or row[3] else ())
    for row in (
        (ROOT, False, ONE, False),
        (ONE, False, ROOT, False),
        (ONE, False, OTHER, False),
        (ROOT, True, ROOT, False),
        (ROOT, False, ROOT, True),
        (ONE, True, OTHER, False),
        (ONE, False, OTHER, True),
        (ONE, True, ONE, True),
    )
]


@needs_root
@pytest.mark.parametrize(("first", "first_apart", "second", "second_apart"), CORES)
def test_two_cores_of_whatever_users_and_containers_are_never_on_one_link(
    *, first: int, first_apart: bool, second: int, second_apart: bool, place: Path
) -> None:
    link = f"serial:{place}/port:57600"
    with _taking(first, apart=first_apart, FOLDER=f"{place}/one", LINK=link) as said:
        assert json.loads(said)[0] == "None"
        with _taking(second, apart=second_apart, FOLDER=f"{place}/two", LINK=link) as refused:
            assert refused.startswith("conflict: ")
            assert "used by another flight core" in refused
            assert f"of user {first}" in refused
            assert ("not seen from here" in refused) == second_apart


def _names_of(place: Path) -> list[str]:
    link = parse_address(f"serial:{place}/port:57600")
    names = [_name_of(place / "one"), _name_of_link(link.end)]
    return [*names, *(f"{name}/x" for name in names)]


@needs_root
def test_a_stranger_who_is_no_core_keeps_none_away_is_said_and_hides_none(place: Path) -> None:
    link, names = f"serial:{place}/port:57600", json.dumps(_names_of(place))
    with _taking(OTHER, name="something else", NAMES=names):
        with _taking(ONE, FOLDER=f"{place}/one", LINK=link) as said:
            problem, found, core = json.loads(said)
            assert "another user of this machine" in problem
            assert f"user {OTHER}" in problem
            assert found == core
            for folder, words in (("one", "running already"), ("copy", "used by another flight core")):
                (place / "one" / NAME).unlink(missing_ok=True)
                with _taking(ONE, FOLDER=f"{place}/{folder}", LINK=link) as refused:
                    assert words in refused
                    assert f"process {core} of user {ONE}" in refused
        with _taking(ONE, FOLDER=f"{place}/one", LINK=link) as said:
            assert "another user of this machine" in json.loads(said)[0]
    with _taking(ONE, FOLDER=f"{place}/one", LINK=link) as said:
        assert json.loads(said)[0] == "None"


@needs_root
@pytest.mark.parametrize(
    ("holder_of_name", "listens"),
    [
        ("something else", ""),  # nobody can be asked
        ("/srv/kakehashi/bin/python -m kakehashi.flight_process", "yes"),
        ("/usr/bin/kakehashi flight --drill", "yes"),
    ],
)
def test_a_holder_who_is_not_proven_to_be_no_core_is_taken_for_one(
    holder_of_name: str, listens: str, place: Path
) -> None:
    link, names = f"serial:{place}/port:57600", _names_of(place)
    for taken in ([names[1]], [names[3]]):
        with (
            _taking(OTHER, name=holder_of_name, NAMES=json.dumps(taken), LISTENS=listens),
            _taking(ONE, FOLDER=f"{place}/one", LINK=link) as refused,
        ):
            assert "used by another flight core" in refused
            assert (f"of user {OTHER}" if listens else "cannot be told") in refused


@needs_root
def test_who_asks_more_than_a_core_answers_hides_it_from_no_other(place: Path) -> None:
    link = parse_address(f"serial:{place}/port:57600")
    lock = CoreLock(place / "one", [link])
    asking = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(300)]
    for one in asking:
        one.setblocking(False)
        one.connect(f"\0{_name_of_link(link.end)}")
    with _taking(OTHER, FOLDER=f"{place}/two", LINK=str(link)) as refused:
        assert "used by another flight core" in refused
    for one in asking:
        one.close()
    lock.close()


@pytest.mark.parametrize("taken", [False, True])
def test_of_cores_that_start_at_once_one_goes_on(*, taken: bool, place: Path) -> None:
    if taken and os.getuid() != 0:
        pytest.skip("only root can become another user")
    link = parse_address(f"serial:{place}/port:57600")
    names = json.dumps([_name_of_link(link.end)] if taken else [])
    user = str(ONE if os.getuid() == 0 else os.getuid())
    with contextlib.ExitStack() as stack:
        stack.enter_context(_taking(OTHER if os.getuid() == 0 else os.getuid(), name="something else", NAMES=names))
        env = {**os.environ, "AS_USER": user, "LINK": str(link), "LISTENS": ""}
        cores = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", _TAKING, "kakehashi.flight_process"],
                    env={**env, "FOLDER": f"{place}/{number}"},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(4)
        ]
        said = [core.stdout.readline() for core in cores if core.stdout is not None]
        for core in cores:
            core.communicate("\n")
    assert sum(one.startswith("conflict") for one in said) == 3


def test_a_core_that_ends_just_now_keeps_the_next_one_not_away(tmp_path: Path) -> None:
    link = _link(tmp_path)
    first = CoreLock(tmp_path / "one", [link])
    threading.Timer(0.1, first.close).start()
    second = CoreLock(tmp_path / "two", [link])
    assert second.problem is None
    second.close()


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


def test_a_disk_that_answers_just_after_its_time_leaves_no_word_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    really = os.open

    def slow(path: Any, flags: int, *more: Any) -> int:
        if threading.current_thread().name == "folder lock":
            answers.wait(30.0)
        return really(path, flags, *more)

    def just_missed(waited: list[Future[int]], timeout: float) -> Any:
        ended = futures_wait(waited, timeout=timeout / 1e6)
        answers.set()
        futures_wait(waited)
        return ended

    monkeypatch.setattr(os, "open", slow)
    monkeypatch.setattr(core_lock, "wait", just_missed)
    lock = CoreLock(tmp_path, [])
    assert lock.problem is None
    assert not _is_free(tmp_path / NAME)
    lock.close()


@pytest.mark.parametrize("late", ["held", "forbidden", "broken"])
def test_what_a_late_disk_says_against_the_lock_is_said(
    late: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"held": "running already", "forbidden": "cannot use", "broken": os.strerror(errno.EIO)}[late]
    really, answers = os.open, threading.Event()

    def silent(path: Any, flags: int, *more: Any) -> int:
        if threading.current_thread().name == "folder lock":
            answers.wait(30.0)
            if late != "held":
                raise OSError(errno.EACCES if late == "forbidden" else errno.EIO, "", path)
        return really(path, flags, *more)

    (tmp_path / "station").mkdir()
    (tmp_path / "other name").symlink_to(tmp_path / "station")
    other = CoreLock(tmp_path / "other name", [])
    monkeypatch.setattr(os, "open", silent)
    lock = CoreLock(tmp_path / "station", [])
    answers.set()
    _until(lambda: lock.problem is not None and said in lock.problem.en)
    lock.close()
    other.close()


def test_who_looks_for_the_holder_waits_for_no_silent_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = CoreLock(tmp_path, [])
    answers, asked = threading.Event(), threading.Event()

    def silent(*_: Any) -> int:
        asked.set()
        answers.wait(30.0)
        raise OSError(errno.EIO, "")

    monkeypatch.setattr(os, "open", silent)
    assert holder(tmp_path) == os.getpid()
    assert not asked.is_set()
    lock.close()
    began_s = time.monotonic()
    assert holder(tmp_path) is None
    assert time.monotonic() - began_s < 5.0
    assert asked.is_set()
    answers.set()


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
