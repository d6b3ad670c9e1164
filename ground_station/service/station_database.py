"""The station's database: documents, accounts and pictures in one SQLite file that is made sound before it is used."""

from pathlib import Path

import sqlalchemy as sa

from fleet.set_aside import BrokenParts
from fleet.text import Text
from ground_station.service.documents_sql import documents_metadata
from imagery.tables_sql import imagery_metadata
from portal.accounts_sql import accounts_metadata
from telemetry.sound_engine import KeptSchema, open_sound_engine

FILE = "station.sqlite"
_TABLES = (documents_metadata, accounts_metadata, imagery_metadata)


def open_station_database(folder: Path, broken: BrokenParts) -> sa.Engine:
    """Return an engine on the station's database with all tables; what was broken is told to `broken`.

    Raises UnavailableError if the disk refuses.
    """
    schema = KeptSchema(name=Text("地上局のデータベース", "the station's database"), tables=_TABLES, create=_create)
    engine = open_sound_engine(f"sqlite:///{folder / FILE}", schema, broken)
    _create(engine)
    return engine


def _create(engine: sa.Engine) -> None:
    for metadata in _TABLES:
        metadata.create_all(engine)
