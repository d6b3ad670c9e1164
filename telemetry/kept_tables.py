"""What must stand in the rows of a database that we keep: read from SQLAlchemy's tables, checked by SQLite itself.

SQLite guards neither its pages nor its values by checksums: a flipped byte turns a number into a text or a state into
one that does not exist. A column may say what its text is by `info={READS_AS: function}`, which raises ValueError,
LookupError or TypeError for what it is not.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

READS_AS = "reads_as"


def one_of(*allowed: object) -> Callable[[object], object]:
    """Return a `READS_AS` that takes these values only."""

    def read(value: object) -> object:
        if value not in allowed:
            message = f"none of {allowed}"
            raise ValueError(message)
        return value

    return read


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptColumn:
    """One column: `storage` is what SQLite's `typeof` must say, `reads_as` makes its value or raises."""

    name: str
    storage: tuple[str, ...]
    nullable: bool
    reads_as: Callable[[object], object] | None = None

    def reads(self, value: object) -> bool:
        """Return whether the value is what it should be, its storage aside."""
        try:
            if self.reads_as is not None:
                self.reads_as(value)
        except (ValueError, LookupError, TypeError):
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """One table with a rowid, its columns in their order; `numbered` if the first stands for the rowid."""

    name: str
    columns: tuple[KeptColumn, ...]
    numbered: bool = False


def kept_tables(*metadatas: sa.MetaData) -> tuple[KeptTable, ...]:
    """Return the tables of these metadatas as they must be found on SQLite."""
    return tuple(
        KeptTable(name=table.name, columns=tuple(_kept_column(column) for column in table.columns))
        for metadata in metadatas
        for table in metadata.sorted_tables
    )


def _kept_column(column: sa.Column[object]) -> KeptColumn:
    reads_as = column.info.get(READS_AS)
    return KeptColumn(
        name=column.name,
        storage=_storage(column.type),
        nullable=bool(column.nullable),
        reads_as=reads_as,
    )


def _storage(kind: sa.types.TypeEngine[object]) -> tuple[str, ...]:
    if isinstance(kind, sa.LargeBinary):
        return ("blob",)
    if isinstance(kind, sa.Boolean | sa.Integer):
        return ("integer",)
    if isinstance(kind, sa.Float):
        return ("real", "integer")
    return ("text",)


def add_functions(connection: sqlite3.Connection, tables: tuple[KeptTable, ...]) -> None:
    """Give a connection the functions that `soundness` calls."""
    connection.create_function("is_utf8", 1, _is_utf8, deterministic=True)
    for table in tables:
        for column in table.columns:
            if column.reads_as is not None:
                name = _function_of(table, column)
                connection.create_function(name, 1, column.reads, deterministic=True)


def soundness(table: KeptTable, present: frozenset[str]) -> str:
    """Return the SQL condition that holds for a sound row; columns that are not `present` are left out."""
    return " AND ".join(_sound(table, column) for column in table.columns if column.name in present) or "1"


def _sound(table: KeptTable, column: KeptColumn) -> str:
    name = quoted(column.name)
    kinds = ", ".join(f"'{kind}'" for kind in column.storage)
    conditions = [f"typeof({name}) IN ({kinds})"]
    if "text" in column.storage:
        conditions.append(f"is_utf8(CAST({name} AS BLOB))")
    if column.reads_as is not None:
        conditions.append(f"{_function_of(table, column)}({name})")
    sound = " AND ".join(conditions)
    return f"({name} IS NULL OR ({sound}))" if column.nullable else f"({sound})"


def sql(*words: str) -> str:
    """Return a statement of these words; names must be `quoted`, values bound."""
    return " ".join(words)


def quoted(name: str) -> str:
    """Return an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _function_of(table: KeptTable, column: KeptColumn) -> str:
    return f"reads_{table.name}_{column.name}"


def _is_utf8(content: object) -> bool:
    if not isinstance(content, bytes):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
