"""Many sign-ins at once: two passwords are hashed, some wait, the rest hear so, and everybody else is served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine

from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from fleet.errors import TooManyError
from fleet.realm import Realm
from fleet.roles import Role
from fleet.text import Text
from portal.access import Access
from portal.accounts_sql import SqlAccountStore, accounts_metadata
from portal.guard import install_guard
from portal.password_desk import AT_ONCE, WAITING_MOST, PasswordDesk
from portal.problems import install_problems
from portal.session_routes import ServiceFacts, session_router
from portal.tries import MOST_ADDRESSES, TRIES, WINDOW_S, Tries
from tests.portal.hashing import LightHasher

PASSWORD = "長いパスワードです123"
CROWD = 200


def _access(folder: Path, hasher: LightHasher) -> Access:
    engine = create_engine(f"sqlite:///{folder / 'accounts.sqlite'}")
    accounts_metadata.create_all(engine)
    clock = ManualClock()
    audit = AuditFile(folder / "audit.jsonl", clock)
    return Access(SqlAccountStore(engine), clock, audit, frozenset({Role.ADMINISTRATOR}), desk=PasswordDesk(hasher))


@asynccontextmanager
async def _browser(access: Access) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problems(app)
    install_guard(app, access=access, cookie="test")
    facts = ServiceFacts(service="office", page="town", realm=Realm.DRILL, town_name=Text("町", "town"))
    app.include_router(session_router(facts))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://office") as client:
        yield client


def _prepared(access: Access, what: str) -> tuple[str, dict[str, str | None]]:
    """Return the path and body of a request that hashes."""
    token = access.new_setup_token()
    if what == "set-up":
        return "/api/setup", {"token": token, "name": "佐藤", "password": PASSWORD}
    assert token is not None
    _, founder = access.set_up(token=token, name="佐藤", password=PASSWORD)
    if what == "invitation":
        _, invitation, _ = access.invite(by=founder.person, name="田中", roles=frozenset({Role.VIEWER}))
        return "/api/invitations", {"token": invitation, "password": PASSWORD}
    return "/api/session", {"name": "佐藤" if what == "sign-in" else "だれか", "password": PASSWORD}


@pytest.mark.parametrize("what", ["sign-in", "a name that nobody has", "invitation", "set-up"])
async def test_two_hash_some_wait_and_the_rest_hear_so_while_everybody_else_is_served(
    what: str, tmp_path: Path
) -> None:
    hasher = LightHasher()
    access = _access(tmp_path, hasher)
    path, body = _prepared(access, what)
    hasher.most_inside = 0
    hasher.go_on.clear()
    async with _browser(access) as client:
        crowd = [asyncio.ensure_future(client.post(path, json=body)) for _ in range(CROWD)]
        try:
            async with asyncio.timeout(20.0):
                told = [await one for one in islice(asyncio.as_completed(crowd), CROWD - AT_ONCE - WAITING_MOST)]
                for _ in range(50):
                    assert (await client.get("/api/session")).status_code == 200
        finally:
            hasher.go_on.set()
        await asyncio.gather(*crowd)
    assert {answer.status_code for answer in told} == {429}
    assert "混み合って" in told[0].json()["what"]["ja"]
    assert told[0].json()["cure"]["en"] == "wait a few seconds and press again"
    assert hasher.most_inside == AT_ONCE


async def test_two_hash_at_a_time_whoever_asks_from_whichever_thread() -> None:
    hasher = LightHasher()
    desk = PasswordDesk(hasher)
    hasher.go_on.clear()
    work = [asyncio.ensure_future(asyncio.to_thread(desk.hash, PASSWORD)) for _ in range(8)]
    work += [asyncio.ensure_future(asyncio.to_thread(desk.hash, PASSWORD)) for _ in range(8)]
    await asyncio.sleep(0.2)
    hasher.go_on.set()
    await asyncio.gather(*work)
    assert hasher.most_inside == AT_ONCE


def test_only_so_many_addresses_are_remembered_and_each_only_so_often() -> None:
    clock = ManualClock()
    tries = Tries(clock)
    for number in range(3 * MOST_ADDRESSES):
        tries.failed(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")
    assert len(tries) == MOST_ADDRESSES
    for _ in range(1000):
        tries.failed("10.0.0.1")
    with pytest.raises(TooManyError):
        tries.check("10.0.0.1")
    clock.advance(WINDOW_S + 1.0)
    tries.check("10.0.0.1")


def test_the_addresses_of_one_ipv6_subscriber_count_as_one() -> None:
    tries = Tries(ManualClock())
    for number in range(TRIES):
        tries.failed(f"2001:db8:1:2::{number:x}")
    with pytest.raises(TooManyError):
        tries.check("2001:db8:1:2:ffff::1")
    tries.check("2001:db8:1:3::1")


def test_a_pause_after_failures_is_not_ended_or_lengthened_by_a_jump_of_the_clock() -> None:
    clock = ManualClock()
    tries = Tries(clock)
    for _ in range(TRIES):
        tries.failed("10.0.0.1")
    clock.jump(9 * 3600.0)
    with pytest.raises(TooManyError):
        tries.check("10.0.0.1")
    clock.jump(-18 * 3600.0)
    clock.advance(WINDOW_S + 1.0)
    tries.check("10.0.0.1")
