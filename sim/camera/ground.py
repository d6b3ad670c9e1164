"""The ground a camera looks at: heights, slopes and light at any place, smooth between grid points.

East-north metres of the terrain's frame. Outside the terrain the nearest edge goes on, since a picture must show
something there.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from missions.terrain.grid import Terrain

Floats = npt.NDArray[np.floating]
Grid = npt.NDArray[np.float32]

SUN = np.array([0.45, -0.55, 0.70])


@dataclass(frozen=True, slots=True)
class GroundModel:
    """Heights, slope in degrees and light (1 on the flat) of a terrain."""

    terrain: Terrain
    _heights_m: Grid = field(init=False, repr=False)
    _slope_deg: Grid = field(init=False, repr=False)
    _light: Grid = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out slope and light once; gaps in the data lie at the mean height."""
        heights = np.where(
            np.isfinite(self.terrain.heights_m), self.terrain.heights_m, np.nanmean(self.terrain.heights_m)
        ).astype(np.float32)
        north, east = np.gradient(heights, self.terrain.cell_m)
        steepness = np.sqrt(north**2 + east**2)
        sun = SUN / np.linalg.norm(SUN)
        light = (sun[2] - sun[0] * east - sun[1] * north) / np.sqrt(1.0 + steepness**2) / sun[2]
        object.__setattr__(self, "_heights_m", heights)
        object.__setattr__(self, "_slope_deg", np.degrees(np.arctan(steepness)).astype(np.float32))
        object.__setattr__(self, "_light", np.clip(light, 0.25, 1.5).astype(np.float32))

    def _sample(self, grid: Grid, east_m: Floats | float, north_m: Floats | float) -> Floats:
        terrain = self.terrain
        shape = np.shape(east_m)
        rows = (np.atleast_1d(np.asarray(north_m, dtype=np.float64)) - terrain.south_m) / terrain.cell_m
        columns = (np.atleast_1d(np.asarray(east_m, dtype=np.float64)) - terrain.west_m) / terrain.cell_m
        sampled = ndimage.map_coordinates(grid, [rows, columns], order=1, mode="nearest", output=np.float64)
        return np.asarray(sampled).reshape(shape)

    def height_m(self, east_m: Floats | float, north_m: Floats | float) -> Floats:
        """Return heights above mean sea level."""
        return self._sample(self._heights_m, east_m, north_m)

    def slope_deg(self, east_m: Floats | float, north_m: Floats | float) -> Floats:
        """Return how steep the ground is, degrees."""
        return self._sample(self._slope_deg, east_m, north_m)

    def light(self, east_m: Floats | float, north_m: Floats | float) -> Floats:
        """Return sunlight on the ground, 1 on the flat."""
        return self._sample(self._light, east_m, north_m)

    def hit(self, origin: Floats, directions: Floats, *, reach_m: float = 8000.0) -> tuple[Floats, Floats, Floats]:
        """Return east, north and distance where rays from `origin` meet the ground; distance is `reach_m` for the sky.

        `directions` has shape (…, 3). Marches in steps that grow with distance, then halves the last one.
        """
        clearance_m = max(1.0, float(origin[2] - self.height_m(origin[0], origin[1])))
        steps_m = np.geomspace(clearance_m * 0.4, reach_m, 72)
        near_m = np.zeros(directions.shape[:-1])
        far_m = np.full(directions.shape[:-1], reach_m)
        open_ray = np.ones(directions.shape[:-1], dtype=bool)
        for step_m in steps_m:
            below = open_ray & (self._above_m(origin, directions, step_m) < 0.0)
            far_m[below] = step_m
            open_ray &= ~below
            near_m[open_ray] = step_m
            if not open_ray.any():
                break
        for _ in range(9):
            middle_m = (near_m + far_m) / 2.0
            above = self._above_m(origin, directions, middle_m) > 0.0
            near_m = np.where(above, middle_m, near_m)
            far_m = np.where(above, far_m, middle_m)
        distance_m = np.where(open_ray, reach_m, (near_m + far_m) / 2.0)
        return (
            origin[0] + directions[..., 0] * distance_m,
            origin[1] + directions[..., 1] * distance_m,
            distance_m,
        )

    def _above_m(self, origin: Floats, directions: Floats, distance_m: Floats | float) -> Floats:
        east_m = origin[0] + directions[..., 0] * distance_m
        north_m = origin[1] + directions[..., 1] * distance_m
        return np.asarray(origin[2] + directions[..., 2] * distance_m - self.height_m(east_m, north_m))
