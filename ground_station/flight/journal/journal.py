"""The journal: what the flight core says of itself, durable before it counts, or begun before it is sent.

`record` (and `append` from a thread) returns once an entry is durable and raises if it is not: then nothing may
be done, and the entry is never written. `begin` returns at once, and its entry is written whatever happens, at once or
late.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Self

from fleet import own_thread
from fleet.audit import AuditEntry
from fleet.errors import ConflictError, FleetError, UnavailableError
from fleet.text import Text
from ground_station.flight.journal.draft import Draft, make_draft, rescue_draft
from ground_station.flight.journal.files import Folder
from ground_station.flight.journal.health import Health
from ground_station.flight.journal.intake import Intake, too_slow
from ground_station.flight.journal.lanes import Waiting
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.reading import SegmentReader
from ground_station.flight.journal.tail import Tail
from ground_station.flight.journal.taken import TakenIds
from ground_station.flight.journal.writer import Times, Writer

_MOST_AT_A_TIME = 500


class Begun:
    """An entry that is on its way into the journal and will be written, however late."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    @property
    def ticket(self) -> int:
        """Return the entry's number among those begun in this run; its number in the journal is given in writing."""
        return self._waiting.ticket

    @property
    def entry(self) -> AuditEntry | None:
        """Return the entry if it is durable."""
        outcome = self._waiting.outcome
        found = outcome.result() if outcome.done() else None
        return found if isinstance(found, AuditEntry) else None

    async def wait_at_most(self, seconds: float) -> AuditEntry | None:
        """Return the entry once it is durable, or None after `seconds`, or if it was given up. Never raises."""
        await own_thread.ends_within(seconds, self._waiting.outcome)
        return self.entry


class Journal:
    """One folder's journal, open. Entries may be handed over from any thread; waiting is for the event loop's."""

    def __init__(self, folder: Folder, times: Times, limits: JournalLimits | None = None) -> None:
        self._limits = limits or JournalLimits()
        self._times = times
        self._taken = TakenIds(self._limits.most_ids)
        self._tail = Tail(most=self._limits.most_in_tail, most_followers=self._limits.most_followers)
        self._intake = Intake(self._limits, self._taken)
        self._reader = SegmentReader(folder)
        self._writer = Writer(folder, times, self._limits, self._intake, self._tail, self._taken)

    @classmethod
    def open(cls, folder: Folder, times: Times, *, limits: JournalLimits | None = None, within_s: float = 1.0) -> Self:
        """Return the journal of a folder, whatever state its files and its disk are in.

        Waits at most `within_s` for the opening, which goes on by itself; `health` tells. Raises ConflictError if
        another program owns the journal.
        """
        journal = cls(folder, times, limits)
        journal._writer.start(within_s)
        return journal

    def append(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        """Return an entry once it is durable; blocks, at most 5 s: not for the event loop.

        Raises UnavailableError (ExpiredError after the 5 s), TooManyError, InvalidValueError or TooLargeError; then the
        entry is not written, or a second entry says that it does not count.
        """
        item = self._put(self._draft(actor, action, subject, detail))
        try:
            outcome = item.outcome.result(self._limits.patience_s)
        except FutureTimeoutError:
            self._intake.withdraw(item)
            outcome = item.outcome.result() if item.outcome.done() else too_slow()
        return _entry(outcome)

    async def record(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        """Return an entry once it is durable, as `append` does; given up with the task that waits for it."""
        item = self._put(self._draft(actor, action, subject, detail))
        try:
            await own_thread.ends_within(self._limits.patience_s, item.outcome)
        finally:
            self._intake.withdraw(item)
        return _entry(item.outcome.result() if item.outcome.done() else too_slow())

    def begin(
        self, *, actor: str, action: str, subject: str, detail: Mapping[str, object], urgent: bool = False
    ) -> Begun:
        """Hand an entry over and return at once. Never raises and never waits, whatever the disk or `detail` is.

        An urgent entry (hold, recall, landing, sky clear) stands before all ordinary ones. What cannot be written waits
        in memory, 2,000 entries at most, and is written later, marked as late with its original times.
        """
        most_bytes = self._limits.most_line_bytes
        draft = rescue_draft(
            self._times.stamp(), actor=actor, action=action, subject=subject, detail=detail, most_bytes=most_bytes
        )
        item = Waiting(draft=draft, urgent=urgent, kept=True)
        self._intake.put(item)
        return Begun(item)

    def taken(self, command_id: str) -> bool:
        """Return whether an order's id was ever taken: an entry with it as `command_id` was begun or written."""
        return command_id in self._taken

    def health(self) -> Health:
        """Return how writing goes; asks no disk."""
        return self._writer.health()

    def waiting(self) -> tuple[Draft, ...]:
        """Return what is begun and not durable yet, in the order of writing; followers do not see it before it is."""
        return tuple(item.draft for item in self._intake.waiting())

    @property
    def head(self) -> AuditEntry | None:
        """Return the newest durable entry; None for an empty journal, or one that is not open yet."""
        return self._tail.head

    async def entries_after(self, number: int, limit: int = _MOST_AT_A_TIME) -> tuple[AuditEntry, ...]:
        """Return up to `limit` (at most 500) durable entries behind `number`, in order; numbers may leave some out.

        Raises ConflictError if the journal does not reach so far: it lost its end, or is another. Raises
        UnavailableError if the files cannot be read.
        """
        limit = max(1, min(limit, _MOST_AT_A_TIME))
        head = self._tail.head
        if head is None or head.number == number:
            return ()
        if head.number < number:
            raise ConflictError(
                Text(
                    f"飛行記録は {head.number} 番までです（{number} 番の次を求められました）",
                    f"the flight journal ends at {head.number}; what follows {number} was asked for",
                ),
                head=head.number,
            )
        found = self._tail.after(number, limit)
        if found is not None:
            return found
        try:
            return await asyncio.to_thread(self._reader.after, number, limit=limit, up_to=head.number)
        except OSError as error:
            raise UnavailableError(
                Text(f"飛行記録を読めません: {error}", f"cannot read the flight journal: {error}")
            ) from error

    async def wait_after(self, number: int, *, within_s: float) -> tuple[AuditEntry, ...]:
        """Return the entries behind `number` as soon as there are any, or none after `within_s`.

        Raises as `entries_after`, and TooManyError beyond 32 followers at once.
        """
        found = await self.entries_after(number)
        if found:
            return found
        await self._tail.wait_beyond(number, within_s)
        return await self.entries_after(number)

    async def follow(self, number: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        """Yield the entries behind `number`, up to 500 at a time, for ever; raises as `wait_after`."""
        while True:
            found = await self.wait_after(number, within_s=60.0)
            if found:
                yield found
                number = found[-1].number

    def close(self, within_s: float = 2.0) -> bool:
        """Write what waits and end; return whether all of it was written within that time. Blocks."""
        return self._writer.close(within_s)

    def _draft(self, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> Draft:
        return make_draft(
            self._times.stamp(),
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            most_bytes=self._limits.most_line_bytes,
        )

    def _put(self, draft: Draft) -> Waiting:
        item = Waiting(draft=draft, urgent=False, kept=False)
        self._intake.put(item)
        return item


def _entry(outcome: AuditEntry | FleetError) -> AuditEntry:
    if isinstance(outcome, FleetError):
        raise outcome
    return outcome
