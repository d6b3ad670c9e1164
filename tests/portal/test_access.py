"""Signing in: one-time links work once, guessing is slowed, and sessions end."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from fleet.audit_file import AuditFile, verify_file
from fleet.clock import ManualClock
from fleet.errors import ConflictError, ForbiddenError, TooManyError, UnauthenticatedError
from fleet.roles import Permission, Role
from portal.access import Access, token_hash
from portal.accounts import INVITATION_S, SESSION_S, SETUP_LINK_S
from portal.accounts_sql import SqlAccountStore, accounts_metadata
from portal.password_desk import PasswordDesk
from tests.portal.hashing import LightHasher

FOUNDER = frozenset({Role.ADMINISTRATOR, Role.OPERATOR})
PASSWORD = "長いパスワードです123"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path) -> SqlAccountStore:
    engine = create_engine(f"sqlite:///{tmp_path / 'accounts.sqlite'}")
    accounts_metadata.create_all(engine)
    return SqlAccountStore(engine)


@pytest.fixture
def access(tmp_path: Path, store: SqlAccountStore, clock: ManualClock) -> Access:
    return Access(store, clock, AuditFile(tmp_path / "audit.jsonl", clock), FOUNDER, desk=PasswordDesk(LightHasher()))


def _founded(access: Access) -> str:
    token = access.new_setup_token()
    assert token is not None
    cookie, _ = access.set_up(token=token, name="佐藤", password=PASSWORD)
    return cookie


def test_the_set_up_link_works_once(access: Access) -> None:
    token = access.new_setup_token()
    assert token is not None
    access.set_up(token=token, name="佐藤", password=PASSWORD)
    assert access.new_setup_token() is None
    with pytest.raises(ForbiddenError):
        access.set_up(token=token, name="鈴木", password=PASSWORD)


def test_a_new_set_up_link_ends_the_old_one(access: Access) -> None:
    old = access.new_setup_token()
    new = access.new_setup_token()
    assert old is not None
    assert new is not None
    with pytest.raises(ForbiddenError):
        access.set_up(token=old, name="佐藤", password=PASSWORD)
    access.set_up(token=new, name="佐藤", password=PASSWORD)
    assert not access.setup_needed()


def test_the_set_up_link_expires(access: Access, clock: ManualClock) -> None:
    token = access.new_setup_token()
    assert token is not None
    clock.advance(SETUP_LINK_S + 1)
    with pytest.raises(ForbiddenError):
        access.set_up(token=token, name="佐藤", password=PASSWORD)


def test_a_session_in_use_goes_on_and_one_left_alone_ends(access: Access, clock: ManualClock) -> None:
    cookie = _founded(access)
    for _ in range(6):
        clock.advance(SESSION_S * 0.6)
        assert access.session(cookie) is not None
    clock.advance(SESSION_S)
    assert access.session(cookie) is None


def test_a_session_is_renewed_only_once_half_its_time_is_over(access: Access, clock: ManualClock) -> None:
    cookie = _founded(access)
    begun = access.session(cookie)
    clock.advance(SESSION_S * 0.4)
    assert access.session(cookie) == begun
    clock.advance(SESSION_S * 0.2)
    renewed = access.session(cookie)
    assert renewed is not None
    assert renewed.expires_at_s == clock.now_s() + SESSION_S
    assert access.session(cookie) == renewed


def test_a_renewal_does_not_bring_back_a_session_that_was_ended(access: Access, store: SqlAccountStore) -> None:
    cookie = _founded(access)
    access.sign_out(cookie)
    store.extend_session(token_hash(cookie), 1e12)
    assert access.session(cookie) is None


def test_a_new_session_sweeps_out_those_that_expired(
    access: Access, store: SqlAccountStore, clock: ManualClock
) -> None:
    old = _founded(access)
    clock.advance(SESSION_S + 1)
    new, _ = access.sign_in(name="佐藤", password=PASSWORD, address="127.0.0.1")
    assert store.session(token_hash(old)) is None
    assert store.session(token_hash(new)) is not None


def test_a_session_ends_with_its_time(access: Access, clock: ManualClock) -> None:
    cookie = _founded(access)
    session = access.session(cookie)
    assert session is not None
    assert Permission.FLY in session.person.permissions
    clock.advance(SESSION_S + 1)
    assert access.session(cookie) is None


def test_signing_out_ends_the_session_at_once(access: Access) -> None:
    cookie = _founded(access)
    access.sign_out(cookie)
    assert access.session(cookie) is None


@pytest.mark.parametrize(("name", "password"), [("佐藤", "wrong-password"), ("だれか", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_look_the_same(access: Access, name: str, password: str) -> None:
    _founded(access)
    with pytest.raises(UnauthenticatedError, match="name or the password"):
        access.sign_in(name=name, password=password, address="127.0.0.1")


def test_guessing_is_stopped_after_eight_failures_and_goes_on_after_five_minutes(
    access: Access, clock: ManualClock
) -> None:
    _founded(access)
    for _ in range(8):
        with pytest.raises(UnauthenticatedError):
            access.sign_in(name="佐藤", password="wrong-password", address="127.0.0.1")
    with pytest.raises(TooManyError):
        access.sign_in(name="佐藤", password=PASSWORD, address="127.0.0.1")
    clock.advance(301)
    cookie, _ = access.sign_in(name="佐藤", password=PASSWORD, address="127.0.0.1")
    assert access.session(cookie) is not None


def test_an_invited_person_chooses_a_password_once_and_gets_only_their_roles(access: Access) -> None:
    session = access.session(_founded(access))
    assert session is not None
    _, token, _ = access.invite(by=session.person, name="田中", roles=frozenset({Role.VIEWER}))
    cookie, invited = access.accept(token=token, password=PASSWORD)
    assert invited.person.roles == {Role.VIEWER}
    assert access.session(cookie) is not None
    with pytest.raises(ForbiddenError):
        access.accept(token=token, password=PASSWORD)
    with pytest.raises(ConflictError):
        access.invite(by=session.person, name="田中", roles=frozenset({Role.ADMINISTRATOR}))


def test_who_never_used_their_invitation_can_be_invited_again(access: Access, clock: ManualClock) -> None:
    session = access.session(_founded(access))
    assert session is not None
    first, old, _ = access.invite(by=session.person, name="田中", roles=frozenset({Role.ADMINISTRATOR}))
    again, new, expires_at_s = access.invite(by=session.person, name="田中 ", roles=frozenset({Role.VIEWER}))
    assert (again.id, expires_at_s) == (first.id, clock.now_s() + INVITATION_S)
    with pytest.raises(ForbiddenError):
        access.accept(token=old, password=PASSWORD)
    clock.advance(INVITATION_S + 1)
    with pytest.raises(ForbiddenError):
        access.accept(token=new, password=PASSWORD)
    _, last, _ = access.invite(by=session.person, name="田中", roles=frozenset({Role.VIEWER}))
    _, accepted = access.accept(token=last, password=PASSWORD)
    assert accepted.person.roles == {Role.VIEWER}


def test_an_invitation_of_one_person_leaves_that_of_another(access: Access) -> None:
    session = access.session(_founded(access))
    assert session is not None
    _, first, _ = access.invite(by=session.person, name="田中", roles=frozenset({Role.VIEWER}))
    access.invite(by=session.person, name="山田", roles=frozenset({Role.VIEWER}))
    _, accepted = access.accept(token=first, password=PASSWORD)
    assert accepted.person.name == "田中"


def test_tokens_and_passwords_are_kept_only_as_hashes(access: Access, tmp_path: Path) -> None:
    cookie = _founded(access)
    content = (tmp_path / "accounts.sqlite").read_bytes() + (tmp_path / "audit.jsonl").read_bytes()
    assert cookie.encode() not in content
    assert PASSWORD.encode() not in content


def test_signing_in_stands_in_the_audit_chain(access: Access, tmp_path: Path) -> None:
    _founded(access)
    access.sign_in(name="佐藤", password=PASSWORD, address="127.0.0.1")
    last, fault = verify_file(tmp_path / "audit.jsonl")
    assert fault is None
    assert last is not None
    assert last.action == "access.sign-in"
