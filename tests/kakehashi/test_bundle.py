"""The demonstration town is there for whoever asks first, and whole for everybody."""

import multiprocessing
from pathlib import Path

import pytest

from kakehashi.bundle import bundle_folder, load_town
from kakehashi.settings import Settings, TownSettings


def _town_id(home: Path) -> str:
    return str(load_town(Settings(home=home)).id)


@pytest.mark.timeout(200)
def test_services_that_start_at_once_share_one_whole_demonstration_town(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        ids = pool.map(_town_id, [tmp_path, tmp_path], chunksize=1)
    assert len(set(ids)) == 1
    assert [one.name for one in (tmp_path / "towns").iterdir()] == ["demo"]


def test_a_town_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    first = bundle_folder(settings)
    note = first / "town.toml"
    note.write_text(note.read_text() + "# corrected by hand\n")
    assert bundle_folder(settings) == first
    assert note.read_text().endswith("# corrected by hand\n")


def test_a_named_town_is_used_as_it_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, town=TownSettings(bundle=tmp_path / "our-town"))
    assert bundle_folder(settings) == tmp_path / "our-town"
    assert not (tmp_path / "towns").exists()
