"""A running worker, and empty databases of both kinds."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from imagery.intake import PictureIntake
from imagery.tables_sql import create_picture_tables
from telemetry.engine_sql import open_engine
from telemetry.tables_sql import create_tables
from tests.telemetry.postgres_server import postgres_url


@pytest.fixture
async def intake() -> AsyncIterator[PictureIntake]:
    async with PictureIntake() as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_url() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.peer)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """Give an empty database of the town."""
    if request.param == "sqlite":
        made = open_engine(f"sqlite:///{tmp_path / 'office.sqlite'}")
    else:
        made = open_engine(request.getfixturevalue("postgres"))
        with made.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    create_tables(made)
    create_picture_tables(made)
    yield made
    made.dispose()
