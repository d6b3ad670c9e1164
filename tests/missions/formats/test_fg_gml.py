import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInputError
from missions.formats.fg_gml import parse_fg_gml, read_fg_gml
from tests.shared_data import shared

FORM = """<?xml version="1.0" encoding="UTF-8"?>
<Dataset xmlns:gml="http://www.opengis.net/gml/3.2" xmlns="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema">
<DEM><type>5mメッシュ（標高）</type><mesh>52330149</mesh><coverage>
<gml:boundedBy><gml:Envelope><gml:lowerCorner>{lower}</gml:lowerCorner><gml:upperCorner>{upper}</gml:upperCorner>
</gml:Envelope></gml:boundedBy>
<gml:gridDomain><gml:Grid><gml:limits><gml:GridEnvelope><gml:low>0 0</gml:low><gml:high>{high}</gml:high>
</gml:GridEnvelope></gml:limits></gml:Grid></gml:gridDomain>
<gml:rangeSet><gml:DataBlock><gml:tupleList>
{tuples}
</gml:tupleList></gml:DataBlock></gml:rangeSet>
<gml:coverageFunction><gml:GridFunction><gml:sequenceRule order="{order}">Linear</gml:sequenceRule>
<gml:startPoint>{start}</gml:startPoint></gml:GridFunction></gml:coverageFunction>
</coverage></DEM></Dataset>"""
PARTS = {
    "lower": "34.70 133.20",
    "upper": "34.71 133.22",
    "high": "3 1",
    "tuples": "\n".join(f"地表面,{height}.5" for height in range(8)),
    "order": "+x-y",
    "start": "0 0",
}


def xml(**parts: str) -> bytes:
    return FORM.format(**{**PARTS, **parts}).encode()


def test_rows_run_from_the_north_west_eastward() -> None:
    dem = parse_fg_gml(xml(), "a.xml")
    np.testing.assert_array_equal(dem.heights_m, [[0.5, 1.5, 2.5, 3.5], [4.5, 5.5, 6.5, 7.5]])
    assert dem.bounds_deg == (133.20, 34.70, 133.22, 34.71)
    assert (dem.mesh, dem.kind) == ("52330149", "5mメッシュ（標高）")


def test_pixels_fill_the_mesh_to_its_edges() -> None:
    west, south, east, north = read_fg_gml(xml(), "a.xml").bounds_deg()
    assert (west, east) == pytest.approx((133.2025, 133.2175), abs=1e-4)
    assert (south, north) == pytest.approx((34.7025, 34.7075), abs=1e-4)


def test_a_short_list_that_starts_late_leaves_the_rest_unknown() -> None:
    heights = parse_fg_gml(xml(start="2 0", tuples="地表面,10.\n水面,11.5"), "a.xml").heights_m
    expected = np.full((2, 4), np.nan)
    expected[0, 2:] = (10.0, 11.5)
    np.testing.assert_array_equal(heights, expected)


def test_no_data_is_unknown() -> None:
    heights = parse_fg_gml(xml(tuples="地表面,-9999.\nデータなし,3.0\n海水面,0.00"), "a.xml").heights_m
    assert np.isnan(heights[0, :2]).all()
    assert heights[0, 2] == 0.0


@pytest.mark.parametrize(
    ("name", "shape", "kind"),
    [
        ("FG-GML-0000-00-00-DEM5A-dummy.xml", (150, 225), "5mメッシュ（標高）"),
        ("FG-GML-0000-10-dem10b-dummy.xml", (750, 1125), "10mメッシュ（標高）"),
    ],
)
def test_files_of_the_true_schema_are_parsed_and_their_empty_extent_is_told(
    name: str, shape: tuple[int, int], kind: str
) -> None:
    data = shared("data", "dem", name).read_bytes()
    dem = parse_fg_gml(data, name)
    assert dem.heights_m.shape == shape
    assert dem.kind == kind
    assert np.isnan(dem.heights_m).all()
    with pytest.raises(BadInputError, match="lowerCorner"):
        read_fg_gml(data, name)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"high": "3"}, "high"),
        ({"high": "3.5 1"}, "high"),
        ({"high": "999999 999999"}, "grid"),
        ({"high": "-3 1"}, "grid"),
        ({"lower": "north west"}, "lowerCorner"),
        ({"upper": "34.70 133.20"}, "area"),
        ({"order": "-x+y"}, "order"),
        ({"start": "4 0"}, "startPoint"),
        ({"start": "1 0"}, "more"),
        ({"tuples": "地表面,high"}, "height 1"),
        ({"lower": "nan nan"}, "area"),
    ],
)
def test_what_is_wrong_is_named(parts: dict[str, str], said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_fg_gml(xml(**parts), "mesh.xml")
    assert "mesh.xml" in caught.value.what.ja
    assert said in caught.value.what.en
    assert caught.value.cure is not None


def test_entity_bombs_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;">]><Dataset>&y;</Dataset>'
    with pytest.raises(BadInputError):
        parse_fg_gml(bomb, "a.xml")


@given(
    st.binary(max_size=300),
    st.fixed_dictionaries({}, optional={key: st.text(alphabet="0123456789.,-+ enaif地", max_size=20) for key in PARTS}),
)
def test_rubbish_raises_only_bad_input(data: bytes, parts: dict[str, str]) -> None:
    for content in (data, xml(**parts), xml() + data, b"<?xml version='1.0' encoding='" + data + b"'?><a/>"):
        with contextlib.suppress(BadInputError):
            assert read_fg_gml(content, "a.xml").heights_m.size >= 4
