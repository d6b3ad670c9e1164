"""The checkpoint: where the chain stood, and the order ids taken so far, under a digest of its own. Pure.

It is never believed by itself: the entry that it names must stand where it says.
"""

import hashlib
from dataclasses import dataclass

import msgspec

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The last entry then, the segment and the bytes in which its line stands, and the ids taken (see `TakenIds`)."""

    number: int
    hash: str
    segment: int
    start_bytes: int
    end_bytes: int
    taken: bytes


def encode_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Return the content of the checkpoint's file."""
    body = msgspec.msgpack.encode(checkpoint)
    return hashlib.sha256(body).digest() + body


def decode_checkpoint(content: bytes) -> Checkpoint | None:
    """Return the checkpoint of a file, or None if it is damaged."""
    digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        return msgspec.msgpack.decode(body, type=Checkpoint)
    except msgspec.DecodeError:
        return None
