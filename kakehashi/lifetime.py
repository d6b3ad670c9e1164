"""Runs a service until it is told to stop: SIGTERM, SIGINT, or the end of the process that started it."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from kakehashi.descriptors import raise_descriptor_limit

STOP_DEADLINE_S = 4.0


async def _parent_is_gone() -> None:
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    descriptor = sys.stdin.fileno()

    def readable() -> None:
        if not os.read(descriptor, 4096):
            loop.remove_reader(descriptor)
            gone.set()

    loop.add_reader(descriptor, readable)
    await gone.wait()


async def run_until_stopped(
    main: Callable[[], Awaitable[None]],
    *,
    watch_parent: bool,
    signals: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGINT),
) -> signal.Signals | None:
    """Run `main` with all descriptors that are allowed, and cancel it on a stop; return the signal that it was.

    It has four seconds to close what it holds.
    """
    raise_descriptor_limit()
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[signal.Signals] = loop.create_future()
    for number in signals:
        loop.add_signal_handler(number, _stopped, stop, number)
    work = asyncio.ensure_future(main())
    waits: list[asyncio.Future[Any]] = [stop]
    if watch_parent:
        waits.append(asyncio.ensure_future(_parent_is_gone()))
    try:
        await asyncio.wait([work, *waits], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        if not work.done():
            work.cancel()
            await asyncio.wait([work], timeout=STOP_DEADLINE_S)
        for number in signals:
            loop.remove_signal_handler(number)
    if work.done() and not work.cancelled():
        work.result()
    return None if stop.cancelled() else stop.result()


def _stopped(stop: "asyncio.Future[signal.Signals]", number: signal.Signals) -> None:
    if not stop.done():
        stop.set_result(number)
