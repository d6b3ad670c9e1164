"""Who is signed in, as the desk last said; kept in memory alone, and counted down on a clock that nobody sets."""

import hashlib

from fleet.clock import Clock
from fleet.roles import Permission
from ground_station.flight.port import LiveSession

MOST_SESSIONS = 500


def digest_of_token(token: str) -> str:
    """Return the form in which a random token is known here."""
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """The live sessions. The desk going away ends none of them before its time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[str, tuple[LiveSession, float]] = {}

    def hold(self, sessions: tuple[LiveSession, ...]) -> None:
        """Take these for all there are; beyond 500 those with the least time left are let go."""
        now_s = self._clock.boottime_s()
        longest = sorted(sessions, key=lambda session: session.remaining_s, reverse=True)[:MOST_SESSIONS]
        self._sessions = {session.token_digest: (session, now_s + session.remaining_s) for session in longest}

    def who(self, token: str | None) -> LiveSession | None:
        """Return the live session of a cookie's token if its person may fly, or None."""
        known = None if not token else self._sessions.get(digest_of_token(token))
        if known is None or self._clock.boottime_s() >= known[1]:
            return None
        return known[0] if Permission.FLY in known[0].permissions else None
