"""Follows the flight core's journal by number, and tells the town office what it says of commands: each entry once.

The entry it came to is kept after what it told is kept, so a station that ended in between tells an entry again, under
the same record, and never leaves one out. A journal is known by the hashes of its first entry and of the one that was
told last, which hold for all before it; one that has others, or does not reach so far, is another journal, and is told
from its beginning.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import msgspec
import structlog

from fleet.audit import AuditEntry
from fleet.clock import Clock
from fleet.errors import ConflictError, FleetError, UnavailableError
from fleet.text import Text
from ground_station.flight.port import FlightPort
from ground_station.flight.recollection import recollected
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.service.documents_sql import SqlDocuments

_log = structlog.get_logger(__name__)

TellCommand = Callable[[FlightCommand], Awaitable[None]]

_COLLECTION = "flight-journal"
_DOCUMENT = "told"
_AGAIN_S = 2.0
_AT_ONCE_S = 5.0


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """The entry that was told last, and with which its journal begins; empty hashes are not known."""

    number: int = 0
    hash: str = ""
    first_hash: str = ""


_NOTHING = _Told()


class JournalFollower:
    """Tells of the journal's commands; `run` until cancelled."""

    def __init__(self, port: FlightPort, tell: TellCommand, documents: SqlDocuments, clock: Clock) -> None:
        self._port = port
        self._tell_command = tell
        self._documents = documents
        self._clock = clock
        kept = next(iter(documents.all(_COLLECTION, cast("type[_Told | int]", _Told | int))), _NOTHING)
        # A station of an earlier version kept the number alone.
        self._told = _Told(number=kept) if isinstance(kept, int) else kept

    @property
    def told(self) -> int:
        """Return the number of the entry that was told last, 0 if none was."""
        return self._told.number

    async def run(self) -> None:
        """Go on from the entry that was told last; what cannot be done now is tried again."""
        while True:
            try:
                await self._follow()
            except ConflictError:
                _log.warning("the flight journal is another than before, so it is told from its beginning")
                self._told = _NOTHING
            except FleetError as error:
                _log.debug("the journal is followed later", what=error.what.en)
            await asyncio.sleep(_AGAIN_S)

    async def _follow(self) -> None:
        """Tell of what is new until the core hangs up; raises ConflictError for another journal."""
        async for entries in self._port.listen(0):
            self._told = msgspec.structs.replace(self._told, first_hash=_same(self._told.first_hash, entries[0].hash))
            break
        is_known = not self._told.hash
        # The entry that was told last comes once more, and shows whether it is the same.
        listening = self._port.listen(self.told if is_known else self.told - 1)
        if not is_known:
            entries = await _at_once(listening)
            _same(self._told.hash, entries[0].hash, entries[0].previous)  # itself it may be damaged since
            await self._tell(entries)
        async for entries in listening:
            await self._tell(entries)

    async def _tell(self, heard: tuple[AuditEntry, ...]) -> None:
        entries = tuple(entry for entry in heard if entry.number > self.told)
        if not entries:
            return
        for entry in entries:
            for command in recollected((entry,)):
                await self._tell_command(command)
        last = entries[-1]
        told = msgspec.structs.replace(self._told, number=last.number, hash=last.hash)
        await asyncio.to_thread(self._documents.put, _COLLECTION, _DOCUMENT, told, self._clock.now_s())
        self._told = told


async def _at_once(listening: AsyncIterator[tuple[AuditEntry, ...]]) -> tuple[AuditEntry, ...]:
    """Return entries that the journal has already.

    Raises UnavailableError where none come: the journal may have become another one just now, one that ends there.
    """
    try:
        async with asyncio.timeout(_AT_ONCE_S):
            return await anext(listening)
    except (TimeoutError, StopAsyncIteration) as error:
        raise UnavailableError(
            Text("飛行記録の続きが届きません", "what the flight journal has does not come")
        ) from error


def _same(known: str, *found: str) -> str:
    """Return the hash that is known, or else the first that is found; raises ConflictError where they differ."""
    if known and known not in found:
        raise ConflictError(Text("飛行記録が前のものと違います", "the flight journal is another than before"))
    return known or found[0]
