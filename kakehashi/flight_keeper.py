"""Starts the flight core of a run, takes up one that lives, starts it again when it falls; but never ends with it.

The core runs in a session of its own: Ctrl-C, Ctrl-Z and the end of a terminal do not reach it, its output goes to a
file, and a supervisor that stands still holds it up no more than one that is gone.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import structlog

from fleet import own_thread
from fleet.errors import FleetError, UnavailableError
from fleet.text import Text
from ground_station.flight.core_lock import holder
from ground_station.flight.port import CoreReport
from ground_station.flight.socket_client import SocketFlight

_log = structlog.get_logger(__name__)

ERRORS = "flight-errors.log"
"""What a core says that cannot even log, in the station's folder."""
_BACK_OFF_S = (0.05, 0.2, 0.5, 0.8)
_SAID_AFTER = 4
_MOST_ERRORS_BYTES = 1_000_000
_STEADY_S = 30.0
_LOOK_EVERY_S = 0.1
_STATUS_S = 2.0
_STOP_S = 5.0
_DISK_S = 0.5
"""How long the folder's disk is waited for before the core starts without its file for errors."""
_HOLDER_S = 2.0
_LISTENED_S = 60.0
"""A core that has listened for so long to an aircraft that it never heard holds nobody up because of it."""


class FlightKeeper:
    """Keeps one flight core running; cancel `run` and it flies on."""

    def __init__(
        self,
        folder: Path,
        port: SocketFlight,
        environment: Mapping[str, str],
        on_ready: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._port = port
        self._environment = environment
        self._on_ready = on_ready
        self._say = say
        self.pid: int | None = None
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._opening: Future[int] | None = None

    async def run(self) -> None:
        """Keep it running until cancelled."""
        falls = 0
        while True:
            began_s = asyncio.get_running_loop().time()
            self.pid = await self._holder()
            if self.pid is None:
                self.pid = await self._started()
            watch = asyncio.create_task(self._tell_ready())
            try:
                await _gone(self.pid)
            finally:
                watch.cancel()
            falls = 0 if asyncio.get_running_loop().time() - began_s > _STEADY_S else falls + 1
            await self._tell_fall(falls)
            self.pid = None
            await asyncio.sleep(_BACK_OFF_S[min(falls, len(_BACK_OFF_S) - 1)])

    async def _started(self) -> int:
        """Start a core, again and again where the machine refuses; returns its process id."""
        tries = 0
        while True:
            try:
                return await self._start()
            except OSError as error:  # no memory, no process, no descriptor
                tries += 1
                _log.warning("the flight core cannot be started now", why=str(error), tries=tries)
                if tries == _SAID_AFTER:
                    self._say(f"飛行の中枢を起動できません: {error} / the flight core cannot be started: {error}")
                await asyncio.sleep(_BACK_OFF_S[min(tries, len(_BACK_OFF_S) - 1)])

    async def _holder(self) -> int | None:
        """Return the process of the core that holds the folder, or None; the loop goes on while it is looked for."""
        with contextlib.suppress(TimeoutError):
            try:
                return await own_thread.within(_HOLDER_S, partial(holder, self._folder), name="flight core")
            except BlockingIOError:  # no thread to be had; it asks no disk then
                return holder(self._folder)
        return None

    async def _start(self) -> int:
        """Start a core; returns its process id. Raises OSError where the machine has no room for one."""
        self.starts += 1
        errors = await self._errors()
        try:
            self._process = _begun(self._environment, errors)
        finally:
            if errors != subprocess.DEVNULL:
                os.close(errors)
        return self._process.pid

    async def _errors(self) -> int:
        """Return the file for what a core says that cannot even log; nowhere where its disk has none in 0.5 s.

        What it gives later is for the next core.
        """
        with contextlib.suppress(OSError):
            if self._opening is None:
                self._opening = own_thread.begin(partial(_opened, self._folder / ERRORS), name="flight errors")
            if await own_thread.ends_within(_DISK_S, self._opening):
                opened, self._opening = self._opening, None
                return opened.result()
        return subprocess.DEVNULL

    async def _tell_ready(self) -> None:
        while True:
            try:
                async for _ in self._port.follow():
                    self._on_ready()
                    return
            except FleetError:
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _tell_fall(self, falls: int) -> None:
        _log.warning("the flight core ended, starting it again", falls=falls)
        if falls > 3:
            last = ""
            with contextlib.suppress(OSError):
                last = await own_thread.within(
                    _DISK_S, partial(_last_line, self._folder / ERRORS), name="flight errors"
                )
            words = f"飛行の中枢が起動できません。{last} / the flight core cannot start: {last}"
            self._say(words)

    async def flying(self) -> tuple[Text, ...] | None:
        """Return the names of the aircraft whose motors run, or may; None if the core does not answer.

        One that its core has not heard yet may fly, unless the core has listened for a minute.
        """
        try:
            async with asyncio.timeout(_STATUS_S):
                return _armed(await anext(self._port.follow()))
        except (FleetError, TimeoutError):
            return None

    async def stop(self) -> None:
        """End the core, whatever flies; its aircraft fly on as they were told.

        Raises UnavailableError where it is another user's.
        """
        pid = await self._holder()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            _end(pid)
        try:
            async with asyncio.timeout(_STOP_S):
                await _gone(pid)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            await _gone(pid)


def _begun(environment: Mapping[str, str], errors: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "kakehashi.flight_process"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        env=dict(environment),
        start_new_session=True,
    )


def _opened(path: Path) -> int:
    """Return the file for errors, emptied beyond 1 MB, in a folder that is made for it; raises OSError."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with contextlib.suppress(OSError):
        if os.fstat(descriptor).st_size > _MOST_ERRORS_BYTES:
            os.ftruncate(descriptor, 0)
    return descriptor


def _end(pid: int) -> None:
    """Ask a core to end; raises UnavailableError where it is another user's, ProcessLookupError where it is gone."""
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError as error:
        raise UnavailableError(
            Text(
                f"飛行の中枢（プロセス {pid}）は別の利用者のものです",
                f"the flight core, process {pid}, is another user's",
            ),
            Text("起動した利用者で止めてください", "end it as the user who started it"),
        ) from error


def _armed(report: CoreReport) -> tuple[Text, ...]:
    listened = report.up_s > _LISTENED_S
    return tuple(
        vehicle.name
        for vehicle in report.vehicles
        if vehicle.state.armed or (vehicle.state.may_be_armed and not listened)
    )


async def _gone(pid: int) -> None:
    """Wait until a process is gone, a child of this one or not."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    except OSError:  # no descriptor to be had
        await _looked_gone(pid)
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        _bury(pid)


async def _looked_gone(pid: int) -> None:
    """Look now and then whether a process is gone."""
    while True:
        _bury(pid)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(_LOOK_EVERY_S)


def _bury(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return lines[-1][:300] if lines else ""
