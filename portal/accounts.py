"""People, their sessions and one-time links as values, and the port to where they are kept."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fleet.ids import PersonId
from fleet.roles import Permission, Role, permissions

SESSION_S = 12 * 3600.0
COOKIE_S = 30 * 24 * 3600.0
SETUP_LINK_S = 24 * 3600.0
INVITATION_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account. `password_hash` is None until they have chosen a password."""

    id: PersonId
    name: str
    roles: frozenset[Role]
    password_hash: str | None

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return what the roles allow."""
        return permissions(self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in. The cookie's token is kept only as a hash."""

    token_hash: str
    person: Person
    csrf_token: str
    expires_at_s: float


class LinkKind(StrEnum):
    """What a one-time link allows."""

    SETUP = "setup"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """A link that works once. `person_id` is None for the first set-up."""

    token_hash: str
    kind: LinkKind
    person_id: PersonId | None
    expires_at_s: float


class AccountStore(Protocol):
    """Where accounts are kept. Every method raises UnavailableError while it cannot be reached or written."""

    def people(self) -> tuple[Person, ...]:
        """Return everybody."""
        ...

    def save_person(self, person: Person, *, using_link_hash: str | None = None) -> bool:
        """Add or replace a person; with a link, only if the link was still there, which uses it up."""
        ...

    def save_link(self, link: OneTimeLink) -> None:
        """Keep a link; it replaces the set-up link, or the same person's invitation, that there was."""
        ...

    def link(self, token_hash: str) -> OneTimeLink | None:
        """Return a link that has not been used."""
        ...

    def save_session(self, session: Session, now_s: float) -> None:
        """Keep a new session, and forget those that expired before `now_s`."""
        ...

    def extend_session(self, token_hash: str, expires_at_s: float) -> None:
        """Let a session last longer; nothing if it was ended meanwhile."""
        ...

    def session(self, token_hash: str) -> Session | None:
        """Return a session, expired or not."""
        ...

    def sessions(self) -> tuple[Session, ...]:
        """Return every session, expired or not."""
        ...

    def end_session(self, token_hash: str) -> None:
        """Forget a session."""
        ...
