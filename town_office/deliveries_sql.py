"""Deliveries as stations report them: kept inside the transaction that stores their records, read for the pages."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.schemas import TextOut
from telemetry.bodies import DeliveryState
from telemetry.engine_sql import reading
from telemetry.store import ReceivedRecord
from town_office.api.schemas import DeliveryOut
from town_office.tables_sql import deliveries_table as table
from town_office.upsert_sql import put_newer, storable

ENDED_STATES = frozenset({"done", "recalled", "failed"})
MAX_LISTED = 500


class DeliveryHandler:
    """Takes `delivery.state` records."""

    kinds = frozenset({DeliveryState.KIND})
    keeps_body = True

    def handle(self, connection: sa.Connection, record: ReceivedRecord) -> None:
        """Keep the newest state of one delivery."""
        body = record.typed
        if not isinstance(body, DeliveryState):
            return
        row = {
            "id": body.delivery_id,
            "request_id": body.request_id,
            "vehicle_id": body.vehicle_id,
            "station": record.station,
            "site_id": body.site_id,
            "item": storable(body.item),
            "mass_kg": body.mass_kg,
            "state": body.state,
            "text_ja": storable(body.text.ja),
            "text_en": storable(body.text.en),
            "at_s": body.at_s,
            "eta_s": body.eta_s,
            "delivered_at_s": body.delivered_at_s,
            "route": [list(point) for point in body.route],
            "recorded_at_s": record.recorded_at_s,
        }
        put_newer(connection, table, row)


class DeliveryList:
    """Reads deliveries; blocking. Raises UnavailableError."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def newest(self) -> Sequence[DeliveryOut]:
        """Return the deliveries that changed last, newest first, at most 500."""
        return self._read(sa.select(table).order_by(table.c.recorded_at_s.desc(), table.c.id).limit(MAX_LISTED))

    def current(self, *, since_s: float) -> Sequence[DeliveryOut]:
        """Return those that are under way, and those that changed since `since_s`."""
        wanted = sa.or_(table.c.state.not_in(ENDED_STATES), table.c.recorded_at_s >= since_s)
        return self._read(sa.select(table).where(wanted).order_by(table.c.recorded_at_s.desc()).limit(MAX_LISTED))

    def those(self, ids: Sequence[str]) -> Sequence[DeliveryOut]:
        """Return the deliveries of some ids."""
        return self._read(sa.select(table).where(table.c.id.in_(ids)))

    def _read(self, query: sa.Select[tuple[object, ...]]) -> Sequence[DeliveryOut]:
        with reading(self._engine) as connection:
            return [_delivery_out(row) for row in connection.execute(query).mappings()]


def _delivery_out(row: sa.RowMapping) -> DeliveryOut:
    return DeliveryOut(
        id=row["id"],
        request_id=row["request_id"],
        vehicle_id=row["vehicle_id"],
        station_id=row["station"],
        site_id=row["site_id"],
        item=row["item"],
        mass_kg=row["mass_kg"],
        state=row["state"],
        text=TextOut(ja=row["text_ja"], en=row["text_en"]),
        at_s=row["at_s"],
        eta_s=row["eta_s"],
        delivered_at_s=row["delivered_at_s"],
        route=[(lon_deg, lat_deg) for lon_deg, lat_deg in row["route"]],
    )
