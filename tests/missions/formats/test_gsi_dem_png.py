import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fleet.errors import BadInputError
from missions.formats.gsi_dem_png import TILE_PX, decode_gsi_dem_png, read_gsi_dem_tiles, tile_named
from missions.terrain.web_mercator import Tile
from tests.shared_data import shared


def encoded(value: int) -> bytes:
    """A tile of one colour whose 24 bits are `value`."""
    stream = io.BytesIO()
    colour = (value >> 16, (value >> 8) & 255, value & 255)
    Image.new("RGB", (TILE_PX, TILE_PX), colour).save(stream, format="PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("value", "height_m"), [(0, 0.0), (1, 0.01), (123_456, 1234.56), ((1 << 24) - 1, -0.01), ((1 << 23) + 1, -83886.07)]
)
def test_heights_are_centimetres_in_twos_complement(value: int, height_m: float) -> None:
    assert decode_gsi_dem_png(encoded(value)) == pytest.approx(np.full((256, 256), height_m), abs=0.005)


def test_two_to_the_23_is_no_data() -> None:
    assert np.isnan(decode_gsi_dem_png(encoded(1 << 23))).all()


def test_a_real_tile_says_the_same_as_its_text() -> None:
    heights_m = decode_gsi_dem_png(shared("data", "dem", "gsi-dem-z8-x229-y94.png").read_bytes())
    lines = shared("data", "dem", "gsi-dem-z8-x229-y94.txt").read_text().split()
    text = np.array([[np.nan if cell == "e" else float(cell) for cell in line.split(",")] for line in lines])
    np.testing.assert_array_equal(np.isnan(heights_m), np.isnan(text))
    assert np.nanmax(np.abs(heights_m - text)) < 0.0101


def test_a_real_tile_lies_where_its_name_says() -> None:
    raster = read_gsi_dem_tiles([shared("data", "dem", "gsi-dem-z8-x229-y94.png")])
    assert raster.bounds_deg() == pytest.approx(Tile(z=8, x=229, y=94).bounds(), abs=0.01)


def test_tiles_are_laid_side_by_side(tmp_path: Path) -> None:
    for x, y, value in ((7, 3, 100), (8, 3, 200), (7, 4, 300)):
        path = tmp_path / "14" / str(x) / f"{y}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(value))
    heights_m = read_gsi_dem_tiles(sorted(tmp_path.rglob("*.png"))).heights_m
    assert heights_m.shape == (512, 512)
    assert heights_m[0, 0] == pytest.approx(1.0)
    assert heights_m[0, 300] == pytest.approx(2.0)
    assert heights_m[300, 0] == pytest.approx(3.0)
    assert np.isnan(heights_m[300, 300])


@pytest.mark.parametrize("name", ["dem.png", "14/1/x.png", "z3-x9-y0.png", "30/1/1.png"])
def test_a_name_without_a_tile_is_refused(name: str) -> None:
    with pytest.raises(BadInputError) as caught:
        tile_named(Path(name))
    assert Path(name).name in caught.value.what.ja


def test_tiles_of_two_zooms_are_refused(tmp_path: Path) -> None:
    paths = [tmp_path / "z1-x0-y0.png", tmp_path / "z2-x0-y0.png"]
    for path in paths:
        path.write_bytes(encoded(1))
    with pytest.raises(BadInputError, match="zoom"):
        read_gsi_dem_tiles(paths)


def test_another_picture_is_refused() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (100, 256)).save(stream, format="PNG")
    with pytest.raises(BadInputError, match="100"):
        decode_gsi_dem_png(stream.getvalue())


GOOD = encoded(123_456)


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: GOOD[:40] + tail))
def test_rubbish_raises_only_bad_input(data: bytes) -> None:
    with pytest.raises(BadInputError):
        decode_gsi_dem_png(data)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.integers(0, len(GOOD)))
def test_broken_tiles_raise_only_bad_input(at: int, value: int, cut: int) -> None:
    data = bytearray(GOOD)
    data[at] = value
    with contextlib.suppress(BadInputError):
        assert decode_gsi_dem_png(bytes(data[:cut])).shape == (256, 256)
