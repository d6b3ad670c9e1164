import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import box

from fleet.errors import BadInputError
from fleet.ids import SiteId
from fleet.text import Text
from missions.formats.town_bundle import read_town, write_town
from missions.formats.town_import import ImportSources, ImportWishes, import_town
from missions.terrain.cog import write_cog
from missions.terrain.slope import slope_deg
from missions.values.town import AirspaceKind, PlaceKind, Town
from tests.missions.formats.test_gsi_evacuation_csv import ROW, csv_of
from tests.missions.terrain.hills import hills
from tests.shared_data import shared

WISHES = ImportWishes(code="34545", cell_m=100.0)


@pytest.fixture(scope="module")
def sources() -> ImportSources:
    return ImportSources(
        boundary=shared("data", "boundary", "34545_jinsekikogen.geojson"),
        evacuation_csv=(shared("data", "shelters", "34545_gsi_layout_mergeFromCity_2.csv"),),
        did=(
            shared("data", "did", "r02_did_34_hiroshima.geojson"),
            shared("data", "did", "r02_did_33_okayama.geojson"),
        ),
        airports=(shared("data", "did", "airport_sites_C28.geojson"),),
        synthetic_terrain=True,
    )


@pytest.fixture(scope="module")
def real_town(sources: ImportSources) -> Town:
    return import_town(sources, WISHES)


def test_the_model_town_is_imported_whole(real_town: Town) -> None:
    assert (real_town.id, real_town.code) == ("town-34545", "34545")
    assert real_town.name.ja == "広島県神石郡神石高原町"
    assert len(real_town.places_of(PlaceKind.SHELTER)) == 27
    assert len(real_town.places_of(PlaceKind.LANDING_SITE)) == 26
    assert len(real_town.places_of(PlaceKind.DEPOT)) == 1
    assert real_town.airspace == ()
    assert real_town.airspace_checked == (AirspaceKind.DENSELY_INHABITED, AirspaceKind.AIRPORT)
    assert any("国土地理院" in text for text in real_town.credits)
    shelter = real_town.place(SiteId("shelter-e3454500001201"))
    assert shelter is not None
    assert shelter.name.ja == "阿下ふれあい会館"
    assert shelter.detail["stay"] == "yes"
    assert "地震" in shelter.detail["hazards"]


def test_made_up_ground_says_so_and_is_level_where_people_are(real_town: Town) -> None:
    assert real_town.terrain.synthetic
    assert "合成" in real_town.terrain.source.ja
    assert real_town.boundary.within(box(*real_town.terrain.bounds()))
    for site in real_town.places_of(PlaceKind.LANDING_SITE):
        assert slope_deg(real_town.terrain, site.at) < 10.0
        assert site.detail["slope_deg"]
        assert "未調査" in site.detail["survey"]


def test_the_imported_town_is_a_bundle_like_any_other(real_town: Town, tmp_path: Path) -> None:
    write_town(real_town, tmp_path)
    read = read_town(tmp_path)
    for item in fields(Town):
        if item.name != "terrain":
            assert getattr(read, item.name) == getattr(real_town, item.name), item.name


@pytest.mark.parametrize("wish", ["油木体育館", "E3454500035201", "34.78905,133.2665"])
def test_the_depot_may_be_named(sources: ImportSources, wish: str) -> None:
    town = import_town(sources, replace(WISHES, depot=wish, name=Text("高原", "Kogen"), cell_m=200.0))
    depot = town.places_of(PlaceKind.DEPOT)[0]
    assert (depot.at.lat_deg, depot.at.lon_deg) == (34.78905, 133.2665)
    assert town.name.en == "Kogen"
    assert all(aircraft.home_site_id == depot.id for aircraft in town.aircraft.values())


