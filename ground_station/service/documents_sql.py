"""The station's own memory: JSON documents by collection and id, durable when `put` returns; SQLAlchemy Core."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from fleet.errors import FleetError
from fleet.ids import new_id
from fleet.set_aside import BrokenPart, BrokenParts
from fleet.text import Text
from telemetry.engine_sql import reading, writing

T = TypeVar("T")

_ASIDE = "broken."
_NAMES = {
    "requests": Text("依頼", "the request"),
    "deliveries": Text("配送", "the delivery"),
    "plans": Text("飛行計画", "the plan"),
    "open-alerts": Text("警報の一覧", "the list of alerts"),
}

documents_metadata = sa.MetaData()

documents_table = sa.Table(
    "documents",
    documents_metadata,
    sa.Column("collection", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(60), primary_key=True),
    sa.Column("at_s", sa.Float(53), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)


class SqlDocuments:
    """A document store on the station's database; blocking."""

    def __init__(self, engine: sa.Engine, broken: BrokenParts | None = None) -> None:
        self._engine = engine
        self._broken = broken or BrokenParts()

    def put(self, collection: str, document_id: str, body: Any, at_s: float) -> None:
        """Add or replace a document; raises UnavailableError if the disk refuses."""
        self.put_json(collection, document_id, msgspec.json.encode(body), at_s)

    def put_json(self, collection: str, document_id: str, content: bytes, at_s: float) -> None:
        """Add or replace a document that is JSON already."""
        with writing(self._engine) as connection:
            _put(connection, collection, document_id, content, at_s)

    def put_all(self, documents: Sequence[tuple[str, str, Any]], at_s: float) -> None:
        """Add or replace documents, each (collection, id, body), in one transaction: all of them or none."""
        with writing(self._engine) as connection:
            for collection, document_id, body in documents:
                _put(connection, collection, document_id, msgspec.json.encode(body), at_s)

    def get_json(self, collection: str, document_id: str) -> bytes | None:
        """Return a document as JSON, or None; raises UnavailableError."""
        this = (documents_table.c.collection == collection) & (documents_table.c.id == document_id)
        with reading(self._engine) as connection:
            content: bytes | None = connection.execute(sa.select(documents_table.c.body).where(this)).scalar()
        return content

    def all(self, collection: str, kind: type[T], key_of: Callable[[T], str] | None = None) -> list[T]:
        """Return the documents of a collection, oldest change first; raises UnavailableError.

        One that cannot be read as `kind`, or says by `key_of` that it is another, is moved to the collection
        `broken.<collection>`, told, and left out.
        """
        query = (
            sa.select(documents_table.c.id, documents_table.c.body)
            .where(documents_table.c.collection == collection)
            .order_by(documents_table.c.at_s, documents_table.c.id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        found: list[T] = []
        for document_id, body in rows:
            try:
                value = msgspec.json.decode(body, type=kind)
                is_other = key_of is not None and key_of(value) != document_id
                reason = "it says that it is another" if is_other else None
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, FleetError) as error:
                reason = str(error)
            if reason is None:
                found.append(value)
            else:
                self.set_aside(collection, document_id, reason)
        return found

    def set_aside(self, collection: str, document_id: str, reason: str) -> None:
        """Put a document that cannot be read out of the way, and say so; raises UnavailableError."""
        now_s = time.time()
        this = (documents_table.c.collection == collection) & (documents_table.c.id == document_id)
        aside = {"collection": f"{_ASIDE}{collection}"[:40], "id": f"{document_id[:20]}.{new_id(now_s)}"}
        with writing(self._engine) as connection:
            connection.execute(sa.update(documents_table).where(this).values(aside))
        name = _NAMES.get(collection, Text("記録", "a record"))
        self._broken.add(
            BrokenPart(
                key=f"document/{collection}/{document_id}",
                at_s=now_s,
                what=Text(
                    f"{name.ja} {document_id} を読めないため、脇に置きました（{reason}）",
                    f"{name.en} {document_id} cannot be read and was set aside: {reason}",
                ),
                cure=Text(
                    "もう一度入力するか、控えから戻してください。飛行中の機体は画面の地図で確かめてください",
                    "enter it again or restore a backup; for an aircraft in the air look at the map",
                ),
            )
        )


def _put(connection: sa.Connection, collection: str, document_id: str, content: bytes, at_s: float) -> None:
    this = (documents_table.c.collection == collection) & (documents_table.c.id == document_id)
    values = {"at_s": at_s, "body": content}
    changed = connection.execute(sa.update(documents_table).where(this).values(values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(documents_table).values(collection=collection, id=document_id, **values))
