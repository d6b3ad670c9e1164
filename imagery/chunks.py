"""The pieces a picture travels in: 48 KiB each but the last, known by index and by a digest."""

import hashlib

CHUNK_BYTES = 48 * 1024
DIGEST_BYTES = 8
MAX_CHUNKS = 2048


def chunk_count(size_bytes: int) -> int:
    """Return how many chunks a file of `size_bytes` has."""
    return -(-size_bytes // CHUNK_BYTES)


def chunk_span(size_bytes: int, index: int) -> tuple[int, int]:
    """Return offset and length of a chunk; raises IndexError if the file has no such chunk."""
    offset = index * CHUNK_BYTES
    if not 0 <= offset < size_bytes:
        raise IndexError(index)
    return offset, min(CHUNK_BYTES, size_bytes - offset)


def chunk_digest(data: bytes) -> bytes:
    """Return the digest by which a manifest knows a chunk."""
    return hashlib.sha256(data).digest()[:DIGEST_BYTES]


def chunk_digests(data: bytes) -> bytes:
    """Return the digests of all chunks of a file, one after the other."""
    return b"".join(chunk_digest(data[at : at + CHUNK_BYTES]) for at in range(0, len(data), CHUNK_BYTES))


def chunk_fits(*, size_bytes: int, digests: bytes, index: int, data: bytes) -> bool:
    """Return whether `data` is the chunk that the manifest announced at `index`."""
    try:
        _, length = chunk_span(size_bytes, index)
    except IndexError:
        return False
    expected = digests[index * DIGEST_BYTES : (index + 1) * DIGEST_BYTES]
    return len(data) == length and chunk_digest(data) == expected
