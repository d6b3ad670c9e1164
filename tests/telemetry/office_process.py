"""A town office as a process of its own, to be killed: embedded broker, ingest and database.

    python -m tests.telemetry.office_process PORT DATABASE

Prints `ready` once it listens.
"""

import asyncio
import sys
from pathlib import Path

import structlog

from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.engine_sql import open_engine
from telemetry.ingest_mqtt import OfficeAddress, OfficeIngest
from telemetry.store_sql import SqlRecordStore
from telemetry.tables_sql import create_tables
from tests.telemetry.field import CLOCK, TOPICS, book, office_at


async def run(port: int, database: Path) -> None:
    engine = open_engine(f"sqlite:///{database}")
    create_tables(engine)
    async with EmbeddedBroker(book=book(), port=port) as broker:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        address = OfficeAddress(topics=TOPICS, broker=office_at(broker.port))
        await OfficeIngest(address=address, store=SqlRecordStore(engine), clock=CLOCK).run()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(run(int(sys.argv[1]), Path(sys.argv[2])))
