"""Small terrains whose heights are known by a formula."""

import numpy as np

from fleet.positions import FloatArray, LocalFrame
from fleet.text import Text
from missions.terrain.grid import Terrain

FRAME = LocalFrame(lon_deg=133.25, lat_deg=34.75)


def terrain_of(heights_m: FloatArray, cell_m: float = 10.0) -> Terrain:
    rows, columns = heights_m.shape
    return Terrain(
        frame=FRAME,
        west_m=-(columns - 1) * cell_m / 2.0,
        south_m=-(rows - 1) * cell_m / 2.0,
        cell_m=cell_m,
        heights_m=heights_m.astype(np.float32),
        synthetic=True,
        source=Text("試験", "test"),
    )


def plane(east_slope: float, north_slope: float, side: int = 201, cell_m: float = 10.0) -> Terrain:
    """Heights 500 m in the middle, rising by the slopes."""
    at = (np.arange(side) - (side - 1) / 2.0) * cell_m
    return terrain_of(500.0 + east_slope * at[None, :] + north_slope * at[:, None], cell_m)


def hills(side: int = 301, cell_m: float = 10.0) -> Terrain:
    """Smooth hills of 150 m, some 800 m apart."""
    at = np.arange(side) * cell_m
    return terrain_of(500.0 + 75.0 * np.sin(at / 130.0)[None, :] + 75.0 * np.cos(at / 170.0)[:, None], cell_m)
