import shutil
from dataclasses import fields
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import rasterio
from shapely.geometry import LineString, Point, Polygon

from fleet.errors import BadInputError
from missions.formats.town_bundle import read_town, write_town
from missions.values.town import Town


@pytest.fixture
def folder(demo_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_folder, tmp_path / "town"))


def refusal(folder: Path) -> BadInputError:
    with pytest.raises(BadInputError) as caught:
        read_town(folder)
    error = caught.value
    assert error.cure is not None
    assert error.what.ja
    assert error.cure.en
    return error


def change_layer(path: Path, layer: str, frame: geopandas.GeoDataFrame) -> None:
    """Replace one layer, as a person with QGIS would."""
    layers = {str(name): geopandas.read_file(path, layer=name) for name, _ in pyogrio.list_layers(path)}
    layers[layer] = frame
    path.unlink()
    for number, (name, kept) in enumerate(layers.items()):
        kind = "Unknown" if len(kept) == 0 or layer == name else None
        pyogrio.write_dataframe(kept, path, layer=name, driver="GPKG", geometry_type=kind, append=number > 0)


def test_a_town_comes_back_equal(demo_town: Town, demo_folder: Path) -> None:
    read = read_town(demo_folder)
    for item in fields(Town):
        if item.name != "terrain":
            assert getattr(read, item.name) == getattr(demo_town, item.name), item.name
    was, now = demo_town.terrain, read.terrain
    assert (now.frame, now.west_m, now.south_m, now.cell_m) == (was.frame, was.west_m, was.south_m, was.cell_m)
    assert (now.synthetic, now.source) == (was.synthetic, was.source)
    apart_m = np.abs(now.heights_m - was.heights_m)
    assert apart_m.max() < 0.5
    assert np.quantile(apart_m, 0.999) < 0.05


def test_writing_again_what_was_read_changes_nothing(demo_folder: Path, tmp_path: Path) -> None:
    first = read_town(demo_folder)
    write_town(first, tmp_path / "again")
    second = read_town(tmp_path / "again")
    assert second.places == first.places
    assert np.abs(second.terrain.heights_m - first.terrain.heights_m).max() < 0.3


def test_the_files_are_what_other_programs_expect(demo_folder: Path) -> None:
    with rasterio.open(demo_folder / "terrain.tif") as terrain:
        assert terrain.crs.to_epsg() == 6671
        assert terrain.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    names = {str(name) for name, _ in pyogrio.list_layers(demo_folder / "places.gpkg")}
    assert names == {"depots", "landing_sites", "shelters", "stations", "settlements"}
    names = {str(name) for name, _ in pyogrio.list_layers(demo_folder / "airspace.gpkg")}
    assert names == {"no_fly", "did", "airport", "emergency_use"}
    names = {str(name) for name, _ in pyogrio.list_layers(demo_folder / "map.gpkg")}
    assert names == {"roads", "rivers", "boundary"}


def test_a_missing_folder_names_the_command_that_makes_one(tmp_path: Path) -> None:
    assert "make-demo" in str(refusal(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["town.toml", "terrain.tif", "places.gpkg", "airspace.gpkg", "map.gpkg"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in refusal(folder).what.en


@pytest.mark.parametrize("name", ["town.toml", "terrain.tif", "places.gpkg", "airspace.gpkg", "map.gpkg"])
def test_a_file_of_rubbish_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\x00\xff rubbish \x80" * 40)
    assert name in refusal(folder).what.en


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "99999"', "code = 99999", "code"),
        ("clearance_m = 40.0", 'clearance_m = "high"', "rules.clearance_m"),
        ("clearance_m = 40.0", "clearence_m = 40.0", "clearence_m"),
        ('station_id = "station-1"', 'station_id = "駅/1"', "station_id"),
        ("cell_m = 10.0", "cell_m = 0.0", "0"),
        ("[name]", "[name", "TOML"),
        ("synthetic = true\n", "", "synthetic"),
    ],
)
def test_a_wrong_setting_is_named(folder: Path, old: str, new: str, said: str) -> None:
    path = folder / "town.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    what = refusal(folder).what
    assert "town.toml" in what.ja
    assert said in what.ja + what.en


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hover_power_w = 1700.0", "hover_power_w = -1.0", "hover_power_w"),
        ('gear = "gripper"', 'gear = "hook"', "gear"),
        ('home_site_id = "depot"', 'home_site_id = "takamuro"', "takamuro"),
        ("mavlink_system_id = 1", "mavlink_system_id = 2", "mavlink_system_id"),
        ('id = "kakehashi-1"', 'id = "kakehashi-9"', "kakehashi-9"),
        ("capacity_mah = 36000.0", 'capacity_mah = "36 Ah"', "capacity_mah"),
    ],
)
def test_a_wrong_aircraft_is_named(folder: Path, old: str, new: str, said: str) -> None:
    path = folder / "aircraft" / "kakehashi-1.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    what = refusal(folder).what
    assert "aircraft/kakehashi-1.toml" in what.ja
    assert said in what.en


