"""The record store on SQLAlchemy Core: SQLite or PostgreSQL with the same statements.

One call is one transaction: records, and the effects of the durable handlers for them. So a receipt given after
`store` returns covers both.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fleet.errors import FleetError, UnavailableError
from fleet.ids import StationId, TownId
from telemetry.bodies import VehicleTrack
from telemetry.engine_sql import reading, writing
from telemetry.records import Lane
from telemetry.store import ReceivedRecord, Stored
from telemetry.tables_sql import newest, records, track

_Row = dict[str, object]


class RecordHandler(Protocol):
    """Makes a new record's effect durable, inside the transaction that stores it."""

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds it handles."""
        ...

    @property
    def keeps_body(self) -> bool:
        """Return whether the record's body must be kept in `records` too; False if the handler keeps it itself."""
        ...

    def handle(self, connection: sa.Connection, record: ReceivedRecord) -> None:
        """Write the effect of one new record; raise FleetError to refuse it for good (its effect is undone).

        UnavailableError undoes the whole transaction instead, and the record comes again. May be called in a worker
        thread; must not commit.
        """
        ...


class SqlRecordStore:
    """Keeps records, tracks and newest positions of a town in one database; one writer thread at a time."""

    def __init__(self, engine: sa.Engine, handlers: Sequence[RecordHandler] = ()) -> None:
        self._engine = engine
        self._handlers: dict[str, list[RecordHandler]] = {}
        for handler in handlers:
            for kind in handler.kinds:
                self._handlers.setdefault(kind, []).append(handler)
        dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
        self._insert_record = _ignoring(dialect.insert, records, records.c.id)
        self._insert_track = _ignoring(dialect.insert, track, track.c.id)
        self._upsert_newest = _newer_wins(dialect.insert)

    def store(self, records: Sequence[ReceivedRecord]) -> Stored:
        """Keep all records and their handlers' effects in one transaction.

        Should the database refuse one record's data, each goes into a transaction of its own, and that one is
        refused: it must not hold up the others for ever.
        """
        if not records:
            return Stored(new=())
        try:
            return self._store_together(records)
        except (sa.exc.IntegrityError, sa.exc.DataError) as error:
            if len(records) == 1:
                return Stored(new=(), refused={records[0].id: f"the database refuses it: {error.orig}"})
        apart = [self.store([record]) for record in records]
        return Stored(
            new=[record for stored in apart for record in stored.new],
            refused={name: reason for stored in apart for name, reason in stored.refused.items()},
        )

    def _store_together(self, records: Sequence[ReceivedRecord]) -> Stored:
        with writing(self._engine) as connection:
            new = self._insert(connection, records)
            refused = self._handle(connection, new)
        return Stored(new=[record for record in new if record.id not in refused], refused=refused)

    def _insert(self, connection: sa.Connection, arrived: Sequence[ReceivedRecord]) -> list[ReceivedRecord]:
        by_id = {record.id: record for record in arrived}
        track_rows: list[_Row] = []
        record_rows: list[_Row] = []
        newest_of_key: dict[tuple[str, str, str], ReceivedRecord] = {}
        for record in by_id.values():
            if record.lane is Lane.POSITION:
                _keep_newer(newest_of_key, record)
            elif type(record.typed) is VehicleTrack:
                track_rows.append(_track_row(record, record.typed))
            else:
                record_rows.append(self._record_row(record))
        new_ids: set[str] = set()
        if record_rows:
            new_ids.update(connection.execute(self._insert_record, record_rows).scalars())
        if track_rows:
            new_ids.update(connection.execute(self._insert_track, track_rows).scalars())
        if newest_of_key:
            rows = [_newest_row(record) for record in newest_of_key.values()]
            new_ids.update(connection.execute(self._upsert_newest, rows).scalars())
        return [record for record in by_id.values() if record.id in new_ids]

    def _record_row(self, record: ReceivedRecord) -> _Row:
        handlers = self._handlers.get(record.kind, ())
        keeps = not handlers or any(handler.keeps_body for handler in handlers)
        return {
            "id": record.id,
            "town": record.town,
            "station": record.station,
            "lane": record.lane.value,
            "kind": record.kind,
            "schema": record.schema,
            "recorded_at": record.recorded_at_s,
            "received_at": record.received_at_s,
            "body": record.body_packed if keeps else b"",
        }

    def _handle(self, connection: sa.Connection, new: Sequence[ReceivedRecord]) -> Mapping[str, str]:
        refused: dict[str, str] = {}
        for record in new:
            for handler in self._handlers.get(record.kind, ()):
                try:
                    with connection.begin_nested():
                        handler.handle(connection, record)
                except UnavailableError:
                    raise
                except FleetError as error:
                    refused[record.id] = error.what.en
        return refused

    def count(self) -> int:
        """Return how many records are kept, track positions included."""
        with reading(self._engine) as connection:
            return sum(
                connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in (records, track)
            )

    def newest(self) -> Sequence[ReceivedRecord]:
        """Return the newest record of every key of lane position, bodies not checked again."""
        with reading(self._engine) as connection:
            return [_from_newest(row) for row in connection.execute(sa.select(newest)).mappings()]


