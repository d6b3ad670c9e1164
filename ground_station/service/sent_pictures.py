"""Which of the station's pictures the town office does not have yet."""

import sqlalchemy as sa

from imagery.tables_sql import pictures
from telemetry.engine_sql import reading


class SentPictures:
    """Counts on the station's database; blocking."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def pending(self) -> int:
        """Return how many pictures are not at the office yet; raises UnavailableError."""
        query = sa.select(sa.func.count()).select_from(pictures).where(pictures.c.delivered_at_s.is_(None))
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())
