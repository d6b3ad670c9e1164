"""What stations call out for people to see, until they say that its cause is over: kept inside the transaction that
stores the record, read for the pages.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.schemas import TextOut
from telemetry.bodies import Alert
from telemetry.engine_sql import reading
from telemetry.store import ReceivedRecord
from town_office.api.schemas import AlertOut
from town_office.tables_sql import alerts_table as table
from town_office.upsert_sql import put_newer, storable

MAX_LISTED = 100


class AlertHandler:
    """Takes `alert` records."""

    kinds = frozenset({Alert.KIND})
    keeps_body = True

    def handle(self, connection: sa.Connection, record: ReceivedRecord) -> None:
        """Keep one alert, or that it is over."""
        body = record.typed
        if not isinstance(body, Alert):
            return
        row = {
            "id": body.alert_id,
            "station": record.station,
            "at_s": body.at_s,
            "level": body.level,
            "text_ja": storable(body.text.ja),
            "text_en": storable(body.text.en),
            "vehicle_id": body.vehicle_id,
            "recorded_at_s": record.recorded_at_s,
            "over_at_s": body.over_at_s,
        }
        put_newer(connection, table, row)


class AlertList:
    """Reads alerts; blocking. Raises UnavailableError."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def current(self, *, since_s: float) -> Sequence[AlertOut]:
        """Return the alerts recorded since `since_s` and not over, the newest 100 of them."""
        return self._read(
            sa.select(table)
            .where(table.c.recorded_at_s >= since_s, table.c.over_at_s.is_(None))
            .order_by(table.c.recorded_at_s.desc(), table.c.id)
            .limit(MAX_LISTED)
        )

    def those(self, ids: Sequence[str]) -> Sequence[AlertOut]:
        """Return those of some alerts that are not over."""
        return self._read(sa.select(table).where(table.c.id.in_(ids), table.c.over_at_s.is_(None)))

    def _read(self, query: sa.Select[tuple[object, ...]]) -> Sequence[AlertOut]:
        with reading(self._engine) as connection:
            return [
                AlertOut(
                    id=row["id"],
                    at_s=row["at_s"],
                    level=row["level"],
                    text=TextOut(ja=row["text_ja"], en=row["text_en"]),
                    vehicle_id=row["vehicle_id"],
                )
                for row in connection.execute(query).mappings()
            ]