def _ignoring(
    insert: Callable[[sa.Table], sqlite.Insert | postgresql.Insert], table: sa.Table, id_column: sa.Column[str]
) -> sa.Insert:
    return insert(table).on_conflict_do_nothing(index_elements=["id"]).returning(id_column)


def _newer_wins(insert: Callable[[sa.Table], sqlite.Insert | postgresql.Insert]) -> sa.Insert:
    statement = insert(newest)
    changed = {
        name: statement.excluded[name] for name in ("id", "kind", "schema", "recorded_at", "received_at", "body")
    }
    return statement.on_conflict_do_update(
        index_elements=["town", "station", "key"],
        set_=changed,
        where=sa.or_(
            newest.c.recorded_at < statement.excluded.recorded_at,
            sa.and_(newest.c.recorded_at == statement.excluded.recorded_at, newest.c.id < statement.excluded.id),
        ),
    ).returning(newest.c.id)


def _keep_newer(newest_of_key: dict[tuple[str, str, str], ReceivedRecord], record: ReceivedRecord) -> None:
    key = (record.town, record.station, record.key or record.kind)
    known = newest_of_key.get(key)
    if known is None or (known.recorded_at_s, known.id) < (record.recorded_at_s, record.id):
        newest_of_key[key] = record


def _track_row(record: ReceivedRecord, body: VehicleTrack) -> _Row:
    return {
        "id": record.id,
        "station": record.station,
        "vehicle_id": body.vehicle_id,
        "at": body.at_s,
        "lon_deg": body.lon_deg,
        "lat_deg": body.lat_deg,
        "alt_amsl_m": body.alt_amsl_m,
        "alt_agl_m": body.alt_agl_m,
        "alt_home_m": body.alt_home_m,
        "heading_deg": body.heading_deg,
        "groundspeed_mps": body.groundspeed_mps,
        "climb_mps": body.climb_mps,
        "delivery_id": body.delivery_id,
        "simulated": body.simulated,
        "received_at": record.received_at_s,
    }


def _newest_row(record: ReceivedRecord) -> _Row:
    return {
        "town": record.town,
        "station": record.station,
        "key": record.key or record.kind,
        "id": record.id,
        "kind": record.kind,
        "schema": record.schema,
        "recorded_at": record.recorded_at_s,
        "received_at": record.received_at_s,
        "body": record.body_packed,
    }


def _from_newest(row: sa.RowMapping) -> ReceivedRecord:
    return ReceivedRecord(
        id=row["id"],
        town=TownId(row["town"]),
        station=StationId(row["station"]),
        lane=Lane.POSITION,
        kind=row["kind"],
        schema=row["schema"],
        recorded_at_s=row["recorded_at"],
        received_at_s=row["received_at"],
        body_packed=row["body"],
        key=row["key"],
    )
