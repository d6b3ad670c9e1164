"""The demonstration town is there for whoever asks first, and whole for everybody."""

import multiprocessing
from pathlib import Path

import pytest

from fleet.errors import BadInputError
from fleet.realm import Realm
from kakehashi.bundle import bundle_folder, load_town
from kakehashi.diagnosis import diagnose
from kakehashi.settings import Settings, TownSettings
from missions.formats.town_bundle import write_town
from missions.values.finding import Level
from missions.values.town import Town
from tests.missions.planning import small_town as towns


def _town_id(home: Path) -> str:
    return str(load_town(Settings(home=home, realm=Realm.DRILL)).id)


@pytest.mark.timeout(200)
def test_services_that_start_at_once_share_one_whole_demonstration_town(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        ids = pool.map(_town_id, [tmp_path, tmp_path], chunksize=1)
    assert len(set(ids)) == 1
    assert [one.name for one in (tmp_path / "towns").iterdir()] == ["demo"]


def test_a_town_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, realm=Realm.DRILL)
    first = bundle_folder(settings)
    note = first / "town.toml"
    note.write_text(note.read_text() + "# corrected by hand\n")
    assert bundle_folder(settings) == first
    assert note.read_text().endswith("# corrected by hand\n")


def test_a_named_town_is_used_as_it_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, town=TownSettings(bundle=tmp_path / "our-town"))
    assert bundle_folder(settings) == tmp_path / "our-town"
    assert not (tmp_path / "towns").exists()


def _live(tmp_path: Path, town: Town | None) -> Settings:
    if town is None:
        return Settings(home=tmp_path, realm=Realm.LIVE)
    write_town(town, tmp_path / "our-town")
    return Settings(home=tmp_path, realm=Realm.LIVE, town=TownSettings(bundle=tmp_path / "our-town"))


def _town_levels(settings: Settings) -> set[Level]:
    return {finding.level for finding in diagnose(settings) if finding.rule == "town"}


def test_a_live_run_without_a_town_is_refused_and_no_town_is_made_up(tmp_path: Path) -> None:
    settings = _live(tmp_path, None)
    for start in (bundle_folder, load_town):
        with pytest.raises(BadInputError) as refused:
            start(settings)
        assert refused.value.cure is not None
        assert "KAKEHASHI_TOWN__BUNDLE" in refused.value.cure.ja
        assert "--drill" in refused.value.cure.en
    assert _town_levels(settings) == {Level.REFUSE}
    assert not (tmp_path / "towns").exists()


def test_a_live_run_over_made_up_mountains_is_refused_and_a_drill_is_not(tmp_path: Path) -> None:
    settings = _live(tmp_path, towns.with_synthetic_terrain(towns.town_of(towns.flat())))
    with pytest.raises(BadInputError, match="made up") as refused:
        load_town(settings)
    assert refused.value.cure is not None
    assert "標高データ" in refused.value.cure.ja
    assert _town_levels(settings) == {Level.REFUSE}
    drill = settings.model_copy(update={"realm": Realm.DRILL})
    assert load_town(drill).terrain.synthetic
    assert _town_levels(drill) == {Level.OK}


def test_a_live_run_over_real_terrain_is_fine(tmp_path: Path) -> None:
    settings = _live(tmp_path, towns.town_of(towns.flat()))
    load_town(settings)
    assert _town_levels(settings) == {Level.OK}
