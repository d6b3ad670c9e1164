"""A small town, a station in the field, and an office that hears it, for the tests."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from shapely.geometry import LineString, Polygon

from fleet.clock import SystemClock
from fleet.ids import SiteId, StationId, TownId, VehicleId, new_id
from fleet.positions import LocalFrame, LonLat
from fleet.realm import Realm
from fleet.text import Text
from missions.formats.demo_aircraft import demo_aircraft
from missions.terrain.grid import Terrain
from missions.values.rules import FlightRules
from missions.values.town import AirspaceArea, AirspaceKind, MapLine, Place, PlaceKind, Town
from telemetry.bodies import (
    Alert,
    Bilingual,
    Body,
    DeliveryPhase,
    DeliveryState,
    LaneBacklog,
    RequestPhase,
    RequestState,
    StationHealth,
    VehicleState,
    VehicleTrack,
)
from telemetry.brokers.access import Device, DeviceBook, DeviceKind, hash_password
from telemetry.making import make_record
from telemetry.mqtt_address import MqttAddress
from telemetry.records import Record
from telemetry.relay_mqtt import StationAddress
from telemetry.topics import Topics
from town_office.office import OfficeSettings

CLOCK = SystemClock()
STATION = StationId("station-1")
VEHICLE = VehicleId("kite-1")
STATION_KEY = "station-key-of-the-tests"
OFFICE_KEY = "office-key-of-the-tests!"
TOPICS = Topics(realm=Realm.DRILL, town=TownId("yamanaka"))
LON, LAT = 133.25, 34.75


def small_town() -> Town:
    """Return 3 × 3 km with one depot, one landing site and one station."""
    rows = np.arange(61, dtype=np.float32)
    heights_m = (400.0 + 3.0 * rows[:, None] + 40.0 * np.sin(rows[None, :] / 6.0)).astype(np.float32)
    frame = LocalFrame(lon_deg=LON, lat_deg=LAT)
    terrain = Terrain(
        frame=frame,
        west_m=-1500.0,
        south_m=-1500.0,
        cell_m=50.0,
        heights_m=heights_m,
        synthetic=True,
        source=Text("合成地形", "synthetic terrain"),
    )

    def place(place_id: str, kind: PlaceKind, name: Text, east_m: float, north_m: float) -> Place:
        at = frame.place_of(east_m, north_m)
        return Place(id=SiteId(place_id), kind=kind, name=name, at=at, ground_amsl_m=terrain.elevation_of(at))

    edge = Polygon([(LON - 0.01, LAT - 0.01), (LON + 0.01, LAT - 0.01), (LON + 0.01, LAT + 0.01)])
    return Town(
        id=TownId("yamanaka"),
        name=Text("山中町", "Yamanaka"),
        code="99998",
        boundary=edge,
        rules=FlightRules(),
        places=(
            place("depot", PlaceKind.DEPOT, Text("拠点", "Depot"), 0.0, -1000.0),
            place("takamuro", PlaceKind.LANDING_SITE, Text("高室集会所", "Takamuro hall"), 0.0, 1000.0),
            place("station-1", PlaceKind.STATION, Text("運航局", "Field station"), 20.0, -1000.0),
        ),
        airspace=(
            AirspaceArea(
                id="helipad", kind=AirspaceKind.NO_FLY, name=Text("ヘリポート", "Helipad"), area=edge, source="test"
            ),
        ),
        lines=(MapLine(kind="road", name=Text("県道", "Road"), line=LineString([(LON, LAT), (LON + 0.01, LAT)])),),
        aircraft=demo_aircraft(SiteId("depot")),
        terrain=terrain,
        station_id=STATION,
    )


def record(body: Body, recorded_at_s: float | None = None) -> Record:
    """Return a fresh record of a body."""
    at_s = CLOCK.now_s() if recorded_at_s is None else recorded_at_s
    return make_record(body, record_id=new_id(at_s), recorded_at_s=at_s)


def vehicle_state(at_s: float | None = None, *, vehicle: str = VEHICLE, lon_deg: float = LON) -> VehicleState:
    return VehicleState(
        vehicle_id=vehicle,
        at_s=CLOCK.now_s() if at_s is None else at_s,
        lon_deg=lon_deg,
        lat_deg=LAT,
        alt_amsl_m=620.0,
        alt_home_m=120.0,
        alt_agl_m=84.0,
        heading_deg=90.0,
        groundspeed_mps=9.5,
        climb_mps=0.2,
        mode="AUTO",
        armed=True,
        link="fresh",
        activity=Bilingual(ja="高室へ飛行中", en="flying to Takamuro"),
        battery_percent=71.0,
        delivery_id="delivery-1",
        simulated=True,
    )


def track(at_s: float, *, vehicle: str = VEHICLE, lon_deg: float = LON) -> VehicleTrack:
    return VehicleTrack(
        vehicle_id=vehicle,
        at_s=at_s,
        lon_deg=lon_deg,
        lat_deg=LAT,
        alt_amsl_m=620.0,
        alt_home_m=120.0,
        heading_deg=90.0,
        groundspeed_mps=9.5,
        climb_mps=0.2,
    )


def delivery_state(state: DeliveryPhase = "flying", *, at_s: float | None = None) -> DeliveryState:
    return DeliveryState(
        delivery_id="delivery-1",
        request_id="request-1",
        vehicle_id=VEHICLE,
        plan_id="plan-1",
        site_id="takamuro",
        item="水",
        mass_kg=4.0,
        state=state,
        text=Bilingual(ja="飛行中", en="flying"),
        at_s=CLOCK.now_s() if at_s is None else at_s,
        eta_s=1_780_000_300.0,
        route=[(LON, LAT), (LON, LAT + 0.01)],
    )


def request_state(
    request_id: str = "request-1", state: RequestPhase = "open", source: Literal["station", "office"] = "station"
) -> RequestState:
    return RequestState(
        request_id=request_id,
        item="水",
        mass_kg=4.0,
        site_id="takamuro",
        urgency=2,
        requested_by="花子",
        requested_at_s=1_780_000_000.0,
        state=state,
        source=source,
    )


def alert(alert_id: str = "alert-1", *, over_at_s: float | None = None) -> Alert:
    return Alert(
        alert_id=alert_id,
        at_s=CLOCK.now_s(),
        level="act",
        text=Bilingual(ja="電波途絶", en="silence"),
        vehicle_id=VEHICLE,
        over_at_s=over_at_s,
    )


def station_health(*, pictures: int = 12, at_s: float | None = None) -> StationHealth:
    return StationHealth(
        at_s=CLOCK.now_s() if at_s is None else at_s,
        pending={"image": LaneBacklog(records=40, bytes=1_900_000), "track": LaneBacklog(records=2, bytes=300)},
        pictures_pending=pictures,
        oldest_pending_s=480.0,
    )


def book() -> DeviceBook:
    """Return the broker's devices: one station and the office."""
    salt = bytes(12)
    return DeviceBook(
        (
            Device(
                username="station-1",
                password_hash=hash_password(STATION_KEY, salt),
                kind=DeviceKind.STATION,
                topics=TOPICS,
                station=STATION,
            ),
            Device(
                username="office",
                password_hash=hash_password(OFFICE_KEY, salt),
                kind=DeviceKind.OFFICE,
                topics=TOPICS,
            ),
        )
    )


