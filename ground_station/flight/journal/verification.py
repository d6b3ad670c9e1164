"""Is the whole journal whole? Over the link to the old chain and from segment to segment, in order.

What the journal itself set aside (a later segment begins with an entry that says so) is reported apart from what nobody
has noticed yet. A cut-off tail shows only where the checkpoint knows better.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fleet.audit import GENESIS, RESUMED, AuditEntry, ChainFault, Link
from ground_station.flight.journal.checkpoint import decode_checkpoint
from ground_station.flight.journal.files import CHECKPOINT, Files, OldChain, segment_name, segment_numbers
from ground_station.flight.journal.reading import first_entry, read_entries, sound
from ground_station.flight.journal.segment import (
    Finding,
    Reading,
    begins_after,
    first_line,
    is_blank,
    plain_reason,
    read_segment,
)

_READINGS_OF_A_LIVE_SEGMENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification found. The journal is whole if there are no faults.

    `continues` names the chain that it goes on from, `old_is_missing` says that this was not there to compare.
    """

    entries: int
    last: AuditEntry | None
    faults: tuple[Finding, ...]
    set_aside: tuple[Finding, ...]
    continues: str | None
    old_is_missing: bool


def verify_journal(files: Files, old: OldChain | None) -> Verdict:
    """Return what is found in all segments; `old` is the chain from before, if it is there. Raises OSError."""
    names = files.names()
    checkpoint = decode_checkpoint(files.read(CHECKPOINT)) if CHECKPOINT in names else None
    numbers = segment_numbers(names)
    verification = _Verification(old=old, resumed=_resumed(files, numbers))
    verification.begin()
    for position, number in enumerate(numbers):
        content = _content(files, number, is_newest=position >= len(numbers) - 2)
        if not is_blank(content):
            verification.segment(number, content)
    if checkpoint is not None:
        verification.compare(CHECKPOINT, checkpoint.number)
    return verification.verdict()


def export_lines(files: Files) -> Iterator[str]:
    """Yield every sound entry of the journal as one line of JSON, oldest first; raises OSError."""
    for entry in read_entries(files, segment_numbers(files.names())):
        yield entry.line()


def _content(files: Files, number: int, *, is_newest: bool) -> bytes:
    """Return a segment's content; one that is being written may show half a line to the first reader."""
    content = files.read(segment_name(number))
    for _ in range(_READINGS_OF_A_LIVE_SEGMENT if is_newest else 0):
        again = files.read(segment_name(number))
        if again == content:
            break
        content = again
    return content


def _resumed(files: Files, numbers: Sequence[int]) -> dict[int, AuditEntry]:
    """Return the segments that begin by going on after a damage, or from the old chain."""
    beginnings = {number: first_entry(files, number) for number in numbers}
    return {number: entry for number, entry in beginnings.items() if entry is not None and entry.action == RESUMED}


@dataclass(slots=True, kw_only=True)
class _Verification:
    """What was found so far, segment by segment; `aside_before` is the segment up to which all is set aside."""

    old: OldChain | None
    resumed: dict[int, AuditEntry]
    goes_on: dict[str, int] = field(init=False)
    link: Link | None = None
    last: AuditEntry | None = None
    count: int = 0
    aside_before: int = 0
    faults: list[Finding] = field(default_factory=list)
    set_aside: list[Finding] = field(default_factory=list)
    continues: str | None = None
    old_is_missing: bool = False

    def __post_init__(self) -> None:
        """Know by the last good entry which segment goes on from it."""
        self.goes_on = {entry.previous: number for number, entry in self.resumed.items()}

    def begin(self) -> None:
        """Find what the first entry must follow: nothing, or the end of the old chain."""
        for number, entry in self.resumed.items():
            if "continues" in entry.detail:
                self._begin_after_old(number, entry)
                return
        self._jump(0, GENESIS)

    def segment(self, number: int, content: bytes) -> None:
        """Take the next segment that is not blank."""
        name = segment_name(number)
        offset = 0
        if number < self.aside_before:
            self.set_aside.append(_finding(name, "set aside", length_bytes=len(content.rstrip(b"\0"))))
            return
        while True:
            reading = read_segment(name, content[offset:], last=self.link, offset_bytes=offset)
            end = self._take(number, reading)
            if end is not None:
                if not is_blank(content[end:]):
                    length = len(content[end:].rstrip(b"\0"))
                    self.set_aside.append(_finding(name, "set aside", offset_bytes=end, length_bytes=length))
                return
            if reading.finding is None:
                return
            self.faults.append(reading.finding)
            next_offset = self._next_sound(content, reading.finding.offset_bytes)
            if next_offset is None:
                return
            offset = next_offset

    def compare(self, name: str, number: int) -> None:
        """Compare with what another file knows of the journal's end."""
        if self.last is None or self.last.number < number:
            self.faults.append(_finding(name, f"it knows entry {number}, behind the end of the journal"))

    def verdict(self) -> Verdict:
        """Return what was found in all."""
        return Verdict(
            entries=self.count,
            last=self.last,
            faults=tuple(self.faults),
            set_aside=tuple(self.set_aside),
            continues=self.continues,
            old_is_missing=self.old_is_missing,
        )

    def _take(self, number: int, reading: Reading) -> int | None:
        """Count good entries; return where the rest is set aside, if a later segment goes on from one of them."""
        for entry, end in zip(reading.entries, reading.ends_bytes, strict=True):
            self.count += 1
            self.link = self.last = entry
            if self._jump(number, entry.hash):
                return end
        return None

    def _jump(self, number: int, last_hash: str) -> bool:
        """Set aside all before the segment that goes on from this entry, if there is one."""
        later = self.goes_on.get(last_hash, 0)
        if later > number:
            self.aside_before = later
        return later > number

    def _next_sound(self, content: bytes, offset: int) -> int | None:
        """Return where the next good line begins and take its word for what it follows; None if there is none."""
        while (end := content.find(b"\n", offset) + 1) > 0:
            line = content[offset:end]
            if sound(first_line(line)) is not None:
                self.link = _said(line)
                return offset
            offset = end
        return None

    def _begin_after_old(self, number: int, entry: AuditEntry) -> None:
        self.continues = str(entry.detail["continues"])
        self.aside_before = number
        self.link = _said(entry.line().encode())
        if self.old is None:
            self.old_is_missing = True
            return
        if self.old.fault is not None:
            fault = self.old.fault
            self.set_aside.append(_finding(self.old.name, f"line {fault.line_number}: {fault.reason}"))
        if (GENESIS if self.old.last is None else self.old.last.hash) == entry.previous:
            self.link = self.old.last
        else:
            reason = f"it does not go on from the end of {self.continues}"
            self.faults.append(_finding(segment_name(number), reason))


def _said(line: bytes) -> Link | None:
    """Return what a good line says that it follows."""
    before = begins_after(line)
    return None if isinstance(before, ChainFault) else before


def _finding(name: str, reason: str, *, offset_bytes: int = 0, length_bytes: int = 0) -> Finding:
    return Finding(
        file=name, offset_bytes=offset_bytes, length_bytes=length_bytes, torn=False, reason=plain_reason(reason)
    )
