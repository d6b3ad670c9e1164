"""Terrain in memory: a square grid in metres east and north of an origin, heights in metres above mean sea level."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fleet.errors import InvalidValueError
from fleet.positions import FloatArray, LocalFrame, LonLat
from fleet.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """Heights at grid points.

    `heights_m[row, column]`, float32, row 0 in the south, column 0 in the west; point (0, 0) stands at
    `west_m`, `south_m` of `frame`. NaN is no data. Raises InvalidValueError for an empty grid or a cell ≤ 0 m.
    """

    frame: LocalFrame
    west_m: float
    south_m: float
    cell_m: float
    heights_m: npt.NDArray[np.float32]
    synthetic: bool
    source: Text
    _limits: tuple[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a grid that cannot be sampled."""
        rows, columns = self.heights_m.shape
        if self.cell_m <= 0.0 or rows < 2 or columns < 2:
            raise InvalidValueError(Text("標高データが空です", "the terrain grid is empty"))
        object.__setattr__(self, "_limits", (rows - 1, columns - 1))

    def elevation_m(self, lon_deg: FloatArray, lat_deg: FloatArray) -> FloatArray:
        """Return bilinear heights above mean sea level, shapes as given; NaN outside and where data is missing."""
        east_m, north_m = self.frame.to_local(lon_deg, lat_deg)
        return self.elevation_at_local_m(east_m, north_m)

    def elevation_at_local_m(self, east_m: FloatArray, north_m: FloatArray) -> FloatArray:
        """Return bilinear heights at metres east and north of the frame's origin, as `elevation_m` does."""
        column = (np.asarray(east_m, dtype=np.float64) - self.west_m) / self.cell_m
        row = (np.asarray(north_m, dtype=np.float64) - self.south_m) / self.cell_m
        last_row, last_column = self._limits
        inside = (row >= 0) & (column >= 0) & (row <= last_row) & (column <= last_column)
        row = np.where(inside, row, 0.0)
        column = np.where(inside, column, 0.0)
        r0 = np.minimum(row.astype(np.intp), last_row - 1)
        c0 = np.minimum(column.astype(np.intp), last_column - 1)
        fr = row - r0
        fc = column - c0
        h = self.heights_m
        south = h[r0, c0] * (1.0 - fc) + h[r0, c0 + 1] * fc
        north = h[r0 + 1, c0] * (1.0 - fc) + h[r0 + 1, c0 + 1] * fc
        return np.where(inside, south * (1.0 - fr) + north * fr, np.nan)

    def elevation_of(self, place: LonLat) -> float:
        """Return the height of one place above mean sea level; NaN outside."""
        return float(self.elevation_m(np.asarray(place.lon_deg), np.asarray(place.lat_deg)))

    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees."""
        rows, columns = self.heights_m.shape
        lon, lat = self.frame.to_lon_lat(
            np.array([self.west_m, self.west_m + (columns - 1) * self.cell_m]),
            np.array([self.south_m, self.south_m + (rows - 1) * self.cell_m]),
        )
        return float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1])
