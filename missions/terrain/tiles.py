"""Map tiles of the terrain: relief as PNG pictures, contours as Mapbox vector tiles; no files, no cache.

A tile takes some ten milliseconds; zoomed-out tiles are drawn from averaged heights.
"""

import io

import numpy as np
from PIL import Image

from missions.terrain.contours import contour_layer
from missions.terrain.grid import Terrain
from missions.terrain.relief import colour, shade
from missions.terrain.resampling import interpolate, window_of
from missions.terrain.web_mercator import Tile

_SAMPLES_FOR_RANGE = 200


def relief_png(terrain: Terrain, z: int, x: int, y: int, size_px: int = 256) -> bytes:
    """Return a shaded relief as an RGBA PNG of `size_px` × `size_px`, transparent where there is no height.

    Raises InvalidValueError where z, x, y are no tile.
    """
    tile = Tile(z=z, x=x, y=y)
    share = (np.arange(size_px) + 0.5) / size_px
    pixel_m = tile.width_m() / size_px
    window = window_of(terrain, tile.longitudes(share), tile.latitudes(share), pixel_m)
    if window is None:
        return _png(np.zeros((size_px, size_px, 4), dtype=np.uint8))
    lit = shade(window.heights_m, window.cell_m, _exaggeration(pixel_m))
    heights_m = interpolate(window.heights_m, window.row, window.column)
    pixels = colour(heights_m, interpolate(lit, window.row, window.column), height_range_m(terrain))
    return _png(pixels)


def contour_mvt(terrain: Terrain, z: int, x: int, y: int) -> bytes:
    """Return contour lines as a vector tile: layer `contour`, properties `ele` (m) and `index` (each fifth line).

    Empty bytes where there is none. Raises InvalidValueError where z, x, y are no tile.
    """
    return contour_layer(terrain, Tile(z=z, x=x, y=y))


def height_range_m(terrain: Terrain) -> tuple[float, float]:
    """Return heights between which nearly all of the ground lies, the same for every tile of a terrain."""
    step = [max(count // _SAMPLES_FOR_RANGE, 1) for count in terrain.heights_m.shape]
    sample = terrain.heights_m[:: step[0], :: step[1]]
    known = sample[np.isfinite(sample)]
    if known.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(known, [0.5, 99.5])
    return float(low), float(high)


def _exaggeration(pixel_m: float) -> float:
    """Return by how much slopes are steepened: far out, averaging has flattened them."""
    return float(np.clip(1.15 + 0.25 * np.log2(max(pixel_m, 1.0) / 4.0), 1.15, 2.0))


def _png(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG", compress_level=4)
    return stream.getvalue()
