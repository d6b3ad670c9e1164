"""The planning worker may die, at any time and of anything: it is started again and said, and ends nobody."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fleet.errors import BadInputError, ExpiredError, UnavailableError
from ground_station.service import planning_pool
from ground_station.service.planning_pool import PlanningPool
from missions.formats.town_bundle import write_town
from tests.missions.planning import small_town as towns


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "town"
    write_town(towns.town_of(towns.flat()), folder)
    return folder


@pytest.fixture
async def pool(bundle: Path) -> AsyncIterator[PlanningPool]:
    pool = PlanningPool(bundle)
    yield pool
    pool.close()


async def _workers(pool: PlanningPool) -> list[int]:
    """Return the ids of the workers as soon as there is one."""
    for _ in range(2000):
        if pool._pool is not None and pool._pool._processes:
            return [process.pid for process in pool._pool._processes.values() if process.pid is not None]
        await asyncio.sleep(0.005)
    raise AssertionError


async def test_a_worker_killed_while_it_warms_up_is_replaced(pool: PlanningPool) -> None:
    warming = asyncio.ensure_future(pool.warm_up())
    for worker in await _workers(pool):
        os.kill(worker, signal.SIGKILL)
    assert await warming
    assert pool.process_id is not None


async def test_a_worker_that_died_idle_costs_no_plan(pool: PlanningPool) -> None:
    assert await pool.warm_up()
    dead = pool.process_id
    assert dead is not None
    os.kill(dead, signal.SIGKILL)
    assert (await pool.plan(towns.request(), towns.AIRCRAFT, towns.conditions())).items
    assert await pool.warm_up()
    assert pool.process_id != dead


async def test_a_worker_that_dies_of_every_question_is_said_in_words(pool: PlanningPool) -> None:
    with pytest.raises(UnavailableError) as said:
        await pool._ask(os._exit, 1)
    assert said.value.cure is not None
    assert await pool.warm_up()


async def test_a_town_that_the_worker_cannot_read_is_said_and_read_once_it_is_mended(
    bundle: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "town"
    shutil.copytree(bundle, folder)
    (folder / "places.gpkg").write_bytes(b"")
    pool = PlanningPool(folder)
    try:
        assert not await pool.warm_up()
        with pytest.raises(BadInputError) as said:
            await pool.keep_warm()
        assert "places.gpkg" in said.value.what.ja
        shutil.copy(bundle / "places.gpkg", folder / "places.gpkg")
        assert await pool.warm_up()
    finally:
        pool.close()


async def test_who_waits_behind_a_question_that_is_given_up_is_asked_again(
    pool: PlanningPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await pool.warm_up()
    stuck = pool.process_id
    monkeypatch.setattr(planning_pool, "PLAN_DEADLINE_S", 1.0)
    monkeypatch.setattr(planning_pool, "_plan", _search_for_ever)
    long = asyncio.ensure_future(pool.plan(towns.request(), towns.AIRCRAFT, towns.conditions()))
    await asyncio.sleep(0.1)
    behind = asyncio.ensure_future(pool.warm_up())
    with pytest.raises(ExpiredError):
        await long
    assert await behind
    assert pool.process_id not in (None, stuck)


def _search_for_ever(*_: object) -> None:
    signal.pause()