def test_a_depot_that_is_not_there_is_refused_with_names(sources: ImportSources) -> None:
    with pytest.raises(BadInputError) as caught:
        import_town(sources, replace(WISHES, depot="市役所", cell_m=200.0))
    assert caught.value.cure is not None
    assert "阿下ふれあい会館" in caught.value.cure.ja


def test_without_elevation_the_way_out_is_told(sources: ImportSources) -> None:
    with pytest.raises(BadInputError) as caught:
        import_town(replace(sources, synthetic_terrain=False), WISHES)
    assert caught.value.cure is not None
    assert "--terrain synthetic" in caught.value.cure.ja


@pytest.mark.parametrize(
    "wishes", [replace(WISHES, code="町 34545"), replace(WISHES, cell_m=0.0), replace(WISHES, cell_m=0.5)]
)
def test_wishes_that_cannot_be_are_refused(sources: ImportSources, wishes: ImportWishes) -> None:
    with pytest.raises(BadInputError):
        import_town(sources, wishes)


@pytest.fixture
def small(tmp_path: Path) -> ImportSources:
    """A town of 2 × 2 km inside the hills, with one evacuation site."""
    ring = [[133.24, 34.741], [133.26, 34.741], [133.26, 34.759], [133.24, 34.759], [133.24, 34.741]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "town.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (tmp_path / "sites.csv").write_bytes(csv_of(ROW, ROW.replace("E99", "E1").replace("133.25", "140.0")))
    write_cog(hills(side=701), tmp_path / "dem.tif")
    return ImportSources(
        boundary=tmp_path / "town.geojson", evacuation_csv=(tmp_path / "sites.csv",), dem=(tmp_path / "dem.tif",)
    )


def test_without_airspace_files_no_kind_of_area_counts_as_checked(small: ImportSources) -> None:
    assert import_town(small, WISHES).airspace_checked == ()


def test_real_elevation_is_used_as_it_is(small: ImportSources) -> None:
    town = import_town(small, ImportWishes(code="99998"))
    assert not town.terrain.synthetic
    assert "dem.tif" in town.terrain.source.ja
    assert np.isfinite(town.terrain.heights_m).all()
    depot = town.places_of(PlaceKind.DEPOT)[0]
    assert depot.ground_amsl_m == pytest.approx(hills(side=701).elevation_of(depot.at), abs=0.1)


def test_sites_of_other_towns_are_left_out(small: ImportSources) -> None:
    town = import_town(small, ImportWishes(code="99998"))
    assert [place.id for place in town.places_of(PlaceKind.SHELTER)] == ["shelter-e99"]


def test_partly_made_up_ground_counts_as_synthetic_and_keeps_the_real_part(
    small: ImportSources, tmp_path: Path
) -> None:
    real = hills(side=701)
    half = real.heights_m.copy()
    half[:, 350:] = np.nan
    write_cog(replace(real, heights_m=half), tmp_path / "half.tif")
    wishes = ImportWishes(code="99998", depot="34.75,133.245")
    town = import_town(replace(small, dem=(tmp_path / "half.tif",), synthetic_terrain=True), wishes)
    assert town.terrain.synthetic
    assert "%" in town.terrain.source.en
    assert np.isfinite(town.terrain.heights_m).all()
    depot = town.places_of(PlaceKind.DEPOT)[0]
    assert depot.ground_amsl_m == pytest.approx(real.elevation_of(depot.at), abs=0.1)
    jump = np.abs(np.diff(town.terrain.heights_m, axis=1)).max()
    assert jump < 40.0


def test_a_place_on_unknown_ground_is_named(small: ImportSources, tmp_path: Path) -> None:
    real = hills(side=701)
    half = real.heights_m.copy()
    half[:, 340:] = np.nan
    write_cog(replace(real, heights_m=half), tmp_path / "half.tif")
    with pytest.raises(BadInputError) as caught:
        import_town(replace(small, dem=(tmp_path / "half.tif",)), ImportWishes(code="99998"))
    assert "高室集会所" in caught.value.what.ja
