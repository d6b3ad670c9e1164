"""The town's heights in one prepared file, for answering an aircraft's terrain requests without loading any map.

The file: a magic line, one line of JSON (frame, south-west corner, cell, rows, columns, synthetic, source), padding to
4,096 bytes, then heights as little-endian float32, row 0 in the south. It is read into memory whole, never mapped: a
mapped page that the disk does not give ends the process, and one that it gives late stops it. A file that is not there
yet, or is replaced, is noticed within some seconds while an aircraft asks.
"""

import contextlib
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from fleet import own_thread
from fleet.clock import Clock
from fleet.errors import FleetError, InvalidValueError
from fleet.positions import FloatArray, LocalFrame
from fleet.text import Text
from fleet.whole_file import write_whole
from missions.terrain.grid import Terrain

NAME = "terrain.grid"
"""The name of the file in the station's folder."""
_MAGIC = b"kakehashi-terrain-1\n"
_HEADER_BYTES = 4096
_LOOK_EVERY_S = 3.0
_TOLD_AFTER_S = 15.0
"""A station of which the desk has just begun prepares its file within seconds."""


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
    write_whole(path, content)
    return True


def read_ground(path: Path) -> Terrain:
    """Return the heights of the file, read into memory.

    Blocks. Raises OSError if it is not there, InvalidValueError if it is none, or is not as long as it says.
    """
    content = path.read_bytes()
    if not content.startswith(_MAGIC):
        raise _unreadable(path)
    try:
        header = msgspec.json.decode(content[len(_MAGIC) : _HEADER_BYTES].split(b"\n", 1)[0], type=_Header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise _unreadable(path) from error
    if min(header.rows, header.columns) < 1 or len(content) != _HEADER_BYTES + 4 * header.rows * header.columns:
        raise _unreadable(path)
    heights_m = np.frombuffer(content, dtype="<f4", offset=_HEADER_BYTES).reshape(header.rows, header.columns)
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
    """Heights from the prepared file as soon as it is there. `problem` says so where an aircraft asked in vain.

    A thread of its own looks for the file and reads it, one look at a time and none more often than every 3 s; who asks
    meanwhile is answered from what was read before.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._read: _Read = _NOTHING
        self._looking: Future[_Read] | None = None
        self._look_s = -_LOOK_EVERY_S
        self._looked = False
        self._in_vain_since_s: float | None = None

    @property
    def problem(self) -> Text | None:
        """Return in words that aircraft have asked for some time for heights that are not there, or None."""
        since_s = self._in_vain_since_s
        if since_s is None or self._read.terrain is not None or self._clock.monotonic_s() - since_s < _TOLD_AFTER_S:
            return None
        return Text(
            "地形データの準備ができていないので、機体の地形の問い合わせに答えていません",
            "the terrain is not prepared, so the aircraft's questions about it stay unanswered",
        )

    def elevation_m(self, lon_deg: FloatArray, lat_deg: FloatArray) -> FloatArray:
        """Return heights above mean sea level, m; NaN where nothing is known, or not yet. Never touches the disk."""
        self._look()
        terrain = self._read.terrain
        if terrain is None:
            if self._looked and self._in_vain_since_s is None:
                self._in_vain_since_s = self._clock.monotonic_s()
            return np.full(np.broadcast(lon_deg, lat_deg).shape, np.nan)
        self._in_vain_since_s = None
        return terrain.elevation_m(lon_deg, lat_deg)

    def _look(self) -> None:
        """Take what the last look found, and begin the next when it is time."""
        if self._looking is not None:
            if not self._looking.done():
                return
            if self._looking.exception() is None:
                self._read = self._looking.result()
            self._looking, self._looked = None, True
        now_s = self._clock.monotonic_s()
        if now_s - self._look_s < _LOOK_EVERY_S:
            return
        self._look_s = now_s
        with contextlib.suppress(OSError):  # no thread to be had: the next look tries again
            self._looking = own_thread.begin(partial(_look_again, self._path, self._read), name="terrain")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read, and by which mark of its file."""

    mark: tuple[int, int, int] | None
    terrain: Terrain | None


_NOTHING = _Read(mark=None, terrain=None)


def _look_again(path: Path, before: _Read) -> _Read:
    """Return what the file holds now; what was read before where it is the same one."""
    try:
        found = path.stat()
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        return before if mark == before.mark else _Read(mark=mark, terrain=read_ground(path))
    except (FileNotFoundError, FleetError):
        return _NOTHING
    except (OSError, MemoryError):  # heights of before are better than none
        return before


def _unreadable(path: Path) -> InvalidValueError:
    return InvalidValueError(
        Text(f"地形の準備ファイル {path.name} が読めません", f"the prepared terrain {path.name} cannot be read"),
        Text("地上局を始め直すと作り直されます", "it is made anew when the station starts"),
    )
