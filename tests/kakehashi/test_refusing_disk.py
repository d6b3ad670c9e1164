"""A disk that refuses, under the services as they run: both pages say so, and say when it is over.

The limit on a process's file sizes makes every write of it fail as on a full disk, and can be lifted again.
"""

import asyncio
import contextlib
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.core_lock import holder
from kakehashi.home import Home
from kakehashi.page_client import PageClient
from tests.kakehashi.running import Running, environment, run
from tests.kakehashi.test_failures import _children

PASSWORD = "訓練用の長い合言葉です"
SAID_WITHIN_S = 10.0
OVER_WITHIN_S = 30.0
WAIT = Text("まだ見えません", "not seen yet")


@contextlib.contextmanager
def refusing(process: int) -> Iterator[None]:
    """Let a process write nothing to any file while the block lasts."""
    before, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, most))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (before, most))


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold a database as another program would."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with run("--drill", env=environment(tmp_path_factory.mktemp("refusing"))) as running:
        running.setup_links()
        asyncio.run(_set_up(running))
        yield running


async def _set_up(drill: Running) -> None:
    operator, office = (link.rpartition("setup=")[2] for link in drill.setup_links())
    async with PageClient(drill.station) as station_page, PageClient(drill.office) as office_page:
        await station_page.set_up(operator, "操縦 太郎", PASSWORD)
        await office_page.set_up(office, "役場 花子", PASSWORD)


@pytest.fixture
async def pages(drill: Running) -> AsyncIterator[tuple[PageClient, PageClient]]:
    """Give both pages once records flow and nothing is wrong."""
    async with PageClient(drill.station) as station, PageClient(drill.office) as office:
        await station.sign_in("操縦 太郎", PASSWORD)
        await office.sign_in("役場 花子", PASSWORD)
        await station.until(lambda now: now.get("office", {}).get("connected", False), within_s=60, what=WAIT)
        await _over(station, office)
        yield station, office


async def _over(*pages: PageClient) -> None:
    for page in pages:
        await page.until(lambda now: now.get("storage") == {}, within_s=OVER_WITHIN_S, what=WAIT)


def _says(start: str, words: str) -> Callable[[dict[str, Any]], bool]:
    def seen(state: dict[str, Any]) -> bool:
        return any(
            key.startswith(start) and words in alarm["text"]["ja"] and alarm["level"] == "act" and alarm["cure"]["ja"]
            for key, alarm in state["storage"].items()
        )

    return seen


async def _health(address: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        answer: dict[str, Any] = (await client.get("/api/health")).json()
        return answer


async def test_a_station_that_can_write_nothing_says_so_on_both_pages_until_it_can_again(
    drill: Running, pages: tuple[PageClient, PageClient]
) -> None:
    station, office = pages
    (process,) = _children(drill.process.pid, "ground-station")
    with refusing(process):
        await station.until(_says("outbox", "役場へ送る記録に書けません"), within_s=SAID_WITHIN_S, what=WAIT)
        await station.until(_says("folder", "書けません"), within_s=SAID_WITHIN_S, what=WAIT)
        await office.until(_says("", "が記録できません: 役場へ送る記録"), within_s=SAID_WITHIN_S, what=WAIT)
        state = await station.until(
            lambda now: "件が残っていません" in now["office"]["text"]["ja"], within_s=10, what=WAIT
        )
        assert state["office"]["trouble"] is True
        assert state["office"]["connected"] is True
        health = await _health(drill.station)
        assert health["status"] == "degraded"
        assert "outbox" in health["details"]["storage"]
    await _over(station, office)
    # It is over, but what was lost stays said.
    state = await station.until(
        lambda now: "保存できませんでした" in now["office"]["text"]["ja"], within_s=10, what=WAIT
    )
    assert "この局が記録を保存できません" not in state["office"]["text"]["ja"]
    assert "outbox" not in (await _health(drill.station))["details"]["storage"]


async def test_a_flight_core_that_can_write_nothing_says_so_on_both_pages_until_it_can_again(
    drill: Running, pages: tuple[PageClient, PageClient]
) -> None:
    station, office = pages
    process = holder(Home(root=Path(drill.env["KAKEHASHI_HOME"]), realm=Realm.DRILL).station)
    assert process is not None
    heard = await station.until(
        lambda now: any(one["armed"] is False for one in now["vehicles"].values()), within_s=60, what=WAIT
    )
    vehicle = next(iter(heard["vehicles"]))
    with refusing(process):
        await station.post(f"/api/vehicles/{vehicle}/commands", {"id": "hold-on-full-disk", "action": "hold"})
        await station.until(
            lambda now: any("飛行記録を書けません" in one["ja"] for one in now["flight"]["alarms"]),
            within_s=SAID_WITHIN_S,
            what=WAIT,
        )
        await office.until(_says("", "が記録できません: 飛行記録を書けません"), within_s=SAID_WITHIN_S, what=WAIT)
        health = await _health(drill.station)
        assert "flight-journal" in health["details"]["storage"]
        await station.until(
            lambda now: "この局が記録を保存できません" in now["office"]["text"]["ja"], within_s=10, what=WAIT
        )
    await _over(station, office)
    await station.until(lambda now: now["flight"]["alarms"] == [], within_s=OVER_WITHIN_S, what=WAIT)


async def test_an_office_that_can_write_nothing_says_so_on_both_pages_until_it_can_again(
    drill: Running, pages: tuple[PageClient, PageClient]
) -> None:
    station, office = pages
    (process,) = _children(drill.process.pid, "town-office")
    with refusing(process):
        await office.until(
            _says("office-database", "役場のデータベースに書けません"), within_s=SAID_WITHIN_S, what=WAIT
        )
        await station.until(_says("office/", "役場が記録できません"), within_s=SAID_WITHIN_S, what=WAIT)
        await station.until(lambda now: "役場が記録できません" in now["office"]["text"]["ja"], within_s=10, what=WAIT)
        health = await _health(drill.office)
        assert health["status"] == "degraded"
        assert "office-database" in health["details"]["storage"]
    await _over(station, office)
    await station.until(lambda now: "役場が記録できません" not in now["office"]["text"]["ja"], within_s=10, what=WAIT)


@pytest.mark.parametrize(
    ("service", "file", "key"),
    [("station", "outbox.sqlite", "outbox"), ("office", "office.sqlite", "office-database")],
)
async def test_a_locked_database_is_said_on_both_pages_while_the_first_write_still_waits(
    drill: Running, pages: tuple[PageClient, PageClient], service: str, file: str, key: str
) -> None:
    station, office = pages
    home = Home(root=Path(drill.env["KAKEHASHI_HOME"]), realm=Realm.DRILL)
    here, there = (station, office) if service == "station" else (office, station)
    with locked((home.station if service == "station" else home.office) / file):
        await here.until(_says(key, ""), within_s=SAID_WITHIN_S, what=WAIT)
        await there.until(_says("", "が記録できません"), within_s=SAID_WITHIN_S, what=WAIT)
    await _over(station, office)
    assert key not in (await _health(drill.station if service == "station" else drill.office))["details"]["storage"]
