"""One broken part stops nothing: every kept file, changed, cut, emptied or replaced, is met at the next start."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from fleet.errors import BadInputError
from fleet.realm import Realm
from fleet.set_aside import BrokenParts
from ground_station.service.documents_sql import SqlDocuments
from ground_station.service.station_database import open_station_database
from kakehashi.broken_files import lying_aside
from kakehashi.bundle import DEMO_FOLDER, load_town
from kakehashi.diagnosis import diagnose
from kakehashi.home import Home
from kakehashi.settings import Settings, load_settings
from missions.formats.town_bundle import read_town, write_town
from missions.values.finding import Level
from telemetry.brokers.mosquitto import MosquittoBroker
from tests.kakehashi.kept_files import FIELD_FILES, KeptFile, fill_station, use_station
from tests.missions.planning import small_town as towns
from tests.spoiling import cut, flipped
from tests.telemetry.field import book

FLIPS, CUTS = 40, 8
FILES = pytest.mark.parametrize("kept", FIELD_FILES, ids=lambda kept: kept.name)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a folder with each kind of file in it, as a service leaves it."""
    folders = {}
    for kept in FIELD_FILES:
        folders[kept.name] = tmp_path_factory.mktemp("filled")
        kept.fill(folders[kept.name])
    return folders


def _fresh(kept: KeptFile, filled: dict[str, Path], folder: Path) -> Path:
    """Copy the folder; return the file in it that is to be spoilt."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(filled[kept.name], folder)
    (path,) = folder.glob(kept.path)
    return path


@FILES
def test_one_flipped_byte_anywhere_is_met(kept: KeptFile, filled: dict[str, Path], tmp_path: Path) -> None:
    whole = _fresh(kept, filled, tmp_path / "w").read_bytes()
    for place, content in flipped(whole, FLIPS):
        _fresh(kept, filled, tmp_path / "w").write_bytes(content)
        broken = BrokenParts()
        kept.use(tmp_path / "w", broken)
        assert broken.all or not kept.always_told, place


@FILES
def test_a_file_cut_anywhere_is_met(kept: KeptFile, filled: dict[str, Path], tmp_path: Path) -> None:
    whole = _fresh(kept, filled, tmp_path / "w").read_bytes()
    for content in cut(whole, CUTS):
        _fresh(kept, filled, tmp_path / "w").write_bytes(content)
        broken = BrokenParts()
        kept.use(tmp_path / "w", broken)
        between_lines = content.endswith(b"\n")  # what an audit chain cannot show by itself
        assert broken.all or between_lines or not kept.empty_told, len(content)


@FILES
def test_an_emptied_file_is_met(kept: KeptFile, filled: dict[str, Path], tmp_path: Path) -> None:
    _fresh(kept, filled, tmp_path / "w").write_bytes(b"")
    broken = BrokenParts()
    kept.use(tmp_path / "w", broken)
    assert broken.all or not kept.empty_told


@FILES
def test_a_folder_in_a_files_place_is_set_aside_and_said(
    kept: KeptFile, filled: dict[str, Path], tmp_path: Path
) -> None:
    path = _fresh(kept, filled, tmp_path / "w")
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("something of somebody")
    broken = BrokenParts()
    kept.use(tmp_path / "w", broken)
    (part,) = [part for part in broken.all if part.kept_as is not None]
    assert part.kept_as is not None
    assert (part.kept_as / "inside").read_text() == "something of somebody"
    assert part.what.ja
    assert part.cure.ja


@FILES
def test_what_was_set_aside_is_not_set_aside_again_at_the_next_start(
    kept: KeptFile, filled: dict[str, Path], tmp_path: Path
) -> None:
    path = _fresh(kept, filled, tmp_path / "w")
    path.unlink()
    path.mkdir()
    kept.use(tmp_path / "w", BrokenParts())
    again = BrokenParts()
    kept.use(tmp_path / "w", again)
    assert again.all == ()


@pytest.mark.parametrize("beside", ["-wal", "-shm"])
def test_the_log_of_a_killed_station_is_met_whatever_became_of_it(tmp_path: Path, beside: str) -> None:
    killed = _killed_station(tmp_path)
    whole = (killed / f"station.sqlite{beside}").read_bytes()
    assert whole
    for place, content in flipped(whole, 20, places=(0,)):
        folder = tmp_path / "w"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(killed, folder)
        (folder / f"station.sqlite{beside}").write_bytes(content)
        broken = BrokenParts()
        use_station(folder, broken)
        assert broken.all or beside == "-shm", place


def _killed_station(folder: Path) -> Path:
    """Return the files of a station that was killed: what it wrote last is in the log alone."""
    running, killed = folder / "running", folder / "killed"
    running.mkdir()
    fill_station(running)
    engine = open_station_database(running, BrokenParts())
    for number in range(3):
        SqlDocuments(engine).put("other", f"o-{number}", {"n": number}, 1.0)
    shutil.copytree(running, killed)
    engine.dispose()
    return killed


def test_the_brokers_files_are_made_whatever_stands_there(tmp_path: Path) -> None:
    for name in ("mosquitto.conf", "mosquitto.new", "passwords", "access", "mosquitto.pid"):
        (tmp_path / "mosquitto" / name).mkdir(parents=True)
    broken = BrokenParts()
    broker = MosquittoBroker(book=book(), folder=tmp_path / "mosquitto", broken=broken)
    broker._write_files()
    assert (tmp_path / "mosquitto" / "passwords").is_file()
    assert len(broken.all) == 5


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "town"
    write_town(towns.town_of(towns.flat()), folder)
    return folder


BUNDLE_FILES = ("town.toml", "terrain.tif", "places.gpkg", "airspace.gpkg", "map.gpkg", "aircraft/*.toml")


@pytest.mark.parametrize("name", BUNDLE_FILES)
def test_a_town_that_cannot_be_read_is_said_in_words(bundle: Path, tmp_path: Path, name: str) -> None:
    path = min(bundle.glob(name))
    whole = path.read_bytes()
    for content in (*(content for _, content in flipped(whole, 20)), *cut(whole, 6)):
        folder = tmp_path / "w"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(bundle, folder)
        (folder / path.relative_to(bundle)).write_bytes(content)
        refusal = _refusal(partial(read_town, folder))
        assert refusal is None or (refusal.what.ja and refusal.cure is not None)


def _refusal(work: Callable[[], object]) -> BadInputError | None:
    """Return how `work` refused; any other fault ends the test."""
    try:
        work()
    except BadInputError as error:
        return error
    return None


@pytest.mark.parametrize("name", BUNDLE_FILES)
def test_a_folder_in_the_place_of_a_towns_file_is_said_in_words(bundle: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "w"
    shutil.copytree(bundle, folder)
    spoilt = min(folder.glob(name))
    spoilt.unlink()
    spoilt.mkdir()
    with pytest.raises(BadInputError) as refused:
        read_town(folder)
    assert refused.value.cure is not None


def test_a_settings_file_changed_or_cut_anywhere_is_read_or_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAKEHASHI_CONFIG", raising=False)
    whole = (
        b'realm = "drill"\n[station]\nport = 8710\nvehicles = ["tcp:127.0.0.1:5760"]\n[broker]\nkind = "mosquitto"\n'
    )
    file = tmp_path / "kakehashi.toml"
    for content in (*(content for _, content in flipped(whole, 100)), *cut(whole, 60)):
        file.write_bytes(content)
        refusal = _refusal(lambda: load_settings(file))
        assert refusal is None or refusal.cure is not None


def test_a_demonstration_town_that_cannot_be_read_is_made_anew_and_a_named_one_is_not(
    bundle: Path, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, realm=Realm.DRILL)
    load_town(settings)
    spoilt = tmp_path / "towns" / DEMO_FOLDER / "places.gpkg"
    spoilt.write_bytes(spoilt.read_bytes()[:1000])
    with pytest.raises(BadInputError):
        load_town(settings, mend=False)
    broken = BrokenParts()
    assert load_town(settings, broken).places
    (part,) = broken.all
    assert part.kept_as is not None
    assert (part.kept_as / "places.gpkg").stat().st_size == 1000


def test_doctor_names_what_lies_aside_and_the_cure(tmp_path: Path) -> None:
    home = Home(root=tmp_path, realm=Realm.DRILL)
    home.make()
    (home.station / "station.sqlite").mkdir()
    use_station(home.station, BrokenParts())
    (part,) = lying_aside(home)
    assert "station.sqlite" in part.what.ja
    findings = [one for one in diagnose(Settings(home=tmp_path, realm=Realm.DRILL)) if one.rule == "set-aside"]
    assert [one.level for one in findings] == [Level.WARN]
    assert findings[0].cure is not None
