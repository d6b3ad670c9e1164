"""Planning in processes of its own, so that a long search never delays an aircraft's message.

The worker is nobody's but the station's: killed, out of memory, or without a town it can read, it is started again
with a pause that grows, and what was wrong is said in words. It ends with the station, whatever ends that.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, TypeVar

from fleet.errors import BadInputError, ExpiredError, UnavailableError
from fleet.ids import VehicleId
from fleet.process import WORKER, end_with_parent, give_way, parent_of
from fleet.text import Text
from missions.formats.town_bundle import read_town
from missions.planning.planner import plan_delivery
from missions.values.conditions import Conditions
from missions.values.plan import Plan
from missions.values.request import DeliveryRequest
from missions.values.town import Town

T = TypeVar("T")

PLAN_DEADLINE_S = 30.0
LOOK_EVERY_S = 10.0
PAUSES_S = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0)
_GIVEN_UP_AFTER_S = 10

_bundle: list[Path] = []
_town: list[Town] = []


def _prepare(bundle: Path, station: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(station)
    give_way(WORKER)
    threading.Thread(target=_end_with_station, daemon=True).start()
    _bundle[:] = [bundle]


def _end_with_station() -> None:
    """A station that was killed cannot end its worker: the pool's pipes stay open in the worker itself."""
    station = multiprocessing.parent_process()
    if station is not None:
        station.join()
        os._exit(1)


def _town_of_bundle() -> Town:
    """Return the town, read when it is first needed; raises BadInputError, which the station is told."""
    if not _town:
        _town[:] = [read_town(_bundle[0])]
    return _town[0]


def _plan(request: DeliveryRequest, vehicle_id: VehicleId, conditions: Conditions) -> Plan:
    # A search that nobody waits for any more must not go on; only a signal reaches one that runs in C.
    signal.alarm(int(PLAN_DEADLINE_S) + _GIVEN_UP_AFTER_S)
    try:
        return plan_delivery(request, _town_of_bundle(), vehicle_id, conditions)
    finally:
        signal.alarm(0)


def _is_loaded() -> bool:
    return bool(_town_of_bundle().places)


class PlanningPool:
    """One worker process that has the town in memory; replaced when it dies."""

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self._pool: ProcessPoolExecutor | None = None
        self._falls = 0
        self._worker: Future[int] | None = None

    def _new_pool(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_prepare,
            initargs=(self._bundle, os.getpid()),
        )
        self._worker = pool.submit(os.getpid)
        return pool

    @property
    def process_id(self) -> int | None:
        """Return the worker's process id once it is up, and as long as it is not known to be gone."""
        if self._worker is None or not self._worker.done() or self._worker.cancelled():
            return None
        return None if self._worker.exception() else self._worker.result()

    async def warm_up(self) -> bool:
        """Start the worker before it is needed; return whether it has the town, and raise nothing if it has not."""
        try:
            await self._look()
        except (UnavailableError, BadInputError):
            return False
        return True

    async def keep_warm(self) -> None:
        """Keep a worker with the town ready until cancelled; raises UnavailableError or BadInputError if it cannot."""
        while True:
            await self._look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        await self._ask(_is_loaded)

    async def plan(self, request: DeliveryRequest, vehicle_id: VehicleId, conditions: Conditions) -> Plan:
        """Return the plan.

        Raises ExpiredError after 30 s, UnavailableError if the worker died of it, and BadInputError if the town
        cannot be read.
        """
        try:
            async with asyncio.timeout(PLAN_DEADLINE_S):
                return await self._ask(_plan, request, vehicle_id, conditions)
        except TimeoutError as error:
            self._end_search()
            raise ExpiredError(
                Text("計画の計算が 30 秒で終わりませんでした", "planning did not finish in 30 s"),
                Text("もう一度計画してください", "plan again"),
            ) from error

    async def _ask(self, question: Callable[..., T], *arguments: Any) -> T:
        """Ask the worker; one that had died before is replaced, and asked once more."""
        try:
            return await self._ask_once(question, *arguments)
        except BrokenProcessPool:
            pass
        try:
            return await self._ask_once(question, *arguments)
        except BrokenProcessPool as error:
            raise UnavailableError(
                Text("計画の計算が止まりました", "the planning process died"),
                Text(
                    "もう一度計画してください。続くならメモリの空きを確認してください",
                    "plan again; if it stays, check the machine's free memory",
                ),
            ) from error

    async def _ask_once(self, question: Callable[..., T], *arguments: Any) -> T:
        await asyncio.sleep(PAUSES_S[min(self._falls, len(PAUSES_S) - 1)])
        try:
            pool = self._pool = self._pool or self._new_pool()
        except OSError as error:
            raise _cannot_start(error) from error
        try:
            answer = await _answer_of(pool.submit(question, *arguments))
        except BrokenProcessPool:
            self._drop(pool)
            raise
        except OSError as error:
            self._drop(pool)
            raise _cannot_start(error) from error
        self._falls = 0
        return answer

    def _drop(self, pool: ProcessPoolExecutor | None) -> None:
        """Give up a pool, unless somebody else was quicker; the next question meets a new one."""
        if pool is None or pool is not self._pool:
            return
        self._pool = self._worker = None
        self._falls += 1
        pool.shutdown(wait=False, cancel_futures=True)

    def _end_search(self) -> None:
        """End a search that nobody waits for any more; who waits behind it is asked again by a new worker."""
        worker = self.process_id
        self._drop(self._pool)
        if worker is not None and parent_of(worker) == os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def close(self) -> None:
        """End the worker."""
        self._drop(self._pool)


async def _answer_of(job: "Future[T]") -> T:
    """Return the job's answer; raises BrokenProcessPool too if the job was given up with its pool."""
    waiting = asyncio.wrap_future(job)
    try:
        await asyncio.wait([waiting])
    finally:
        job.cancel()
        waiting.cancel()  # else what becomes of a job that nobody waits for would be told as never retrieved
    if waiting.cancelled():
        message = "given up with its pool"
        raise BrokenProcessPool(message)
    return waiting.result()


def _cannot_start(error: OSError) -> UnavailableError:
    return UnavailableError(
        Text(f"計画の計算を始められません: {error}", f"the planning process cannot start: {error}"),
        Text("メモリの空きを確認してください", "check the machine's free memory"),
    )
