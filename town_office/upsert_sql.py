"""Writes the newest known state of a thing, whatever order records come in. Part of the caller's transaction."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def put_newer(
    connection: sa.Connection, table: sa.Table, row: Mapping[str, object], *, kept: frozenset[str] = frozenset()
) -> None:
    """Insert `row`, or replace the row of its id unless that is from a later `recorded_at_s`.

    Columns in `kept` are left as they are in a row that is there already.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(dict(row))
    changed = {name: statement.excluded[name] for name in row if name != "id" and name not in kept}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_=changed,
            where=table.c.recorded_at_s <= statement.excluded.recorded_at_s,
        )
    )


def storable(text: str) -> str:
    """Return `text` as any database takes it: PostgreSQL knows no NUL in a text."""
    return text.replace("\x00", "�")
