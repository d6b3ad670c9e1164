import contextlib
import zipfile
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from fleet.errors import BadInputError
from missions.formats.dem_files import merge, read_dem
from missions.terrain.cog import write_cog
from missions.terrain.local_grid import grid_over
from missions.terrain.raster import Raster
from tests.missions.formats.test_fg_gml import xml
from tests.missions.terrain.hills import hills
from tests.shared_data import shared

STEP = 1.0 / 3600.0


def flat(height_m: float, west: float, columns: int, step: float = STEP) -> Raster:
    return Raster(
        heights_m=np.full((60, columns), height_m, dtype=np.float32),
        transform=Affine(step, 0.0, west, 0.0, -step, 34.8),
        crs=CRS.from_epsg(4326),
    )


def test_neighbouring_files_join_without_a_gap() -> None:
    grid = grid_over((133.001, 34.785, 133.03, 34.798), 20.0)
    heights = merge([flat(100.0, 133.0, 60), flat(100.0, 133.0 + 60 * STEP, 60)], grid)
    assert np.isfinite(heights).all()
    np.testing.assert_allclose(heights, 100.0, atol=0.01)


def test_the_first_file_wins_and_the_next_fills_its_gaps() -> None:
    grid = grid_over((133.001, 34.785, 133.03, 34.798), 20.0)
    heights = merge([flat(100.0, 133.0, 60), flat(50.0, 133.0, 130)], grid)
    assert heights[10, 5] == pytest.approx(100.0)
    assert heights[10, -5] == pytest.approx(50.0)


def test_ground_that_no_file_covers_is_unknown() -> None:
    grid = grid_over((133.001, 34.785, 133.03, 34.798), 20.0)
    assert np.isnan(merge([flat(1.0, 140.0, 60)], grid)).all()
    assert np.isnan(merge([], grid)).all()


def test_a_folder_of_several_kinds_is_read_finest_first(tmp_path: Path) -> None:
    write_cog(hills(side=60), tmp_path / "hills.tif")
    (tmp_path / "mesh.xml").write_bytes(xml())
    with zipfile.ZipFile(tmp_path / "meshes.zip", "w") as archive:
        archive.writestr("FG-GML/one.xml", xml())
    (tmp_path / "readme.md").write_text("not elevation", encoding="utf-8")
    assert [raster.heights_m.size for raster in read_dem([tmp_path])][1:] == [8, 8]


def test_real_elevation_is_brought_into_a_local_grid() -> None:
    rasters = read_dem([shared("data", "dem", "S36E149.hgt.zip")])
    grid = grid_over((149.1, -35.4, 149.2, -35.3), 30.0)
    heights = merge(rasters, grid)
    row, column = grid.rows // 2, grid.columns // 2
    lon, lat = grid.frame.to_lon_lat(np.array(grid.west_m + column * 30.0), np.array(grid.south_m + row * 30.0))
    pixel = (round((-35.0 - float(lat)) * 1200), round((float(lon) - 149.0) * 1200))
    near = rasters[0].heights_m[pixel[0] - 1 : pixel[0] + 2, pixel[1] - 1 : pixel[1] + 2]
    assert near.min() - 5.0 <= heights[row, column] <= near.max() + 5.0


@pytest.mark.parametrize("name", ["missing.tif", "notes.txt", "empty", "bad.zip", "bad.xml", "bad.hgt", "bad.tif"])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "empty":
        path.mkdir()
    elif name != "missing.tif":
        path.write_bytes(b"nothing of the kind")
    with pytest.raises(BadInputError) as caught:
        read_dem([path])
    assert name in caught.value.what.ja
    assert caught.value.cure is not None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=400), st.sampled_from([".zip", ".xml", ".hgt", ".tif"]))
def test_rubbish_raises_only_bad_input(tmp_path: Path, data: bytes, suffix: str) -> None:
    for content in (data, b"PK\x03\x04" + data, b"II*\x00" + data):
        path = tmp_path / f"N34E133{suffix}"
        path.write_bytes(content)
        with contextlib.suppress(BadInputError):
            assert read_dem([path]) != []
