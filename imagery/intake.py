"""Takes pictures in: each is opened in a separate process with a memory limit and a deadline."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec

from fleet.errors import BadInputError
from fleet.text import Text
from imagery.derivatives import Examined, PictureLimits, too_many_bytes
from imagery.file_kind import require_picture
from imagery.worker_main import ExamineReply, ExamineRequest
from imagery.worker_process import WorkerDiedError, WorkerProcess, worker_command

MEMORY_BYTES = 512 * 1024 * 1024
DEADLINE_S = 20.0


class DeadlyPictureError(BadInputError):
    """The worker died of the picture twice in a row, or of a machine short of memory."""


class PictureIntake:
    """Checks pictures and makes their small copies, one at a time per worker; further ones wait their turn.

    Give `workers` to use other child processes than the standard one.
    """

    def __init__(
        self,
        limits: PictureLimits | None = None,
        *,
        workers: Sequence[WorkerProcess] | None = None,
    ) -> None:
        self._limits = limits or PictureLimits()
        standard = WorkerProcess(worker_command("imagery.worker_main", MEMORY_BYTES), deadline_s=DEADLINE_S)
        self._workers = tuple(workers or (standard,))
        self._idle: asyncio.Queue[WorkerProcess] = asyncio.Queue()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    @property
    def limits(self) -> PictureLimits:
        """Return what is accepted."""
        return self._limits

    async def __aenter__(self) -> Self:
        """Start the workers."""
        for worker in self._workers:
            await worker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers."""
        for worker in self._workers:
            await worker.__aexit__(kind, error, trace)

    async def examine(self, data: bytes) -> Examined:
        """Return what the picture is, with its copies.

        Raises BadInputError (no sound picture; DeadlyPictureError if its worker died), TooLargeError (bytes or pixels),
        ExpiredError (it took too long) and UnavailableError (no worker can be started).
        """
        if len(data) > self._limits.max_bytes:
            raise too_many_bytes(len(data), self._limits.max_bytes)
        require_picture(data)
        request = msgspec.msgpack.encode(ExamineRequest(limits=self._limits))
        worker = await self._idle.get()
        try:
            reply = await _ask_twice(worker, request, data)
        finally:
            self._idle.put_nowait(worker)
        return msgspec.msgpack.decode(reply, type=ExamineReply).result()


async def _ask_twice(worker: WorkerProcess, request: bytes, data: bytes) -> bytes:
    """Ask again once, since the child may have died idle; a second death is the picture's doing."""
    try:
        return await worker.ask(request, data)
    except WorkerDiedError:
        try:
            return await worker.ask(request, data)
        except WorkerDiedError as error:
            raise DeadlyPictureError(
                Text("写真を安全に開けませんでした", "the picture could not be opened safely"),
                Text("写真アプリで保存し直してから送ってください", "save it anew with a photo app and send that"),
            ) from error
