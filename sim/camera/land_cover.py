"""Colours of the ground by its slope: forest on the hillsides, grass at its edge, fields on the flat. Seeded."""

import numpy as np
import numpy.typing as npt

from sim.camera.textures import Tile, canopy, smooth_noise, take

Floats = npt.NDArray[np.floating]

_CEDAR = np.array([[46.0, 72.0, 44.0], [38.0, 64.0, 42.0], [56.0, 80.0, 46.0]])
_BROADLEAF = np.array([[82.0, 108.0, 52.0], [66.0, 98.0, 50.0], [104.0, 122.0, 62.0], [58.0, 88.0, 46.0]])
_CROPS = np.array(
    [
        [112.0, 132.0, 72.0],
        [104.0, 126.0, 68.0],
        [120.0, 138.0, 80.0],
        [108.0, 130.0, 70.0],
        [128.0, 136.0, 86.0],
        [136.0, 120.0, 92.0],
        [98.0, 116.0, 66.0],
        [124.0, 130.0, 90.0],
        [114.0, 134.0, 76.0],
        [142.0, 136.0, 104.0],
        [106.0, 124.0, 74.0],
    ],
    dtype=np.float32,
)
_GRASS = np.array([112.0, 122.0, 76.0], dtype=np.float32)
_BANK = np.array([128.0, 132.0, 90.0], dtype=np.float32)
_PARCEL_M = (34.0, 15.0)


def smooth_step(value: Floats, low: float, high: float) -> Floats:
    """Return 0 below `low`, 1 above `high`, and smoothly between; also with `low` above `high`."""
    share = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))


def _hash(a: Floats, b: Floats) -> npt.NDArray[np.int64]:
    """Return a non-negative number that mixes two whole ones well, so that neighbours differ without a pattern."""
    mixed = (a.astype(np.int64) * 374_761_393 + b.astype(np.int64) * 668_265_263) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1_274_126_177) & 0xFFFFFFFF
    return np.asarray(mixed ^ (mixed >> 16), dtype=np.int64)


class LandCover:
    """The ground's own colours at any place, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._cedar = canopy(seed, spacing_m=3.6, roundness=0.35, colours=_CEDAR)
        self._broadleaf = canopy(seed + 1, spacing_m=6.2, roundness=0.9, colours=_BROADLEAF)
        self._patches = smooth_noise(seed + 2, 28.0)
        self._speckle = smooth_noise(seed + 3, 1.1)

    def speckle(self, east_m: Floats, north_m: Floats, scale: float = 1.0) -> Tile:
        """Return fine noise fixed to the ground, standard deviation 1."""
        return take(self._speckle, east_m, north_m, scale)

    def patches(self, east_m: Floats, north_m: Floats, scale: float = 1.0) -> Tile:
        """Return noise of about 7 m × `scale`, standard deviation 1."""
        return take(self._patches, east_m, north_m, scale)

    def colours(self, east_m: Floats, north_m: Floats, slope_deg: Floats, light: Floats) -> Floats:
        """Return red, green, blue 0–255, shape (…, 3)."""
        broad_patch = self.patches(east_m, north_m, 6.0)
        fine_patch = self.patches(east_m, north_m)
        flat = smooth_step(slope_deg + 1.6 * fine_patch + 1.2 * broad_patch, 14.0, 9.0)
        forest = self._forest(east_m, north_m, broad_patch + 0.5 * fine_patch)
        if not (flat > 0.01).any():
            colours = forest
        else:
            grass = _GRASS * (1.0 + 0.10 * self.speckle(east_m, north_m) + 0.06 * fine_patch)[..., None]
            crops = self._crops(east_m, north_m, broad_patch)
            fields = smooth_step(flat, 0.55, 0.75)[..., None]
            open_land = grass * (1.0 - fields) + crops * fields
            wooded = smooth_step(flat + 0.12 * self.speckle(east_m, north_m, 4.0), 0.5, 0.35)[..., None]
            colours = open_land * (1.0 - wooded) + forest * wooded
        return np.asarray(colours * light[..., None])

    def _forest(self, east_m: Floats, north_m: Floats, mix: Tile) -> Floats:
        share = smooth_step(mix, -0.35, -0.15)[..., None]
        cedar, broadleaf = take(self._cedar, east_m, north_m), take(self._broadleaf, east_m, north_m)
        tone = 1.0 + 0.07 * self.patches(east_m, north_m, 3.0)[..., None]
        return np.asarray((cedar * (1.0 - share) + broadleaf * share) * tone)

    def _crops(self, east_m: Floats, north_m: Floats, bend: Tile) -> Floats:
        turn = np.floor(east_m / 420.0) * 0.9 + np.floor(north_m / 420.0) * 1.7
        along = (east_m * np.cos(turn) + north_m * np.sin(turn) + 5.0 * bend) / _PARCEL_M[0]
        across = (north_m * np.cos(turn) - east_m * np.sin(turn) + 5.0 * bend) / _PARCEL_M[1]
        crop = _CROPS[_hash(np.floor(along), np.floor(across)) % len(_CROPS)]
        rows = 0.05 * np.sin(across * 2.0 * np.pi * _PARCEL_M[1] / 0.9)
        texture = 1.0 + rows + 0.05 * self.speckle(east_m, north_m)
        edge_m = np.minimum(
            np.minimum(along % 1.0, 1.0 - along % 1.0) * _PARCEL_M[0],
            np.minimum(across % 1.0, 1.0 - across % 1.0) * _PARCEL_M[1],
        )
        bank = smooth_step(edge_m, 1.0, 0.4)[..., None]
        return np.asarray(crop * texture[..., None] * (1.0 - bank) + _BANK * bank)
