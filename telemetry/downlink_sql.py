"""The queue of what the town asks, in the town's database, and its acknowledgement inside the ingest's commit."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fleet.ids import StationId
from telemetry.bodies import DownReceipt
from telemetry.downlink import DownEntry
from telemetry.engine_sql import reading, writing
from telemetry.store import ReceivedRecord
from telemetry.tables_sql import down_messages


def queue_down(connection: sa.Connection, entry: DownEntry) -> None:
    """Keep an entry inside the caller's own transaction; one with a known id changes nothing."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(down_messages).on_conflict_do_nothing(index_elements=["id"])
    connection.execute(
        statement,
        {
            "id": entry.id,
            "station": entry.station,
            "kind": entry.kind,
            "body": msgspec.msgpack.encode(entry.body),
            "created_at": entry.created_at_s,
            "acknowledged_at": None,
        },
    )


def acknowledge_down(connection: sa.Connection, *, station: StationId, ids: Sequence[str], now_s: float) -> None:
    """Note inside the caller's own transaction that a station has entries."""
    connection.execute(
        sa.update(down_messages)
        .where(
            down_messages.c.station == station,
            down_messages.c.id.in_(ids),
            down_messages.c.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=now_s)
    )


class SqlDownStore:
    """The durable queue."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, entry: DownEntry) -> None:
        """Keep an entry durably."""
        with writing(self._engine) as connection:
            queue_down(connection, entry)

    def waiting(self, *, per_station: int) -> Sequence[DownEntry]:
        """Return what stations do not have yet."""
        order = (down_messages.c.created_at, down_messages.c.id)
        place = sa.func.row_number().over(partition_by=down_messages.c.station, order_by=order).label("place")
        numbered = sa.select(down_messages, place).where(down_messages.c.acknowledged_at.is_(None)).subquery()
        query = (
            sa.select(numbered).where(numbered.c.place <= per_station).order_by(numbered.c.created_at, numbered.c.id)
        )
        with reading(self._engine) as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def acknowledge(self, *, station: StationId, ids: Sequence[str], now_s: float) -> None:
        """Note that a station has entries."""
        with writing(self._engine) as connection:
            acknowledge_down(connection, station=station, ids=ids, now_s=now_s)


class DownReceiptHandler:
    """Takes `down.receipt` records: the acknowledgement is as durable as the record."""

    kinds = frozenset({DownReceipt.KIND})
    keeps_body = True

    def handle(self, connection: sa.Connection, record: ReceivedRecord) -> None:
        """Acknowledge the entries a station says it has."""
        if isinstance(record.typed, DownReceipt):
            acknowledge_down(connection, station=record.station, ids=record.typed.ids, now_s=record.received_at_s)


def _entry(row: sa.RowMapping) -> DownEntry:
    return DownEntry(
        id=row["id"],
        station=StationId(row["station"]),
        kind=row["kind"],
        body=msgspec.msgpack.decode(row["body"], type=dict[str, object]),
        created_at_s=row["created_at"],
    )
