"""An entry before it is chained: what happened, when, and how long its line will be. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fleet.audit import GENESIS
from fleet.errors import FleetError, InvalidValueError, TooLargeError
from fleet.text import Text
from ground_station.flight.journal.limits import SHORTEST_LIMIT_BYTES
from ground_station.flight.journal.taken import COMMAND_ID, command_id_of

LATE = "late"
JOURNAL = "journal"
# Room for number, two hashes, keys, and the mark of a late entry.
_FRAME_BYTES = 2 * len(GENESIS) + 400
_MOST_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When something happened: Unix seconds, and seconds of CLOCK_BOOTTIME, which no setting of a clock moves."""

    at_s: float
    boottime_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One thing that somebody did or decided, not yet in the chain; `line_bytes` is the most its line can take."""

    stamp: Stamp
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]
    line_bytes: int

    def late(self, *, boot_id: str, now: Stamp) -> "Draft":
        """Return it with the mark of an entry that was written long after it happened."""
        mark = {
            "boot_id": boot_id,
            "boottime_s": round(self.stamp.boottime_s, 3),
            "waited_s": round(now.boottime_s - self.stamp.boottime_s, 3),
        }
        return replace(self, detail={**self.detail, LATE: mark})


def make_draft(
    stamp: Stamp, *, actor: str, action: str, subject: str, detail: Mapping[str, object], most_bytes: int
) -> Draft:
    """Return a draft that can be written; a later change of `detail` changes nothing.

    Raises InvalidValueError if the words cannot be written as JSON, TooLargeError if they are more than `most_bytes`.
    """
    try:
        content = json.dumps([actor, action, subject, detail], ensure_ascii=False, allow_nan=False)
        size = len(content.encode()) + _FRAME_BYTES
        actor, action, subject, copy = json.loads(content)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        what = Text(f"{action} の内容は記録できません: {error}", f"the content of {action} cannot be recorded: {error}")
        raise InvalidValueError(what) from error
    if size > most_bytes:
        what = Text(f"{action} の記録が長すぎます", f"the entry of {action} is too long")
        raise TooLargeError(what, size_bytes=size, most_bytes=most_bytes)
    return Draft(stamp=stamp, actor=actor, action=action, subject=subject, detail=copy, line_bytes=size)


def rescue_draft(
    stamp: Stamp, *, actor: str, action: str, subject: str, detail: Mapping[str, object], most_bytes: int
) -> Draft:
    """Return a draft of whatever is given; what cannot be written is replaced by why. Never raises."""
    try:
        return make_draft(stamp, actor=actor, action=action, subject=subject, detail=detail, most_bytes=most_bytes)
    except FleetError as error:
        command_id = command_id_of(detail)
        kept = {} if command_id is None else {COMMAND_ID: _shown(command_id)}
        return make_draft(
            stamp,
            actor=_shown(actor),
            action=_shown(action),
            subject=_shown(subject),
            detail={**kept, "not_recorded": _shown(error.what.en)},
            most_bytes=SHORTEST_LIMIT_BYTES,
        )


def _shown(value: object) -> str:
    return str(value)[:_MOST_SHOWN].encode(errors="replace").decode()
