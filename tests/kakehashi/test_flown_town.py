"""A flight core that is started again knows its aircraft, whatever became of the town's files."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.errors import BadInputError, FleetError
from fleet.realm import Realm
from kakehashi.aircraft_of_run import links_of
from kakehashi.flown_town import NAME, FlownTown, keep_flown_town, read_flown_town
from kakehashi.home import Home
from kakehashi.settings import Settings, StationSettings, TownSettings
from missions.formats.bundle_aircraft import write_aircraft
from missions.formats.demo_town import make_demo_town
from missions.values.town import Town

LINK = "kakehashi-1=tcp:127.0.0.1:5760"


def _settings(tmp_path: Path, *, town: str = "town", links: tuple[str, ...] = (LINK,)) -> Settings:
    return Settings(
        realm=Realm.DRILL,
        home=tmp_path / "home",
        town=TownSettings(bundle=tmp_path / town),
        station=StationSettings(vehicles=links),
    )


@pytest.fixture(scope="module")
def demo() -> Town:
    return make_demo_town()


@pytest.fixture
def settings(tmp_path: Path, demo: Town) -> Settings:
    made = _settings(tmp_path)
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "town.toml").write_text('id = "our-town"\n', encoding="utf-8")
    write_aircraft(tmp_path / "town", demo.aircraft.values())
    Home(root=made.home, realm=made.realm).station.mkdir(parents=True)
    return made


@pytest.fixture
def town(settings: Settings) -> FlownTown:
    """Give the town as it was read and kept."""
    town = read_flown_town(settings)
    keep_flown_town(settings, town)
    return town


def _file(settings: Settings) -> Path:
    return Home(root=settings.home, realm=settings.realm).station / NAME


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8])


SPOILT: dict[str, Callable[[Path], None]] = {
    "an aircraft that is just being saved": lambda town: _cut(town / "aircraft" / "kakehashi-1.toml"),
    "an aircraft that is gone": lambda town: (town / "aircraft" / "kakehashi-1.toml").unlink(),
    "no aircraft": lambda town: shutil.rmtree(town / "aircraft"),
    "the town's own file cut": lambda town: _cut(town / "town.toml"),
    "the town's own file gone": lambda town: (town / "town.toml").unlink(),
    "a stick that was pulled out": shutil.rmtree,
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_town_that_cannot_be_read_is_flown_as_it_was_read_before_and_said(
    what: str, tmp_path: Path, settings: Settings, town: FlownTown
) -> None:
    assert town.problem is None
    SPOILT[what](tmp_path / "town")
    again = read_flown_town(settings)
    assert replace(again, problem=None) == town
    assert list(again.fleet) == list(town.fleet)
    assert again.problem is not None
    assert "before" in again.problem.en
    kept = _file(settings).read_bytes()
    keep_flown_town(settings, again)
    assert _file(settings).read_bytes() == kept


@pytest.mark.parametrize("what", SPOILT)
def test_what_was_never_read_is_not_flown(what: str, tmp_path: Path, settings: Settings) -> None:
    SPOILT[what](tmp_path / "town")
    with pytest.raises(BadInputError):
        links_of(settings, read_flown_town(settings).fleet)


@pytest.mark.parametrize("place", range(0, 400, 23))
def test_a_damaged_copy_is_as_good_as_none(place: int, tmp_path: Path, settings: Settings, town: FlownTown) -> None:
    assert read_flown_town(settings) == town
    content = bytearray(_file(settings).read_bytes())
    content[place] ^= 0x40
    _file(settings).write_bytes(bytes(content))
    assert read_flown_town(settings) == town
    _cut(tmp_path / "town" / "town.toml")
    with pytest.raises(FleetError):
        read_flown_town(settings)


def test_a_town_that_changed_is_the_one_that_is_flown_and_kept(
    tmp_path: Path, settings: Settings, town: FlownTown
) -> None:
    fleet = [replace(one, name=replace(one.name, en="Renamed")) for one in town.fleet.values()]
    write_aircraft(tmp_path / "town", fleet)
    changed = read_flown_town(settings)
    assert changed.problem is None
    assert {one.name.en for one in changed.fleet.values()} == {"Renamed"}
    keep_flown_town(settings, changed)
    shutil.rmtree(tmp_path / "town")
    assert replace(read_flown_town(settings), problem=None) == changed


def test_what_was_kept_of_one_town_is_not_flown_for_another_nor_for_aircraft_it_does_not_have(
    tmp_path: Path, settings: Settings, town: FlownTown
) -> None:
    del town
    shutil.rmtree(tmp_path / "town")
    for other in (_settings(tmp_path, town="other"), _settings(tmp_path, links=("nobody-7=tcp:127.0.0.1:1",))):
        with pytest.raises(BadInputError):
            read_flown_town(other)
    with pytest.raises(BadInputError):
        read_flown_town(settings.model_copy(update={"realm": Realm.LIVE, "town": TownSettings()}))
