"""One blocking call in a thread of its own, waited for no longer than the caller has.

Unlike a pool's thread it is nobody else's when it is stuck, and does not hold the process up at its end.
"""

import asyncio
import contextlib
import errno
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


def begin(call: Callable[[], ResultT], *, name: str) -> "Future[ResultT]":
    """Start `call`; return its outcome, whatever it raises. Raises OSError (EAGAIN) where no thread can be had."""
    outcome: Future[ResultT] = Future()

    def run() -> None:
        # Nothing is swallowed: the outcome holds it.
        with contextlib.suppress(Exception):
            try:
                outcome.set_result(call())
            finally:
                error = sys.exception()
                if error is not None:
                    outcome.set_exception(error)

    try:
        threading.Thread(target=run, name=name, daemon=True).start()
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), name) from error
    return outcome


async def within(
    seconds: float, call: Callable[[], ResultT], *, name: str, late: Callable[[ResultT], object] | None = None
) -> ResultT:
    """Return what `call` returns; raises what it raises, and TimeoutError after `seconds`.

    Who does not wait any longer leaves the call to itself: what it then returns goes to `late`, in its thread.
    """
    outcome = begin(call, name=name)
    in_time = False
    try:
        in_time = await ends_within(seconds, outcome)
    finally:
        if late is not None and not in_time:
            outcome.add_done_callback(lambda ended: ended.exception() is None and late(ended.result()))
    if not in_time:
        message = f"{name}: no answer in {seconds:g} s"
        raise TimeoutError(message)
    return outcome.result()


async def ends_within(seconds: float, outcome: "Future[Any]") -> bool:
    """Return whether what another thread does has ended, after `seconds` at most; its outcome is left as it is."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def tell(_: "Future[Any]") -> None:
        with contextlib.suppress(RuntimeError):  # the loop may be closed already
            loop.call_soon_threadsafe(_set, ended)

    outcome.add_done_callback(tell)
    # Not asyncio.timeout: before Python 3.11.4, in a task that was cancelled before, its end is a CancelledError.
    await asyncio.wait({ended}, timeout=seconds)
    return outcome.done()


def _set(ended: "asyncio.Future[None]") -> None:
    if not ended.done():
        ended.set_result(None)
