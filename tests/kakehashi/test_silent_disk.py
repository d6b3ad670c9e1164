"""A disk that does not answer when the flight core starts: its aircraft hear it within seconds all the same.

A pipe that nobody writes stands in a file's place: who opens it to read waits for ever, as on a disk that hangs.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.realm import Realm
from ground_station.flight.socket_client import SocketFlight
from kakehashi.compose_flight import JOURNAL, OLD_CHAIN
from kakehashi.flown_town import NAME, keep_flown_town, read_flown_town, town_of_before
from kakehashi.home import Home
from kakehashi.late_town import read_town_in_time
from kakehashi.settings import Settings, StationSettings, TownSettings
from missions.formats.bundle_aircraft import write_aircraft
from missions.formats.demo_town import make_demo_town
from tests.ground_station.flight.aircraft import eventually
from tests.kakehashi.running import environment

HEARD_WITHIN_S = 15.0
"""Python itself starts in this time too, on a machine that does other things."""
TOWN_FILES = ("town.toml", "aircraft/kakehashi-1.toml")
STATION_FILES = (
    f"{JOURNAL}/00000001.journal",
    f"{JOURNAL}/checkpoint",
    OLD_CHAIN,
    "terrain.grid",
    "station-code",
    NAME,
)


def _settings(folder: Path, link: str = "kakehashi-1=tcp:127.0.0.1:9") -> Settings:
    return Settings(
        realm=Realm.DRILL,
        home=folder / "home",
        town=TownSettings(bundle=folder / "town"),
        station=StationSettings(vehicles=(link,)),
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = _settings(tmp_path)
    town = tmp_path / "town"
    town.mkdir()
    (town / "town.toml").write_text('id = "our-town"\n', encoding="utf-8")
    write_aircraft(town, make_demo_town().aircraft.values())
    _station(made).mkdir(parents=True)
    return made


def _station(settings: Settings) -> Path:
    return Home(root=settings.home, realm=settings.realm).station


def _hang(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)


@pytest.mark.parametrize("file", TOWN_FILES)
async def test_a_town_whose_disk_does_not_answer_is_flown_as_it_was_read_before_and_said(
    file: str, settings: Settings, tmp_path: Path
) -> None:
    read = read_flown_town(settings)
    keep_flown_town(settings, read)
    assert (await read_town_in_time(settings)).flown == read
    _hang(tmp_path / "town" / file)
    async with asyncio.timeout(5.0):
        town = await read_town_in_time(settings)
    assert (town.flown.id, dict(town.flown.fleet)) == (read.id, dict(read.fleet))
    assert town.problem is not None
    assert "the disk does not answer" in town.problem.en


@pytest.mark.parametrize("says", ["our-town", "another-town", "no town at all]"])
async def test_a_town_that_is_read_late_is_for_the_next_start_and_said_only_where_it_is_another(
    says: str, settings: Settings, tmp_path: Path
) -> None:
    read = read_flown_town(settings)
    keep_flown_town(settings, read)
    file = tmp_path / "town" / "town.toml"
    _hang(file)
    async with asyncio.timeout(5.0):
        town = await read_town_in_time(settings)
    assert town.problem is not None
    before = town.problem
    await asyncio.to_thread(file.write_text, f'id = "{says}"\n', encoding="utf-8")
    await eventually(lambda: town.problem != before, within_s=10.0)
    assert town.flown.id == read.id
    if says == "our-town":
        assert town.problem is None
    elif says == "another-town":
        assert "has changed: restart the flight core when nothing flies" in town.problem.en
    else:
        assert "goes on with the aircraft that it read before" in town.problem.en
        return
    file.unlink()

    def kept() -> bool:
        of_before = town_of_before(settings)
        return of_before is not None and of_before.id == says

    await eventually(kept, within_s=10.0)


async def test_a_town_of_which_nothing_was_kept_is_waited_for(settings: Settings, tmp_path: Path) -> None:
    read = read_flown_town(settings)
    _hang(tmp_path / "town" / "town.toml")
    reading = asyncio.create_task(read_town_in_time(settings))
    await asyncio.sleep(1.5)
    assert not reading.done()
    await asyncio.to_thread((tmp_path / "town" / "town.toml").write_text, 'id = "our-town"\n', encoding="utf-8")
    async with asyncio.timeout(10.0):
        assert (await reading).flown == read


@pytest.mark.parametrize("file", [*(f"town/{name}" for name in TOWN_FILES), *STATION_FILES])
async def test_an_aircraft_hears_a_core_whose_disk_does_not_answer(
    file: str, settings: Settings, tmp_path: Path
) -> None:
    heard = asyncio.Event()

    async def aircraft(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        if await reader.read(1):
            heard.set()

    server = await asyncio.start_server(aircraft, "127.0.0.1", 0)
    link = f"kakehashi-1=tcp:127.0.0.1:{server.sockets[0].getsockname()[1]}"
    keep_flown_town(settings, read_flown_town(settings))
    _hang(tmp_path / file if file.startswith("town/") else _station(settings) / file)
    more = {"REALM": "drill", "TOWN__BUNDLE": tmp_path / "town", "STATION__VEHICLES": f'["{link}"]'}
    core = subprocess.Popen(
        [sys.executable, "-m", "kakehashi.flight_process"],
        env=environment(settings.home, **more),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(HEARD_WITHIN_S):
            await heard.wait()
        port = SocketFlight(_station(settings) / "flight.sock", realm=Realm.DRILL, town="our-town")
        if file.startswith(("town/", JOURNAL)) or file == OLD_CHAIN:
            await eventually((_station(settings) / "flight.sock").exists, within_s=10.0)
            assert (await anext(port.follow())).alarms != ()
    finally:
        core.terminate()
        await asyncio.to_thread(core.communicate, timeout=20.0)
        server.close()
        shutil.rmtree(settings.home, ignore_errors=True)
