"""Where entries are handed over to the writer's thread, and their callers told what became of them.

Safe from any thread; nothing here waits for the disk.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from fleet.audit import AuditEntry
from fleet.errors import ExpiredError, FleetError, TooManyError, UnavailableError
from fleet.text import Text
from ground_station.flight.journal.draft import JOURNAL, Draft, Stamp, rescue_draft
from ground_station.flight.journal.lanes import NONE_DROPPED, Dropped, Lanes, Waiting
from ground_station.flight.journal.limits import SHORTEST_LIMIT_BYTES, JournalLimits
from ground_station.flight.journal.taken import COMMAND_ID, TakenIds, command_id_of

MOST_FALLS = 3
"""An entry that falls so often when it is written alone, and others are written in between, is given up."""
_CURE = Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What the writer took to write now: a tally of what was dropped, then entries of one lane."""

    dropped: Dropped = NONE_DROPPED
    items: Sequence[Waiting] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is not durable."""

    waiting: int
    urgent: int
    dropped: int


class Intake:
    """The lanes under a lock, with the ids that wait in them and what was dropped from them."""

    def __init__(self, limits: JournalLimits, taken: TakenIds) -> None:
        self._limits = limits
        self._taken = taken
        self._stirred = threading.Condition()
        self._lanes = Lanes(limits.most_waiting)
        self._in_hand: tuple[Waiting, ...] = ()
        self._dropped = NONE_DROPPED
        self._dropped_in_all = 0
        self._tickets = 0
        self._refusing = False
        self._alone = 0
        self._written = 0
        self._eager = False
        self._closing = False
        self._ended = False

    def put(self, item: Waiting) -> None:
        """Queue an entry."""
        with self._stirred:
            if self._closing or self._ended:
                item.outcome.set_result(_closed())
                return
            self._queue(item)
            self._eager = self._eager or item.urgent or not item.kept
            self._stirred.notify()

    def withdraw(self, item: Waiting) -> None:
        """Give up an entry whose caller waits no longer; if it is just being written, a second one will say so."""
        with self._stirred:
            if item.outcome.done():
                return
            if self._lanes.remove(item):
                self._taken.withdrew(item.draft.detail)
                item.outcome.set_result(too_slow())
            else:
                item.withdrawn = True

    def waiting(self) -> tuple[Waiting, ...]:
        """Return what is not durable yet, in the order of writing."""
        with self._stirred:
            return (*self._in_hand, *self._lanes)

    def counts(self) -> Counts:
        """Return how much waits and was dropped."""
        with self._stirred:
            return Counts(
                waiting=len(self._lanes) + len(self._in_hand),
                urgent=self._lanes.urgent + sum(item.urgent for item in self._in_hand),
                dropped=self._dropped_in_all,
            )

    def pressed(self) -> tuple[bool, bool]:
        """Return whether urgent entries wait, and whether any do."""
        with self._stirred:
            return self._lanes.pressing, len(self._lanes) > 0

    def wait(self, at_most_s: float) -> None:
        """Wait for something to write: what the disk refused waits its time, a new urgent entry tries at once."""
        with self._stirred:
            self._stirred.wait_for(self._is_due, timeout=at_most_s)

    def take(self) -> Hand:
        """Take what is to be written next."""
        with self._stirred:
            self._eager = False
            self._in_hand = tuple(self._lanes.take(1 if self._alone else self._limits.most_at_once))
            dropped = NONE_DROPPED
            if not any(item.urgent or item.falls for item in self._in_hand):
                dropped, self._dropped = self._dropped, dropped
            return Hand(dropped=dropped, items=self._in_hand)

    def wrote(self, hand: Hand, entries: Sequence[AuditEntry], *, noted: bool, now: Stamp) -> None:
        """Tell the callers of the first items of a hand that they are durable; the others wait on.

        `noted`: what was dropped is written down too.
        """
        with self._stirred:
            self._refusing = False
            self._alone = max(0, self._alone - len(entries))
            self._written += len(entries)
            self._in_hand = ()
            self._lanes.give_back(hand.items[len(entries) :])
            if not noted:
                self._dropped = hand.dropped.merged(self._dropped)
            for item, entry in zip(hand.items, entries, strict=False):
                self._taken.wrote(item.draft.detail)
                item.outcome.set_result(entry)
                if item.withdrawn:
                    self._queue(_withdrawal(item, entry, now))

    def refused(self, hand: Hand, refusal: FleetError) -> None:
        """Keep what must be written in its place, and tell every other caller that it is not."""
        with self._stirred:
            self._refusing = True
            self._return(hand, hand.items)
            for item in self._lanes.take_unkept():
                self._turn_away(item, refusal)

    def fell(self, hand: Hand, refusal: FleetError, now: Stamp) -> None:
        """Take what fell by a mistake, by one of these entries perhaps: each is tried alone at once, then set behind.

        An entry is given up only once it is known to be at fault: it fell three times, with a pause, and others were
        written in between. Where none come by themselves, the journal tries one of its own.
        """
        with self._stirred:
            if len(hand.items) == 1:
                self._return(hand, ())
                self._fell_alone(hand.items[0], refusal, now)
            else:
                self._alone = max(self._alone, len(hand.items))
                self._return(hand, hand.items)
            self._refusing = not hand.items or not self._lanes.unfallen

    def _return(self, hand: Hand, items: Sequence[Waiting]) -> None:
        self._in_hand = ()
        for item in hand.items:
            item.tried = True
        self._lanes.give_back(items)
        self._dropped = hand.dropped.merged(self._dropped)

    def _fell_alone(self, item: Waiting, refusal: FleetError, now: Stamp) -> None:
        self._alone = max(0, self._alone - 1)
        if not item.kept:
            self._turn_away(item, refusal)
        elif self._is_at_fault(item, now):
            self._give_up(item, refusal)
        else:
            self._lanes.set_aside(item)

    def _is_at_fault(self, item: Waiting, now: Stamp) -> bool:
        """Count a fall: one that came soon, or with no other entry written since, tells nothing of this entry."""
        now_s = time.monotonic()
        if item.falls and now_s - item.fell_s < self._limits.retry_s:
            return False
        if item.falls and item.written_then == self._written:
            if not self._lanes.unfallen:
                self._queue(_trial(item, now))
            return False
        item.falls += 1
        item.fell_s, item.written_then = now_s, self._written
        return item.falls >= MOST_FALLS

    def _turn_away(self, item: Waiting, refusal: FleetError) -> None:
        self._taken.withdrew(item.draft.detail)
        item.outcome.set_result(refusal)

    def close(self) -> None:
        """Take nothing more."""
        with self._stirred:
            self._closing = True
            self._stirred.notify()

    @property
    def is_closing(self) -> bool:
        """Return whether nothing more is taken."""
        return self._closing

    def is_empty(self) -> bool:
        """Return whether all is written."""
        with self._stirred:
            return not len(self._lanes) and not self._in_hand and not self._dropped.count

    def end(self) -> None:
        """Tell every caller left that nothing more is written."""
        with self._stirred:
            self._ended = True
            left, self._in_hand = (*self._in_hand, *self._lanes.take_all()), ()
            for item in left:
                self._give_up(item, _closed())

    def _is_due(self) -> bool:
        return self._closing or self._eager or (not self._refusing and (len(self._lanes) > 0))

    def _queue(self, item: Waiting) -> None:
        self._tickets += 1
        item.ticket = self._tickets
        self._taken.wait(item.draft.detail)
        victim = self._lanes.put(item)
        if victim is not None:
            self._give_up(victim, _full())

    def _give_up(self, item: Waiting, why: FleetError) -> None:
        if item.kept:
            # Its order went out though nothing tells of it: the id stays taken.
            self._taken.wrote(item.draft.detail)
            self._dropped = self._dropped.merged(Dropped.of(item))
            self._dropped_in_all += 1
        else:
            self._taken.withdrew(item.draft.detail)
        item.outcome.set_result(why)


def dropped_note(dropped: Dropped, now: Stamp) -> Draft:
    """Return the entry that tells of entries that were dropped."""
    first, last = dropped.first or now, dropped.last or now
    return rescue_draft(
        now,
        actor=JOURNAL,
        action="journal.dropped",
        subject=JOURNAL,
        detail={
            "count": dropped.count,
            "urgent": dropped.urgent,
            "first_at_s": first.at_s,
            "last_at_s": last.at_s,
        },
        most_bytes=SHORTEST_LIMIT_BYTES,
    )


def refused(reason: str) -> UnavailableError:
    """Return what a caller is told whose entry the disk refused."""
    return UnavailableError(
        Text(f"飛行記録に書けません: {reason}", f"cannot write the flight journal: {reason}"), _CURE
    )


def _withdrawal(item: Waiting, entry: AuditEntry, now: Stamp) -> Waiting:
    command_id = command_id_of(item.draft.detail)
    draft = rescue_draft(
        now,
        actor=JOURNAL,
        action="journal.withdrawn",
        subject=str(entry.number),
        detail={"action": entry.action, **({} if command_id is None else {COMMAND_ID: command_id})},
        most_bytes=SHORTEST_LIMIT_BYTES,
    )
    return Waiting(draft=draft, urgent=False, kept=True)


def _trial(item: Waiting, now: Stamp) -> Waiting:
    draft = rescue_draft(
        now,
        actor=JOURNAL,
        action="journal.tried",
        subject=JOURNAL,
        detail={"waits": item.draft.action},
        most_bytes=SHORTEST_LIMIT_BYTES,
    )
    return Waiting(draft=draft, urgent=False, kept=False)


def too_slow() -> ExpiredError:
    """Return what a caller is told who waited too long."""
    return ExpiredError(Text("飛行記録の書き込みが間に合いません", "the flight journal was not written in time"), _CURE)


def _full() -> TooManyError:
    return TooManyError(Text("書けない記録がたまりすぎました", "too many entries wait to be written"), _CURE)


def _closed() -> UnavailableError:
    return UnavailableError(Text("飛行記録は閉じられました", "the flight journal is closed"))
