"""Where the points of a terrain grid stand, without the heights."""

import math
from dataclasses import dataclass

from fleet.errors import InvalidValueError
from fleet.positions import LocalFrame, LonLat
from fleet.text import Text
from missions.terrain.grid import Terrain

_MOST_POINTS = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalGrid:
    """A grid of `rows` × `columns` points, `cell_m` apart, the south-west one at `west_m`, `south_m` of the frame.

    Raises InvalidValueError for a cell that is not above 0, fewer than 2 × 2 points or more than 60 million.
    """

    lon_deg: float
    lat_deg: float
    west_m: float
    south_m: float
    cell_m: float
    rows: int
    columns: int

    def __post_init__(self) -> None:
        """Refuse a grid that cannot hold heights."""
        numbers = (self.lon_deg, self.lat_deg, self.west_m, self.south_m, self.cell_m)
        if not all(math.isfinite(number) for number in numbers) or self.cell_m <= 0.0:
            raise InvalidValueError(
                Text(f"格子の間隔 {self.cell_m} m は使えません", f"a grid cell of {self.cell_m} m cannot be used"),
                Text("0 より大きい間隔（例: 10 m）にしてください", "use a cell above 0 m, such as 10 m"),
            )
        if self.rows < 2 or self.columns < 2 or self.rows * self.columns > _MOST_POINTS:
            raise InvalidValueError(
                Text(
                    f"格子 {self.rows} × {self.columns} 点は使えません",
                    f"a grid of {self.rows} × {self.columns} points cannot be used",
                ),
                Text(
                    f"2 × 2 点以上、{_MOST_POINTS // 1_000_000} 百万点以下になるよう、間隔か範囲を変えてください",
                    f"change the cell or the area to have 4 to {_MOST_POINTS // 1_000_000} million points",
                ),
            )

    @property
    def frame(self) -> LocalFrame:
        """Return the frame of the grid."""
        return LocalFrame(lon_deg=self.lon_deg, lat_deg=self.lat_deg)


def grid_of(terrain: Terrain) -> LocalGrid:
    """Return the grid of a terrain."""
    rows, columns = terrain.heights_m.shape
    return LocalGrid(
        lon_deg=terrain.frame.lon_deg,
        lat_deg=terrain.frame.lat_deg,
        west_m=terrain.west_m,
        south_m=terrain.south_m,
        cell_m=terrain.cell_m,
        rows=rows,
        columns=columns,
    )


def grid_over(bounds: tuple[float, float, float, float], cell_m: float) -> LocalGrid:
    """Return the grid round the middle of `bounds` (west, south, east, north in degrees) that covers them."""
    west, south, east, north = bounds
    origin = LonLat(lon_deg=round((west + east) / 2.0, 6), lat_deg=round((south + north) / 2.0, 6))
    frame = LocalFrame(lon_deg=origin.lon_deg, lat_deg=origin.lat_deg)
    east_m, north_m = frame.local_of(LonLat(lon_deg=east, lat_deg=north))
    west_m, south_m = frame.local_of(LonLat(lon_deg=west, lat_deg=south))
    if not cell_m > 0.0:
        return LocalGrid(lon_deg=0.0, lat_deg=0.0, west_m=0.0, south_m=0.0, cell_m=cell_m, rows=0, columns=0)
    low_east, low_north = math.floor(west_m / cell_m), math.floor(south_m / cell_m)
    return LocalGrid(
        lon_deg=origin.lon_deg,
        lat_deg=origin.lat_deg,
        west_m=low_east * cell_m,
        south_m=low_north * cell_m,
        cell_m=cell_m,
        rows=math.ceil(north_m / cell_m) - low_north + 1,
        columns=math.ceil(east_m / cell_m) - low_east + 1,
    )
