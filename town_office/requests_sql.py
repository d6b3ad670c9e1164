"""Requests: those the office asks of a station, and those stations report. Never a flight command.

What the office asks is written together with its message to the station, in one transaction; it counts as having
reached the station when the station says that it has the message, or reports the request.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from fleet.ids import StationId
from missions.values.request import DeliveryRequest
from telemetry.bodies import DownReceipt, RequestState
from telemetry.downlink import DownEntry
from telemetry.downlink_sql import queue_down
from telemetry.engine_sql import reading, writing
from telemetry.store import ReceivedRecord
from town_office.api.schemas import RequestOut
from town_office.tables_sql import requests_table as table
from town_office.upsert_sql import put_newer, storable

CLOSED_STATES = frozenset({"delivered", "withdrawn"})
MAX_LISTED = 500
DOWN_KIND = "delivery.request"
_AS_ASKED = frozenset({"note", "source"})


class RequestHandler:
    """Takes `request.state` and `down.receipt` records."""

    kinds = frozenset({RequestState.KIND, DownReceipt.KIND})
    keeps_body = True

    def handle(self, connection: sa.Connection, record: ReceivedRecord) -> None:
        """Keep the newest state of one request, or note which requests a station has."""
        body = record.typed
        if isinstance(body, DownReceipt):
            mine = (table.c.id.in_(body.ids), table.c.station == record.station, table.c.reached_at_s.is_(None))
            connection.execute(sa.update(table).where(*mine).values(reached_at_s=record.received_at_s))
        elif isinstance(body, RequestState):
            put_newer(connection, table, _reported(record, body), kept=_AS_ASKED)


def _reported(record: ReceivedRecord, body: RequestState) -> dict[str, object]:
    return {
        "id": body.request_id,
        "station": record.station,
        "item": storable(body.item),
        "mass_kg": body.mass_kg,
        "site_id": body.site_id,
        "urgency": body.urgency,
        "note": "",
        "requested_by": storable(body.requested_by),
        "requested_at_s": body.requested_at_s,
        "state": body.state,
        "source": body.source,
        "reached_at_s": record.received_at_s,
        "recorded_at_s": record.recorded_at_s,
    }


class RequestLedger:
    """Asks and reads requests; blocking. Raises UnavailableError."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def ask(self, request: DeliveryRequest, station: StationId) -> RequestOut:
        """Keep a request and its message to the station; the same id again changes nothing."""
        body = {
            "id": request.id,
            "item": request.item,
            "mass_kg": request.mass_kg,
            "site_id": request.site_id,
            "urgency": int(request.urgency),
            "requested_by": request.requested_by,
            "requested_at_s": request.requested_at_s,
            "note": request.note,
        }
        entry = DownEntry(
            id=request.id, station=station, kind=DOWN_KIND, body=body, created_at_s=request.requested_at_s
        )
        # recorded_at_s 0: whatever the station says of it later is newer, even if its clock is behind.
        row = {**body, "station": station, "state": "sent", "source": "office", "recorded_at_s": 0.0}
        with writing(self._engine) as connection:
            if connection.execute(sa.select(table.c.id).where(table.c.id == request.id)).scalar() is None:
                connection.execute(sa.insert(table).values(row))
                queue_down(connection, entry)
        return self.those([request.id])[0]

    def newest(self) -> Sequence[RequestOut]:
        """Return the requests made last, newest first, at most 500."""
        return self._read(sa.select(table).order_by(table.c.requested_at_s.desc(), table.c.id).limit(MAX_LISTED))

    def current(self, *, since_s: float) -> Sequence[RequestOut]:
        """Return those that are open, and those that changed since `since_s`."""
        wanted = sa.or_(table.c.state.not_in(CLOSED_STATES), table.c.recorded_at_s >= since_s)
        return self._read(sa.select(table).where(wanted).order_by(table.c.requested_at_s.desc()).limit(MAX_LISTED))

    def those(self, ids: Sequence[str]) -> Sequence[RequestOut]:
        """Return the requests of some ids."""
        return self._read(sa.select(table).where(table.c.id.in_(ids)))

    def _read(self, query: sa.Select[tuple[object, ...]]) -> Sequence[RequestOut]:
        with reading(self._engine) as connection:
            return [_request_out(row) for row in connection.execute(query).mappings()]


def _request_out(row: sa.RowMapping) -> RequestOut:
    return RequestOut(
        id=row["id"],
        item=row["item"],
        mass_kg=row["mass_kg"],
        site_id=row["site_id"],
        urgency=row["urgency"],
        note=row["note"],
        requested_by=row["requested_by"],
        requested_at_s=row["requested_at_s"],
        state=row["state"],
        source=row["source"],
        reached_station=row["reached_at_s"] is not None,
    )
