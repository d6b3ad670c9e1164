"""Mosquitto as a supervised child: started with our configuration, started again when it dies.

It has no limit of its own for who connects and says nothing (90 s until it looks), and at `max_connections` it refuses
devices and strangers alike. It therefore listens at a Unix socket only, and our door has the port: what was let in is
passed on byte for byte.
"""

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from types import TracebackType

import structlog

from fleet.errors import UnavailableError
from fleet.places import PlaceLimits
from fleet.process import bound_to_us
from fleet.set_aside import BrokenParts, make_way
from fleet.text import Text
from telemetry.brokers.access import DeviceBook
from telemetry.brokers.door import MQTT_3_1_1, MQTT_5
from telemetry.brokers.doorkeeper import USUAL_PLACES, Doorkeeper, Entrance
from telemetry.brokers.free_port import port_taken
from telemetry.brokers.left_behind import PROCESS_FILE, end_left_behind, note_process
from telemetry.brokers.mosquitto_files import ACCESS, CONFIGURATION, PASSWORDS, access, configuration, passwords

_log = structlog.get_logger(__name__)

START_WITHIN_S = 5.0
STOP_WITHIN_S = 3.0
RESTART_FIRST_S = 0.2
RESTART_MOST_S = 5.0
_SOCKET = "mosquitto.sock"
_LONGEST_SOCKET_PATH_BYTES = 100
_LOOK_EVERY_S = 0.02
_PIECE_BYTES = 64 * 1024


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
        limits: PlaceLimits = USUAL_PLACES,
        broken: BrokenParts | None = None,
    ) -> None:
        self._book = book
        self._folder = folder.absolute()
        self._broken = broken or BrokenParts()
        self.host = host
        self.port = port
        self.restarts = 0
        self.door = Doorkeeper(book=book, serve=self._pass_on, limits=limits, versions=(MQTT_3_1_1, MQTT_5))
        self._socket = self._folder / _SOCKET
        self._elsewhere: tempfile.TemporaryDirectory[str] | None = None
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
        try:
            self.port = self.door.bind(self.host, self.port)
            await asyncio.to_thread(self._write_files)
            await self._spawn(program)
            self._watch = asyncio.create_task(self._keep_running(program))
            await self.door.open()
        except OSError as error:
            await self.stop()
            raise port_taken(self.port) from error
        except UnavailableError:
            await self.stop()
            raise

    @property
    def _configuration(self) -> Path:
        return self._folder.absolute() / CONFIGURATION

    def _write_files(self) -> None:
        if len(os.fsencode(self._socket)) > _LONGEST_SOCKET_PATH_BYTES and self._elsewhere is None:
            # The kernel takes 107 bytes of a Unix socket's path.
            self._elsewhere = tempfile.TemporaryDirectory(prefix="kakehashi-")
            self._socket = Path(self._elsewhere.name) / _SOCKET
        contents = {
            CONFIGURATION: configuration(self._folder, door=self._socket, user=getpass.getuser()),
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
            await asyncio.to_thread(note_process, self._folder, self._process.pid)
        try:
            async with asyncio.timeout(START_WITHIN_S):
                await self._until_listening(self._process)
        except TimeoutError as error:
            self._process.kill()
            raise _did_not_start(self._process.returncode) from error

    async def _until_listening(self, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_unix_connection(self._socket)
                writer.close()
                return
            await asyncio.sleep(_LOOK_EVERY_S)
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

    async def _pass_on(self, entrance: Entrance) -> None:
        """Join who was let in with Mosquitto until either side ends; one that is starting again is waited for."""
        try:
            async with asyncio.timeout(START_WITHIN_S):
                reader, writer = await self._connected()
        except TimeoutError:
            entrance.writer.write(entrance.knock.not_now)
            return
        writer.write(entrance.seen)
        ways = [
            asyncio.create_task(_copy(entrance.reader, writer)),
            asyncio.create_task(_copy(reader, entrance.writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            with contextlib.suppress(OSError):
                return await asyncio.open_unix_connection(self._socket)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def reload(self) -> None:
        """Take over what the device book says now: connections of revoked devices end at once."""
        self.door.throw_out_revoked()
        await asyncio.to_thread(self._write_files)
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGHUP)

    async def stop(self) -> None:
        """Give the port back and end the child, by force after 3 s."""
        self.door.stop_listening()
        if self._watch is not None:
            self._watch.cancel()
            # Not awaited plainly: what it fell by, or our own cancellation, must not be taken for its end.
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            await _end(process)
        self.door.close()
        if self._elsewhere is not None:
            self._elsewhere.cleanup()
            self._elsewhere = None

    async def __aenter__(self) -> "MosquittoBroker":
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE_BYTES):
        writer.write(piece)
        await writer.drain()


async def _end(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    try:
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


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
