"""A town, a station and records for the tests."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager

from fleet.clock import SystemClock
from fleet.ids import StationId, TownId, uuid7
from fleet.realm import Realm
from telemetry.bodies import Alert, Bilingual, VehicleState, VehicleTrack
from telemetry.brokers.access import Device, DeviceBook, DeviceKind, hash_password
from telemetry.making import make_record
from telemetry.mqtt_address import MqttAddress
from telemetry.records import Record
from telemetry.relay_mqtt import StationAddress
from telemetry.topics import Topics

TOPICS = Topics(realm=Realm.DRILL, town=TownId("yamanaka"))
STATION = StationId("tent-1")
START_S = 1_780_000_000.0
STATION_KEY = "station-key-of-the-tests"
OFFICE_KEY = "office-key-of-the-tests!"
CLOCK = SystemClock()


def record_id(number: int) -> str:
    """Return a UUIDv7 that only depends on `number`."""
    return uuid7(START_S + number * 0.001, number.to_bytes(10, "big"))


def track(number: int, vehicle: str = "kite-1") -> Record:
    body = VehicleTrack(
        vehicle_id=vehicle,
        at_s=START_S + number,
        lon_deg=132.3 + number * 1e-6,
        lat_deg=34.6,
        alt_amsl_m=500.0 + number % 90,
        alt_home_m=100.0,
        heading_deg=float(number % 360),
        groundspeed_mps=11.5,
        climb_mps=0.1,
        alt_agl_m=80.0,
    )
    return make_record(body, record_id=record_id(number), recorded_at_s=START_S + number)


def state(number: int, vehicle: str = "kite-1") -> Record:
    body = VehicleState(
        vehicle_id=vehicle,
        at_s=START_S + number,
        lon_deg=132.3,
        lat_deg=34.6,
        alt_amsl_m=500.0,
        alt_home_m=100.0,
        heading_deg=90.0,
        groundspeed_mps=11.5,
        climb_mps=0.0,
        mode="AUTO",
        armed=True,
        link="fresh",
        activity=Bilingual(ja="飛行中", en="flying"),
        simulated=True,
    )
    return make_record(body, record_id=record_id(10_000_000 + number), recorded_at_s=START_S + number)


def alert(number: int) -> Record:
    body = Alert(
        alert_id=f"alert-{number}",
        at_s=START_S + number,
        level="warn",
        text=Bilingual(ja="風が強い", en="strong wind"),
    )
    return make_record(body, record_id=record_id(20_000_000 + number), recorded_at_s=START_S + number)


def devices() -> Sequence[Device]:
    salt = bytes(12)
    return (
        Device(
            username="tent-1",
            password_hash=hash_password(STATION_KEY, salt),
            kind=DeviceKind.STATION,
            topics=TOPICS,
            station=STATION,
        ),
        Device(
            username="town-office", password_hash=hash_password(OFFICE_KEY, salt), kind=DeviceKind.OFFICE, topics=TOPICS
        ),
        Device(username="wall", password_hash=hash_password(OFFICE_KEY, salt), kind=DeviceKind.WATCHER, topics=TOPICS),
    )


def book() -> DeviceBook:
    return DeviceBook(devices())


def station_at(port: int, host: str = "127.0.0.1") -> StationAddress:
    broker = MqttAddress(host=host, port=port, username="tent-1", password=STATION_KEY)
    return StationAddress(topics=TOPICS, station=STATION, broker=broker)


def office_at(port: int, host: str = "127.0.0.1") -> MqttAddress:
    return MqttAddress(host=host, port=port, username="town-office", password=OFFICE_KEY)


@asynccontextmanager
async def running(*services: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Run coroutines beside the block and cancel them after it; what one of them raised is raised."""
    tasks = [asyncio.ensure_future(service()) for service in services]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait until `condition` holds; fails with TimeoutError."""
    end_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError
        await asyncio.sleep(0.01)
