"""Sessions as they are now: kept in the store, judged by seconds that no jump of the wall clock changes.

A session is renewed in memory at once; that it is written can wait. A disk that is full or locked must not be why an
operator's word is refused.
"""

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import structlog

from fleet.clock import Clock
from fleet.errors import UnavailableError
from portal.accounts import SESSION_S, AccountStore, Person, Session
from portal.lasting import Lasting

_log = structlog.get_logger(__name__)

Later = Callable[[str, Callable[[], None]], None]
"""Takes what is to be written for a session, under its key; soon, in order, and not while anybody waits."""


class LaterThread:
    """Writes in a thread of its own; one write a session at a time, what comes meanwhile for it is dropped."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sessions")
        self._waiting: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, key: str, write: Callable[[], None]) -> None:
        """Write soon. What fails is logged: the session's next look comes to the same end."""
        with self._lock:
            if key in self._waiting:
                return
            self._waiting.add(key)
        self._thread.submit(self._write, key, write)

    def _write(self, key: str, write: Callable[[], None]) -> None:
        try:
            write()
        except UnavailableError as error:
            _log.warning("a session's time could not be written", why=error.what.en)
        finally:
            with self._lock:
                self._waiting.discard(key)


class LiveSessions:
    """Begins, finds, renews and ends sessions. Blocking, thread-safe."""

    def __init__(self, store: AccountStore, clock: Clock, later: Later) -> None:
        self._store = store
        self._clock = clock
        self._later = later
        self._lasting = Lasting(clock, SESSION_S)

    def begin(self, token_hash: str, person: Person) -> Session:
        """Return a new session of a person, kept; the store sweeps out those that are over."""
        for other, expires_at_s in self._lasting.jumped().items():
            # Else the sweep would take those for over that a jump of the wall clock has left behind.
            self._store.extend_session(other, expires_at_s)
        session = Session(
            token_hash=token_hash,
            person=person,
            csrf_token=secrets.token_urlsafe(24),
            expires_at_s=self._lasting.begin(token_hash, SESSION_S),
        )
        self._store.save_session(session, self._clock.now_s())
        return session

    def session(self, token_hash: str) -> Session | None:
        """Return a live session, renewed once half its time is over; raises UnavailableError if it cannot be read."""
        session = self._store.session(token_hash)
        if session is None:
            self._lasting.forget(token_hash)
            return None
        left_s = self._lasting.left_s(token_hash, session.expires_at_s)
        if left_s <= 0:
            self._later(token_hash, partial(self.end, token_hash))
            return None
        if left_s < SESSION_S / 2:
            self._lasting.begin(token_hash, SESSION_S)
        expires_at_s = self._lasting.to_keep_s(token_hash, session.expires_at_s)
        if expires_at_s == session.expires_at_s:
            return session
        self._later(token_hash, partial(self._store.extend_session, token_hash, expires_at_s))
        return replace(session, expires_at_s=expires_at_s)

    def all(self) -> tuple[tuple[Session, float], ...]:
        """Return every live session with the seconds it has left; raises UnavailableError if they cannot be read."""
        found = [(one, self._lasting.left_s(one.token_hash, one.expires_at_s)) for one in self._store.sessions()]
        return tuple((session, left_s) for session, left_s in found if left_s > 0)

    def end(self, token_hash: str) -> None:
        """End a session at once, here also where that cannot be written; then it raises UnavailableError."""
        self._lasting.begin(token_hash, 0.0)
        self._store.end_session(token_hash)
        self._lasting.forget(token_hash)
