"""An event loop whose time jumps to the next thing due, so that minutes on a slow radio take a second.

Nothing in it may wait for a socket or a thread: what is due is all that happens.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

ResultT = TypeVar("ResultT")
_Ts = TypeVarTuple("_Ts")

_TURN_S = 1e-7
"""What each turn of the loop takes: the loop fires timers up to a clock tick early, and would else do so for ever."""


class _Skipping(selectors.BaseSelector):
    """Asks the real selector without waiting, and lets the loop's clock skip what would be waited."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now_s = 0.0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if not ready and timeout is None:
            raise RuntimeError("nothing is due any more, for ever")
        if not ready and timeout is not None:
            self.now_s += max(0.0, timeout)
        self.now_s += _TURN_S
        return ready

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time begins at 0 s."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now_s

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Ts], ResultT], *args: *_Ts
    ) -> asyncio.Future[ResultT]:
        done: asyncio.Future[ResultT] = self.create_future()
        done.set_result(func(*args))
        return done


class LoopClock:
    """The running loop's clock as the station's."""

    def now_s(self) -> float:
        return 1_780_000_000.0 + asyncio.get_running_loop().time()

    def monotonic_s(self) -> float:
        return asyncio.get_running_loop().time()

    def boottime_s(self) -> float:
        return asyncio.get_running_loop().time()


def run_virtually(main: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Run `main` in virtual time and return its result."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
