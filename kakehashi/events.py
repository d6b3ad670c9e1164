"""What a service tells the one that started it: JSON lines on standard output."""

import sys
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing worth telling. `kind`: `ready`, `setup_link`, `set_aside`."""

    kind: str
    service: str
    detail: dict[str, Any] = {}


def tell(kind: str, service: str, **detail: Any) -> None:
    """Write one event and flush it, so that it is seen at once."""
    sys.stdout.write(msgspec.json.encode(Event(kind=kind, service=service, detail=detail)).decode() + "\n")
    sys.stdout.flush()


def parse_event(line: bytes) -> Event | None:
    """Return the event of a line, or None if it is none."""
    try:
        return msgspec.json.decode(line, type=Event)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
