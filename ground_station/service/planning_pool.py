"""Planning in processes of its own, so that a long search never delays an aircraft's message."""

import asyncio
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from fleet.errors import ExpiredError, UnavailableError
from fleet.ids import VehicleId
from fleet.text import Text
from missions.formats.town_bundle import read_town
from missions.planning.planner import plan_delivery
from missions.values.conditions import Conditions
from missions.values.plan import Plan
from missions.values.request import DeliveryRequest
from missions.values.town import Town

PLAN_DEADLINE_S = 30.0

_town: list[Town] = []


def _load(bundle: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_station, daemon=True).start()
    _town[:] = [read_town(bundle)]


def _end_with_station() -> None:
    """A station that was killed cannot end its worker: the pool's pipes stay open in the worker itself."""
    station = multiprocessing.parent_process()
    if station is not None:
        station.join()
        os._exit(1)


def _plan(request: DeliveryRequest, vehicle_id: VehicleId, conditions: Conditions) -> Plan:
    return plan_delivery(request, _town[0], vehicle_id, conditions)


def _is_loaded() -> bool:
    return bool(_town)


class PlanningPool:
    """One worker process that has the town in memory; replaced when it dies."""

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_load,
            initargs=(self._bundle,),
        )

    async def warm_up(self) -> bool:
        """Start the worker before it is needed; return whether it has the town."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _is_loaded)

    async def plan(self, request: DeliveryRequest, vehicle_id: VehicleId, conditions: Conditions) -> Plan:
        """Return the plan; raises ExpiredError after 30 s and UnavailableError if the worker died."""
        try:
            async with asyncio.timeout(PLAN_DEADLINE_S):
                return await asyncio.get_running_loop().run_in_executor(
                    self._pool, _plan, request, vehicle_id, conditions
                )
        except TimeoutError as error:
            self._replace()
            raise ExpiredError(
                Text("計画の計算が 30 秒で終わりませんでした", "planning did not finish in 30 s"),
                Text("もう一度計画してください", "plan again"),
            ) from error
        except BrokenProcessPool as error:
            self._replace()
            raise UnavailableError(
                Text("計画の計算が止まりました", "the planning process died"),
                Text("もう一度計画してください", "plan again"),
            ) from error

    def _replace(self) -> None:
        old, self._pool = self._pool, self._new_pool()
        old.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End the worker."""
        self._pool.shutdown(wait=False, cancel_futures=True)
