"""A station served without aircraft, with a browser for each kind of person."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from fleet.audit_file import AuditFile
from fleet.clock import SystemClock
from fleet.ids import VehicleId
from fleet.realm import Realm
from fleet.roles import Role
from ground_station.api.app import create_app
from ground_station.field_station import FieldStation
from ground_station.flight.core import FlightCore
from ground_station.station_setup import StationSetup
from missions.formats.demo_town import make_demo_town
from missions.formats.town_bundle import write_town
from missions.values.town import Town
from telemetry.mqtt_address import MqttAddress
from tests.ground_station.flight.aircraft import unheard_core

PASSWORD = "correct horse battery"
VEHICLE = VehicleId("kakehashi-1")
FOUNDER = "操縦 太郎"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody's browser, and the header that their changes carry."""

    client: httpx.AsyncClient
    csrf: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A station, the flight core beside it, its application, and its founder's browser."""

    station: FieldStation
    core: FlightCore
    app: FastAPI
    founder: Person

    @asynccontextmanager
    async def person(self, name: str, *roles: Role) -> AsyncIterator[Person]:
        """Invite somebody with these roles and sign them in."""
        body = {"name": name, "roles": [role.value for role in roles]}
        invited = await self.founder.client.post("/api/people", json=body, headers=self.founder.csrf)
        assert invited.status_code == 201, invited.text
        token = invited.json()["path"].partition("=")[2]
        async with browser(self.app) as client:
            accepted = await client.post("/api/invitations", json={"token": token, "password": PASSWORD})
            yield Person(client=client, csrf={"X-CSRF-Token": accepted.json()["csrf_token"]})


def browser(app: FastAPI) -> httpx.AsyncClient:
    """Return a browser with cookies of its own."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://station")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Path]:
    made = make_demo_town()
    folder = tmp_path_factory.mktemp("town") / "demo"
    write_town(made, folder)
    return made, folder


@pytest.fixture
async def served(town: tuple[Town, Path], tmp_path: Path) -> AsyncIterator[Served]:
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(unheard_core(VEHICLE))
        station = await stack.enter_async_context(
            FieldStation(
                StationSetup(
                    town=town[0],
                    bundle=town[1],
                    folder=tmp_path,
                    realm=Realm.DRILL,
                    broker=MqttAddress(host="127.0.0.1", port=9, username="station-1", password="x" * 20),
                    flight=core,
                    vehicles=(VEHICLE,),
                    audit=AuditFile(tmp_path / "audit.jsonl", clock),
                    clock=clock,
                )
            )
        )
        app = create_app(station, device_keys={"camera-1": "k" * 32}, pages=tmp_path / "pages")
        client = await stack.enter_async_context(browser(app))
        body = {"token": station.access.new_setup_token(), "name": FOUNDER, "password": PASSWORD}
        answer = await client.post("/api/setup", json=body)
        assert answer.status_code == 201, answer.text
        founder = Person(client=client, csrf={"X-CSRF-Token": answer.json()["csrf_token"]})
        yield Served(station=station, core=core, app=app, founder=founder)
