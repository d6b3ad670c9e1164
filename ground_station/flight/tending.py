"""Keeps what must go on going: whatever ends one task by mistake is logged, said, and started again; no other hears it.

This is the flight core's one supervisor. Nothing foreseen comes here: what a link, an aircraft or a disk may do is
answered where it is met.
"""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import structlog

_log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
_LOG_EVERY_S = 10.0

Fell: TypeAlias = Callable[[BaseException], None]


async def tend(name: str, work: Callable[[], Coroutine[Any, Any, None]], fell: Fell | None = None) -> None:
    """Run `work` again and again until cancelled, after 0.2 s at first and 5 s at most; `fell` hears why it ended."""
    loop = asyncio.get_running_loop()
    pause_s = FIRST_PAUSE_S
    while True:
        began_s = loop.time()
        error = await _fault_of(name, work)
        _log.error("a task of the flight core fell and is started again", task=name, exc_info=error)
        if fell is not None:
            fell(error)
        if loop.time() - began_s > LONGEST_PAUSE_S:
            pause_s = FIRST_PAUSE_S
        await asyncio.sleep(pause_s)
        pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)


async def _fault_of(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> BaseException:
    """Run `work` in a task of its own; return what it raised, or that it ended though it should have gone on."""
    task = asyncio.create_task(work(), name=name)
    try:
        await asyncio.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    if task.cancelled():
        return asyncio.CancelledError("it was cancelled by none of its owners")
    return task.exception() or RuntimeError("it ended by itself")


class Calls:
    """Short calls that are made over and over for several owners; one that fails takes nothing from the others."""

    def __init__(self) -> None:
        self._logged_s: dict[str, float] = {}

    def make(self, name: str, call: Callable[[], None]) -> None:
        """Call; what it raises is logged, once in ten seconds a name."""
        error: BaseException | None = None
        with contextlib.suppress(Exception):
            try:
                call()
            finally:
                error = sys.exception()
        if error is not None:
            self._note(name, error)

    def _note(self, name: str, error: BaseException) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._logged_s.get(name, -_LOG_EVERY_S) >= _LOG_EVERY_S:
            self._logged_s[name] = now_s
            _log.error("a call of the flight core failed", call=name, exc_info=error)
