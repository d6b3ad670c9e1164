"""An engine on a database that is made sound before it is used, and that says when it proves damaged later.

Only SQLite files are looked at; a PostgreSQL server keeps its own house.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import ExceptionContext

from fleet.errors import UnavailableError
from fleet.set_aside import BrokenParts
from fleet.text import Text
from telemetry.engine_sql import open_engine
from telemetry.kept_tables import kept_tables
from telemetry.sound_sqlite import KeptDatabase, make_sound, note_damage
from telemetry.sqlite_check import is_damage


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSchema:
    """What a database holds: what a person calls it, its tables, and what makes them on an empty one."""

    name: Text
    tables: tuple[sa.MetaData, ...]
    create: Callable[[sa.Engine], None]


def sqlite_file(url: str | sa.URL) -> Path | None:
    """Return the file of an SQLite URL; None for another database, or one in memory."""
    parsed = sa.make_url(url)
    named = parsed.database
    if parsed.get_backend_name() != "sqlite" or not named or named.startswith((":", "file:")):
        return None
    return Path(named)


def open_sound_engine(url: str, schema: KeptSchema, broken: BrokenParts) -> sa.Engine:
    """Return an engine on a database that can be used; the tables are not made where there is none yet. Blocks.

    Raises UnavailableError if the disk refuses.
    """
    path = sqlite_file(url)
    engine = open_engine(url)
    if path is None:
        return engine
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            Text(f"{path.parent} を使えません: {error.strerror}", f"{path.parent} cannot be used: {error.strerror}"),
            Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
        ) from error
    database = KeptDatabase(
        path=path,
        name=schema.name,
        tables=kept_tables(*schema.tables),
        create=lambda fresh: _create(fresh, schema),
    )
    make_sound(database, broken=broken, now_s=time.time())
    _listen_for_damage(engine, path, schema.name, broken)
    return engine


def _create(path: Path, schema: KeptSchema) -> None:
    engine = open_engine(f"sqlite:///{path}")
    try:
        schema.create(engine)
    finally:
        engine.dispose()


def _listen_for_damage(engine: sa.Engine, path: Path, name: Text, broken: BrokenParts) -> None:
    def on_error(context: ExceptionContext) -> None:
        error = context.original_exception
        if is_damage(error):
            note_damage(path, name=name, error=error, broken=broken, now_s=time.time())

    event.listen(engine, "handle_error", on_error)
