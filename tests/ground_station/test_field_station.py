"""The station put together: a restart, the realm, and requests that come twice."""

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from fleet.audit_file import AuditFile
from fleet.clock import SystemClock
from fleet.errors import RefusedError
from fleet.ids import RequestId, SiteId, VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.field_station import FieldStation
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.links.address import parse_address
from ground_station.flight.preflight.drill_wall import require_realm
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.service.alerts import AlertLevel, AlertNews
from ground_station.service.request_book import RequestState
from ground_station.station_setup import StationSetup
from missions.formats.demo_town import make_demo_town
from missions.formats.town_bundle import write_town
from missions.values.town import Town
from telemetry.codec import DownMessage
from telemetry.mqtt_address import MqttAddress
from telemetry.records import Lane
from tests.ground_station.flight.vehicles.test_replay import Replay


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Path]:
    made = make_demo_town()
    folder = tmp_path_factory.mktemp("town") / "demo"
    write_town(made, folder)
    return made, folder


def _station(town: tuple[Town, Path], folder: Path, realm: Realm) -> FieldStation:
    clock = SystemClock()
    folder.mkdir(exist_ok=True)
    return FieldStation(
        StationSetup(
            town=town[0],
            bundle=town[1],
            folder=folder,
            realm=realm,
            broker=MqttAddress(host="127.0.0.1", port=9, username="station-1", password="x" * 20),
            vehicles=(VehicleSetting(id=VehicleId("kakehashi-1"), address=parse_address("tcp:127.0.0.1:9")),),
            audit=AuditFile(folder / "audit.jsonl", clock),
            clock=clock,
        )
    )


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
        assert station.aircraft.ledger.recent() == ()


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
            station._on_alert(VehicleId("kakehashi-1"), news)
        (shown,) = station.hub.state.state["alerts"].values()
        assert shown["text"]["en"] == "battery low"


async def test_an_alert_of_before_a_restart_ends_at_the_office_when_its_aircraft_is_heard_without_its_cause(
    town: tuple[Town, Path], tmp_path: Path
) -> None:
    vehicle_id = VehicleId("kakehashi-1")
    words = Text("電池が少ない", "battery low")
    heard = next(state for state in Replay("delivery").states() if not state.armed)
    heard = replace(heard, vehicle_id=vehicle_id, link=LinkState.FRESH)
    async with _station(town, tmp_path / "s", Realm.DRILL) as station:
        for subject in ("failsafe", "link"):
            station._on_alert(vehicle_id, AlertNews(subject=subject, level=AlertLevel.ACT, text=words))
        raised = set(station.hub.state.state["alerts"])
    async with _station(town, tmp_path / "s", Realm.DRILL) as again:
        assert set(again.hub.state.state["alerts"]) == raised
        again._end_alerts_from_before(replace(heard, link=LinkState.LOST))
        assert set(again.hub.state.state["alerts"]) == raised
        again._end_alerts_from_before(replace(heard, critical_since_s=1.0))
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


@pytest.mark.parametrize(("realm", "stranger"), [(Realm.LIVE, Simulated.YES), (Realm.DRILL, Simulated.NO)])
async def test_the_stations_aircraft_stand_behind_its_own_drill_wall(
    town: tuple[Town, Path], tmp_path: Path, realm: Realm, stranger: Simulated
) -> None:
    async with _station(town, tmp_path / "s", realm) as station:
        assert station.aircraft.realm is realm
        with pytest.raises(RefusedError):
            require_realm(station.aircraft.realm, stranger)
