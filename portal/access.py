"""Signing in: set-up link, passwords, sessions and invitations, over an AccountStore."""

import hashlib
import secrets
from dataclasses import replace

from fleet.audit import AuditTrail
from fleet.clock import Clock
from fleet.errors import ConflictError, ForbiddenError, UnauthenticatedError
from fleet.ids import PersonId, new_id
from fleet.roles import Role
from fleet.text import Text
from portal.accounts import (
    INVITATION_S,
    SETUP_LINK_S,
    AccountStore,
    LinkKind,
    OneTimeLink,
    Person,
    Session,
)
from portal.lasting import Lasting
from portal.live_sessions import Later, LaterThread, LiveSessions
from portal.password_desk import PasswordDesk
from portal.tries import Tries

_LINK_S = {LinkKind.SETUP: SETUP_LINK_S, LinkKind.INVITATION: INVITATION_S}

_LINK_DEAD = Text(
    "このリンクは使えません（期限切れか、使用済みです）", "this link cannot be used: expired or already used"
)
_LINK_CURE = Text("管理者に新しいリンクを頼んでください", "ask the administrator for a new link")


def token_hash(token: str) -> str:
    """Return the form in which a random token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


class Access:
    """Who may come in. Blocking: call it from a thread, and what takes a password with `desk.take`."""

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        audit: AuditTrail,
        founder_roles: frozenset[Role],
        *,
        desk: PasswordDesk | None = None,
        later: Later | None = None,
    ) -> None:
        self.desk = desk or PasswordDesk()
        self._store = store
        self._clock = clock
        self._audit = audit
        self._founder_roles = founder_roles
        self._decoy_hash = self.desk.hash(secrets.token_hex(16))
        self._tries = Tries(clock)
        self._sessions = LiveSessions(store, clock, later or LaterThread())
        self._links = Lasting(clock, max(_LINK_S.values()))

    def setup_needed(self) -> bool:
        """Return whether nobody has an account with a password yet."""
        return not any(person.password_hash for person in self._store.people())

    def new_setup_token(self) -> str | None:
        """Return a fresh one-time set-up token, or None if set-up is done; an older token stops working."""
        if not self.setup_needed():
            return None
        return self._new_link(LinkKind.SETUP, None, SETUP_LINK_S)

    def set_up(self, *, token: str, name: str, password: str) -> tuple[str, Session]:
        """Make the first person with every founder's role and sign them in; raises ForbiddenError for a dead link."""
        link = self._live_link(token, LinkKind.SETUP)
        if not self.setup_needed():
            raise ConflictError(Text("初期設定は済んでいます", "set-up is already done"))
        now_s = self._clock.now_s()
        person = Person(
            id=PersonId(new_id(now_s)),
            name=name.strip(),
            roles=self._founder_roles,
            password_hash=self.desk.hash(password),
        )
        if not self._store.save_person(person, using_link_hash=link.token_hash):
            raise ForbiddenError(_LINK_DEAD, _LINK_CURE)
        self._audit.append(actor=person.name, action="access.set-up", subject=person.id, detail={})
        return self._begin(person)

    def sign_in(self, *, name: str, password: str, address: str) -> tuple[str, Session]:
        """Return the cookie's token and the session.

        Raises UnauthenticatedError, the same for a wrong name and a wrong password, and TooManyError after eight
        failures in five minutes from one address.
        """
        self._tries.check(address)
        person = next((someone for someone in self._store.people() if someone.name == name.strip()), None)
        known = person is not None and person.password_hash is not None
        stored = person.password_hash if person is not None and person.password_hash else self._decoy_hash
        if not self.desk.verify(stored, password) or not known or person is None:
            self._tries.failed(address)
            raise UnauthenticatedError(
                Text("名前かパスワードが違います", "the name or the password is wrong"),
                Text("もう一度入力してください", "enter them again"),
            )
        self._tries.succeeded(address)
        self._audit.append(actor=person.name, action="access.sign-in", subject=person.id, detail={"from": address})
        return self._begin(person)

    def session(self, token: str | None) -> Session | None:
        """Return the live session of a cookie's token; one in use is renewed once half its time is over."""
        return self._sessions.session(token_hash(token)) if token else None

    def live_sessions(self) -> tuple[tuple[Session, float], ...]:
        """Return everybody who is signed in, with the seconds that are left; raises UnavailableError."""
        return self._sessions.all()

    def sign_out(self, token: str) -> None:
        """End a session."""
        self._sessions.end(token_hash(token))

    def invite(self, *, by: Person, name: str, roles: frozenset[Role]) -> tuple[Person, str, float]:
        """Make a person without a password; return them, their one-time token and when it expires (Unix s).

        Somebody invited before who has chosen no password yet gets the new roles and link; the old link ends. Raises
        ConflictError for somebody who has a password.
        """
        known = next((person for person in self._store.people() if person.name == name.strip()), None)
        if known is not None and known.password_hash is not None:
            raise ConflictError(
                Text(f"「{name.strip()}」さんは登録済みです", f"{name.strip()} already has an account"),
                Text("別の名前にしてください", "choose another name"),
            )
        now_s = self._clock.now_s()
        person_id = PersonId(new_id(now_s)) if known is None else known.id
        person = Person(id=person_id, name=name.strip(), roles=roles, password_hash=None)
        self._store.save_person(person)
        token = self._new_link(LinkKind.INVITATION, person.id, INVITATION_S)
        self._audit.append(
            actor=by.name,
            action="access.invite",
            subject=person.id,
            detail={"name": person.name, "roles": sorted(roles)},
        )
        return person, token, now_s + INVITATION_S

    def accept(self, *, token: str, password: str) -> tuple[str, Session]:
        """Give an invited person the password they chose and sign them in; raises ForbiddenError for a dead link."""
        link = self._live_link(token, LinkKind.INVITATION)
        person = next((someone for someone in self._store.people() if someone.id == link.person_id), None)
        if person is None:
            raise ForbiddenError(_LINK_DEAD, _LINK_CURE)
        person = replace(person, password_hash=self.desk.hash(password))
        if not self._store.save_person(person, using_link_hash=link.token_hash):
            raise ForbiddenError(_LINK_DEAD, _LINK_CURE)
        self._audit.append(actor=person.name, action="access.accept", subject=person.id, detail={})
        return self._begin(person)

    def _begin(self, person: Person) -> tuple[str, Session]:
        token = secrets.token_urlsafe(32)
        return token, self._sessions.begin(token_hash(token), person)

    def _new_link(self, kind: LinkKind, person_id: PersonId | None, lasts_s: float) -> str:
        token = secrets.token_urlsafe(24)
        expires_at_s = self._links.begin(token_hash(token), lasts_s)
        self._store.save_link(
            OneTimeLink(token_hash=token_hash(token), kind=kind, person_id=person_id, expires_at_s=expires_at_s)
        )
        return token

    def _live_link(self, token: str, kind: LinkKind) -> OneTimeLink:
        link = self._store.link(token_hash(token))
        if link is None or link.kind is not kind or self._links.left_s(link.token_hash, link.expires_at_s) <= 0:
            raise ForbiddenError(_LINK_DEAD, _LINK_CURE)
        return link
