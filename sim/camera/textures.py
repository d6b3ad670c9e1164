"""Surfaces seen from above, as tiles that repeat without a seam: forest canopy, grass and rubble. Seeded.

Tiles are square; `TILE_M` metres a side at `TEXEL_M` metres a texel; colours are 0–255, noise −1…1, both float32.
"""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Tile = npt.NDArray[np.float32]

TILE_PX = 1024
TEXEL_M = 0.25
TILE_M = TILE_PX * TEXEL_M


def smooth_noise(seed: int, sigma_px: float) -> Tile:
    """Return seamless noise of one grain size, standard deviation 1."""
    random = np.random.default_rng(seed)
    raw = random.standard_normal((TILE_PX, TILE_PX)).astype(np.float32)
    smooth = ndimage.gaussian_filter(raw, sigma_px, mode="wrap")
    return np.asarray(smooth / smooth.std(), dtype=np.float32)


def canopy(seed: int, *, spacing_m: float, roundness: float, colours: npt.NDArray[np.float64]) -> Tile:
    """Return a forest from above: lit crowns on a jittered grid, shape (1024, 1024, 3).

    `roundness` 0 gives the cones of cedar, 1 the domes of broadleaf; `colours` are rows of red, green, blue to mix.
    """
    random = np.random.default_rng(seed)
    cells = round(TILE_M / spacing_m)
    size_px = TILE_PX / cells
    offset = random.uniform(0.1, 0.9, (2, cells, cells))
    radius = random.uniform(0.62, 0.98, (cells, cells))
    tall = random.uniform(0.72, 1.0, (cells, cells))
    y, x = np.mgrid[0:TILE_PX, 0:TILE_PX].astype(np.float32) / np.float32(size_px)
    row, column = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    height = np.zeros((TILE_PX, TILE_PX), dtype=np.float32)
    owner = np.zeros((TILE_PX, TILE_PX), dtype=np.intp)
    for step_row in (-1, 0, 1):
        for step_column in (-1, 0, 1):
            r, c = (row + step_row) % cells, (column + step_column) % cells
            distance = np.hypot(y - (row + step_row) - offset[0][r, c], x - (column + step_column) - offset[1][r, c])
            share = np.clip(1.0 - distance / radius[r, c], 0.0, 1.0)
            crown = tall[r, c] * ((1.0 - roundness) * share + roundness * np.sqrt(share))
            higher = crown > height
            height = np.where(higher, crown, height).astype(np.float32)
            owner = np.where(higher, r * cells + c, owner)
    return _lit(height, owner, random, cells, colours, spacing_m)


def _lit(
    height: Tile,
    owner: npt.NDArray[np.intp],
    random: np.random.Generator,
    cells: int,
    colours: npt.NDArray[np.float64],
    spacing_m: float,
) -> Tile:
    leaves = random.standard_normal(height.shape).astype(np.float32)
    leaves = ndimage.gaussian_filter(leaves, 0.9, mode="wrap")
    surface = height * spacing_m * 0.9 + leaves * 0.25
    north = np.roll(surface, 1, axis=0) - np.roll(surface, -1, axis=0)
    east = np.roll(surface, -1, axis=1) - np.roll(surface, 1, axis=1)
    light = (0.70 - 0.45 * east + 0.55 * north) / np.sqrt(1.0 + east**2 + north**2)
    gap = np.clip(height * 2.2, 0.0, 1.0)
    shade = (0.30 + 0.75 * np.clip(light, 0.0, 1.2)) * (0.30 + 0.70 * gap)
    mix = random.dirichlet(np.full(len(colours), 0.7), cells * cells) @ colours
    mix *= random.uniform(0.82, 1.14, (cells * cells, 1))
    return np.asarray(mix[owner] * shade[..., None], dtype=np.float32)


def take(tile: Tile, east_m: npt.NDArray[np.floating], north_m: npt.NDArray[np.floating], scale: float = 1.0) -> Tile:
    """Return the tile at places on the ground, nearest texel; `scale` 2 shows it twice as large. North is up."""
    column = np.floor(east_m / (TEXEL_M * scale)).astype(np.int64) % TILE_PX
    row = np.floor(-north_m / (TEXEL_M * scale)).astype(np.int64) % TILE_PX
    flat = tile.reshape(TILE_PX * TILE_PX, -1)
    found = flat.take(row * TILE_PX + column, axis=0)
    return np.asarray(found if tile.ndim == 3 else found[..., 0], dtype=np.float32)
