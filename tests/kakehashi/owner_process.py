"""A service that owns one child: `python -m tests.kakehashi.owner_process KIND FOLDER PORT` prints the child's id."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from ground_station.service.planning_pool import PlanningPool
from imagery.intake import DEADLINE_S, MEMORY_BYTES, PictureIntake
from imagery.worker_process import WorkerProcess, worker_command
from sim.arducopter import BASE_PORT, PORT_STEP, ArduCopterFleet, ArduCopterSettings, ArduCopterVehicle
from telemetry.brokers.mosquitto import MosquittoBroker
from tests.sim.served import HOME
from tests.telemetry.field import book

AUTOPILOT = "#!/bin/sh\necho Waiting for connection\nexec sleep 600\n"


@asynccontextmanager
async def _broker(folder: Path, port: int) -> AsyncIterator[int | None]:
    async with MosquittoBroker(book=book(), folder=folder / "mosquitto", port=port) as broker:
        yield broker.process_id


@asynccontextmanager
async def _pictures(folder: Path, port: int) -> AsyncIterator[int | None]:
    worker = WorkerProcess(worker_command("imagery.worker_main", MEMORY_BYTES), deadline_s=DEADLINE_S)
    async with PictureIntake(workers=[worker]):
        yield worker.process_id


@asynccontextmanager
async def _planning(folder: Path, port: int) -> AsyncIterator[int | None]:
    pool = PlanningPool(folder / "town")
    assert await pool.warm_up()
    try:
        yield pool.process_id
    finally:
        pool.close()


@asynccontextmanager
async def _autopilot(folder: Path, port: int) -> AsyncIterator[int | None]:
    binary = folder / "arducopter"
    binary.write_text(AUTOPILOT)
    binary.chmod(0o755)
    settings = ArduCopterSettings(
        binary=binary, folder=folder / "sitl", first_instance=max(0, (port - BASE_PORT) // PORT_STEP)
    )
    async with ArduCopterFleet([ArduCopterVehicle(system_id=7, home=HOME)], settings) as fleet:
        yield fleet.process_ids[0]


KINDS: dict[str, Callable[[Path, int], AbstractAsyncContextManager[int | None]]] = {
    "mosquitto": _broker,
    "pictures": _pictures,
    "planning": _planning,
    "arducopter": _autopilot,
}


async def own(kind: str, folder: Path, port: int) -> None:
    """Own the child until killed."""
    async with contextlib.AsyncExitStack() as stack:
        child = await stack.enter_async_context(KINDS[kind](folder, port))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(own(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
