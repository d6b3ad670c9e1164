"""Owns one worker process: starts it, gives it a deadline, kills it when it hangs and starts another when it died."""

import asyncio
import os
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import structlog

from fleet.errors import ExpiredError, UnavailableError
from fleet.text import Text

_LOG = structlog.get_logger()
PAUSES_S = (0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 5.0)
_MAX_REPLY_BYTES = 16 * 1024 * 1024


class WorkerDiedError(UnavailableError):
    """The worker ended in the middle of a question."""

    code = "worker-died"


def worker_command(module: str, memory_bytes: int) -> tuple[str, ...]:
    """Return the command line of a worker module with its memory limit and its owner, with whom it ends."""
    return (sys.executable, "-m", module, str(memory_bytes), str(os.getpid()))


class WorkerProcess:
    """Asks a child process one question at a time, in frames of 4-byte big-endian length and content.

    `ask` raises ExpiredError after `deadline_s` (the child is killed) and WorkerDiedError when the child died of the
    question; either way the next question meets a fresh child, after a pause that grows while none of them answers.
    """

    def __init__(self, command: Sequence[str], *, deadline_s: float) -> None:
        self._command = tuple(command)
        self._deadline_s = deadline_s
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._falls = 0
        self.starts = 0

    async def __aenter__(self) -> Self:
        """Start the child, so that the first question finds it warm; should it not start, a question tries again."""
        async with self._turn:
            try:
                await self._running()
            except UnavailableError as error:
                _LOG.error("picture_worker_not_started", error=str(error))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        async with self._turn:
            await self._kill()

    @property
    def process_id(self) -> int | None:
        """Return the child's process id while it runs."""
        return None if self._child is None or self._child.returncode is not None else self._child.pid

    async def ask(self, *frames: bytes) -> bytes:
        """Return the child's answer to the frames of one question."""
        async with self._turn:
            child = await self._running()
            answered = False
            try:
                async with asyncio.timeout(self._deadline_s):
                    reply = await _exchange(child, frames)
                answered = True
                self._falls = 0
            except TimeoutError as error:
                raise ExpiredError(
                    Text(
                        f"写真の検査が {self._deadline_s:.0f} 秒で終わりませんでした",
                        f"checking the picture did not end within {self._deadline_s:.0f} s",
                    ),
                    Text("もう一度送るか、縮小して送ってください", "send it again, or shrink it first"),
                ) from error
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                raise WorkerDiedError(
                    Text("写真の検査が異常終了しました", "the picture checker ended unexpectedly"),
                    Text("別の写真を送ってください", "send another picture"),
                ) from error
            finally:
                if not answered:
                    await self._kill()
            return reply

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        await asyncio.sleep(PAUSES_S[min(self._falls, len(PAUSES_S) - 1)])
        self._falls += 1
        paths = os.pathsep.join(path for path in sys.path if path)
        try:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"PYTHONPATH": paths, "PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
                limit=_MAX_REPLY_BYTES,
            )
        except OSError as error:
            raise UnavailableError(
                Text(f"写真の検査を始められません: {error}", f"the picture checker cannot start: {error}"),
                Text("メモリの空きを確認してください", "check the machine's free memory"),
            ) from error
        self.starts += 1
        _LOG.debug("picture_worker_started", process=self._child.pid, starts=self.starts)
        return self._child

    async def _kill(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.wait()
        if child.stdin is not None:
            child.stdin.close()


async def _exchange(child: asyncio.subprocess.Process, frames: Sequence[bytes]) -> bytes:
    if child.stdin is None or child.stdout is None:
        message = "the child has no pipes"
        raise ConnectionError(message)
    for frame in frames:
        child.stdin.write(len(frame).to_bytes(4, "big"))
        child.stdin.write(frame)
        await child.stdin.drain()
    size = int.from_bytes(await child.stdout.readexactly(4), "big")
    if size > _MAX_REPLY_BYTES:
        message = "the answer is too long"
        raise ConnectionError(message)
    return await child.stdout.readexactly(size)
