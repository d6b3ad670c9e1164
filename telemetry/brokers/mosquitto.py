"""Mosquitto as a supervised child: started with our configuration, started again when it dies."""

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import time
from pathlib import Path
from types import TracebackType

import structlog

from fleet.errors import UnavailableError
from fleet.process import bound_to_us
from fleet.set_aside import BrokenParts, make_way
from fleet.text import Text
from telemetry.brokers.access import DeviceBook
from telemetry.brokers.free_port import free_port, is_free, port_taken
from telemetry.brokers.left_behind import PROCESS_FILE, end_left_behind, note_process
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

    The child ends with this process, whatever ends that; one that an earlier owner left behind is ended. `folder`
    holds its files; what stands in their way is set aside and told to `broken`. `port` 0 takes a free one; read `port`
    afterwards. `restarts` counts deaths.
    """

    def __init__(
        self,
        *,
        book: DeviceBook,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 8730,
        broken: BrokenParts | None = None,
    ) -> None:
        self._book = book
        self._folder = folder
        self._broken = broken or BrokenParts()
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
        if await asyncio.to_thread(end_left_behind, self._folder, self._configuration):
            _log.warning("ended a mosquitto that an earlier run left behind", folder=str(self._folder))
        if self.port == 0:
            self.port = free_port(self.host)
        elif not is_free(self.host, self.port):
            raise port_taken(self.port)
        await asyncio.to_thread(self._write_files)
        await self._spawn(program)
        self._watch = asyncio.create_task(self._keep_running(program))

    @property
    def _configuration(self) -> Path:
        return self._folder.absolute() / CONFIGURATION

    def _write_files(self) -> None:
        listening = Listening(host=self.host, port=self.port, user=getpass.getuser())
        contents = {
            CONFIGURATION: configuration(self._folder.absolute(), listening),
            PASSWORDS: passwords(self._book.devices),
            ACCESS: access(self._book.devices),
        }
        try:
            self._make_way(self._folder, for_folder=True)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name, content in contents.items():
                for path in (self._folder / name, _new(self._folder / name)):
                    self._make_way(path, for_folder=False)
                _write_privately(self._folder / name, content)
            self._make_way(self._folder / PROCESS_FILE, for_folder=False)
        except OSError as error:
            raise UnavailableError(
                Text(f"mosquitto のファイルを書けません: {error}", f"mosquitto's files cannot be written: {error}"),
                Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
            ) from error

    def _make_way(self, path: Path, *, for_folder: bool) -> None:
        make_way(path, for_folder=for_folder, broken=self._broken, now_s=time.time())

    async def _spawn(self, program: str) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *bound_to_us(program, "-c", str(self._configuration)),
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        # Only for the next owner, if this one cannot end it: a disk that refuses must not stop the broker.
        with contextlib.suppress(OSError):
            note_process(self._folder, self._process.pid)
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


def _new(path: Path) -> Path:
    return path.with_suffix(".new")


def _write_privately(path: Path, content: str) -> None:
    new = _new(path)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    new.replace(path)


def _did_not_start(code: int | None) -> UnavailableError:
    return UnavailableError(
        Text(f"mosquitto が起動しません（終了コード {code}）", f"mosquitto does not start (exit code {code})"),
        Text("mosquitto.conf とポートを確認してください", "check mosquitto.conf and the port"),
    )
