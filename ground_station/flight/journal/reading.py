"""What older segments hold: entries behind a number, and the ids of orders. Every call reads files."""

import errno
from collections import deque
from collections.abc import Iterator, Sequence

import msgspec

from fleet.audit import RESUMED, AuditEntry, ChainFault, anchor, follow
from ground_station.flight.journal.files import Files, segment_name, segment_numbers
from ground_station.flight.journal.segment import first_line

_MOST_SEGMENTS_FOR_IDS = 64
_MOST_FIRST_LINE_BYTES = 64 << 10


class _Detail(msgspec.Struct):
    command_id: str | None = None


class _Order(msgspec.Struct):
    detail: _Detail


def sound(line: str) -> AuditEntry | None:
    """Return the entry of a line whose content is as it was hashed, or None."""
    try:
        found = follow(anchor(line), line)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return None if isinstance(found, ChainFault) else found


def first_entry(files: Files, segment: int) -> AuditEntry | None:
    """Return the entry with which a segment begins, None if that is blank or damaged; raises OSError."""
    return sound(first_line(files.read(segment_name(segment), 0, _MOST_FIRST_LINE_BYTES)))


def read_entries(files: Files, segments: Sequence[int]) -> Iterator[AuditEntry]:
    """Yield the sound entries of these segments, in order; raises OSError.

    Damaged lines are left out (the verification tells of them), and so are lines that were never durable: those behind
    the entry from which a later segment goes on without leaving out a number.
    """
    beginnings = {segment: first_entry(files, segment) for segment in segments}
    goes_on = {
        entry.previous: segment
        for segment, entry in beginnings.items()
        if entry is not None and entry.action == RESUMED and entry.detail.get("skipped") == 0
    }
    next_segment = 0
    for segment in segments:
        if segment < next_segment:
            continue
        for line in files.read(segment_name(segment)).rstrip(b"\0").split(b"\n")[:-1]:
            entry = sound(line.decode(errors="surrogateescape"))
            if entry is None:
                continue
            yield entry
            next_segment = goes_on.get(entry.hash, 0)
            if next_segment > segment:
                break


class SegmentReader:
    """Finds entries by number. Keeps in memory one number a segment: 8 bytes a MiB of journal."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._firsts: dict[int, int] = {}

    def after(self, number: int, *, limit: int, up_to: int) -> tuple[AuditEntry, ...]:
        """Return up to `limit` entries behind `number`, none behind `up_to`, as `read_entries`; raises OSError."""
        found: list[AuditEntry] = []
        for entry in read_entries(self._files, self._from(number + 1)):
            if number < entry.number <= up_to:
                found.append(entry)
                number = entry.number
                if len(found) == limit:
                    break
        return tuple(found)

    def _from(self, number: int) -> list[int]:
        """Return the segments, in order, from the one on that holds an entry's number."""
        chosen: deque[int] = deque()
        for segment in reversed(segment_numbers(self._files.names())):
            chosen.appendleft(segment)
            # Remembered to pass over a segment, never to stop at it: the folder may be another by now.
            if self._firsts.get(segment, 0) > number:
                continue
            entry = first_entry(self._files, segment)
            if entry is None:
                continue
            self._firsts[segment] = entry.number
            if entry.number <= number:
                break
        return list(chosen)


def _readable(files: Files, segment: int) -> bytes:
    """Return a segment's content, nothing where the disk cannot read it any more."""
    try:
        return files.read(segment_name(segment))
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return b""


def ids_before(files: Files, segment: int, most: int) -> list[dict[str, object]]:
    """Return the order ids, oldest first, in the segments before one; at most `most`, and 64 segments back.

    Only after the loss of the checkpoint, which has them all. Raises OSError.
    """
    older = [number for number in segment_numbers(files.names()) if number < segment]
    ids: deque[dict[str, object]] = deque()
    decoder = msgspec.json.Decoder(_Order)
    for number in reversed(older[-_MOST_SEGMENTS_FOR_IDS:]):
        for line in reversed(_readable(files, number).rstrip(b"\0").split(b"\n")):
            try:
                command_id = decoder.decode(line).detail.command_id
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            if command_id is not None:
                ids.appendleft({"command_id": command_id})
                if len(ids) == most:
                    return list(ids)
    return list(ids)
