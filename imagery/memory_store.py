"""Pictures in memory, for tests and rehearsals."""

import threading
from collections.abc import Iterator

from imagery.store import Copy, check_content, check_sha256, no_such_picture, sha256_of


class MemoryStore:
    """Keeps the store's contract but for surviving the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._originals: dict[str, bytes] = {}
        self._copies: dict[tuple[str, Copy], bytes] = {}

    def put(self, data: bytes) -> str:
        """Keep an original."""
        sha256 = sha256_of(data)
        with self._lock:
            self._originals[sha256] = bytes(data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return an original."""
        return check_content(sha256, self._original(sha256))

    def _original(self, sha256: str) -> bytes:
        with self._lock:
            data = self._originals.get(check_sha256(sha256))
        if data is None:
            raise no_such_picture(sha256)
        return data

    def part(self, sha256: str, offset: int, length: int) -> bytes:
        """Return some bytes of an original."""
        return self._original(sha256)[offset : offset + length]

    def put_copy(self, sha256: str, copy: Copy, jpeg: bytes) -> None:
        """Keep a small copy."""
        with self._lock:
            self._copies[check_sha256(sha256), copy] = bytes(jpeg)

    def copy(self, sha256: str, copy: Copy) -> bytes:
        """Return a small copy."""
        with self._lock:
            jpeg = self._copies.get((check_sha256(sha256), copy))
        if jpeg is None:
            raise no_such_picture(sha256)
        return jpeg

    def originals(self) -> Iterator[str]:
        """Return what is kept."""
        with self._lock:
            return iter(sorted(self._originals))
