"""The flight core's journal on disk, as the core asks for it."""

import asyncio
from collections.abc import Mapping

from fleet.audit import AuditEntry
from fleet.errors import FleetError
from fleet.ids import CommandId
from fleet.text import Text
from ground_station.flight.journal.journal import Journal as FileJournal

_WAIT_S = 60.0
_READ_S = 0.5
"""Links wait for this; what is not read by then is not known to the new start."""
_RECENT = 500


class JournalPaper:
    """Gives an open journal the form of `journal_port.Journal`."""

    def __init__(self, journal: FileJournal, recent: tuple[AuditEntry, ...] = ()) -> None:
        self._journal = journal
        self._recent = recent

    @classmethod
    async def of(cls, journal: FileJournal) -> "JournalPaper":
        """Return it with the newest 500 entries in memory; with none where they cannot be read within 0.5 s."""
        head = journal.head
        if head is None:
            return cls(journal)
        try:
            async with asyncio.timeout(_READ_S):
                return cls(journal, await journal.entries_after(max(0, head.number - _RECENT), _RECENT))
        except (FleetError, TimeoutError):
            return cls(journal)

    async def record(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        """Return the entry once it is durable; raises UnavailableError, then it is never written."""
        return await self._journal.record(actor=actor, action=action, subject=subject, detail=detail)

    async def begin_urgent(
        self, *, actor: str, action: str, subject: str, detail: Mapping[str, object], within_s: float
    ) -> None:
        """Begin an entry before all that wait, and wait so long for it at most."""
        begun = self._journal.begin(actor=actor, action=action, subject=subject, detail=detail, urgent=True)
        await begun.wait_at_most(within_s)

    def hand_over(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> None:
        """Begin an entry that is written at once or late."""
        self._journal.begin(actor=actor, action=action, subject=subject, detail=detail)

    def taken(self, command_id: CommandId) -> bool:
        """Return whether an order with this id was ever begun."""
        return self._journal.taken(command_id)

    def recent(self) -> tuple[AuditEntry, ...]:
        """Return the newest entries of before this start, oldest first."""
        return self._recent

    async def entries_after(self, number: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return up to `limit` durable entries behind `number`, waiting for one.

        Raises ConflictError if the journal does not reach so far, UnavailableError if it cannot be read.
        """
        while True:
            found = await self._journal.wait_after(number, within_s=_WAIT_S)
            if found:
                return found[:limit]

    def problem(self) -> Text | None:
        """Return in words why entries cannot be written now, or None."""
        health = self._journal.health()
        return None if health.is_well else health.text()
