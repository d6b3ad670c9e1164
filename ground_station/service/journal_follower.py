"""Follows the flight core's journal by number, and tells the town office what it says of commands: each entry once.

The entry it came to is kept after what it told is kept, so a station that ended in between tells an entry again, under
the same record, and never leaves one out. A journal is known by the hashes of its first entry and of the one that was
told last, which hold for all before it; one that has others, or does not reach so far, is another journal, and is told
from its beginning.

The entry that was told last is looked at first: the core has it in memory. The journal's beginning is looked at only
where that says nothing, and is not waited for where it cannot be read any more.
"""

import asyncio
import math
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
OnTrouble = Callable[[Text | None], None]

_COLLECTION = "flight-journal"
_DOCUMENT = "told"
_AGAIN_S = 2.0
_AT_ONCE_S = 5.0
WARN_AFTER_S = 60.0
"""How long reports may stand still until somebody is told, s."""
_STOOD_S = 30.0
"""What was followed for so long was not refused, s."""


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """The entry that was told last, and with which its journal begins; empty hashes are not known."""

    number: int = 0
    hash: str = ""
    first_hash: str = ""


_NOTHING = _Told()


class JournalFollower:
    """Tells of the journal's commands; `run` until cancelled.

    `on_trouble` is told why nothing could be told for a minute, and None once it can again.
    """

    def __init__(
        self,
        port: FlightPort,
        tell: TellCommand,
        documents: SqlDocuments,
        clock: Clock,
        on_trouble: OnTrouble = lambda _: None,
    ) -> None:
        self._port = port
        self._tell_command = tell
        self._documents = documents
        self._clock = clock
        self._standstill = _Standstill(clock, on_trouble)
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
                self._standstill.refused(error.what)
            await asyncio.sleep(_AGAIN_S)

    async def _follow(self) -> None:
        """Tell of what is new until the core hangs up; raises ConflictError for another journal."""
        is_known = bool(self._told.hash)
        # The entry that was told last comes once more, and shows whether it is the same.
        listening = self._port.listen(self.told - 1 if is_known else self.told)
        if is_known:
            await self._tell(await self._from_told_last(listening))
        if self.told and not self._told.first_hash:
            await self._look_at_beginning()
        async for entries in listening:
            await self._tell(entries)

    async def _from_told_last(self, listening: AsyncIterator[tuple[AuditEntry, ...]]) -> tuple[AuditEntry, ...]:
        """Return the entry that was told last, and what follows it; raises ConflictError for another journal.

        Raises UnavailableError where it does not come: the journal may have become another one, one that ends there.
        """
        try:
            async with asyncio.timeout(_AT_ONCE_S):
                entries = await anext(listening)
        except (TimeoutError, StopAsyncIteration) as error:
            await self._look_at_beginning()
            raise UnavailableError(
                Text("飛行記録の続きが届きません", "what the flight journal has does not come")
            ) from error
        _same(self._told.hash, entries[0].hash, entries[0].previous)  # itself it may be damaged since
        return entries

    async def _look_at_beginning(self) -> None:
        """Learn with which entry the journal begins, if that can be read; raises ConflictError for another one."""
        try:
            async with asyncio.timeout(_AT_ONCE_S):
                first = (await anext(self._port.listen(0)))[0]
        except (TimeoutError, StopAsyncIteration, FleetError) as error:
            _log.debug("the beginning of the journal cannot be read", what=repr(error))
            return
        first_hash = _same(self._told.first_hash, first.hash, first.previous)
        self._told = msgspec.structs.replace(self._told, first_hash=first_hash)

    async def _tell(self, heard: tuple[AuditEntry, ...]) -> None:
        entries = tuple(entry for entry in heard if entry.number > self.told)
        if entries:
            await self._tell_new(entries)
        self._standstill.over()

    async def _tell_new(self, entries: tuple[AuditEntry, ...]) -> None:
        for entry in entries:
            for command in recollected((entry,)):
                await self._tell_command(command)
        last = entries[-1]
        first_hash = self._told.first_hash if self.told else entries[0].hash
        told = _Told(number=last.number, hash=last.hash, first_hash=first_hash)
        await asyncio.to_thread(self._documents.put, _COLLECTION, _DOCUMENT, told, self._clock.now_s())
        self._told = told


class _Standstill:
    """For how long nothing could be told, and who hears of it."""

    def __init__(self, clock: Clock, on_trouble: OnTrouble) -> None:
        self._clock = clock
        self._on_trouble = on_trouble
        self._since_s = self._last_s = -math.inf
        self._said = False

    def refused(self, why: Text) -> None:
        """Note that it cannot be gone on now; whoever watches hears of it after a minute."""
        now_s = self._clock.monotonic_s()
        if now_s - self._last_s > _STOOD_S:
            self._since_s = now_s
        self._last_s = now_s
        if now_s - self._since_s >= WARN_AFTER_S and not self._said:
            self._said = True
            _log.warning("the town office is not told of commands", for_s=round(now_s - self._since_s), why=why.en)
            self._on_trouble(_stands_still(why))

    def over(self) -> None:
        """Note that it goes on."""
        self._since_s = self._last_s = -math.inf
        if self._said:
            self._said = False
            _log.info("the town office is told of commands again")
            self._on_trouble(None)


def _stands_still(why: Text) -> Text:
    return Text(
        f"飛行の指示の結果を、1 分以上役場に知らせられていません（{why.ja}）。飛行には影響しません。続けて試しています",
        f"for over a minute the town office could not be told what became of commands ({why.en}). Flights are not "
        "affected; it is tried again all the time",
    )


def _same(known: str, *found: str) -> str:
    """Return the hash that is known, or else the first that is found; raises ConflictError where they differ."""
    if known and known not in found:
        raise ConflictError(Text("飛行記録が前のものと違います", "the flight journal is another than before"))
    return known or found[0]
