"""The station's own memory: JSON documents by collection and id, durable when `put` returns; SQLAlchemy Core."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from telemetry.engine_sql import database_unavailable, writing

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

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

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
        try:
            with self._engine.connect() as connection:
                content: bytes | None = connection.execute(sa.select(documents_table.c.body).where(this)).scalar()
        except sa.exc.OperationalError as error:
            raise database_unavailable(error) from error
        return content

    def all(self, collection: str) -> Iterator[Any]:
        """Yield the bodies of a collection, oldest change first; raises UnavailableError."""
        query = (
            sa.select(documents_table.c.body)
            .where(documents_table.c.collection == collection)
            .order_by(documents_table.c.at_s, documents_table.c.id)
        )
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(query).scalars().all()
        except sa.exc.OperationalError as error:
            raise database_unavailable(error) from error
        for body in rows:
            yield msgspec.json.decode(body)


def _put(connection: sa.Connection, collection: str, document_id: str, content: bytes, at_s: float) -> None:
    this = (documents_table.c.collection == collection) & (documents_table.c.id == document_id)
    values = {"at_s": at_s, "body": content}
    changed = connection.execute(sa.update(documents_table).where(this).values(values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(documents_table).values(collection=collection, id=document_id, **values))
