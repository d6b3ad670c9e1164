"""What the flight core asks of its journal, and the journal in memory."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from fleet.audit import AuditEntry, chain_entry
from fleet.clock import Clock
from fleet.ids import CommandId
from fleet.text import Text
from ground_station.flight.vehicles.ledger import Paper


class Journal(Paper, Protocol):
    """The core's one record: entries in order, each number once."""

    def taken(self, command_id: CommandId) -> bool:
        """Return whether an order with this id was ever begun."""
        ...

    def recent(self) -> tuple[AuditEntry, ...]:
        """Return the newest entries, oldest first, as far as they are in memory."""
        ...

    async def entries_after(self, number: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return up to `limit` entries with the numbers after `number`; waits until there is one."""
        ...

    def problem(self) -> Text | None:
        """Return in words why entries cannot be written now, or None."""
        ...


class MemoryJournal:
    """A journal that forgets everything when its process ends; for tests and tools."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[AuditEntry] = []
        self._taken: set[CommandId] = set()
        self._grown = asyncio.Event()

    async def record(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        """Keep an entry."""
        return self._append(actor, action, subject, detail)

    async def begin_urgent(
        self, *, actor: str, action: str, subject: str, detail: Mapping[str, object], within_s: float
    ) -> None:
        """Keep an entry."""
        del within_s
        self._append(actor, action, subject, detail)

    def hand_over(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> None:
        """Keep an entry."""
        self._append(actor, action, subject, detail)

    def _append(self, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        last = self._entries[-1] if self._entries else None
        entry = chain_entry(
            last=last, at_s=self._clock.now_s(), actor=actor, action=action, subject=subject, detail=detail
        )
        self._entries.append(entry)
        if "command_id" in detail:
            self._taken.add(CommandId(str(detail["command_id"])))
        self._grown.set()
        self._grown = asyncio.Event()
        return entry

    def taken(self, command_id: CommandId) -> bool:
        """Return whether an order with this id was ever begun."""
        return command_id in self._taken

    def recent(self) -> tuple[AuditEntry, ...]:
        """Return all entries."""
        return tuple(self._entries)

    async def entries_after(self, number: int, limit: int) -> tuple[AuditEntry, ...]:
        """Return up to `limit` entries after `number`, waiting for one."""
        while not self._entries or self._entries[-1].number <= number:
            await self._grown.wait()
        return tuple(self._entries[max(0, number) : max(0, number) + limit])

    def problem(self) -> Text | None:
        """Return None: memory refuses nothing."""
        return None
