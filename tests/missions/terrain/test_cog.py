import contextlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin

from fleet.errors import BadInputError
from fleet.positions import LonLat
from missions.terrain.cog import crs_for, read_cog, write_cog
from missions.terrain.local_grid import grid_of
from tests.missions.terrain.hills import hills, terrain_of


def test_what_is_written_is_a_cloud_optimized_geotiff_in_the_plane_of_the_town(tmp_path: Path) -> None:
    write_cog(hills(side=701), tmp_path / "terrain.tif")
    with rasterio.open(tmp_path / "terrain.tif") as written:
        assert written.crs.to_epsg() == 6671
        assert written.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert written.is_tiled
        assert written.overviews(1)
        assert written.tags()["synthetic"] == "yes"


def test_heights_come_back_within_centimetres(tmp_path: Path) -> None:
    terrain = hills()
    write_cog(terrain, tmp_path / "terrain.tif")
    read = read_cog(tmp_path / "terrain.tif", grid_of(terrain), synthetic=True, source=terrain.source)
    assert np.isfinite(read.heights_m).all()
    assert np.abs(read.heights_m - terrain.heights_m).max() < 0.1
    assert (read.frame, read.west_m, read.south_m, read.cell_m) == (
        terrain.frame,
        terrain.west_m,
        terrain.south_m,
        terrain.cell_m,
    )


def test_gaps_stay_gaps(tmp_path: Path) -> None:
    heights = hills().heights_m.astype(np.float64)
    heights[100:130, 50:90] = np.nan
    terrain = terrain_of(heights)
    write_cog(terrain, tmp_path / "terrain.tif")
    read = read_cog(tmp_path / "terrain.tif", grid_of(terrain)).heights_m
    assert np.isnan(read[103:127, 53:87]).all()
    assert np.isfinite(read[:95]).all()
    assert np.isfinite(read[:, 95:]).all()


def test_a_file_from_elsewhere_gets_a_grid_of_its_own_cell(tmp_path: Path) -> None:
    path = tmp_path / "degrees.tif"
    step = 1.0 / 3600.0
    heights = np.add.outer(np.arange(60.0), np.arange(80.0)).astype(np.float32)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="float32",
        count=1,
        height=60,
        width=80,
        crs="EPSG:4326",
        transform=from_origin(133.0, 34.8, step, step),
    ) as target:
        target.write(heights, 1)
    terrain = read_cog(path)
    assert 25.0 <= terrain.cell_m <= 31.0
    centre = LonLat(lon_deg=133.0 + 40.5 * step, lat_deg=34.8 - 30.5 * step)
    assert terrain.elevation_of(centre) == pytest.approx(30.0 + 40.0, abs=0.2)


def test_the_projection_follows_the_place() -> None:
    assert crs_for(LonLat(lon_deg=133.25, lat_deg=34.75)).to_epsg() == 6671
    assert crs_for(LonLat(lon_deg=139.7, lat_deg=35.7)).to_epsg() == 32654
    assert crs_for(LonLat(lon_deg=149.1, lat_deg=-35.3)).to_epsg() == 32755


def test_a_file_without_coordinates_is_refused_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "bare.tif"
    with rasterio.open(path, "w", driver="GTiff", dtype="float32", count=1, height=8, width=8) as target:
        target.write(np.zeros((8, 8), dtype=np.float32), 1)
    with pytest.raises(BadInputError, match=r"bare\.tif") as caught:
        read_cog(path)
    assert caught.value.cure is not None


def _a_small_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.tif"
        write_cog(hills(side=40), path)
        return path.read_bytes()


SMALL_FILE = _a_small_file()


def test_a_local_coordinate_system_that_lies_nowhere_on_the_earth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.tif"
    nowhere = 'LOCAL_CS["site grid",UNIT["metre",1]]'
    profile = {"driver": "GTiff", "width": 4, "height": 4, "count": 1, "dtype": "float32", "crs": nowhere}
    with rasterio.open(path, "w", **profile, transform=rasterio.Affine(10, 0, 0, 0, -10, 40)) as target:
        target.write(np.zeros((1, 4, 4), dtype=np.float32))
    with pytest.raises(BadInputError) as refused:
        read_cog(path)
    assert refused.value.cure is not None


# rasterio's own log callback cannot decode GDAL's words about a damaged name; the read itself still ends as it should.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. 'rasterio._env.log_error':pytest.PytestUnraisableExceptionWarning"
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), min_size=1, max_size=8),
    st.none() | st.integers(0, len(SMALL_FILE)),
)
def test_broken_files_raise_only_bad_input(tmp_path: Path, edits: list[tuple[int, int]], cut: int | None) -> None:
    content = bytearray(SMALL_FILE)
    for at, value in edits:
        content[at] = value
    path = tmp_path / "terrain.tif"
    path.write_bytes(bytes(content[:cut]))
    with contextlib.suppress(BadInputError):
        assert read_cog(path).heights_m.size >= 4
