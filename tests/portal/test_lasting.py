"""Sessions and links end by the time that goes by, never by a jump of the wall clock."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from fleet.errors import ForbiddenError, UnavailableError
from fleet.roles import Role
from fleet.text import Text
from portal.access import Access, token_hash
from portal.accounts import INVITATION_S, SESSION_S, SETUP_LINK_S
from portal.accounts_sql import SqlAccountStore, accounts_metadata
from portal.lasting import MOST_KNOWN, Lasting
from portal.live_sessions import Later
from portal.password_desk import PasswordDesk
from tests.portal.hashing import LightHasher

PASSWORD = "長いパスワードです123"
HOUR_S, DAY_S = 3600.0, 86400.0
JUMPS_S = [-30 * DAY_S, -9 * HOUR_S, 9 * HOUR_S, 30 * DAY_S]
KEY = "key"


def _at_once(_: str, write: Callable[[], None]) -> None:
    with contextlib.suppress(UnavailableError):
        write()


def _access(engine: Engine, clock: ManualClock, tmp_path: Path, later: Later = _at_once) -> Access:
    """Return the access service as a process of its own would have it."""
    audit = AuditFile(tmp_path / "audit.jsonl", clock)
    roles = frozenset({Role.ADMINISTRATOR})
    return Access(SqlAccountStore(engine), clock, audit, roles, desk=PasswordDesk(LightHasher()), later=later)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{tmp_path / 'accounts.sqlite'}")
    accounts_metadata.create_all(engine)
    return engine


@pytest.fixture
def access(engine: Engine, clock: ManualClock, tmp_path: Path) -> Access:
    return _access(engine, clock, tmp_path)


def _founded(access: Access) -> str:
    token = access.new_setup_token()
    assert token is not None
    return access.set_up(token=token, name="佐藤", password=PASSWORD)[0]


@pytest.mark.parametrize("jump_s", JUMPS_S)
def test_a_session_outlives_a_jump_of_the_clock_and_ends_when_its_time_is_over(
    access: Access, clock: ManualClock, jump_s: float
) -> None:
    cookie = _founded(access)
    clock.advance(SESSION_S * 0.4)
    clock.jump(jump_s)
    assert access.session(cookie) is not None
    clock.advance(SESSION_S * 0.6 + 1.0)
    assert access.session(cookie) is None
    clock.jump(-jump_s)
    assert access.session(cookie) is None, "over is over"


@pytest.mark.parametrize("jump_s", JUMPS_S)
def test_a_session_that_was_renewed_outlives_a_jump_too(access: Access, clock: ManualClock, jump_s: float) -> None:
    cookie = _founded(access)
    for _ in range(4):
        clock.advance(SESSION_S * 0.6)
        clock.jump(jump_s)
        renewed = access.session(cookie)
        assert renewed is not None
        assert renewed.expires_at_s == pytest.approx(clock.now_s() + SESSION_S)
    clock.advance(SESSION_S + 1.0)
    assert access.session(cookie) is None


@pytest.mark.parametrize("jump_s", JUMPS_S)
def test_somebody_elses_sign_in_after_a_jump_sweeps_no_live_session_out(
    access: Access, clock: ManualClock, jump_s: float
) -> None:
    cookie = _founded(access)
    clock.advance(60.0)
    clock.jump(jump_s)
    access.sign_in(name="佐藤", password=PASSWORD, address="127.0.0.1")
    assert access.session(cookie) is not None


@pytest.mark.parametrize("jump_s", JUMPS_S)
def test_a_session_seen_after_a_jump_lasts_over_a_restart(
    access: Access, engine: Engine, clock: ManualClock, tmp_path: Path, jump_s: float
) -> None:
    cookie = _founded(access)
    clock.jump(jump_s)
    assert access.session(cookie) is not None
    restarted = _access(engine, clock, tmp_path)
    assert restarted.session(cookie) is not None
    clock.advance(SESSION_S + 1.0)
    assert restarted.session(cookie) is None


def test_a_restarted_process_gives_no_session_more_than_its_whole_time(
    access: Access, engine: Engine, clock: ManualClock, tmp_path: Path
) -> None:
    cookie = _founded(access)
    clock.jump(-30 * DAY_S)
    restarted = _access(engine, clock, tmp_path)
    assert restarted.session(cookie) is not None
    clock.advance(SESSION_S + 1.0)
    assert restarted.session(cookie) is None


@pytest.mark.parametrize("jump_s", JUMPS_S)
def test_a_link_lasts_as_long_as_it_was_given_whatever_the_clock_does(
    access: Access, clock: ManualClock, jump_s: float
) -> None:
    founder = access.session(_founded(access))
    assert founder is not None
    for lasted_s, works in ((INVITATION_S - 60.0, True), (INVITATION_S + 60.0, False)):
        _, token, _ = access.invite(by=founder.person, name=f"田中 {works}", roles=frozenset({Role.VIEWER}))
        clock.jump(jump_s)
        clock.advance(lasted_s)
        if works:
            access.accept(token=token, password=PASSWORD)
        else:
            with pytest.raises(ForbiddenError):
                access.accept(token=token, password=PASSWORD)


@pytest.mark.parametrize("jump_s", JUMPS_S)
def test_the_set_up_link_lasts_whatever_the_clock_does(access: Access, clock: ManualClock, jump_s: float) -> None:
    token = access.new_setup_token()
    assert token is not None
    clock.jump(jump_s)
    clock.advance(SETUP_LINK_S - 60.0)
    access.set_up(token=token, name="佐藤", password=PASSWORD)


def test_a_renewal_that_cannot_be_written_refuses_nobody(clock: ManualClock, engine: Engine, tmp_path: Path) -> None:
    refused: list[str] = []

    def later(key: str, write: Callable[[], None]) -> None:
        del write
        refused.append(key)

    access = _access(engine, clock, tmp_path, later)
    cookie = _founded(access)
    for _ in range(5):
        clock.advance(SESSION_S * 0.6)
        assert access.session(cookie) is not None
    assert set(refused) == {token_hash(cookie)}
    clock.advance(SESSION_S + 1.0)
    assert access.session(cookie) is None


@pytest.mark.parametrize("renewals", [1, 4, 12])
def test_a_renewal_written_long_after_it_was_meant_ends_no_session(
    clock: ManualClock, engine: Engine, tmp_path: Path, renewals: int
) -> None:
    waiting: list[Callable[[], None]] = []
    access = _access(engine, clock, tmp_path, lambda _, write: waiting.append(write))
    cookie = _founded(access)
    for _ in range(renewals):
        clock.advance(SESSION_S * 0.6)
        assert access.session(cookie) is not None
    waiting[0]()
    assert access.session(cookie) is not None


def test_signing_out_ends_the_session_also_where_that_cannot_be_written(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = _founded(access)
    with monkeypatch.context() as broken:
        broken.setattr(SqlAccountStore, "end_session", _no_disk)
        with pytest.raises(UnavailableError):
            access.sign_out(cookie)
        assert access.session(cookie) is None
    assert access.session(cookie) is None


def _no_disk(*_: object) -> None:
    raise UnavailableError(Text("ディスクに空きがありません", "the disk is full"))


def test_what_another_process_kept_meanwhile_counts(clock: ManualClock) -> None:
    lasting = Lasting(clock, 100.0)
    now_s = clock.now_s()
    assert lasting.left_s(KEY, now_s + 10.0) == pytest.approx(10.0)
    clock.advance(5.0)
    assert lasting.left_s(KEY, now_s + 60.0) == pytest.approx(55.0)


def test_only_so_many_are_known_and_one_forgotten_is_taken_over_again(clock: ManualClock) -> None:
    lasting = Lasting(clock, 100.0)
    end_s = lasting.begin("first", 50.0)
    for number in range(MOST_KNOWN):
        lasting.begin(str(number), 50.0)
    clock.jump(20.0)
    assert lasting.left_s("first", end_s) == pytest.approx(30.0), "from the wall time, as nothing else is known"
    assert lasting.left_s(str(MOST_KNOWN - 1), end_s) == pytest.approx(50.0)
