"""The chain in its segments: entries are written in place, a spare segment is kept ready, a checkpoint now and then.

Single-threaded; knows no lanes and no waiting. Every write may raise OSError and can be repeated: nothing counts before
it is durable, and a repeated write covers whatever the failed one left behind.
"""

import contextlib
import errno
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fleet.audit import RESUMED, AuditEntry, Link, chain_entry, resumed_after
from ground_station.flight.journal.checkpoint import Checkpoint, encode_checkpoint
from ground_station.flight.journal.draft import JOURNAL, Draft, Stamp
from ground_station.flight.journal.files import CHECKPOINT, Files, segment_name
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.opening import Opened, Place, Resumption
from ground_station.flight.journal.segment import Finding
from ground_station.flight.journal.taken import TakenIds

_FAILURES_BEFORE_LEAVING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What one write made durable: the entries, of which the first `own` are the journal's, then the drafts' in order.

    Drafts beyond these did not fit: they are to be given again.
    """

    entries: tuple[AuditEntry, ...]
    own: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Bytes already taken on the disk for coming lines, and why no more could be taken, if so."""

    bytes_left: int
    refusal: str | None


class SegmentChain:
    """Writes the chain of one folder, from where it was opened."""

    def __init__(self, files: Files, opened: Opened, limits: JournalLimits, taken: TakenIds) -> None:
        self._files = files
        self._limits = limits
        self._taken = taken
        self._last = opened.last
        self._place = opened.place
        self._spares = {number: size for number, size in opened.spares.items() if size >= limits.most_line_bytes}
        self._highest = opened.highest
        self._resumption = opened.resumption
        self._unsynced = opened.head
        self._dirty_bytes = 0
        self._failures = 0
        self._since_checkpoint = len(opened.entries)
        self._refusal: str | None = None

    @property
    def last(self) -> Link | None:
        """Return the last durable entry, or its number and hash."""
        return self._last

    @property
    def is_synced(self) -> bool:
        """Return whether all entries found at the opening are durable too."""
        return self._unsynced is None

    @property
    def room(self) -> Room:
        """Return how much can be written though the disk gives no more room."""
        left = 0 if self._place is None else self._place.size_bytes - self._place.end_bytes
        return Room(bytes_left=left + sum(self._spares.values()), refusal=self._refusal)

    def is_there(self) -> bool:
        """Return whether the segment that is being written is in the folder; raises OSError."""
        return self._place is None or segment_name(self._place.segment) in self._files.names()

    def write(self, drafts: Sequence[Draft], now: Stamp) -> Written:
        """Chain and write as many as fit into one segment; raises OSError, then none of them counts."""
        self._sync()
        self._leave_bad_segment()
        own = [] if self._resumption is None else [self._resume(self._resumption, now)]
        entries, lines = self._fitting(own, drafts)
        if not entries and (own or drafts):
            self._begin_segment()
            entries, lines = self._fitting(own, drafts)
        if entries:
            self._put(lines)
            self._commit(entries, lines)
        elif own or drafts:
            raise OSError(errno.EFBIG, "an entry is longer than a segment")
        return Written(entries=tuple(entries), own=len(own))

    def tend(self, *, at_leisure: bool) -> None:
        """Do what is due beside the lines: wipe what a failed write left, keep a spare, set a checkpoint.

        Raises OSError if lines cannot be written; a refused spare or checkpoint is only noted and tried again later.
        """
        self._sync()
        if self._dirty_bytes:
            self._put(b"")
        self._keep_spare()
        due = self._limits.checkpoint_every * (1 if at_leisure else 4)
        if self._since_checkpoint >= due:
            self.set_checkpoint()

    def set_checkpoint(self) -> None:
        """Write where the chain stands; a refusal is left for the next time."""
        if self._place is None or self._last is None or not self.is_synced or not self._place.end_bytes:
            return
        checkpoint = Checkpoint(
            number=self._last.number,
            hash=self._last.hash,
            segment=self._place.segment,
            start_bytes=self._place.start_bytes,
            end_bytes=self._place.end_bytes,
            taken=self._taken.dump(),
        )
        self._since_checkpoint = 0
        with contextlib.suppress(OSError):
            self._files.replace(CHECKPOINT, encode_checkpoint(checkpoint))

    def _fitting(self, own: list[AuditEntry], drafts: Sequence[Draft]) -> tuple[list[AuditEntry], bytes]:
        """Return the entries that fit behind the last, and their lines; the journal's own come first."""
        if self._place is None:
            return [], b""
        room = self._place.size_bytes - self._place.end_bytes
        entries: list[AuditEntry] = []
        lines = bytearray()
        last = self._last
        for position in range(len(own) + len(drafts)):
            entry = own[position] if position < len(own) else _chained(last, drafts[position - len(own)])
            line = entry.line().encode() + b"\n"
            if len(lines) + len(line) > room:
                break
            lines += line
            entries.append(entry)
            last = entry
        if len(entries) < len(own):
            return [], b""
        return entries, bytes(lines)

    def _put(self, lines: bytes) -> None:
        """Write at the end, and zeros over what a failed write may have left behind."""
        place = self._place
        if place is None:
            return
        payload = lines.ljust(self._dirty_bytes, b"\0")
        try:
            self._files.write(segment_name(place.segment), place.end_bytes, payload)
        except OSError as error:
            self._dirty_bytes = max(self._dirty_bytes, len(payload))
            self._failures += error.errno == errno.EIO
            raise
        self._dirty_bytes = 0
        self._failures = 0

    def _commit(self, entries: Sequence[AuditEntry], lines: bytes) -> None:
        if self._place is not None:
            end = self._place.end_bytes
            start = end + lines.rfind(b"\n", 0, -1) + 1
            self._place = replace(self._place, start_bytes=start, end_bytes=end + len(lines))
        self._last = entries[-1]
        self._resumption = None
        self._since_checkpoint += len(entries)

    def _sync(self) -> None:
        """Make durable what was found at the opening: it may have been in the machine's memory only."""
        if self._unsynced is not None:
            self._files.write(segment_name(self._unsynced.segment), self._unsynced.end_bytes, b"")
            self._unsynced = None

    def _resume(self, resumption: Resumption, now: Stamp) -> AuditEntry:
        return chain_entry(
            last=resumed_after(resumption.last, resumption.skipped),
            at_s=now.at_s,
            actor=JOURNAL,
            action=RESUMED,
            subject=JOURNAL,
            detail=resumption.detail(),
        )

    def _begin_segment(self) -> None:
        """Go on in the spare segment, or in a new one; raises OSError if there is neither."""
        if not self._spares:
            self._allocate()
        number = min(self._spares)
        self._place = Place(segment=number, start_bytes=0, end_bytes=0, size_bytes=self._spares.pop(number))
        self._dirty_bytes = 0
        self._failures = 0

    def _keep_spare(self) -> None:
        if self._spares:
            return
        try:
            self._allocate()
        except OSError as error:
            self._refusal = str(error)

    def _allocate(self) -> None:
        self._files.allocate(segment_name(self._highest + 1), self._limits.segment_bytes)
        self._highest += 1
        self._spares[self._highest] = self._limits.segment_bytes
        self._refusal = None

    def _leave_bad_segment(self) -> None:
        """Leave a place of the disk that cannot be written, so long as there is another."""
        place = self._place
        if place is None or self._failures < _FAILURES_BEFORE_LEAVING or not self._spares:
            return
        finding = Finding(
            file=segment_name(place.segment),
            offset_bytes=place.end_bytes,
            length_bytes=self._dirty_bytes,
            torn=True,
            reason="the disk does not take it",
        )
        resumption = self._resumption or Resumption(last=self._last, skipped=0, found=(), remarks={})
        self._resumption = replace(resumption, found=(*resumption.found, finding))
        self._begin_segment()


def _chained(last: Link | None, draft: Draft) -> AuditEntry:
    return chain_entry(
        last=last,
        at_s=draft.stamp.at_s,
        actor=draft.actor,
        action=draft.action,
        subject=draft.subject,
        detail=draft.detail,
    )
