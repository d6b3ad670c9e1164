"""Group commit: many callers put records at once, the outbox commits them together in a thread."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fleet.errors import FleetError, TooManyError, UnavailableError
from fleet.text import Text
from telemetry.outbox import Outbox
from telemetry.records import Lane, Record

MAX_WAITING_RECORDS = 20_000
MAX_COMMIT_RECORDS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    records: Sequence[Record]
    done: asyncio.Future[None]


class OutboxWriter:
    """Lets `put` return once the records are on disk, at one commit for all who wait meanwhile.

    `run` does the work and must be running. `on_put` is called in the event loop for every lane that got something.
    """

    def __init__(self, outbox: Outbox, on_put: Callable[[Lane], None]) -> None:
        self._outbox = outbox
        self._on_put = on_put
        self._waiting: list[_Waiting] = []
        self._waiting_records = 0
        self._wake = asyncio.Event()
        self._closed = False

    async def put(self, records: Sequence[Record]) -> None:
        """Return once all records are durable.

        Raises UnavailableError (disk), TooLargeError, or TooManyError when 20,000 records wait for the disk.
        """
        if not records:
            return
        if self._closed or self._waiting_records + len(records) > MAX_WAITING_RECORDS:
            raise TooManyError(
                Text("記録の書き込みが追いつきません", "records come faster than the disk takes them"),
                Text("ディスクの状態を確認してください", "check the disk"),
            )
        waiting = _Waiting(records=records, done=asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._waiting_records += len(records)
        self._wake.set()
        await waiting.done

    async def run(self) -> None:
        """Commit what is put, until cancelled; what waits by then is still committed. May be run again."""
        self._closed = False
        if self._waiting:  # left by a run that fell
            self._wake.set()
        committing: asyncio.Task[None] | None = None
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    committing = asyncio.ensure_future(self._commit(self._next_group()))
                    await asyncio.shield(committing)
        finally:
            self._closed = True
            if committing is not None:
                await committing
            while self._waiting:
                self._commit_here(self._next_group())

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while self._waiting and (not group or size + len(self._waiting[0].records) <= MAX_COMMIT_RECORDS):
            waiting = self._waiting.pop(0)
            size += len(waiting.records)
            group.append(waiting)
        self._waiting_records -= size
        return group

    async def _commit(self, group: list[_Waiting]) -> None:
        records = [record for waiting in group for record in waiting.records]
        try:
            await asyncio.to_thread(self._outbox.put, records)
        except FleetError as error:
            await self._commit_apart(group, error)
        else:
            self._finish(group)
        finally:
            _let_go(group)

    async def _commit_apart(self, group: list[_Waiting], error: FleetError) -> None:
        """Put each caller's records alone, so that one bad record fails its own caller only."""
        if len(group) == 1:
            _fail(group, error)
            return
        for waiting in group:
            await self._commit([waiting])

    def _commit_here(self, group: list[_Waiting]) -> None:
        try:
            self._outbox.put([record for waiting in group for record in waiting.records])
        except FleetError as error:
            _fail(group, error)
        else:
            self._finish(group)
        finally:
            _let_go(group)

    def _finish(self, group: list[_Waiting]) -> None:
        for waiting in group:
            if not waiting.done.done():
                waiting.done.set_result(None)
        for lane in {record.lane for waiting in group for record in waiting.records}:
            self._on_put(lane)


def _fail(group: list[_Waiting], error: FleetError) -> None:
    for waiting in group:
        if not waiting.done.done():
            waiting.done.set_exception(error)


def _let_go(group: list[_Waiting]) -> None:
    """Tell whoever still waits for a commit that fell: nobody else would ever end their wait."""
    _fail(
        group,
        UnavailableError(
            Text("記録の書き込みが思わぬ誤りで止まりました", "writing records ended by an unforeseen error"),
            Text("自動で始め直します", "it is begun anew by itself"),
        ),
    )
