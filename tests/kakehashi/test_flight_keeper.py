"""Starting a flight core on a machine that refuses, and its end with a thread that a disk holds."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fleet.realm import Realm
from ground_station.flight.socket_client import SocketFlight
from kakehashi import flight_keeper
from kakehashi.flight_keeper import ERRORS, FlightKeeper

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
def test_what_cores_said_at_their_end_is_kept_up_to_a_megabyte(before: int, after: int, tmp_path: Path) -> None:
    (tmp_path / ERRORS).write_bytes(b"x" * before)
    with flight_keeper._errors(tmp_path / ERRORS) as descriptor:
        os.write(descriptor, b"more")
    assert (tmp_path / ERRORS).stat().st_size == after + 4


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