def station_at(port: int) -> StationAddress:
    broker = MqttAddress(host="127.0.0.1", port=port, username="station-1", password=STATION_KEY)
    return StationAddress(topics=TOPICS, station=STATION, broker=broker)


def office_settings(folder: Path, *, broker_port: int = 1, database_url: str | None = None) -> OfficeSettings:
    """Return an office in a folder; port 1 is a broker that is never there."""
    return OfficeSettings(
        town=small_town(),
        realm=Realm.DRILL,
        database_url=database_url or f"sqlite:///{folder / 'office.sqlite'}",
        pictures_folder=folder / "pictures",
        audit_file=folder / "audit.jsonl",
        pages_folder=folder / "pages",
        broker=MqttAddress(host="127.0.0.1", port=broker_port, username="office", password=OFFICE_KEY),
    )


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


async def until(condition: Callable[[], bool | Awaitable[bool]], within_s: float = 20.0) -> None:
    """Wait until `condition` holds; fails with TimeoutError."""
    end_s = time.monotonic() + within_s
    while True:
        answer = condition()
        if answer if isinstance(answer, bool) else await answer:
            return
        if time.monotonic() > end_s:
            raise TimeoutError
        await asyncio.sleep(0.02)


def at(east_m: float, north_m: float) -> LonLat:
    """Return a place in metres from the town's middle."""
    return LocalFrame(lon_deg=LON, lat_deg=LAT).place_of(east_m, north_m)
