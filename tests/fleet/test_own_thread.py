"""A call in a thread of its own is waited for no longer than its caller has, however it ends."""

import asyncio
import contextlib
import threading
from concurrent.futures import Future

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
