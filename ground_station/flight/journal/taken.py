"""Order ids that were taken once, for ever: the newest 100,000 of the journal, and those that wait to be written.

An id is kept as eight bytes of its BLAKE2b digest. An order that is older than the oldest kept has expired long ago.
"""

import hashlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping

_BYTES = 8
COMMAND_ID = "command_id"


def command_id_of(detail: Mapping[str, object]) -> str | None:
    """Return the order that an entry is about, if it is about one."""
    found = detail.get(COMMAND_ID)
    return found if isinstance(found, str) else None


class TakenIds:
    """The index of ids; safe to ask from any thread. At its bound the oldest id is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._written: OrderedDict[bytes, None] = OrderedDict()
        self._waiting: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def __contains__(self, command_id: str) -> bool:
        """Return whether an id was taken."""
        key = _key(command_id)
        with self._lock:
            return key in self._written or self._waiting[key] > 0

    def wait(self, detail: Mapping[str, object]) -> None:
        """Note that an entry waits to be written; its id counts as taken."""
        self._each(detail, waiting=1, written=False)

    def wrote(self, detail: Mapping[str, object]) -> None:
        """Note that a waiting entry is written, or lost though its order went out."""
        self._each(detail, waiting=-1, written=True)

    def withdrew(self, detail: Mapping[str, object]) -> None:
        """Note that a waiting entry will never be written: its order was not carried out."""
        self._each(detail, waiting=-1, written=False)

    def learn(self, details: Iterable[Mapping[str, object]]) -> None:
        """Take the ids of entries read from files, oldest first."""
        for detail in details:
            self._each(detail, waiting=0, written=True)

    def dump(self) -> bytes:
        """Return the ids of the entries that are written, for a checkpoint."""
        with self._lock:
            return b"".join(self._written)

    def load(self, dumped: bytes) -> None:
        """Take the ids of a checkpoint."""
        keys = [dumped[at : at + _BYTES] for at in range(0, len(dumped) - _BYTES + 1, _BYTES)]
        with self._lock:
            self._written = OrderedDict.fromkeys(keys[-self._most :])

    def _each(self, detail: Mapping[str, object], *, waiting: int, written: bool) -> None:
        command_id = command_id_of(detail)
        if command_id is None:
            return
        key = _key(command_id)
        with self._lock:
            left = self._waiting.pop(key, 0) + waiting
            if left > 0:
                self._waiting[key] = left
            if written:
                self._written[key] = None
                self._written.move_to_end(key)
                while len(self._written) > self._most:
                    self._written.popitem(last=False)


def _key(command_id: str) -> bytes:
    return hashlib.blake2b(command_id.encode(errors="surrogatepass"), digest_size=_BYTES).digest()
