import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from imagery.picture_handler_sql import PictureHandler
from telemetry.store_sql import SqlRecordStore
from tests.town_office.field import office_settings, running
from tests.town_office.postgres_server import fresh_database, postgres_server
from town_office.alerts_sql import AlertHandler
from town_office.api.app import create_app
from town_office.careful_handler_sql import CarefulHandler
from town_office.database import migrate, open_database
from town_office.deliveries_sql import DeliveryHandler
from town_office.office import TownOffice
from town_office.requests_sql import RequestHandler

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'office.sqlite'}"
    return fresh_database(request.getfixturevalue("postgres"), f"office_{secrets.token_hex(6)}")


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Return a database with all tables."""
    engine = open_database(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> SqlRecordStore:
    handlers = (RequestHandler(), DeliveryHandler(), AlertHandler(), PictureHandler())
    return SqlRecordStore(engine, [CarefulHandler(handler) for handler in handlers])


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An office and a browser whose person holds the founder's roles."""

    office: TownOffice
    app: FastAPI
    client: httpx.AsyncClient
    csrf: dict[str, str]


def browser(app: FastAPI) -> httpx.AsyncClient:
    """Return a browser with cookies of its own."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://office")


async def set_up(office: TownOffice, client: httpx.AsyncClient) -> dict[str, str]:
    """Make the founder through the one-time link; return the header that changes carry."""
    body = {"token": office.access.new_setup_token(), "name": "町長", "password": PASSWORD}
    answer = await client.post("/api/setup", json=body)
    assert answer.status_code == 201, answer.text
    return {"X-CSRF-Token": answer.json()["csrf_token"]}


@asynccontextmanager
async def open_office(folder: Path, *, broker_port: int = 1) -> AsyncIterator[SignedIn]:
    """Run an office with a signed-in founder."""
    async with TownOffice.open(office_settings(folder, broker_port=broker_port)) as office:
        app = create_app(office)
        async with running(office.run), browser(app) as client:
            yield SignedIn(office=office, app=app, client=client, csrf=await set_up(office, client))


@pytest.fixture
async def signed_in(tmp_path: Path) -> AsyncIterator[SignedIn]:
    async with open_office(tmp_path) as office:
        yield office
