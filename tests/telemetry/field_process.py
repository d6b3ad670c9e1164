"""A field station as a process of its own, to be killed: records and relays, and says what is on its disk.

    python -m tests.telemetry.field_process PORT OUTBOX FIRST LAST

Prints `kept N` once record N and all before it are durable.
"""

import asyncio
import sys
from pathlib import Path

import structlog

from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.relay_mqtt import StationRelay
from tests.telemetry.field import CLOCK, station_at, track

PUT_AT_ONCE = 50


async def run(port: int, path: Path, first: int, last: int) -> None:
    relay = StationRelay(address=station_at(port), outbox=SqliteOutbox(path), clock=CLOCK)
    relaying = asyncio.create_task(relay.run())
    for start in range(first, last, PUT_AT_ONCE):
        await relay.put([track(number) for number in range(start, min(start + PUT_AT_ONCE, last))])
        sys.stdout.write(f"kept {min(start + PUT_AT_ONCE, last) - 1}\n")
        sys.stdout.flush()
        await asyncio.sleep(0.002)
    await relaying


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(run(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
