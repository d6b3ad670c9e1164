import json
from pathlib import Path

import pytest
from shapely.geometry import Point, box

from fleet.errors import BadInputError
from missions.formats.did import grown, read_airports, read_boundary_file, read_did
from missions.values.town import AirspaceKind
from tests.shared_data import shared


def boundary() -> Path:
    return shared("data", "boundary", "34545_jinsekikogen.geojson")


def test_the_boundary_of_the_model_town_has_its_area_and_name() -> None:
    area, name = read_boundary_file(boundary())
    assert name == "広島県神石郡神石高原町"
    assert area.bounds == pytest.approx((133.1349, 34.6365, 133.3784, 34.8616), abs=1e-4)


def test_no_district_touches_the_model_town_and_the_nearest_is_six_kilometres_off() -> None:
    area, _ = read_boundary_file(boundary())
    hiroshima = shared("data", "did", "r02_did_34_hiroshima.geojson")
    okayama = shared("data", "did", "r02_did_33_okayama.geojson")
    assert not [*read_did(hiroshima, area), *read_did(okayama, area)]
    assert not [*read_did(hiroshima, grown(area, 5_800.0)), *read_did(okayama, grown(area, 5_800.0))]
    near = [*read_did(hiroshima, grown(area, 6_600.0)), *read_did(okayama, grown(area, 6_600.0))]
    assert near
    assert {found.kind for found in near} == {AirspaceKind.DENSELY_INHABITED}


def test_airports_reach_beyond_their_site() -> None:
    sites = shared("data", "did", "airport_sites_C28.geojson")
    around_hiroshima = read_airports(sites, Point(132.919, 34.436))
    assert [area.name.ja for area in around_hiroshima] == ["広島空港"]
    assert around_hiroshima[0].kind is AirspaceKind.AIRPORT
    assert around_hiroshima[0].area.contains(Point(132.919, 34.60))
    assert "kokuarea" in around_hiroshima[0].source
    town, _ = read_boundary_file(boundary())
    assert read_airports(sites, town) == []


def test_growing_is_in_metres() -> None:
    wide = grown(box(133.2, 34.7, 133.3, 34.8), 1_000.0)
    west, south, east, north = wide.bounds
    assert (133.2 - west) * 91_400 == pytest.approx(1_000.0, rel=0.02)
    assert (north - 34.8) * 110_950 == pytest.approx(1_000.0, rel=0.02)
    assert (133.2 - west, north - 34.8) == pytest.approx((east - 133.3, 34.7 - south), rel=1e-3)


def geojson(path: Path, *geometries: dict[str, object] | None) -> Path:
    features = [{"type": "Feature", "properties": {"C28_003": 5}, "geometry": geometry} for geometry in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


POINT: dict[str, object] = {"type": "Point", "coordinates": [133.2, 34.7]}
SQUARE: dict[str, object] = {
    "type": "Polygon",
    "coordinates": [[[133.2, 34.7], [133.3, 34.7], [133.3, 34.8], [133.2, 34.8], [133.2, 34.7]]],
}


def test_rows_without_geometry_are_left_out(tmp_path: Path) -> None:
    assert len(read_airports(geojson(tmp_path / "a.geojson", None, SQUARE), Point(133.25, 34.75))) == 1


@pytest.mark.parametrize("read", [read_did, read_airports])
def test_points_are_refused_with_their_row(tmp_path: Path, read: object) -> None:
    path = geojson(tmp_path / "a.geojson", SQUARE, POINT)
    assert callable(read)
    with pytest.raises(BadInputError) as caught:
        read(path, Point(133.25, 34.75))
    assert caught.value.data["row"] == 2


@pytest.mark.parametrize("content", [b"", b"rubbish", b"{}", b'{"type": "FeatureCollection", "features": []}'])
def test_what_is_no_boundary_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "town.geojson"
    path.write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        read_boundary_file(path)
    assert "town.geojson" in caught.value.what.ja
