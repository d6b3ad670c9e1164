"""Values of a raster between its points, by cubic splines: what resampling needs to keep heights within centimetres."""

import numpy as np
from scipy import ndimage

from fleet.positions import FloatArray
from missions.terrain.resampling import Float32Array

_KNOWN_SHARE = 0.5


def sample_smoothly(grid: Float32Array, row: FloatArray, column: FloatArray) -> Float32Array:
    """Return the values at fractional rows and columns, shapes as given.

    NaN where the grid has a gap, and further than half a cell outside it.
    """
    known = np.isfinite(grid)
    filled = grid
    if not known.all():
        if not known.any():
            return np.full(row.shape, np.nan, dtype=np.float32)
        nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
        filled = grid[nearest[0], nearest[1]]
    values = ndimage.map_coordinates(filled, [row, column], order=3, mode="nearest", output=np.float32)
    outside = (row < -0.5) | (column < -0.5) | (row > grid.shape[0] - 0.5) | (column > grid.shape[1] - 0.5)
    if not known.all():
        share = ndimage.map_coordinates(known.astype(np.float32), [row, column], order=1, mode="nearest")
        outside |= share < _KNOWN_SHARE
    values[outside] = np.nan
    return np.asarray(values, dtype=np.float32)
