import contextlib
import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInputError
from missions.formats.hgt import read_hgt
from tests.shared_data import shared

SIDE = 1201


def a_file() -> bytes:
    heights = np.add.outer(np.arange(SIDE) * 2, np.arange(SIDE)).astype(">i2")
    heights[5, 7] = -32768
    return heights.tobytes()


def test_the_first_row_is_in_the_north_and_voids_are_unknown() -> None:
    raster = read_hgt(a_file(), "N34E133.hgt")
    assert raster.bounds_deg() == pytest.approx((133.0, 34.0, 134.0, 35.0), abs=1e-9)
    assert np.isnan(raster.heights_m[5, 7])
    assert raster.heights_m[0, 0] == 0.0
    assert raster.heights_m[-1, 0] == 2400.0


def test_a_real_zipped_file_is_read() -> None:
    raster = read_hgt(shared("data", "dem", "S36E149.hgt.zip").read_bytes(), "S36E149.hgt.zip")
    assert raster.heights_m.shape == (SIDE, SIDE)
    assert raster.bounds_deg() == pytest.approx((149.0, -36.0, 150.0, -35.0), abs=1e-9)
    known = raster.heights_m[np.isfinite(raster.heights_m)]
    assert 0.0 < known.min() < known.max() < 2300.0


@pytest.mark.parametrize(
    ("data", "name"),
    [(a_file(), "heights.hgt"), (a_file()[:-2], "N34E133.hgt"), (b"", "N34E133.hgt"), (a_file(), "N95E133.hgt")],
)
def test_a_wrong_name_or_size_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_hgt(data, name)
    assert name in caught.value.what.ja


def zipped(names: list[str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, a_file()[:200])
    return stream.getvalue()


@pytest.mark.parametrize("names", [[], ["a.txt"], ["N34E133.hgt", "N34E134.hgt"], ["N34E133.hgt"]])
def test_a_zip_without_exactly_one_whole_file_is_refused(names: list[str]) -> None:
    with pytest.raises(BadInputError):
        read_hgt(zipped(names), "N34E133.zip")


GOOD = zipped(["N34E133.hgt"])


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=5))
def test_rubbish_raises_only_bad_input(data: bytes, edits: list[tuple[int, int]]) -> None:
    broken = bytearray(GOOD)
    for at, value in edits:
        broken[at] = value
    for content in (data, b"PK" + data, bytes(broken)):
        with contextlib.suppress(BadInputError):
            assert read_hgt(content, "N34E133.hgt") is not None
