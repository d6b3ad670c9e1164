"""The audit chain: every entry carries the hash of the one before, so nothing can be changed or taken out unseen.

An entry is one JSON line with sorted keys. `hash` is SHA-256 over the canonical line without `hash`; the first
entry's `previous` is 64 zeros. What a chain cannot show by itself is a cut-off tail: compare `head` with a copy kept
elsewhere.

Numbers follow one another, but for an entry `journal.resumed`: it goes on after a damage and leaves out the numbers
that the lost entries may have had, so that no number is ever given twice.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

GENESIS = "0" * 64
RESUMED = "journal.resumed"

_UNREADABLE = (ValueError, KeyError, TypeError, OverflowError, RecursionError)


class Link(Protocol):
    """What an entry can follow: an entry, or no more than its number and hash."""

    @property
    def number(self) -> int:
        """Return the entry's number."""
        ...

    @property
    def hash(self) -> str:
        """Return the entry's hash."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEnd:
    """Number and hash of an entry, enough to go on after it."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that somebody did or decided."""

    number: int
    at_s: float
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]
    previous: str
    hash: str

    def line(self) -> str:
        """Return the entry as one line of JSON, without the newline."""
        return _canonical({**_content(self), "hash": self.hash})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """Where a chain is broken, and how."""

    line_number: int
    reason: str


class AuditTrail(Protocol):
    """Where entries go. `append` returns once the entry is durable."""

    def append(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        """Chain and store one entry."""
        ...


def _canonical(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _content(entry: AuditEntry) -> dict[str, object]:
    return {
        "number": entry.number,
        "at_s": entry.at_s,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "previous": entry.previous,
    }


def chain_entry(
    *,
    last: Link | None,
    at_s: float,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
) -> AuditEntry:
    """Return the entry that follows `last`."""
    number = 1 if last is None else last.number + 1
    previous = GENESIS if last is None else last.hash
    content = {
        "number": number,
        "at_s": at_s,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": dict(detail),
        "previous": previous,
    }
    digest = hashlib.sha256(_canonical(content).encode()).hexdigest()
    return AuditEntry(
        number=number,
        at_s=at_s,
        actor=actor,
        action=action,
        subject=subject,
        detail=dict(detail),
        previous=previous,
        hash=digest,
    )


def parse_entry(line: str) -> AuditEntry:
    """Return the entry of one line.

    Raises ValueError, KeyError, TypeError, OverflowError or RecursionError if it is none.
    """
    content = json.loads(line)
    if not isinstance(content, dict):
        message = "not a JSON object"
        raise ValueError(message)  # noqa: TRY004 - one kind of error for one kind of fault
    return AuditEntry(
        number=int(content["number"]),
        at_s=content["at_s"],
        actor=str(content["actor"]),
        action=str(content["action"]),
        subject=str(content["subject"]),
        detail=dict(content["detail"]),
        previous=str(content["previous"]),
        hash=str(content["hash"]),
    )


def verify_chain(lines: Iterable[str]) -> tuple[AuditEntry | None, ChainFault | None]:
    """Return the last good entry and the first fault, if there is one."""
    last: AuditEntry | None = None
    for line_number, line in enumerate(lines, start=1):
        found = follow(last, line, line_number)
        if isinstance(found, ChainFault):
            return last, found
        last = found
    return last, None


def follow(last: Link | None, line: str, line_number: int = 1) -> AuditEntry | ChainFault:
    """Return the entry of a line that follows `last` (None: the first of all), or why it does not."""
    try:
        entry = parse_entry(line)
        expected = chain_entry(
            last=_before(last, entry),
            at_s=entry.at_s,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            detail=entry.detail,
        )
        as_written = entry.line()
    except _UNREADABLE as error:
        return ChainFault(line_number=line_number, reason=f"unreadable: {error}")
    if entry.previous != expected.previous or entry.number != expected.number:
        return ChainFault(line_number=line_number, reason="does not follow the entry before")
    # The hash covers the fields read back; a key added, doubled or written otherwise shows in the line alone.
    if entry.hash != expected.hash or as_written != line:
        return ChainFault(line_number=line_number, reason="its content was changed")
    return entry


def anchor(line: str) -> ChainEnd | None:
    """Return what the entry of a line says that it follows, taken at its word; None for the first entry of all.

    Raises ValueError, KeyError, TypeError, OverflowError or RecursionError if the line is no entry.
    """
    entry = parse_entry(line)
    skipped = int(str(entry.detail["skipped"])) if entry.action == RESUMED else 0
    number = entry.number - 1 - skipped
    return None if number == 0 and entry.previous == GENESIS else ChainEnd(number=number, hash=entry.previous)


def _before(last: Link | None, entry: AuditEntry) -> Link | None:
    """Return what `entry` should have been chained to: `last`, or after a damage a number as far on as it says."""
    if entry.action != RESUMED:
        return last
    skipped = entry.detail["skipped"]
    if type(skipped) is not int or skipped < 0:
        message = "it leaves out no number of entries"
        raise ValueError(message)
    if skipped == 0:
        return last
    return resumed_after(last, skipped)


def resumed_after(last: Link | None, skipped: int) -> ChainEnd:
    """Return the end after which a chain goes on that leaves out `skipped` numbers after `last`."""
    if last is None:
        return ChainEnd(number=skipped, hash=GENESIS)
    return ChainEnd(number=last.number + skipped, hash=last.hash)
