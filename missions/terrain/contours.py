"""Contour lines of one map tile, drawn in the tile's own coordinates so that neighbours join."""

from collections.abc import Iterator

import numpy as np
from contourpy import LineType, contour_generator
from mapbox_vector_tile import encode
from shapely.geometry import LineString

from fleet.positions import FloatArray
from missions.terrain.grid import Terrain
from missions.terrain.resampling import Float32Array, interpolate, window_of
from missions.terrain.web_mercator import Tile

EXTENT = 4096
INDEX_EVERY = 5
_LATTICE = 128
_MARGIN = 3
_TOLERANCE = 5.0
# Lines shorter than this many tile units are specks at low zooms.
_SHORTEST = 60.0


def interval_m(z: int) -> float:
    """Return the height between lines at a zoom."""
    if z >= 15:
        return 10.0
    if z >= 13:
        return 20.0
    return 50.0 if z == 12 else 100.0


def contour_layer(terrain: Terrain, tile: Tile) -> bytes:
    """Return the encoded tile, empty where no line passes."""
    step = np.arange(-_MARGIN, _LATTICE + _MARGIN + 1)
    share = step / _LATTICE
    spacing_m = tile.width_m() / _LATTICE
    window = window_of(terrain, tile.longitudes(share), tile.latitudes(share), spacing_m)
    if window is None:
        return b""
    heights_m = interpolate(window.heights_m, window.row, window.column)
    if not np.isfinite(heights_m).any():
        return b""
    every_m = interval_m(tile.z)
    features = [
        {
            "geometry": line,
            "properties": {"ele": round(level_m), "index": round(level_m / every_m) % INDEX_EVERY == 0},
        }
        for level_m, line in _lines(heights_m, share * EXTENT, every_m)
    ]
    if not features:
        return b""
    encoded: bytes = encode(
        [{"name": "contour", "features": features}], default_options={"extents": EXTENT, "y_coord_down": True}
    )
    return encoded


def _lines(heights_m: Float32Array, at: FloatArray, every_m: float) -> Iterator[tuple[float, LineString]]:
    generator = contour_generator(at, at, np.ma.masked_invalid(heights_m), line_type=LineType.Separate)
    low = int(np.ceil(np.nanmin(heights_m) / every_m))
    high = int(np.floor(np.nanmax(heights_m) / every_m))
    for number in range(low, high + 1):
        level_m = number * every_m
        for points in generator.lines(level_m):
            line = LineString(np.round(np.asarray(points, dtype=np.float64))).simplify(_TOLERANCE)
            if isinstance(line, LineString) and line.length >= _SHORTEST:
                yield level_m, line
