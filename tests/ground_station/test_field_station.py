"""The station put together: a restart, the realm, and requests that come twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from msgspec import structs

from fleet.audit import AuditEntry
from fleet.audit_file import AuditFile
from fleet.clock import SystemClock
from fleet.errors import ConflictError, FleetError, ForbiddenError, RefusedError, UnavailableError
from fleet.ids import DeliveryId, RequestId, SiteId, VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.field_station import FieldStation
from ground_station.flight.core import FlightCore
from ground_station.flight.flight_plan import PlanDigest
from ground_station.flight.port import CoreReport, FlightPort, SetUp
from ground_station.flight.vehicles.state import LinkState
from ground_station.service.alerts import AlertLevel, AlertNews
from ground_station.service.delivery import DeliveryState
from ground_station.service.request_book import RequestState
from ground_station.station_setup import StationSetup
from missions.formats.demo_town import make_demo_town
from missions.formats.town_bundle import write_town
from missions.values.town import Town
from telemetry.codec import DownMessage
from telemetry.mqtt_address import MqttAddress
from telemetry.records import Lane
from tests.ground_station.flight.aircraft import eventually, unheard_core
from tests.ground_station.flight.vehicles.test_replay import Replay
from tests.ground_station.service.test_flight_progress import DELIVERY

VEHICLE = VehicleId("kakehashi-1")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Path]:
    made = make_demo_town()
    folder = tmp_path_factory.mktemp("town") / "demo"
    write_town(made, folder)
    return made, folder


@asynccontextmanager
async def _station(
    town: tuple[Town, Path], folder: Path, realm: Realm, flight: FlightPort | None = None
) -> AsyncIterator[FieldStation]:
    clock = SystemClock()
    folder.mkdir(exist_ok=True)
    async with unheard_core(VEHICLE, realm) as core:
        setup = StationSetup(
            town=town[0],
            bundle=town[1],
            folder=folder,
            realm=realm,
            broker=MqttAddress(host="127.0.0.1", port=9, username="station-1", password="x" * 20),
            flight=flight or core,
            vehicles=(VEHICLE,),
            audit=AuditFile(folder / "audit.jsonl", clock),
            clock=clock,
        )
        async with FieldStation(setup) as station:
            yield station


def _asked(request_id: str, site: str = "takamuro") -> DownMessage:
    return DownMessage(
        id=f"down-{request_id}",
        kind="delivery.request",
        body={
            "id": request_id,
            "item": "水",
            "mass_kg": 4.0,
            "site_id": site,
            "urgency": 2,
            "requested_by": "役場",
            "requested_at_s": 1_780_000_000.0,
            "note": "",
        },
    )


async def test_a_request_of_the_town_that_comes_twice_is_one_and_outlives_a_restart(
    town: tuple[Town, Path], tmp_path: Path
) -> None:
    async with _station(town, tmp_path / "s", Realm.DRILL) as station:
        for _ in range(2):
            await station.town_link.on_down(_asked("r-1"))
        assert list(station.requests.all) == [RequestId("r-1")]
    async with _station(town, tmp_path / "s", Realm.DRILL) as again:
        entry = again.requests.get(RequestId("r-1"))
        assert entry.state is RequestState.OPEN
        assert entry.source == "office"
        assert entry.request.site_id == SiteId("takamuro")
        assert again.hub.state.state["requests"]["r-1"]["item"] == "水"


@pytest.mark.parametrize(
    "message", [_asked("r-2", site="nowhere"), DownMessage(id="d", kind="fly", body={"now": True})]
)
async def test_what_the_town_cannot_ask_changes_nothing(
    town: tuple[Town, Path], tmp_path: Path, message: DownMessage
) -> None:
    async with _station(town, tmp_path / "s", Realm.DRILL) as station:
        await station.town_link.on_down(message)
        assert dict(station.requests.all) == {}
        assert isinstance(station.flight, FlightCore)
        assert station.flight.station.ledger.recent() == ()


async def test_an_alert_goes_off_the_page_with_its_cause_and_the_office_is_told_of_both(
    town: tuple[Town, Path], tmp_path: Path
) -> None:
    vehicle_id = VehicleId("kakehashi-1")
    news = AlertNews(subject="link", level=AlertLevel.ACT, text=Text("通信が途絶しました", "the link is lost"))
    async with _station(town, tmp_path / "s", Realm.DRILL) as station:
        station._on_alert(vehicle_id, news)
        (shown,) = station.hub.state.state["alerts"].values()
        assert shown["text"]["ja"] == "通信が途絶しました"
        station._on_alert_over(vehicle_id, "failsafe")
        assert len(station.hub.state.state["alerts"]) == 1
        station._on_alert_over(vehicle_id, "link")
        assert station.hub.state.state["alerts"] == {}
        await asyncio.gather(*station._errands)
        told = [
            msgspec.msgpack.decode(packed.payload)[5]
            for packed in station._town_side._outbox.take(lane=Lane.ALERT, after=0, max_bytes=1 << 20, limit=10)
        ]
    assert [one["alert_id"] for one in told] == [shown["id"], shown["id"]]
    assert [one.get("over_at_s") is None for one in told] == [True, False]


async def test_a_new_cause_takes_the_place_of_the_alert_before(town: tuple[Town, Path], tmp_path: Path) -> None:
    async with _station(town, tmp_path / "s", Realm.DRILL) as station:
        for words in ("a failsafe acts", "battery low"):
            news = AlertNews(subject="failsafe", level=AlertLevel.ACT, text=Text(words, words))
            station._on_alert(VEHICLE, news)
        (shown,) = station.hub.state.state["alerts"].values()
        assert shown["text"]["en"] == "battery low"


async def test_an_alert_of_before_a_restart_ends_at_the_office_when_its_aircraft_is_heard_without_its_cause(
    town: tuple[Town, Path], tmp_path: Path
) -> None:
    vehicle_id = VehicleId("kakehashi-1")
    words = Text("電池が少ない", "battery low")
    heard = next(state for state in Replay("delivery").states() if not state.armed)
    heard = structs.replace(heard, vehicle_id=vehicle_id, link=LinkState.FRESH)
    async with _station(town, tmp_path / "s", Realm.DRILL) as station:
        for subject in ("failsafe", "link"):
            station._on_alert(vehicle_id, AlertNews(subject=subject, level=AlertLevel.ACT, text=words))
        raised = set(station.hub.state.state["alerts"])
    async with _station(town, tmp_path / "s", Realm.DRILL) as again:
        assert set(again.hub.state.state["alerts"]) == raised
        again._end_alerts_from_before(structs.replace(heard, link=LinkState.LOST))
        assert set(again.hub.state.state["alerts"]) == raised
        again._end_alerts_from_before(structs.replace(heard, critical_since_s=1.0))
        assert len(again.hub.state.state["alerts"]) == 1
        again._end_alerts_from_before(heard)
        assert again.hub.state.state["alerts"] == {}
        await asyncio.gather(*again._errands)
        told = [
            msgspec.msgpack.decode(packed.payload)[5]
            for packed in again._town_side._outbox.take(lane=Lane.ALERT, after=0, max_bytes=1 << 20, limit=10)
        ]
    assert {one["alert_id"] for one in told if one.get("over_at_s") is not None} == raised
    async with _station(town, tmp_path / "s", Realm.DRILL) as last:
        assert last.hub.state.state["alerts"] == {}


class _NoCore:
    """A flight core that is gone, or will not speak with this station."""

    def __init__(self, error: FleetError) -> None:
        self.error = error
        self.asked = 0

    async def follow(self) -> AsyncIterator[CoreReport]:
        self.asked += 1
        raise self.error
        yield

    async def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        raise self.error
        yield

    async def set_up(self, work: SetUp) -> None:
        raise self.error


@pytest.mark.parametrize("kind", [UnavailableError, ConflictError, RefusedError, ForbiddenError])
async def test_without_its_core_the_station_works_on_and_says_so_of_every_aircraft(
    town: tuple[Town, Path], tmp_path: Path, kind: type[FleetError]
) -> None:
    core = _NoCore(kind(Text("中枢と話せません", "cannot speak with the core"), Text("待つ", "wait")))
    async with _station(town, tmp_path / "s", Realm.DRILL, cast("Any", core)) as station:
        await eventually(lambda: core.asked >= 2)
        assert not station.mirror.reachable
        problem = station.mirror.report(VEHICLE).problem
        assert problem is not None
        assert problem.what.en == "cannot speak with the core"
        await station.town_link.on_down(_asked("r-1"))
        assert list(station.requests.all) == [RequestId("r-1")]
        ended = asyncio.create_task(station.failed())
        await asyncio.sleep(0.1)
        assert not ended.done()
        ended.cancel()


async def test_a_delivery_of_an_aircraft_that_is_gone_is_not_in_the_way_of_the_others(
    town: tuple[Town, Path], tmp_path: Path
) -> None:
    waiting = replace(
        DELIVERY, state=DeliveryState.READY, vehicle_id=VehicleId("gone-1"), flight=PlanDigest("x"), on_board=True
    )
    async with _station(town, tmp_path / "s", Realm.DRILL) as station:
        await station.deliveries.save(waiting, 0.0)
        other = replace(waiting, id=DeliveryId("d-2"), vehicle_id=VEHICLE)
        await station.deliveries.save(other, 0.0)
        await station._look_again()
        assert station.deliveries.get(other.id).state is DeliveryState.CHECKING
