"""Starts the services as processes of their own, as they run in the field, and brings back one that falls over."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

import structlog

from kakehashi.events import Event, parse_event

_log = structlog.get_logger(__name__)

STOP_DEADLINE_S = 5.0
_BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)
_LOOK_EVERY_S = 0.05
_LAST_WORDS_S = 1.0
_STEADY_S = 60.0
_LINE_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One process: a name, the command line's words, and its environment."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    restart: bool = True


class ServiceProcess:
    """Keeps one service running until its owner is cancelled."""

    def __init__(
        self, service: Service, on_event: Callable[[Event], None], log_line: Callable[[str, str], None]
    ) -> None:
        self.service = service
        self._on_event = on_event
        self._log_line = log_line
        self._process: asyncio.subprocess.Process | None = None
        self.restarts = 0
        self.last_words: list[str] = []

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def run(self) -> None:
        """Run the service; after a fall, start it again, ever later if it keeps falling."""
        loop = asyncio.get_running_loop()
        falls = 0
        try:
            while True:
                began_s = loop.time()
                code = await self._tried_once()
                if not self.service.restart:
                    return
                falls = 0 if loop.time() - began_s > _STEADY_S else falls + 1
                wait_s = _BACK_OFF_S[min(falls, len(_BACK_OFF_S)) - 1] if falls else _BACK_OFF_S[0]
                self.restarts += 1
                _log.warning("service stopped, starting it again", service=self.service.name, code=code, wait_s=wait_s)
                await asyncio.sleep(wait_s)
        finally:
            await self.stop()

    async def _tried_once(self) -> int | None:
        """Run the service once; return its exit code, None where the machine had no room for it."""
        try:
            return await self._run_once()
        except OSError as error:  # no memory, no process, no descriptor: the others go on
            _log.warning("a service cannot be started now", service=self.service.name, why=str(error))
            self._heard(str(error))
            return None

    async def _run_once(self) -> int:
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kakehashi",
            *self.service.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(self.service.environment),
            limit=_LINE_LIMIT,
        )
        readers = [asyncio.ensure_future(self._read_events(process)), asyncio.ensure_future(self._read_log(process))]
        try:
            code = await _end_of(process)
            await asyncio.wait(readers, timeout=_LAST_WORDS_S)
        finally:
            for reader in readers:
                reader.cancel()
        return code

    async def _read_events(self, process: asyncio.subprocess.Process) -> None:
        async for line in _lines(process.stdout):
            event = parse_event(line)
            if event is not None:
                self._on_event(event)

    async def _read_log(self, process: asyncio.subprocess.Process) -> None:
        async for line in _lines(process.stderr):
            text = line.decode(errors="replace").rstrip()
            self._heard(text)
            self._log_line(self.service.name, text)

    def _heard(self, text: str) -> None:
        self.last_words = [*self.last_words[-19:], text]

    async def stop(self) -> None:
        """Ask the process to end, and end it after five seconds."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_DEADLINE_S):
                await _end_of(process)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await _end_of(process)


async def _end_of(process: asyncio.subprocess.Process) -> int:
    """Return the exit code as soon as the process ends; `wait` could wait for a child of it that has its pipes."""
    while True:
        code = process.returncode
        if code is not None:
            return code
        await asyncio.sleep(_LOOK_EVERY_S)


async def _lines(stream: asyncio.StreamReader | None) -> AsyncIterator[bytes]:
    if stream is None:
        return
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        yield line
