"""Records a second from the field's disk to the town's database, beside a bare client on the same broker.

The field (SQLite outbox, FULL) is a process of its own, as in life; the town (broker, ingest, SQLite, FULL) is this
one. The clock runs from the first record handed to the outbox until the outbox is empty, that is until the town's
database had everything and the field knew. Prints JSON.

    python -m bench.telemetry_records [--broker embedded|mosquitto] [--records 50000]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from fleet.clock import SystemClock
from fleet.ids import StationId, TownId, uuid7
from fleet.realm import Realm
from telemetry.bodies import VehicleTrack
from telemetry.brokers.access import Device, DeviceBook, DeviceKind, hash_password
from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.brokers.mosquitto import MosquittoBroker
from telemetry.engine_sql import open_engine
from telemetry.ingest_mqtt import OfficeAddress, OfficeIngest
from telemetry.making import make_record
from telemetry.mqtt_address import MqttAddress
from telemetry.outbox_sqlite import SqliteOutbox
from telemetry.records import Record
from telemetry.relay_mqtt import StationAddress, StationRelay
from telemetry.store_sql import SqlRecordStore
from telemetry.tables_sql import create_tables
from telemetry.topics import Topics

TOPICS = Topics(realm=Realm.DRILL, town=TownId("bench"))
STATION = StationId("tent-1")
START_S = 1_780_000_000.0
KEY = "a key for the benchmark"
PUT_AT_ONCE = 100
BARE_MESSAGES = 10_000
DEADLINE_S = 300.0


def made(number: int) -> Record:
    body = VehicleTrack(
        vehicle_id=f"kite-{number % 4}",
        at_s=START_S + number / 4,
        lon_deg=132.3 + number * 1.7e-6,
        lat_deg=34.6 + (number * 7919 % 1000) * 1e-6,
        alt_amsl_m=500.0 + (number * 31 % 997) / 10,
        alt_home_m=100.0,
        heading_deg=(number * 13 % 3600) / 10,
        groundspeed_mps=11.0 + (number * 17 % 100) / 100,
        climb_mps=(number * 11 % 40) / 100,
        alt_agl_m=80.0,
    )
    record_id = uuid7(START_S + number / 1000, number.to_bytes(10, "big"))
    return make_record(body, record_id=record_id, recorded_at_s=body.at_s)


def address(port: int, username: str) -> MqttAddress:
    return MqttAddress(host="127.0.0.1", port=port, username=username, password=KEY)


def book() -> DeviceBook:
    hashed = hash_password(KEY, bytes(12))
    station = Device(username="tent-1", password_hash=hashed, kind=DeviceKind.STATION, topics=TOPICS, station=STATION)
    office = Device(username="office", password_hash=hashed, kind=DeviceKind.OFFICE, topics=TOPICS)
    return DeviceBook([station, office])


async def field(port: int, folder: Path, count: int) -> dict[str, float]:
    """Record `count` records as fast as the disk takes them, relayed meanwhile; return when all are receipted."""
    outbox = SqliteOutbox(folder / "outbox.sqlite")
    broker = address(port, "tent-1")
    relay = StationRelay(
        address=StationAddress(topics=TOPICS, station=STATION, broker=broker), outbox=outbox, clock=SystemClock()
    )
    records = [made(number) for number in range(count)]
    running = asyncio.create_task(relay.run())
    started_s = time.perf_counter()
    for start in range(0, count, PUT_AT_ONCE):
        await relay.put(records[start : start + PUT_AT_ONCE])
    on_disk_s = time.perf_counter() - started_s
    async with asyncio.timeout(DEADLINE_S):
        await relay.drained()
    elapsed_s = time.perf_counter() - started_s
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    outbox.close()
    return {"on_field_disk_s": on_disk_s, "elapsed_s": elapsed_s}


@asynccontextmanager
async def broker_port(kind: str, folder: Path) -> AsyncIterator[int]:
    if kind == "mosquitto":
        async with MosquittoBroker(book=book(), folder=folder / "mosquitto", port=0) as mosquitto:
            yield mosquitto.port
    else:
        async with EmbeddedBroker(book=book(), port=0) as embedded:
            yield embedded.port


async def field_to_town(kind: str, folder: Path, count: int) -> dict[str, object]:
    engine = open_engine(f"sqlite:///{folder / 'office.sqlite'}")
    create_tables(engine)
    store = SqlRecordStore(engine)
    async with broker_port(kind, folder) as port:
        office = OfficeIngest(
            address=OfficeAddress(topics=TOPICS, broker=address(port, "office")), store=store, clock=SystemClock()
        )
        ingesting = asyncio.create_task(office.run())
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.telemetry_records",
            "--field",
            f"{port}:{folder}:{count}",
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await child.communicate()
        ingesting.cancel()
        await asyncio.gather(ingesting, return_exceptions=True)
    measured = json.loads(output)
    stored = store.count()
    engine.dispose()
    return {
        "records": count,
        "stored": stored,
        "lost": count - stored,
        "elapsed_s": round(measured["elapsed_s"], 2),
        "on_field_disk_s": round(measured["on_field_disk_s"], 2),
        "records_per_s": round(count / measured["elapsed_s"]),
    }


async def bare_publisher(port: int, count: int) -> None:
    """Publish, and stay until stdin ends: amqtt 0.12 drops what it acknowledged but has not passed on yet when the
    publisher leaves (1,031 of 2,000 arrived)."""
    payload = bytes(200)
    async with address(port, "tent-1").connected(queue_messages=1) as client:
        room = asyncio.Semaphore(10)

        async def publish() -> None:
            async with room:
                await client.publish(f"{TOPICS.station_prefix(STATION)}/up/track", payload, qos=1)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(count):
                tasks.create_task(publish())
        await asyncio.to_thread(sys.stdin.read)


async def bare_client(kind: str, folder: Path, count: int) -> dict[str, object]:
    """Publish `count` QoS 1 messages of 200 bytes, 10 unacknowledged at most, to one subscriber; nothing is stored."""
    async with broker_port(kind, folder) as port, address(port, "office").connected(queue_messages=count) as client:
        await client.subscribe(TOPICS.every_up(), qos=1)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.telemetry_records", "--bare", f"{port}:{count}", stdin=asyncio.subprocess.PIPE
        )
        started_s, received = 0.0, 0
        async with asyncio.timeout(DEADLINE_S):
            async for _ in client.messages:
                if received == 0:
                    started_s = time.perf_counter()
                received += 1
                if received == count:
                    break
        elapsed_s = time.perf_counter() - started_s
        await child.communicate(b"")
    return {"messages": count, "elapsed_s": round(elapsed_s, 2), "messages_per_s": round(count / elapsed_s)}


async def measure(kind: str, count: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = await field_to_town(kind, folder, count)
        bare = await bare_client(kind, folder, BARE_MESSAGES)
    return {"bench": "telemetry_records", "broker": kind, "field_to_town_database": ours, "bare_client_qos1": bare}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", choices=("embedded", "mosquitto"), default="embedded")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--field", help=argparse.SUPPRESS)
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    result: object
    if options.field:
        port, folder, count = options.field.split(":")
        result = asyncio.run(field(int(port), Path(folder), int(count)))
    elif options.bare:
        port, count = options.bare.split(":")
        asyncio.run(bare_publisher(int(port), int(count)))
        return
    else:
        result = asyncio.run(measure(options.broker, options.records))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
