"""The one thread that writes the journal: it opens the chain, empties the lanes, and goes on whatever the disk does.

An urgent entry waits for nothing but the one write in progress. What the disk refuses is tried again every second, and
so is what falls by a mistake; an entry that falls again and again while others are written is given up and counted.
"""

import contextlib
import errno
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from fleet.audit import AuditEntry
from fleet.clock import Clock
from fleet.errors import ConflictError
from ground_station.flight.journal.chain import Room, SegmentChain
from ground_station.flight.journal.draft import Draft, Stamp
from ground_station.flight.journal.files import Folder
from ground_station.flight.journal.health import Health, Writing
from ground_station.flight.journal.intake import Hand, Intake, dropped_note, refused
from ground_station.flight.journal.lanes import Waiting
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.opening import open_chain
from ground_station.flight.journal.reading import ids_before
from ground_station.flight.journal.tail import Tail
from ground_station.flight.journal.taken import TakenIds

_log = structlog.get_logger(__name__)

_USUAL_LINE_BYTES = 600
_NO_ROOM = Room(bytes_left=0, refusal=None)
_GONE = frozenset({errno.ENOENT, errno.ESTALE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The clocks of one run of the core: `boot_id` names the run, `boottime_s` returns CLOCK_BOOTTIME."""

    clock: Clock
    boot_id: str
    boottime_s: Callable[[], float]

    def stamp(self) -> Stamp:
        """Return the time of now."""
        return Stamp(at_s=self.clock.now_s(), boottime_s=self.boottime_s())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Progress:
    """How writing goes. Replaced as a whole by the writer's thread, read by any."""

    is_open: bool = False
    has_ended: bool = False
    refused_since_s: float | None = None
    refusal: str = ""
    room: Room = _NO_ROOM
    set_aside: tuple[str, ...] = ()


class Writer:
    """Owns the folder and the chain from its thread; everything else is told through intake, tail and ids."""

    def __init__(
        self, folder: Folder, times: Times, limits: JournalLimits, intake: Intake, tail: Tail, taken: TakenIds
    ) -> None:
        self._folder = folder
        self._times = times
        self._limits = limits
        self._intake = intake
        self._tail = tail
        self._taken = taken
        self._chain: SegmentChain | None = None
        self._hand = Hand()
        self._progress = _Progress()
        self._busy_since_s: float | None = None
        self._unpublished: Sequence[AuditEntry] = ()
        self._known = 0
        self._conflict: ConflictError | None = None
        self._tried = threading.Event()
        # A daemon: a disk that never answers must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self, within_s: float) -> None:
        """Begin; return once the chain is open or refused, or after `within_s` while it is still being opened.

        Raises ConflictError if another program is known by then to own the journal; later that is a refusal.
        """
        self._thread.start()
        self._tried.wait(within_s)
        if self._conflict is not None:
            self._intake.close()
            # Else the thread could still take the folder when its owner ends.
            self._thread.join(within_s)
            raise self._conflict

    def close(self, within_s: float) -> bool:
        """Write what waits, once, and end; return whether all of it was written in time."""
        self._intake.close()
        self._thread.join(within_s)
        return self._progress.has_ended and self._intake.is_empty()

    def health(self) -> Health:
        """Return how it goes; asks no disk."""
        now_s = self._times.clock.monotonic_s()
        progress, counts = self._progress, self._intake.counts()
        writing, since_s = self._writing(progress, now_s)
        return Health(
            writing=writing,
            for_s=max(0.0, now_s - since_s),
            reason=progress.refusal if writing is Writing.REFUSED else "",
            waiting=counts.waiting,
            waiting_urgent=counts.urgent,
            dropped=counts.dropped,
            free_entries=progress.room.bytes_left // _USUAL_LINE_BYTES,
            room_refused=progress.room.refusal is not None,
            set_aside=progress.set_aside,
        )

    def _writing(self, progress: _Progress, now_s: float) -> tuple[Writing, float]:
        busy_since_s = self._busy_since_s
        if progress.has_ended:
            return Writing.ENDED, now_s
        if progress.refused_since_s is not None:
            return Writing.REFUSED, progress.refused_since_s
        if not progress.is_open:
            return Writing.OPENING, now_s
        if busy_since_s is not None and now_s - busy_since_s > self._limits.late_after_s:
            return Writing.SLOW, busy_since_s
        return Writing.OK, now_s

    def _run(self) -> None:
        try:
            while self._turn():
                pass
        finally:
            self._end()

    def _turn(self) -> bool:
        """Write once; return whether to go on."""
        if self._tried.is_set():
            self._intake.wait(self._limits.retry_s)
        closing = self._intake.is_closing
        self._hand = self._intake.take()
        self._busy_since_s = self._times.clock.monotonic_s()
        error = _raised_by(self._write)
        self._busy_since_s = None
        if error is not None:
            self._answer(error)
        self._tried.set()
        return not closing or (error is None and not self._intake.is_empty())

    def _answer(self, error: BaseException) -> None:
        """Keep what was to be written, and say why it is not."""
        if isinstance(error, OSError):
            self._refuse(os.strerror(error.errno) if error.errno else str(error))
            if error.errno in _GONE:
                self._leave_if_gone()
        elif isinstance(error, ConflictError):
            self._conflict = error
            self._refuse(error.what.en)
        else:
            if self._progress.refused_since_s is None:
                _log.error("the journal's writer fell and goes on", exc_info=error)
            of_an_entry = self._chain is not None and not isinstance(error, MemoryError)
            self._refuse(f"{type(error).__name__}: {error}", mistaken=of_an_entry)

    def _write(self) -> None:
        chain = self._chain or self._open()
        hand, now = self._hand, self._times.stamp()
        note = [dropped_note(hand.dropped, now)] if hand.dropped.count else []
        drafts = [*note, *(self._draft(item, now) for item in hand.items)]
        written = chain.write(drafts, now)
        fitted = written.entries[written.own :]
        try:
            self._publish(written.entries, chain)
            if fitted:
                self._progress = replace(self._progress, refused_since_s=None)
        finally:  # it is written, whatever falls now: never a second time
            self._hand = Hand()
            self._intake.wrote(hand, fitted[len(note) :], noted=len(fitted) >= len(note), now=now)
        urgent, any_waits = self._intake.pressed()
        if not urgent:
            chain.tend(at_leisure=not any_waits)
        has_room = chain.room.bytes_left >= self._limits.most_line_bytes
        since_s = None if has_room else self._progress.refused_since_s
        self._progress = replace(self._progress, refused_since_s=since_s, room=chain.room)

    def _draft(self, item: Waiting, now: Stamp) -> Draft:
        waited_s = now.boottime_s - item.draft.stamp.boottime_s
        if item.tried or waited_s > self._limits.late_after_s:
            return item.draft.late(boot_id=self._times.boot_id, now=now)
        return item.draft

    def _publish(self, entries: Sequence[AuditEntry], chain: SegmentChain) -> None:
        """Show followers what is durable; what the opening found is so only once the chain is synced."""
        self._tail.publish([entry for entry in (*self._unpublished, *entries) if entry.number > self._known])
        self._unpublished = ()
        if chain.last is not None:
            self._known = max(self._known, chain.last.number)

    def _open(self) -> SegmentChain:
        self._folder.own()
        opened = open_chain(self._folder, old=self._folder.old_chain, known=self._known)
        if opened.checkpoint is not None:
            self._taken.load(opened.checkpoint.taken)
        else:
            self._taken.learn(ids_before(self._folder, opened.read_from, self._limits.most_ids))
        self._taken.learn(entry.detail for entry in opened.entries)
        self._chain = SegmentChain(self._folder, opened, self._limits, self._taken)
        self._unpublished = opened.entries
        set_aside = tuple(dict.fromkeys(finding.file for finding in opened.findings))
        self._progress = replace(self._progress, is_open=True, set_aside=set_aside, room=self._chain.room)
        return self._chain

    def _refuse(self, reason: str, *, mistaken: bool = False) -> None:
        since_s = self._progress.refused_since_s
        if since_s is None:
            since_s = self._times.clock.monotonic_s()
        # Before those who wait hear of it: who looks then must see it too.
        self._progress = replace(self._progress, refused_since_s=since_s, refusal=reason)
        if mistaken:
            self._intake.fell(self._hand, refused(reason), self._times.stamp())
        else:
            self._intake.refused(self._hand, refused(reason))
        self._hand = Hand()

    def _leave_if_gone(self) -> None:
        """Let go of a folder that is not there any more: what comes in its place is opened as if at the start.

        A segment that is still there is written again in place; read anew, what a failed write left in it would count.
        """
        with contextlib.suppress(OSError):
            if self._chain is None or not self._chain.is_there():
                self._chain = None
                self._folder.give_up()

    def _end(self) -> None:
        if self._chain is not None and self._progress.refused_since_s is None:
            _raised_by(self._chain.set_checkpoint)
        _raised_by(self._folder.give_up)
        self._intake.end()
        self._progress = replace(self._progress, has_ended=True)
        self._tried.set()


def _raised_by(work: Callable[[], None]) -> BaseException | None:
    """Return what `work` raises, or None: this thread goes on, since nobody else could write."""
    error: BaseException | None = None
    with contextlib.suppress(Exception):
        try:
            work()
        finally:
            error = sys.exception()
    return error
