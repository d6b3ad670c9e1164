"""The one supervisor of a service's background work: what falls is started again, said in words, and never ends it.

A piece of work that ends, or raises whatever it likes, is started again after a pause that grows; after some falls in a
row somebody is told, and told again once it has run steadily.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from fleet.errors import FleetError
from fleet.text import Text

_log = structlog.get_logger(__name__)

PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 60.0
ALARM_AFTER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of background work: its name in the log, what people call it, and what runs until cancelled.

    `once` is for work that is done when it returns.
    """

    name: str
    called: Text
    run: Callable[[], Awaitable[object]]
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """How a piece of work fell: how often in a row, why in words, and the pause before it is started again."""

    work: Work
    falls: int
    why: Text
    pause_s: float

    @property
    def text(self) -> Text:
        """Return it as a person reads it."""
        called = self.work.called
        return Text(
            f"「{called.ja}」が {self.falls} 回続けて止まりました（{self.why.ja}）。"
            f"{self.pause_s:.0f} 秒ごとに始め直しています",
            f"{called.en} fell {self.falls} times in a row ({self.why.en}); it is started again every "
            f"{self.pause_s:.0f} s",
        )


class Tender:
    """Keeps pieces of work running; `run` until cancelled.

    `on_alarm` is told of each fall from the third in a row on, `on_steady` of work that ran for a minute after it.
    """

    def __init__(
        self,
        *,
        on_alarm: Callable[[Fall], None] = lambda _: None,
        on_steady: Callable[[Work], None] = lambda _: None,
        pauses_s: Sequence[float] = PAUSES_S,
        steady_s: float = STEADY_S,
    ) -> None:
        self._on_alarm = on_alarm
        self._on_steady = on_steady
        self._pauses_s = tuple(pauses_s)
        self._steady_s = steady_s

    async def run(self, works: Sequence[Work]) -> None:
        """Run all works until cancelled, or until each that is done once is done."""
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                tasks.create_task(self._tend(work), name=f"tending {work.name}")

    async def _tend(self, work: Work) -> None:
        falls = 0
        while True:
            steady, why = await self._run_once(work, alarmed=falls >= ALARM_AFTER)
            if why is None and work.once:
                return
            falls = 1 if steady else falls + 1
            pause_s = self._pauses_s[min(falls, len(self._pauses_s)) - 1]
            fall = Fall(
                work=work, falls=falls, why=why or Text("理由なく終わりました", "it ended by itself"), pause_s=pause_s
            )
            _log.error("background work fell", work=work.name, falls=falls, why=fall.why.en, pause_s=pause_s)
            if falls >= ALARM_AFTER:
                self._on_alarm(fall)
            await asyncio.sleep(pause_s)

    async def _run_once(self, work: Work, *, alarmed: bool) -> tuple[bool, Text | None]:
        """Run the work to its end; return whether it ran steadily, and why it fell if it did."""
        task = asyncio.ensure_future(work.run())
        try:
            ended, _ = await asyncio.wait([task], timeout=self._steady_s)
            if not ended and alarmed:
                self._on_steady(work)
            await asyncio.wait([task])
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task])
        return not ended, _why(task)


async def outcome_of(work: Coroutine[Any, Any, object]) -> BaseException | None:
    """Run one piece of work to its end in a task of its own; return what it raised, whatever that is, or None.

    A CancelledError that is returned is the work's own; where the caller is cancelled, the work is, and it is raised.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait([task])
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
    return asyncio.CancelledError("it was cancelled by none of its owners") if task.cancelled() else task.exception()


def _why(task: "asyncio.Future[object]") -> Text | None:
    if task.cancelled():
        return Text("途中で取り消されました", "it was cancelled")
    error = task.exception()
    if error is None:
        return None
    _log.error("fault of background work", exc_info=error)
    return words_of(error)


def words_of(error: BaseException) -> Text:
    """Return what a fault says, the first of a group for all of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, FleetError):
        return error.what
    words = f"{type(error).__name__}: {error}"[:300]
    return Text(words, words)
