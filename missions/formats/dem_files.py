"""Elevation files of any kind that is read here, brought together in one local grid.

.tif GeoTIFF · .xml FG-GML · .hgt SRTM · .zip of either · .png GSI elevation tiles · a folder of them.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

import numpy as np

from fleet.positions import LonLat
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.fg_gml import read_fg_gml
from missions.formats.gsi_dem_png import read_gsi_dem_tiles
from missions.formats.hgt import read_hgt
from missions.terrain.cog import cell_of, read_raster
from missions.terrain.local_grid import LocalGrid
from missions.terrain.raster import Raster, into_grid
from missions.terrain.resampling import Float32Array

SUFFIXES = (".tif", ".tiff", ".xml", ".hgt", ".zip", ".png")
_LARGEST_ENTRY_BYTES = 64_000_000
_LARGEST_FILE_BYTES = 512_000_000
_MARGIN_CELLS = 2


def read_dem(paths: Sequence[Path]) -> list[Raster]:
    """Return the rasters of files and folders, the finest first. Raises BadInputError."""
    files = [file for path in paths for file in _files(path)]
    pictures = [file for file in files if file.suffix.lower() == ".png"]
    rasters = [raster for file in files if file not in pictures for raster in _rasters(file)]
    if pictures:
        rasters.append(read_gsi_dem_tiles(pictures))
    return sorted(rasters, key=cell_of)


def merge(rasters: Sequence[Raster], grid: LocalGrid) -> Float32Array:
    """Return the heights at a grid's points, from the first raster that knows each; NaN where none does."""
    heights_m = np.full((grid.rows, grid.columns), np.nan, dtype=np.float32)
    for raster in rasters:
        window = _overlap(raster, grid)
        if window is None:
            continue
        rows, columns = window
        part = replace(
            grid,
            west_m=grid.west_m + columns.start * grid.cell_m,
            south_m=grid.south_m + rows.start * grid.cell_m,
            rows=rows.stop - rows.start,
            columns=columns.stop - columns.start,
        )
        known = heights_m[rows, columns]
        heights_m[rows, columns] = np.where(np.isfinite(known), known, into_grid(raster, part))
    return heights_m


def _overlap(raster: Raster, grid: LocalGrid) -> tuple[slice, slice] | None:
    west, south, east, north = raster.bounds_deg()
    spans = []
    low = grid.frame.local_of(LonLat(lon_deg=west, lat_deg=south))
    high = grid.frame.local_of(LonLat(lon_deg=east, lat_deg=north))
    for axis, origin_m, count in ((1, grid.south_m, grid.rows), (0, grid.west_m, grid.columns)):
        first = max(int((low[axis] - origin_m) // grid.cell_m) - _MARGIN_CELLS, 0)
        last = min(int((high[axis] - origin_m) // grid.cell_m) + 2 + _MARGIN_CELLS, count)
        if last - first < 2:
            return None
        spans.append(slice(first, last))
    return spans[0], spans[1]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in SUFFIXES)
        if not found:
            what = Text("標高ファイルが見つかりません", "holds no elevation files")
            raise bad_input(path.name, what, Text(f"対応: {' '.join(SUFFIXES)}", f"readable: {' '.join(SUFFIXES)}"))
        return found
    if not path.is_file():
        raise bad_input(
            path.name,
            Text("ファイルがありません", "the file is missing"),
            Text("場所を確かめてください", "check its path"),
        )
    if path.suffix.lower() not in SUFFIXES:
        what = Text(f"{path.suffix} は標高として読めません", f"{path.suffix} is not read as elevation")
        raise bad_input(path.name, what, Text(f"対応: {' '.join(SUFFIXES)}", f"readable: {' '.join(SUFFIXES)}"))
    return [path]


def _rasters(file: Path) -> Iterator[Raster]:
    suffix = file.suffix.lower()
    if suffix in (".tif", ".tiff"):
        yield read_raster(file)
        return
    if file.stat().st_size > _LARGEST_FILE_BYTES:
        what = Text("大きすぎます（512 MB まで）", "is too large (at most 512 MB)")
        raise bad_input(file.name, what, Text("町の範囲だけにしてください", "give only what covers the town"))
    if suffix == ".xml":
        yield read_fg_gml(file.read_bytes(), file.name)
    elif suffix == ".hgt":
        yield read_hgt(file.read_bytes(), file.name)
    else:
        yield from _zipped(file.read_bytes(), file.name)


def _zipped(data: bytes, name: str) -> Iterator[Raster]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [
                entry for entry in archive.infolist() if PurePath(entry.filename).suffix.lower() in (".xml", ".hgt")
            ]
            if not entries:
                what = Text("zip の中に .xml も .hgt もありません", "the zip holds neither .xml nor .hgt")
                raise bad_input(name, what, Text("標高の zip を用意してください", "provide a zip of elevation files"))
            for entry in entries:
                inner = f"{name}:{PurePath(entry.filename).name}"
                if entry.file_size > _LARGEST_ENTRY_BYTES:
                    what = Text("中身が大きすぎます", "what is inside is too large")
                    raise bad_input(inner, what, Text("64 MB までです", "at most 64 MB is read"))
                content = archive.read(entry)
                yield read_hgt(content, inner) if inner.lower().endswith(".hgt") else read_fg_gml(content, inner)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        what = Text("zip として読めません", f"cannot be read as a zip ({error})")
        raise bad_input(name, what, Text("取り直してください", "fetch it anew")) from error
