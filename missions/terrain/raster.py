"""A raster of heights in any map projection, and its way into a local grid and back."""

from dataclasses import dataclass

import numpy as np
from affine import Affine
from pyproj import CRS, Transformer
from scipy import ndimage

from fleet.positions import FloatArray
from missions.terrain.local_grid import LocalGrid
from missions.terrain.resampling import Float32Array
from missions.terrain.spline import sample_smoothly

WGS84 = CRS.from_epsg(4326)
# Projections bend so little that exact positions every so many points and straight lines between them are
# good to a millimetre.
_EXACT_EVERY = 16
_RIM_CELLS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """Heights in metres, row 0 first in the file; `transform` maps (column, row) of a pixel's corner to `crs`."""

    heights_m: Float32Array
    transform: Affine
    crs: CRS

    def bounds_deg(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north of the pixels' centres in degrees."""
        rows, columns = self.heights_m.shape
        edge = np.linspace(0.0, 1.0, 21)
        zero = np.zeros_like(edge)
        column = np.concatenate([edge, edge, zero, zero + 1.0]) * (columns - 1) + 0.5
        row = np.concatenate([zero, zero + 1.0, edge, edge]) * (rows - 1) + 0.5
        t = self.transform
        x, y = t.a * column + t.b * row + t.c, t.d * column + t.e * row + t.f
        lon, lat = Transformer.from_crs(self.crs, WGS84, always_xy=True).transform(x, y)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _spread(exact: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Return values at every point of those at every `_EXACT_EVERY`th."""
    row, column = (np.arange(count) / _EXACT_EVERY for count in shape)
    r0, c0 = row.astype(np.intp), column.astype(np.intp)
    fr, fc = (row - r0)[:, None], column - c0
    along = exact[:, c0] * (1.0 - fc) + exact[:, c0 + 1] * fc
    return np.asarray(along[r0] * (1.0 - fr) + along[r0 + 1] * fr)


def _lattice(shape: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    rows, columns = (np.arange(count // _EXACT_EVERY + 2) * float(_EXACT_EVERY) for count in shape)
    row, column = np.meshgrid(rows, columns, indexing="ij")
    return row, column


def _averaged(heights_m: Float32Array, width: int) -> Float32Array:
    """Return the mean over `width` × `width` pixels, of those that are known."""
    known = np.isfinite(heights_m)
    total = ndimage.uniform_filter(np.where(known, heights_m, 0.0).astype(np.float64), width, mode="nearest")
    share = ndimage.uniform_filter(known.astype(np.float64), width, mode="nearest")
    return np.where(known, total / np.maximum(share, 1e-9), np.nan).astype(np.float32)


def into_grid(raster: Raster, grid: LocalGrid) -> Float32Array:
    """Return the raster's heights at the points of a local grid, shape (rows, columns); NaN where it has none."""
    shape = (grid.rows, grid.columns)
    row, column = _lattice(shape)
    lon, lat = grid.frame.to_lon_lat(grid.west_m + column * grid.cell_m, grid.south_m + row * grid.cell_m)
    x, y = Transformer.from_crs(WGS84, raster.crs, always_xy=True).transform(lon, lat)
    inverse = ~raster.transform
    pixel_column = inverse.a * x + inverse.b * y + inverse.c - 0.5
    pixel_row = inverse.d * x + inverse.e * y + inverse.f - 0.5
    heights_m = raster.heights_m
    finer = int(np.median(np.abs(np.diff(pixel_row, axis=0))) / _EXACT_EVERY) if len(pixel_row) > 1 else 1
    if finer > 1:
        heights_m = _averaged(heights_m, finer)
    return sample_smoothly(heights_m, _spread(pixel_row, shape), _spread(pixel_column, shape))


def from_grid(heights_m: Float32Array, grid: LocalGrid, crs: CRS) -> Raster:
    """Return the heights of a local grid as a raster in `crs` with the same cell; NaN some cells outside it."""
    edge_row, edge_column = np.array([0.0, grid.rows - 1.0]), np.array([0.0, grid.columns - 1.0])
    along = np.linspace(0.0, 1.0, 21)
    row = np.concatenate([np.full(21, edge) for edge in edge_row] + [along * (grid.rows - 1)] * 2)
    column = np.concatenate([along * (grid.columns - 1)] * 2 + [np.full(21, edge) for edge in edge_column])
    lon, lat = grid.frame.to_lon_lat(grid.west_m + column * grid.cell_m, grid.south_m + row * grid.cell_m)
    x, y = Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat)
    cell_m = grid.cell_m
    west, south = (np.floor(float(part.min()) / cell_m - _RIM_CELLS) * cell_m for part in (x, y))
    east, north = (np.ceil(float(part.max()) / cell_m + _RIM_CELLS) * cell_m for part in (x, y))
    shape = (round((north - south) / cell_m) + 1, round((east - west) / cell_m) + 1)
    pixel_row, pixel_column = _lattice(shape)
    lon, lat = Transformer.from_crs(crs, WGS84, always_xy=True).transform(
        west + pixel_column * cell_m, north - pixel_row * cell_m
    )
    east_m, north_m = grid.frame.to_local(lon, lat)
    at_row, at_column = (
        _spread((north_m - grid.south_m) / cell_m, shape),
        _spread((east_m - grid.west_m) / cell_m, shape),
    )
    # The land is carried on a little beyond the grid, so that splines on the way back see no edge.
    pad = min(_RIM_CELLS + 2, grid.rows - 1, grid.columns - 1)
    padded = np.pad(heights_m, pad, mode="reflect", reflect_type="odd")
    values = sample_smoothly(padded, at_row + pad, at_column + pad)
    outside_row = (at_row < -_RIM_CELLS) | (at_row > grid.rows - 1 + _RIM_CELLS)
    values[outside_row | (at_column < -_RIM_CELLS) | (at_column > grid.columns - 1 + _RIM_CELLS)] = np.nan
    transform = Affine(cell_m, 0.0, west - cell_m / 2.0, 0.0, -cell_m, north + cell_m / 2.0)
    return Raster(heights_m=values, transform=transform, crs=crs)
