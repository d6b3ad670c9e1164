"""Fetches what one batch holds from the outbox, with the bytes that lie elsewhere."""

from collections.abc import Sequence
from dataclasses import replace

from telemetry.codec import MAX_RECORD_BYTES, add_to_body, check_record, fits
from telemetry.outbox import BodySource, Outbox, Packed
from telemetry.relay import Want

_SLACK_BYTES = 1024


def fetch(want: Want, outbox: Outbox, bodies: BodySource | None) -> Sequence[Packed]:
    """Return the records of the next batch, whole; raises UnavailableError. Blocks on the disk.

    A record whose bytes are gone for good, damaged, or too many for the wire, comes with an empty payload, to be
    dropped.
    """
    taken = outbox.take(lane=want.lane, after=want.after, max_bytes=want.max_bytes, limit=want.limit)
    chosen: list[Packed] = []
    size = 0
    for packed in taken:
        whole = _whole(packed, bodies)
        size += len(whole.payload)
        if chosen and not fits(size, len(chosen) + 1, max(want.max_bytes, len(chosen[0].payload) + _SLACK_BYTES)):
            break
        chosen.append(whole)
    return chosen


def _whole(packed: Packed, bodies: BodySource | None) -> Packed:
    """One record that the disk has changed would make the whole batch unreadable, again and again."""
    try:
        check_record(packed.payload)
    except ValueError:
        return replace(packed, payload=b"")
    if packed.body_ref is None:
        return packed
    fields = None if bodies is None else bodies.load(packed.body_ref)
    payload = b"" if fields is None else add_to_body(packed.payload, dict(fields))
    return replace(packed, payload=payload if len(payload) <= MAX_RECORD_BYTES else b"")
