"""Keeps one record that the database cannot hold from stopping all others: it is refused, and the station told why."""

import sqlalchemy as sa

from fleet.errors import InvalidValueError
from fleet.text import Text
from telemetry.store import ReceivedRecord
from telemetry.store_sql import RecordHandler


class CarefulHandler:
    """A RecordHandler that refuses what its inner handler cannot write for the record's own sake."""

    def __init__(self, inner: RecordHandler) -> None:
        self._inner = inner

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of the inner handler."""
        return self._inner.kinds

    @property
    def keeps_body(self) -> bool:
        """Return what the inner handler wants."""
        return self._inner.keeps_body

    def handle(self, connection: sa.Connection, record: ReceivedRecord) -> None:
        """Hand the record on; raises InvalidValueError for values no table takes (NUL, NaN, too long, missing)."""
        try:
            self._inner.handle(connection, record)
        except (sa.exc.DataError, sa.exc.IntegrityError) as error:
            raise InvalidValueError(
                Text(
                    f"記録「{record.kind}」を保存できません",
                    f"a record {record.kind!r} cannot be kept: {type(error.orig).__name__}",
                ),
                kind=record.kind,
            ) from error
