"""Follows the flight core's journal by number, and tells the town office what it says of commands: each entry once.

The number it came to is kept after what it told is kept, so a station that ended in between tells an entry again, under
the same record, and never leaves one out.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from fleet.audit import AuditEntry
from fleet.clock import Clock
from fleet.errors import ConflictError, FleetError
from ground_station.flight.port import FlightPort
from ground_station.flight.recollection import recollected
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.service.documents_sql import SqlDocuments

_log = structlog.get_logger(__name__)

TellCommand = Callable[[FlightCommand], Awaitable[None]]

_COLLECTION = "flight-journal"
_DOCUMENT = "told"
_AGAIN_S = 2.0


class JournalFollower:
    """Tells of the journal's commands; `run` until cancelled."""

    def __init__(self, port: FlightPort, tell: TellCommand, documents: SqlDocuments, clock: Clock) -> None:
        self._port = port
        self._tell_command = tell
        self._documents = documents
        self._clock = clock
        self.told = next(iter(documents.all(_COLLECTION, int)), 0)

    async def run(self) -> None:
        """Go on from the number that was told last; what cannot be done now is tried again."""
        while True:
            try:
                async for entries in self._port.listen(self.told):
                    await self._tell(entries)
            except ConflictError:
                _log.warning("the flight journal is another than before, so it is told from its beginning")
                self.told = 0
            except FleetError as error:
                _log.debug("the journal is followed later", what=error.what.en)
            await asyncio.sleep(_AGAIN_S)

    async def _tell(self, entries: tuple[AuditEntry, ...]) -> None:
        for entry in entries:
            for command in recollected((entry,)):
                await self._tell_command(command)
        told = entries[-1].number
        await asyncio.to_thread(self._documents.put, _COLLECTION, _DOCUMENT, told, self._clock.now_s())
        self.told = told
