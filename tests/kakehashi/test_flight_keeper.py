"""Starting a flight core on a machine that refuses, and its end with a thread that a disk holds."""

import asyncio
import errno
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import UnavailableError
from fleet.realm import Realm
from ground_station.flight.socket_client import SocketFlight
from kakehashi import flight_keeper
from kakehashi.flight_keeper import ERRORS, FlightKeeper
from tests.ground_station.flight.aircraft import eventually

_STUCK = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from kakehashi import flight_process
from kakehashi.settings import Settings

async def crash(settings):
    pool = ThreadPoolExecutor(1)
    pool.submit(threading.Event().wait)
    print("at work", flush=True)
    raise RuntimeError("nobody thought of this")

flight_process.run_flight = crash
flight_process.run_here(Settings(home=Path(sys.argv[1])))
"""


class Started:
    pid = 4711


def _keeper(folder: Path, said: list[str]) -> FlightKeeper:
    port = SocketFlight(folder / "flight.sock", realm=Realm.DRILL, town="demo")
    return FlightKeeper(folder, port, {}, lambda: None, said.append)


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE])
async def test_a_machine_without_room_for_a_core_is_asked_again_and_said(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    tries: list[object] = []

    def start(*_: Any, **more: Any) -> Started:
        tries.append(more["stderr"])
        if len(tries) < 6:
            raise OSError(code, os.strerror(code))
        return Started()

    monkeypatch.setattr(subprocess, "Popen", start)
    assert await _keeper(tmp_path, said)._started() == Started.pid
    assert len(tries) == 6
    assert len(said) == 1
    assert os.strerror(code) in said[0]


async def test_a_folder_that_cannot_be_written_keeps_no_core_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    streams: list[object] = []

    def start(*_: Any, **more: Any) -> Started:
        streams.append(more["stderr"])
        return Started()

    monkeypatch.setattr(subprocess, "Popen", start)
    assert await _keeper(tmp_path / "file" / "station", [])._started() == Started.pid
    assert streams == [subprocess.DEVNULL]


@pytest.mark.parametrize(("before", "after"), [(1_000_000, 1_000_000), (1_000_001, 0)])
async def test_what_cores_said_at_their_end_is_kept_up_to_a_megabyte(before: int, after: int, tmp_path: Path) -> None:
    (tmp_path / ERRORS).write_bytes(b"x" * before)
    descriptor = await _keeper(tmp_path, [])._errors()
    os.write(descriptor, b"more")
    os.close(descriptor)
    assert (tmp_path / ERRORS).stat().st_size == after + 4


class HangingDisk:
    """Lets no call on a folder end before it answers."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = str(folder)
        self._answers = threading.Event()
        for name in ("open", "mkdir", "stat"):
            monkeypatch.setattr(os, name, partial(self._hang, getattr(os, name)))
        monkeypatch.setattr(io, "open", partial(self._hang, io.open))

    def _hang(self, really: Callable[..., Any], path: Any, *more: Any, **named: Any) -> Any:
        if str(path).startswith(self._folder):
            self._answers.wait(20.0)
        return really(path, *more, **named)

    def answer(self) -> None:
        self._answers.set()


async def test_a_disk_that_hangs_keeps_no_core_from_starting_and_the_loop_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams: list[int] = []
    files: list[str] = []
    said: list[str] = []

    def start(*_: Any, **more: Any) -> Started:
        streams.append(more["stderr"])
        files.append("" if streams[-1] == subprocess.DEVNULL else str(Path(f"/proc/self/fd/{streams[-1]}").readlink()))
        return Started()

    async def gone(_: int) -> None:
        await asyncio.sleep(0.01)

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(flight_keeper, "_gone", gone)
    station = tmp_path / "station"
    disk = HangingDisk(station, monkeypatch)
    keeper = _keeper(station, said)
    running = asyncio.create_task(keeper.run())
    worst_s, last_s = 0.0, time.monotonic()
    while not said:
        await asyncio.sleep(0.01)
        worst_s, last_s = max(worst_s, time.monotonic() - last_s), time.monotonic()
        assert not running.done()
    assert worst_s < 2.0
    assert set(streams) == {subprocess.DEVNULL}
    async with asyncio.timeout(5.0):
        await keeper.stop()
    disk.answer()
    await eventually(lambda: files[-1] != "", within_s=10.0)
    assert files[-1] == str(station / ERRORS)
    running.cancel()
    async with asyncio.timeout(5.0):
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_the_core_of_another_user_is_not_ended_and_that_is_said() -> None:
    other = os.fork()
    if other == 0:
        os.setuid(64_001)
        try:
            flight_keeper._end(os.getppid())
        except UnavailableError as error:
            os._exit(7 if "another user's" in error.what.en else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]) == 7


@pytest.mark.parametrize("place", ["home", "file"])
def test_a_core_that_falls_ends_though_a_thread_of_it_hangs_and_though_it_has_no_folder(
    place: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-c", _STUCK, str(tmp_path / place)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60.0, check=False)
    assert "at work" in ended.stdout
    assert ended.returncode == 1
    assert "nobody thought of this" in ended.stderr
