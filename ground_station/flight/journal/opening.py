"""Where the chain stands in a folder: from the checkpoint on, else from the newest segments, else from the old chain.

Only reads. Damage never keeps the journal from opening: it becomes findings, which the chain's next entry names.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fleet.audit import GENESIS, RESUMED, AuditEntry, ChainEnd, ChainFault, Link, parse_entry
from ground_station.flight.journal.checkpoint import Checkpoint, decode_checkpoint
from ground_station.flight.journal.files import CHECKPOINT, Files, OldChain, segment_name, segment_numbers
from ground_station.flight.journal.limits import SHORTEST_LINE_BYTES
from ground_station.flight.journal.segment import (
    Finding,
    begins_after,
    first_line,
    is_blank,
    plain_reason,
    read_segment,
)

_FIRST_READ = 4
_MOST_FOUND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the last good line stands, and the size of its segment; the next line goes to `end_bytes`."""

    segment: int
    start_bytes: int
    end_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """What the next entry must say: after which entry the chain goes on, how many numbers it leaves out, and why."""

    last: Link | None
    skipped: int
    found: tuple[Finding, ...]
    remarks: Mapping[str, str]

    def detail(self) -> dict[str, object]:
        """Return it for the entry's detail; only the newest three findings are told one by one."""
        return {
            "last_number": 0 if self.last is None else self.last.number,
            "last_hash": "" if self.last is None else self.last.hash,
            "skipped": self.skipped,
            "found": [finding.as_dict() for finding in self.found[-_MOST_FOUND:]],
            "found_in_all": len(self.found),
            **self.remarks,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Where the chain stands, and the sizes of the blank segments behind it.

    `head` is where the last good line stands; `place` is the same, or None if the next line begins a new segment.
    `entries` are the newest, those that were read; `read_from` is the first segment read.
    """

    last: Link | None
    head: Place | None
    place: Place | None
    spares: Mapping[int, int]
    highest: int
    entries: tuple[AuditEntry, ...]
    read_from: int
    checkpoint: Checkpoint | None
    resumption: Resumption | None
    findings: tuple[Finding, ...]


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What was found so far in the segments walked over, oldest first."""

    last: Link | None = None
    place: Place | None = None
    spares: dict[int, int] = field(default_factory=dict)
    entries: list[AuditEntry] = field(default_factory=list)
    behind: list[Finding] = field(default_factory=list)
    before: list[Finding] = field(default_factory=list)


def open_chain(files: Files, *, old: Callable[[], OldChain | None] | None = None, known: int = 0) -> Opened:
    """Return where the chain stands; no number up to `known` is given again.

    `old` returns the chain from before the journal; it is asked only while the journal has no entry. Raises OSError if
    the files cannot be read.
    """
    names = files.names()
    numbers = segment_numbers(names)
    checkpoint = decode_checkpoint(_content(files, CHECKPOINT) or b"") if CHECKPOINT in names else None
    found = _from_checkpoint(files, numbers, checkpoint) if checkpoint is not None else None
    stale = checkpoint is not None and found is None
    walk, read_from = found or _from_newest(files, numbers)
    continued = old() if old is not None and walk.last is None else None
    if continued is not None:
        walk.last = continued.last
        if continued.fault is not None:
            walk.before.append(_old_finding(continued, continued.fault))
    if checkpoint is not None:
        known = max(known, checkpoint.number)
    return Opened(
        last=walk.last,
        head=walk.place,
        place=None if walk.behind else walk.place,
        spares=walk.spares,
        highest=numbers[-1] if numbers else 0,
        entries=tuple(walk.entries),
        read_from=read_from,
        checkpoint=None if stale else checkpoint,
        resumption=_resumption(walk, continued, known=known, stale=stale),
        findings=(*walk.before, *walk.behind),
    )


def _resumption(walk: _Walk, old: OldChain | None, *, known: int, stale: bool) -> Resumption | None:
    number = 0 if walk.last is None else walk.last.number
    found = [*walk.before, *walk.behind]
    lost = sum(finding.most_entries for finding in walk.behind) + (
        0 if old is None else -(-old.lost_bytes // SHORTEST_LINE_BYTES)
    )
    skipped = max(number + lost, known) - number
    if not found and not skipped and not stale and (old is None or old.last is None):
        return None
    remarks = {} if old is None else {"continues": old.name}
    if stale:
        remarks["checkpoint"] = "it does not fit the segments"
    return Resumption(last=walk.last, skipped=skipped, found=tuple(found), remarks=remarks)


def _old_finding(old: OldChain, fault: ChainFault) -> Finding:
    reason = plain_reason(f"line {fault.line_number}: {fault.reason}")
    return Finding(file=old.name, offset_bytes=0, length_bytes=old.lost_bytes, torn=False, reason=reason)


def _from_checkpoint(files: Files, numbers: Sequence[int], checkpoint: Checkpoint) -> tuple[_Walk, int] | None:
    if checkpoint.segment not in numbers:
        return None
    name = segment_name(checkpoint.segment)
    content = _content(files, name) or b""
    line = content[checkpoint.start_bytes : checkpoint.end_bytes]
    before = begins_after(line)
    if isinstance(before, ChainFault):
        return None
    reading = read_segment(name, line, last=before)
    if [(entry.number, entry.hash) for entry in reading.entries] != [(checkpoint.number, checkpoint.hash)]:
        return None
    if reading.end_bytes != len(line):
        return None
    walk = _Walk()
    _take(walk, checkpoint.segment, content, offset_bytes=checkpoint.start_bytes, last=before)
    _go_on(files, walk, [number for number in numbers if number > checkpoint.segment])
    return walk, checkpoint.segment


def _from_newest(files: Files, numbers: Sequence[int]) -> tuple[_Walk, int]:
    """Walk over the newest segments, so many that a good entry is among them."""
    count = _FIRST_READ
    while True:
        walk = _Walk()
        chosen = numbers[-count:]
        _go_on(files, walk, chosen)
        if walk.entries or count >= len(numbers):
            return walk, chosen[0] if chosen else 0
        count *= 2


def _go_on(files: Files, walk: _Walk, numbers: Sequence[int]) -> None:
    for number in numbers:
        content = _content(files, segment_name(number))
        if content is None:
            walk.spares.clear()
            walk.behind.append(_unreadable(number))
            continue
        if is_blank(content):
            walk.spares[number] = len(content)
            continue
        walk.spares.clear()
        _take(walk, number, content, offset_bytes=0, last=_link(walk, number, content))


def _link(walk: _Walk, number: int, content: bytes) -> Link | None:
    """Return what the segment's first entry says that it follows: that is compared, and told, but not insisted on."""
    before = begins_after(content)
    if isinstance(before, ChainFault):
        return ChainEnd(number=0, hash="")
    last_hash = GENESIS if before is None else before.hash
    _leave_out(walk, first_line(content), last_hash)
    if walk.entries and last_hash != walk.entries[-1].hash:
        reason = "it does not follow the segment before"
        walk.before.append(
            Finding(file=segment_name(number), offset_bytes=0, length_bytes=0, torn=False, reason=reason)
        )
    return before


def _leave_out(walk: _Walk, line: str, last_hash: str) -> None:
    """Forget lines that were never durable: a later segment goes on from before them and leaves out no number."""
    entry = parse_entry(line)
    hashes = [known.hash for known in walk.entries]
    if entry.action == RESUMED and entry.detail["skipped"] == 0 and last_hash in hashes:
        del walk.entries[hashes.index(last_hash) + 1 :]


def _take(walk: _Walk, number: int, content: bytes, *, offset_bytes: int, last: Link | None) -> None:
    reading = read_segment(segment_name(number), content[offset_bytes:], last=last, offset_bytes=offset_bytes)
    if reading.entries:
        if reading.entries[0].action == RESUMED:
            # It names what was found before it: that is settled.
            walk.before.clear()
        else:
            walk.before.extend(walk.behind)
        walk.behind.clear()
        walk.entries.extend(reading.entries)
        walk.last = reading.entries[-1]
        walk.place = Place(
            segment=number,
            start_bytes=reading.ends_bytes[-2] if len(reading.entries) > 1 else offset_bytes,
            end_bytes=reading.end_bytes,
            size_bytes=len(content),
        )
    if reading.finding is not None:
        walk.behind.append(reading.finding)


def _content(files: Files, name: str) -> bytes | None:
    """Return a file's content, or None where the disk cannot read it any more: one bad place stops nothing."""
    try:
        return files.read(name)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return None


def _unreadable(number: int) -> Finding:
    reason = "the disk cannot read it"
    return Finding(file=segment_name(number), offset_bytes=0, length_bytes=1 << 20, torn=False, reason=reason)
