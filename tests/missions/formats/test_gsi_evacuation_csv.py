import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInputError
from missions.formats.gsi_evacuation_csv import HAZARDS, read_evacuation_csv
from tests.shared_data import shared

HEADING = (
    "NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,洪水,崖崩れ、土石流及び地滑り,高潮,地震,津波,大規模な火事,"
    "内水氾濫,火山現象,指定避難所との住所同一,緯度,経度,備考"
)
ROW = "1,E99,架け橋町,高室集会所,高室 1,1,1,,1,,,,,1,34.75,133.25,"


def csv_of(*rows: str, heading: str = HEADING) -> bytes:
    return ("﻿" + "\r\n".join((heading, *rows)) + "\r\n").encode()


def test_the_real_file_of_the_model_town_is_read_whole() -> None:
    data = shared("data", "shelters", "34545_gsi_layout_mergeFromCity_2.csv").read_bytes()
    places = read_evacuation_csv(data, "mergeFromCity_2.csv")
    assert len(places) == 27
    first = places[0]
    assert (first.id, first.name) == ("E3454500001201", "阿下ふれあい会館")
    assert (first.at.lat_deg, first.at.lon_deg) == (34.73273, 133.23067)
    assert first.hazards == (HAZARDS[0], HAZARDS[1], HAZARDS[3])
    assert first.is_shelter


def test_quoted_newlines_and_commas_stay_in_their_cell() -> None:
    row = ROW.replace("高室 1", '"高室, 1\n番地"').removesuffix(",") + ',"鍵は\r\n隣家"'
    place = read_evacuation_csv(csv_of(row), "a.csv")[0]
    assert place.address == "高室, 1 番地"
    assert place.note == "鍵は 隣家"


def test_files_saved_by_a_spreadsheet_in_shift_jis_are_read() -> None:
    data = f"{HEADING}\r\n{ROW}".encode("cp932")
    assert read_evacuation_csv(data, "a.csv")[0].name == "高室集会所"


def test_blank_lines_are_passed_over() -> None:
    assert len(read_evacuation_csv(csv_of("", ROW, "," * 16), "a.csv")) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW.replace("34.75", "北緯34度"), "北緯34度"),
        (ROW.replace("34.75,133.25", "133.25,34.75"), "133.25"),
        (ROW.replace("34.75", "nan"), "nan"),
        (ROW.replace("E99", ""), "共通ID"),
        (ROW.replace("高室集会所", " "), "施設・場所名"),
        (ROW.replace(",1,1,,1", ",はい,1,,1"), "はい"),
        (ROW + ",more", "18"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(row: str, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_evacuation_csv(csv_of(ROW.replace("E99", "E1"), row), "町.csv")
    error = caught.value
    assert error.data["row"] == 3
    assert "町.csv 3 行目" in error.what.ja
    assert said in error.what.ja
    assert error.cure is not None


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(BadInputError, match="E99"):
        read_evacuation_csv(csv_of(ROW, ROW), "a.csv")


def test_missing_columns_are_listed() -> None:
    with pytest.raises(BadInputError) as caught:
        read_evacuation_csv(csv_of("1,2", heading="共通ID,緯度"), "a.csv")
    assert "施設・場所名" in caught.value.what.ja
    assert "経度" in caught.value.what.ja


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\x80\x80\xff\xff", csv_of('"open')])
def test_what_is_no_csv_is_refused(data: bytes) -> None:
    with pytest.raises(BadInputError):
        read_evacuation_csv(data, "a.csv")


@given(st.binary(max_size=300), st.lists(st.text(max_size=8), min_size=17, max_size=17))
def test_rubbish_raises_only_bad_input(data: bytes, cells: list[str]) -> None:
    for content in (data, csv_of() + data, csv_of(",".join(cells)), csv_of(ROW, ",".join(cells))):
        with contextlib.suppress(BadInputError):
            assert all(-90.0 <= place.at.lat_deg <= 90.0 for place in read_evacuation_csv(content, "a.csv"))
