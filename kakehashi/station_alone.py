"""The ground station without the rest of a run: its desk, and a flight core that is taken up or started beside it."""

import asyncio
import os
import sys

from kakehashi.compose_station import run_station
from kakehashi.environment import environment_of
from kakehashi.flight_place import keeper_of
from kakehashi.leaving import leave
from kakehashi.lifetime import run_until_stopped
from kakehashi.settings import Settings
from kakehashi.terminal import Terminal


def run_station_alone(settings: Settings) -> None:
    """Run until stopped; the flight core ends with it only while nothing flies."""
    terminal = Terminal(sys.stderr)
    keeper = keeper_of(
        settings, environment_of(settings, os.environ), lambda: terminal.show_started("flight"), terminal.say
    )

    async def both() -> None:
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(keeper.run())
            await run_station(settings)
            keeping.cancel()

    stopped_by = asyncio.run(run_until_stopped(both, watch_parent=False))
    asyncio.run(leave(settings, keeper, terminal, stopped_by))
    terminal.close()
