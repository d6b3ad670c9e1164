"""kill -9 of the relay, of the office with its embedded broker, and of a real Mosquitto: 0 lost, 0 doubled."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.brokers.free_port import free_port
from telemetry.brokers.mosquitto import MosquittoBroker
from telemetry.engine_sql import open_engine
from telemetry.ingest_mqtt import OfficeAddress, OfficeIngest
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.relay import RelaySettings
from telemetry.relay_mqtt import StationRelay
from telemetry.store import ReceivedRecord
from telemetry.store_sql import SqlRecordStore
from telemetry.tables_sql import create_tables
from telemetry.tables_sql import track as track_table
from tests.telemetry.brokers.test_brokers import need_mosquitto
from tests.telemetry.field import CLOCK, TOPICS, book, office_at, record_id, running, station_at, track

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("KAKEHASHI_TEST_KILLS", "15"))
PATIENT = RelaySettings(resend_after_s=1.0, resend_at_most_s=2.0)


def office_engine(folder: Path) -> sa.Engine:
    engine = open_engine(f"sqlite:///{folder / 'office.sqlite'}")
    create_tables(engine)
    return engine


def stored_ids(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(sa.select(track_table.c.id)).scalars())


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m …` and kill it at the end, if it still lives."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
        await child.wait()


async def kept_before_kill(child: asyncio.subprocess.Process, lives_s: float, first: int) -> int:
    """Kill a field station some time after it began; return the number after the last it said to have kept."""
    assert child.stdout is not None
    async with asyncio.timeout(30.0):
        first_line = await child.stdout.readline()
    await asyncio.sleep(lives_s)
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(signal.SIGKILL)
    lines = (first_line + await child.stdout.read()).decode().splitlines()
    return max((int(line.split()[1]) + 1 for line in lines if line.startswith("kept ")), default=first)


async def test_a_relay_killed_at_random_points_loses_and_doubles_nothing(tmp_path: Path) -> None:
    random = np.random.default_rng(20180706)
    engine = office_engine(tmp_path)
    told: list[ReceivedRecord] = []
    outbox = tmp_path / "outbox.sqlite"
    last = 60_000
    kept = 0
    async with EmbeddedBroker(book=book(), port=0) as broker:
        address = OfficeAddress(topics=TOPICS, broker=office_at(broker.port))
        office = OfficeIngest(address=address, store=SqlRecordStore(engine), clock=CLOCK, on_stored=told.extend)
        async with running(office.run):
            for _ in range(KILLS):
                arguments = (str(broker.port), str(outbox), str(kept), str(last))
                async with process("tests.telemetry.field_process", *arguments) as child:
                    kept = await kept_before_kill(child, float(random.uniform(0.0, 0.4)), kept)
            final = StationRelay(address=station_at(broker.port), outbox=SqliteOutbox(outbox), clock=CLOCK)
            async with running(final.run), asyncio.timeout(60.0):
                await final.drained()
    ids = stored_ids(engine)
    assert kept > KILLS * 50
    assert {record_id(number) for number in range(kept)} <= ids
    assert len(told) == len({record.id for record in told}) == len(ids)
    engine.dispose()


async def test_an_office_killed_with_a_backlog_loses_nothing_it_gave_a_receipt_for(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    count = 20_000
    port = free_port("127.0.0.1")
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    relay = StationRelay(address=station_at(port), outbox=outbox, clock=CLOCK, settings=PATIENT)
    database = tmp_path / "office.sqlite"
    async with running(relay.run):
        for start in range(0, count, 2000):
            await relay.put([track(number) for number in range(start, start + 2000)])
        for _ in range(4):
            async with process("tests.telemetry.office_process", str(port), str(database)) as office:
                assert office.stdout is not None
                async with asyncio.timeout(30.0):
                    assert await office.stdout.readline() == b"ready\n"
                await asyncio.sleep(float(random.uniform(0.3, 0.9)))
        async with process("tests.telemetry.office_process", str(port), str(database)), asyncio.timeout(90.0):
            await relay.drained()
    outbox.close()
    engine = open_engine(f"sqlite:///{database}")
    assert stored_ids(engine) == {record_id(number) for number in range(count)}
    engine.dispose()


@pytest.mark.peer
async def test_a_mosquitto_killed_with_a_backlog_loses_nothing(tmp_path: Path) -> None:
    need_mosquitto()
    count = 20_000
    engine = office_engine(tmp_path)
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    async with MosquittoBroker(book=book(), folder=tmp_path / "mosquitto", port=0) as broker:
        address = OfficeAddress(topics=TOPICS, broker=office_at(broker.port))
        office = OfficeIngest(address=address, store=SqlRecordStore(engine), clock=CLOCK)
        relay = StationRelay(address=station_at(broker.port), outbox=outbox, clock=CLOCK, settings=PATIENT)
        async with running(office.run, relay.run):
            for start in range(0, count, 4000):
                await relay.put([track(number) for number in range(start, start + 4000)])
                child = broker.process_id
                if child is not None:
                    os.kill(child, signal.SIGKILL)
                await asyncio.sleep(1.0)
            async with asyncio.timeout(90.0):
                await relay.drained()
        assert broker.restarts >= 3
    outbox.close()
    assert stored_ids(engine) == {record_id(number) for number in range(count)}
    engine.dispose()
