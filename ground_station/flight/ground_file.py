"""The town's heights in one prepared file, for answering an aircraft's terrain requests without loading any map.

The file: a magic line, one line of JSON (frame, south-west corner, cell, rows, columns, synthetic, source), padding to
4,096 bytes, then heights as little-endian float32, row 0 in the south. It is memory-mapped. A file that is not there
yet, or is replaced, is noticed within some seconds.
"""

import os
from pathlib import Path

import msgspec
import numpy as np

from fleet.clock import Clock
from fleet.errors import FleetError, InvalidValueError
from fleet.positions import FloatArray, LocalFrame
from fleet.text import Text
from missions.terrain.grid import Terrain

NAME = "terrain.grid"
"""The name of the file in the station's folder."""
_MAGIC = b"kakehashi-terrain-1\n"
_HEADER_BYTES = 4096
_LOOK_EVERY_S = 3.0


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    lon_deg: float
    lat_deg: float
    west_m: float
    south_m: float
    cell_m: float
    rows: int
    columns: int
    synthetic: bool
    source: Text


def write_ground(path: Path, terrain: Terrain) -> bool:
    """Prepare the file; return whether it had to be written. It is replaced whole; raises OSError."""
    rows, columns = terrain.heights_m.shape
    header = _Header(
        lon_deg=terrain.frame.lon_deg,
        lat_deg=terrain.frame.lat_deg,
        west_m=terrain.west_m,
        south_m=terrain.south_m,
        cell_m=terrain.cell_m,
        rows=rows,
        columns=columns,
        synthetic=terrain.synthetic,
        source=terrain.source,
    )
    head = (_MAGIC + msgspec.json.encode(header) + b"\n").ljust(_HEADER_BYTES, b"\0")
    content = head + np.ascontiguousarray(terrain.heights_m, dtype="<f4").tobytes()
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return True


def read_ground(path: Path) -> Terrain:
    """Return the heights of the file, mapped; raises OSError if it is not there, InvalidValueError if it is none."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    if not head.startswith(_MAGIC):
        raise _unreadable(path)
    try:
        header = msgspec.json.decode(head[len(_MAGIC) :].split(b"\n", 1)[0], type=_Header)
        heights_m = np.memmap(path, dtype="<f4", mode="r", offset=_HEADER_BYTES, shape=(header.rows, header.columns))
    except (msgspec.MsgspecError, ValueError) as error:
        raise _unreadable(path) from error
    return Terrain(
        frame=LocalFrame(lon_deg=header.lon_deg, lat_deg=header.lat_deg),
        west_m=header.west_m,
        south_m=header.south_m,
        cell_m=header.cell_m,
        heights_m=heights_m,
        synthetic=header.synthetic,
        source=header.source,
    )


class GroundFile:
    """Heights from the prepared file as soon as it is there. `problem` says so where an aircraft asked in vain."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._terrain: Terrain | None = None
        self._mark: tuple[int, int] | None = None
        self._look_s = -_LOOK_EVERY_S
        self._asked_in_vain = False

    @property
    def problem(self) -> Text | None:
        """Return in words that an aircraft asked for heights that are not there, or None."""
        if not self._asked_in_vain or self._terrain is not None:
            return None
        return Text(
            "地形データの準備ができていないので、機体の地形の問い合わせに答えていません",
            "the terrain is not prepared, so the aircraft's questions about it stay unanswered",
        )

    def elevation_m(self, lon_deg: FloatArray, lat_deg: FloatArray) -> FloatArray:
        """Return heights above mean sea level, m; NaN where nothing is known."""
        self._look()
        if self._terrain is None:
            self._asked_in_vain = True
            return np.full(np.broadcast(lon_deg, lat_deg).shape, np.nan)
        return self._terrain.elevation_m(lon_deg, lat_deg)

    def _look(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._look_s < _LOOK_EVERY_S:
            return
        self._look_s = now_s
        try:
            found = self._path.stat()
            mark = (found.st_ino, found.st_mtime_ns)
            if mark != self._mark:
                self._terrain, self._mark = read_ground(self._path), mark
        except (OSError, FleetError):
            self._terrain, self._mark = None, None


def _unreadable(path: Path) -> InvalidValueError:
    return InvalidValueError(
        Text(f"地形の準備ファイル {path.name} が読めません", f"the prepared terrain {path.name} cannot be read"),
        Text("地上局を始め直すと作り直されます", "it is made anew when the station starts"),
    )
