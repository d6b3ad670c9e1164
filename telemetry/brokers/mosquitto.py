"""Mosquitto as a supervised child: started with our configuration, started again when it dies."""

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
from pathlib import Path
from types import TracebackType

import structlog

from fleet.errors import UnavailableError
from fleet.text import Text
from telemetry.brokers.access import DeviceBook
from telemetry.brokers.free_port import free_port, is_free, port_taken
from telemetry.brokers.mosquitto_files import (
    ACCESS,
    CONFIGURATION,
    PASSWORDS,
    Listening,
    access,
    configuration,
    passwords,
)

_log = structlog.get_logger(__name__)

START_WITHIN_S = 5.0
STOP_WITHIN_S = 3.0
RESTART_FIRST_S = 0.2
RESTART_MOST_S = 5.0


class MosquittoBroker:
    """Runs while its `async with` block does; a child that dies is back within seconds.

    `folder` holds its files. `port` 0 takes a free one; read `port` afterwards. `restarts` counts deaths.
    """

    def __init__(self, *, book: DeviceBook, folder: Path, host: str = "127.0.0.1", port: int = 8730) -> None:
        self._book = book
        self._folder = folder
        self.host = host
        self.port = port
        self.restarts = 0
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def process_id(self) -> int | None:
        """Return the child's process id while it runs."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def start(self) -> None:
        """Write the files and start; raises UnavailableError if there is no mosquitto, or the port is taken."""
        program = _program()
        if self.port == 0:
            self.port = free_port(self.host)
        elif not is_free(self.host, self.port):
            raise port_taken(self.port)
        await asyncio.to_thread(self._write_files)
        await self._spawn(program)
        self._watch = asyncio.create_task(self._keep_running(program))

    def _write_files(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        listening = Listening(host=self.host, port=self.port, user=getpass.getuser())
        _write_privately(self._folder / CONFIGURATION, configuration(self._folder.absolute(), listening))
        _write_privately(self._folder / PASSWORDS, passwords(self._book.devices))
        _write_privately(self._folder / ACCESS, access(self._book.devices))

    async def _spawn(self, program: str) -> None:
        configured = str(self._folder / CONFIGURATION)
        self._process = await asyncio.create_subprocess_exec(
            program, "-c", configured, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(START_WITHIN_S):
                await self._until_listening(self._process)
        except TimeoutError as error:
            self._process.kill()
            raise _did_not_start(self._process.returncode) from error

    async def _until_listening(self, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(self.host, self.port)
                writer.close()
                return
            await asyncio.sleep(0.02)
        raise _did_not_start(process.returncode)

    async def _keep_running(self, program: str) -> None:
        pause_s = RESTART_FIRST_S
        while True:
            if self._process is not None:
                code = await self._process.wait()
                _log.error("mosquitto died, starting it again", code=code)
            self.restarts += 1
            await asyncio.sleep(pause_s)
            try:
                await self._spawn(program)
                pause_s = RESTART_FIRST_S
            except (UnavailableError, OSError) as error:
                _log.error("mosquitto did not start", error=str(error))
                pause_s = min(pause_s * 2.0, RESTART_MOST_S)

    async def reload(self) -> None:
        """Take over what the device book says now; Mosquitto then ends connections of revoked devices."""
        await asyncio.to_thread(self._write_files)
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGHUP)

    async def stop(self) -> None:
        """End the child, by force after 3 s."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def __aenter__(self) -> "MosquittoBroker":
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()


def _program() -> str:
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")
    if found is None:
        raise UnavailableError(
            Text("mosquitto が見つかりません", "mosquitto is not installed"),
            Text(
                "mosquitto を入れるか、設定の broker を embedded にしてください",
                "install mosquitto, or set broker to embedded",
            ),
        )
    return found


def _write_privately(path: Path, content: str) -> None:
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    new.replace(path)


def _did_not_start(code: int | None) -> UnavailableError:
    return UnavailableError(
        Text(f"mosquitto が起動しません（終了コード {code}）", f"mosquitto does not start (exit code {code})"),
        Text("mosquitto.conf とポートを確認してください", "check mosquitto.conf and the port"),
    )
