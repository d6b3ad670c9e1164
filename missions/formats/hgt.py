"""SRTM heights: `S36E149.hgt`, big-endian 16-bit metres, square, row 0 in the north, named by its south-west corner.

Also inside a zip. The outermost rows and columns stand on whole degrees; −32768 is no data.
"""

import io
import math
import re
import zipfile
import zlib
from pathlib import PurePath

import numpy as np
from affine import Affine
from pyproj import CRS

from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.terrain.raster import Raster

SIDES = (1201, 3601)
_VOID = -32768
_LARGEST_BYTES = 2 * max(SIDES) ** 2
_NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
_CURE = Text(
    "N34E133.hgt のような名前の、1201×1201 か 3601×3601 点の SRTM を用意してください",
    "provide an SRTM file of 1201 × 1201 or 3601 × 3601 points named like N34E133.hgt",
)


def read_hgt(data: bytes, name: str) -> Raster:
    """Return the heights of an .hgt file, or of the one inside a zip. `name` tells the corner. Raises BadInputError."""
    if data[:2] == b"PK":
        data, name = _unzipped(data, name)
    found = _NAME.search(PurePath(name).name)
    if found is None:
        what = Text("ファイル名から場所がわかりません", "the name does not tell where it is")
        raise bad_input(name, what, _CURE)
    side = math.isqrt(len(data) // 2)
    if side not in SIDES or side * side * 2 != len(data):
        what = Text(f"大きさが違います（{len(data)} バイト）", f"has a wrong size ({len(data)} bytes)")
        raise bad_input(name, what, _CURE)
    south_deg = int(found[2]) * (1 if found[1].upper() == "N" else -1)
    west_deg = int(found[4]) * (1 if found[3].upper() == "E" else -1)
    if not (-90 <= south_deg < 90 and -180 <= west_deg < 180):
        raise bad_input(name, Text("そのような場所はありません", "there is no such place"), _CURE)
    values = np.frombuffer(data, dtype=">i2").reshape(side, side)
    heights_m = np.where(values == _VOID, np.nan, values).astype(np.float32)
    step = 1.0 / (side - 1)
    transform = Affine(step, 0.0, west_deg - step / 2.0, 0.0, -step, south_deg + 1.0 + step / 2.0)
    return Raster(heights_m=heights_m, transform=transform, crs=CRS.from_epsg(4326))


def _unzipped(data: bytes, name: str) -> tuple[bytes, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".hgt")]
            if len(inside) != 1:
                what = Text(f".hgt が {len(inside)} 個入っています", f"holds {len(inside)} .hgt files")
                raise bad_input(name, what, Text("一つだけ入れてください", "put one into it"))
            if inside[0].file_size > _LARGEST_BYTES:
                raise bad_input(name, Text("中身が大きすぎます", "what is inside is too large"), _CURE)
            with archive.open(inside[0]) as entry:
                return entry.read(_LARGEST_BYTES + 1), inside[0].filename
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise bad_input(name, Text("zip として読めません", f"cannot be read as a zip ({error})"), _CURE) from error