def sites_with(folder: Path, row: int, **values: object) -> None:
    path = folder / "places.gpkg"
    frame = geopandas.read_file(path, layer="landing_sites")
    for column, value in values.items():
        if column == "geometry":
            frame.loc[row, "geometry"] = value
        else:
            frame[column] = frame[column].astype(object)
            frame.loc[row, column] = value
    change_layer(path, "landing_sites", frame)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name_ja": None}, "name_ja"),
        ({"id": "Taka Muro"}, "Taka Muro"),
        ({"id": "depot"}, "depots"),
        ({"geometry": None}, "geometry"),
        ({"geometry": LineString([(133.2, 34.7), (133.3, 34.8)])}, "LineString"),
        ({"geometry": Point(141.0, 43.0), "ground_amsl_m": None}, "elevation"),
        ({"detail": "[1, 2]"}, "detail"),
        ({"ground_amsl_m": "high"}, "ground_amsl_m"),
    ],
)
def test_a_wrong_place_is_named_with_file_layer_and_row(folder: Path, values: dict[str, object], said: str) -> None:
    sites_with(folder, 2, **values)
    error = refusal(folder)
    assert (error.data["file"], error.data["layer"], error.data["row"]) == ("places.gpkg", "landing_sites", 3)
    assert "places.gpkg の landing_sites 層 3 行目" in error.what.ja
    assert said in error.what.en


def test_a_place_without_height_takes_the_terrain(folder: Path, demo_town: Town) -> None:
    sites_with(folder, 0, ground_amsl_m=None)
    site = read_town(folder).places[2]
    assert site.ground_amsl_m == pytest.approx(demo_town.places[2].ground_amsl_m, abs=0.1)


def test_layers_in_another_projection_are_moved(folder: Path, demo_town: Town) -> None:
    path = folder / "places.gpkg"
    change_layer(path, "landing_sites", geopandas.read_file(path, layer="landing_sites").to_crs("EPSG:6671"))
    read = read_town(folder)
    for was, now in zip(demo_town.places, read.places, strict=True):
        assert now.at.lon_deg == pytest.approx(was.at.lon_deg, abs=1e-8)
        assert now.at.lat_deg == pytest.approx(was.at.lat_deg, abs=1e-8)


def test_a_polygon_that_crosses_itself_is_refused(folder: Path) -> None:
    path = folder / "airspace.gpkg"
    frame = geopandas.read_file(path, layer="no_fly")
    frame.loc[1, "geometry"] = Polygon([(133.2, 34.7), (133.3, 34.8), (133.3, 34.7), (133.2, 34.8)])
    change_layer(path, "no_fly", frame)
    error = refusal(folder)
    assert (error.data["layer"], error.data["row"]) == ("no_fly", 2)


def test_a_missing_layer_is_named_with_those_there(folder: Path) -> None:
    path = folder / "airspace.gpkg"
    kept = geopandas.read_file(path, layer="no_fly")
    path.unlink()
    pyogrio.write_dataframe(kept, path, layer="no_fly", driver="GPKG")
    what = refusal(folder).what
    assert "did" in what.en
    assert "no_fly" in what.en


def test_a_town_without_depot_is_refused(folder: Path) -> None:
    path = folder / "places.gpkg"
    frame = geopandas.read_file(path, layer="depots")
    change_layer(path, "depots", frame.iloc[:0])
    assert "depot" in refusal(folder).what.en


def test_a_town_without_aircraft_is_refused(folder: Path) -> None:
    for file in (folder / "aircraft").glob("*.toml"):
        file.unlink()
    assert "no aircraft" in refusal(folder).what.en
