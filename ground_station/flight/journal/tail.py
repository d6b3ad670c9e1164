"""The newest entries in memory, and who waits for the next: the journal is followed by number.

Only durable entries are followed, since their numbers are final; so nobody who follows by number ever loses or doubles
one. Nothing is queued for a follower: each asks for what is behind its number, at its own pace.
"""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future

from fleet import own_thread
from fleet.audit import AuditEntry
from fleet.errors import TooManyError
from fleet.text import Text


class Tail:
    """The last durable entries (2,000), and at most 32 waiting followers; safe from any thread."""

    def __init__(self, *, most: int, most_followers: int) -> None:
        self._entries: deque[AuditEntry] = deque(maxlen=most)
        self._most_followers = most_followers
        self._followers: set[Future[None]] = set()
        self._lock = threading.Lock()

    @property
    def head(self) -> AuditEntry | None:
        """Return the newest durable entry, None as long as none is known."""
        with self._lock:
            return self._entries[-1] if self._entries else None

    def publish(self, entries: Sequence[AuditEntry]) -> None:
        """Add durable entries in their order, and wake who waits for them."""
        if not entries:
            return
        with self._lock:
            self._entries.extend(entries)
            waking, self._followers = self._followers, set()
        for follower in waking:
            follower.set_result(None)

    def after(self, number: int, limit: int) -> tuple[AuditEntry, ...] | None:
        """Return up to `limit` entries behind `number`, or None if memory does not reach so far back."""
        with self._lock:
            if not self._entries or number + 1 < self._entries[0].number:
                return None
            found = [entry for entry in self._entries if entry.number > number]
        return tuple(found[:limit])

    async def wait_beyond(self, number: int, within_s: float) -> None:
        """Wait until there is an entry behind `number`, at most `within_s`; raises TooManyError."""
        follower: Future[None] = Future()
        follower.set_running_or_notify_cancel()
        with self._lock:
            if self._entries and self._entries[-1].number > number:
                return
            if len(self._followers) >= self._most_followers:
                raise TooManyError(Text("記録を追う接続が多すぎます", "too many followers of the journal"))
            self._followers.add(follower)
        try:
            await own_thread.ends_within(within_s, follower)
        finally:
            with self._lock:
                self._followers.discard(follower)
