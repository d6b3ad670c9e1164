"""A call in a thread of its own is waited for no longer than its caller has, however it ends."""

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from typing import Any

import pytest

from fleet import own_thread


def _fall() -> int:
    message = "broken"
    raise ValueError(message)


async def test_what_it_returns_or_raises_is_the_callers() -> None:
    assert await own_thread.within(5.0, lambda: 7, name="seven") == 7
    with pytest.raises(ValueError, match="broken"):
        await own_thread.within(5.0, _fall, name="fall")


async def test_after_its_time_the_caller_goes_on_and_what_comes_late_is_given_away() -> None:
    held, late = threading.Event(), Future[int]()

    def slow() -> int:
        held.wait(10.0)
        return 7

    with pytest.raises(TimeoutError, match=r"slow: no answer in 0\.01 s"):
        await own_thread.within(0.01, slow, name="slow", late=late.set_result)
    assert not late.done()
    held.set()
    assert await asyncio.wrap_future(late) == 7


async def test_a_caller_that_is_cancelled_leaves_what_comes_late_to_be_given_away() -> None:
    held, late = threading.Event(), Future[bool]()
    waiting = asyncio.create_task(own_thread.within(10.0, lambda: held.wait(10.0), name="slow", late=late.set_result))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    held.set()
    assert await asyncio.wrap_future(late) is True


async def test_what_came_in_time_is_not_given_away() -> None:
    given: list[int] = []
    assert await own_thread.within(5.0, lambda: 7, name="seven", late=given.append) == 7
    assert given == []


async def test_waiting_leaves_the_outcome_to_others() -> None:
    outcome: Future[int] = Future()
    assert await own_thread.ends_within(0.01, outcome) is False
    waiting = asyncio.create_task(own_thread.ends_within(10.0, outcome))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not outcome.cancelled()
    threading.Timer(0.01, outcome.set_result, [7]).start()
    assert await own_thread.ends_within(10.0, outcome) is True
    assert await own_thread.ends_within(0.0, outcome) is True
    assert outcome.result() == 7


class TimeoutOfBefore:
    """`asyncio.timeout` of Python 3.11.0 to 3.11.3: it takes a task that was cancelled before for cancelled now."""

    def __init__(self, seconds: float) -> None:
        self._timeout = REALLY(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        vars(self._timeout)["_cancelling"] = 0

    async def __aexit__(self, *error: Any) -> None:
        await self._timeout.__aexit__(*error)


REALLY = asyncio.timeout


async def test_a_task_that_was_cancelled_before_waits_no_longer_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "timeout", TimeoutOfBefore)
    outcome: Future[int] = Future()

    async def cleans_up() -> bool:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(10.0)
        return await own_thread.ends_within(0.01, outcome)

    task = asyncio.create_task(cleans_up())
    await asyncio.sleep(0)
    task.cancel()
    assert await task is False
