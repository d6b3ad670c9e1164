"""The content of a segment: lines of the chain, then zero bytes up to its end. Pure.

What stands behind the last good line and is not zero is a finding: torn if it is a line that was cut off in the
writing, else a damage.
"""

from dataclasses import dataclass

from fleet.audit import AuditEntry, ChainEnd, ChainFault, Link, anchor, follow
from ground_station.flight.journal.limits import SHORTEST_LINE_BYTES

_MOST_REASON = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found in a file that is no good entry."""

    file: str
    offset_bytes: int
    length_bytes: int
    torn: bool
    reason: str

    @property
    def most_entries(self) -> int:
        """Return how many entries may have stood there at most."""
        return -(-self.length_bytes // SHORTEST_LINE_BYTES)

    def as_dict(self) -> dict[str, object]:
        """Return it for an entry's detail."""
        return {
            "file": self.file,
            "offset_bytes": self.offset_bytes,
            "length_bytes": self.length_bytes,
            "torn": self.torn,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The good entries of a segment, where each of them ends, where all of them end, and what stands behind them."""

    entries: tuple[AuditEntry, ...]
    ends_bytes: tuple[int, ...]
    end_bytes: int
    finding: Finding | None


def is_blank(content: bytes) -> bool:
    """Return whether nothing was ever written there."""
    return content.count(0) == len(content)


def first_line(content: bytes) -> str:
    """Return the first line, without the newline."""
    return _text(content[: content.find(b"\n")] if b"\n" in content else content.rstrip(b"\0"))


def begins_after(content: bytes) -> ChainEnd | ChainFault | None:
    """Return what a segment's first line says that it follows, or why it is no entry."""
    try:
        return anchor(first_line(content))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        return ChainFault(line_number=1, reason=plain_reason(f"unreadable: {error}"))


def read_segment(name: str, content: bytes, *, last: Link | None, offset_bytes: int = 0) -> Reading:
    """Return what a file holds from `offset_bytes` on, where `content` begins; `last` is the entry before."""
    written = content.rstrip(b"\0")
    entries: list[AuditEntry] = []
    ends: list[int] = []
    start = 0
    reason = "it has no end of line"
    while (end := written.find(b"\n", start)) >= 0:
        found = follow(last, _text(written[start:end]))
        if isinstance(found, ChainFault):
            reason = found.reason
            break
        entries.append(found)
        last, start = found, end + 1
        ends.append(offset_bytes + start)
    finding = None
    if start < len(written):
        finding = Finding(
            file=name,
            offset_bytes=offset_bytes + start,
            length_bytes=len(written) - start,
            torn=b"\n" not in written[start:],
            reason=plain_reason(reason),
        )
    return Reading(
        entries=tuple(entries),
        ends_bytes=tuple(ends),
        end_bytes=offset_bytes + start,
        finding=finding,
    )


def plain_reason(reason: str) -> str:
    """Return a reason short and in letters that any line can carry; it may quote what was found."""
    return reason[:_MOST_REASON].encode("ascii", errors="replace").decode()


def _text(line: bytes) -> str:
    return line.decode(errors="surrogateescape")
