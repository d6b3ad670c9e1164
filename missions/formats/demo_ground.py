"""Made-up ground while it is made: heights, level pads, and looking along a line.

Points are (east, north) in metres from the south-west corner of the grid.
"""

import numpy as np
import numpy.typing as npt

from fleet.positions import FloatArray
from missions.terrain.synthetic import Extent

Point = tuple[float, float]


def distance_between_m(a: Point, b: Point) -> float:
    """Return the metres between two points."""
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


class Ground:
    """Heights that can be levelled. Row 0 is south."""

    def __init__(self, extent: Extent, heights_m: npt.NDArray[np.float32]) -> None:
        self.extent = extent
        self.heights_m = heights_m.copy()

    def height_m(self, at: Point) -> float:
        """Return the height of the nearest grid point."""
        cell_m = self.extent.cell_m
        return float(self.heights_m[round(at[1] / cell_m), round(at[0] / cell_m)])

    def heights_along_m(self, start: Point, end: Point) -> FloatArray:
        """Return the heights on the straight line, one a cell."""
        count = max(int(distance_between_m(start, end) / self.extent.cell_m), 2)
        column, row = (
            np.round(np.linspace(start[axis], end[axis], count) / self.extent.cell_m).astype(np.intp) for axis in (0, 1)
        )
        return self.heights_m[row, column].astype(np.float64)

    def is_inside(self, at: Point, margin_m: float) -> bool:
        """Return whether a point keeps `margin_m` from the edges of the grid."""
        return (
            margin_m <= at[0] <= self.extent.east_m - margin_m and margin_m <= at[1] <= self.extent.north_m - margin_m
        )

    def level(self, at: Point, radius_m: float) -> None:
        """Make a level pad: flat within `radius_m` (at least a cell), joined to the slope by twice as far."""
        cell_m = self.extent.cell_m
        radius_m = max(radius_m, cell_m)
        reach = int(2.0 * radius_m / cell_m) + 2
        row, column = round(at[1] / cell_m), round(at[0] / cell_m)
        window = (slice(max(row - reach, 0), row + reach + 1), slice(max(column - reach, 0), column + reach + 1))
        rows, columns = np.mgrid[window]
        away_m = np.hypot(columns * cell_m - at[0], rows * cell_m - at[1])
        here = self.heights_m[window]
        pad_m = np.median(here[away_m <= radius_m])
        t = np.clip((away_m - radius_m) / radius_m, 0.0, 1.0)
        self.heights_m[window] = pad_m + (here - pad_m) * (t * t * (3.0 - 2.0 * t))
