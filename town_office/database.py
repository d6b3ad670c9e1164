"""The town's database: opened by URL, brought to this version's tables under a lock, bound to one town and realm."""

from pathlib import Path

import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from fleet.errors import BadInputError, UnavailableError
from fleet.ids import TownId
from fleet.realm import Realm
from fleet.set_aside import BrokenParts
from fleet.text import Text
from imagery.tables_sql import imagery_metadata
from portal.accounts_sql import accounts_metadata
from telemetry.engine_sql import open_engine, writing
from telemetry.sound_engine import KeptSchema, open_sound_engine, sqlite_file
from telemetry.tables_sql import newest, telemetry_metadata
from town_office.tables_sql import identity_table, office_metadata

_log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
_NAME = Text("役場のデータベース", "the town office's database")
_POSTGRESQL_LOCK = 0x6B616B65


def all_tables() -> sa.MetaData:
    """Return the tables of every part that keeps something in the town's database."""
    together = sa.MetaData()
    for metadata in (telemetry_metadata, imagery_metadata, accounts_metadata, office_metadata):
        for table in metadata.tables.values():
            table.to_metadata(together)
    return together


def open_database(url: str) -> sa.Engine:
    """Return an engine for a SQLAlchemy URL; nothing is connected to yet.

    `sqlite:////path/office.sqlite` makes its folder; `postgresql://` means the psycopg driver. Raises BadInputError for
    a bad URL and UnavailableError if the folder cannot be made.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        _check_kind(parsed)
        return open_engine(parsed.render_as_string(hide_password=False))
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ValueError) as error:
        raise BadInputError(
            Text("データベースの URL が使えません", f"the database URL cannot be used: {type(error).__name__}"),
            Text(
                "sqlite:////パス/office.sqlite か postgresql://利用者@ホスト/名前 と書いてください",
                "write sqlite:////path/office.sqlite or postgresql://user@host/name",
            ),
        ) from error
    except OSError as error:
        raise UnavailableError(
            Text(f"データベースのフォルダを作れません: {error}", f"the database's folder cannot be made: {error}"),
            Text("場所と権限を確かめるか、別の場所にしてください", "check the path and permissions, or choose another"),
        ) from error


def _check_kind(url: sa.URL) -> None:
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and not url.database.startswith((":", "file:")):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    elif backend != "postgresql":
        message = "only SQLite in a file and PostgreSQL keep what the office takes in"
        raise ValueError(message)


def open_sound_database(url: str, broken: BrokenParts) -> sa.Engine:
    """Return an engine as `open_database` does; an SQLite file that is broken is set aside first, and told. Blocks.

    Raises BadInputError and UnavailableError.
    """
    open_database(url).dispose()
    if sqlite_file(url) is None:
        return open_database(url)
    schema = KeptSchema(name=_NAME, tables=(all_tables(),), create=migrate)
    return open_sound_engine(url, schema, broken)


def migrate(engine: sa.Engine) -> None:
    """Bring the database to this version's tables in one transaction; others that start now wait for it.

    Raises UnavailableError if the database does not answer and BadInputError if a newer version or another program
    has written it.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))
        _refuse_foreign_tables(connection)
        _mend_version(connection)
        try:
            command.upgrade(_configuration(connection), "head")
        except CommandError as error:
            raise BadInputError(
                Text("データベースがこの版より新しいか、壊れています", f"the database is newer than this: {error}"),
                Text("Kakehashi を新しい版にしてください", "install the newer version of Kakehashi"),
            ) from error


def _mend_version(connection: sa.Connection) -> None:
    """Put the version right that the disk has changed: its tables are exactly ours, so no other version wrote it."""
    if connection.dialect.name != "sqlite" or not sa.inspect(connection).has_table("alembic_version"):
        return
    script = ScriptDirectory.from_config(_configuration(connection))
    noted = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
    known = {revision.revision for revision in script.walk_revisions()}
    if len(noted) == 1 and noted[0] in known:
        return
    inspector = sa.inspect(connection)
    found = {name: {column["name"] for column in inspector.get_columns(name)} for name in inspector.get_table_names()}
    wanted = {name: set(table.columns.keys()) for name, table in all_tables().tables.items()}
    if {name: columns for name, columns in found.items() if name != "alembic_version"} == wanted:
        connection.execute(sa.text("DELETE FROM alembic_version"))
        connection.execute(
            sa.text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": script.get_current_head()}
        )
        _log.error("the version noted in the database was damaged, and is put right", noted=[str(one) for one in noted])


def _refuse_foreign_tables(connection: sa.Connection) -> None:
    names = set(sa.inspect(connection).get_table_names())
    if "alembic_version" in names:
        return
    foreign = sorted(names & set(all_tables().tables))
    if foreign:
        raise BadInputError(
            Text(
                f"このデータベースには別のプログラムの表があります（{'、'.join(foreign)}）",
                f"this database holds tables of another program: {', '.join(foreign)}",
            ),
            Text("空のデータベースを指定してください", "name an empty database"),
        )


def _configuration(connection: sa.Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration


def claim(engine: sa.Engine, *, realm: Realm, town: TownId) -> None:
    """Bind the database to one town in one realm; raises BadInputError if it belongs to another."""
    with writing(engine) as connection:
        owner = connection.execute(sa.select(identity_table)).mappings().one_or_none()
        if owner is None:
            connection.execute(sa.insert(identity_table).values(realm=realm.value, town=town))
        elif owner["realm"] == realm.value and owner["town"] != town and _is_all_of(connection, town):
            connection.execute(sa.update(identity_table).values(town=town))
            _log.error("the town noted in the database was damaged, and is put right", noted=str(owner["town"]))
        elif (owner["realm"], owner["town"]) != (realm.value, town):
            found = f"{owner['town']} / {Realm(owner['realm']).label.ja}"
            raise BadInputError(
                Text(
                    f"このデータベースは別の町か別の用途のものです（{found}）",
                    f"this database belongs to another town or realm: {owner['town']}, {owner['realm']}",
                ),
                Text(
                    "訓練と本番、町ごとに別のデータベースを指定してください",
                    "name a database of its own for each town, and for drills and live",
                ),
            )


def _is_all_of(connection: sa.Connection, town: TownId) -> bool:
    """Return whether the database holds newest records, and of this town alone: then its owner's name is damaged."""
    towns = connection.execute(sa.select(newest.c.town).distinct().limit(2)).scalars().all()
    return list(towns) == [town]


def is_answering(engine: sa.Engine) -> bool:
    """Return whether the database answers now."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.select(1))
    except sa.exc.SQLAlchemyError:
        return False
    return True
