"""Fetches what one batch holds from the outbox, with the bytes that lie elsewhere."""

from collections.abc import Sequence

from telemetry.codec import MAX_RECORD_BYTES, add_to_body, fits
from telemetry.outbox import BodySource, Outbox, Packed
from telemetry.relay import Want

_SLACK_BYTES = 1024


def fetch(want: Want, outbox: Outbox, bodies: BodySource | None) -> Sequence[Packed]:
    """Return the records of the next batch, whole; raises UnavailableError. Blocks on the disk.

    A record whose bytes are gone for good, or too many for the wire, comes with an empty payload, to be dropped.
    """
    taken = outbox.take(lane=want.lane, after=want.after, max_bytes=want.max_bytes, limit=want.limit)
    chosen: list[Packed] = []
    size = 0
    for packed in taken:
        whole = packed if packed.body_ref is None else _whole(packed, packed.body_ref, bodies)
        size += len(whole.payload)
        if chosen and not fits(size, len(chosen) + 1, max(want.max_bytes, len(chosen[0].payload) + _SLACK_BYTES)):
            break
        chosen.append(whole)
    return chosen


def _whole(packed: Packed, body_ref: str, bodies: BodySource | None) -> Packed:
    fields = None if bodies is None else bodies.load(body_ref)
    payload = b"" if fields is None else add_to_body(packed.payload, dict(fields))
    if len(payload) > MAX_RECORD_BYTES:
        payload = b""
    return Packed(number=packed.number, payload=payload, body_ref=body_ref)
