"""The look of the ground: soft shading from several sides over tints by height, light enough to read a map on.

Shading after the idea of multi-directional hillshade (Mark 1992, USGS Open-File Report 92-422): light from the
north-west leads, light from west and north fills in, so that no slope is black. Tints run from the fields of the valley
floor over woods to the pale heights.
"""

import numpy as np
import numpy.typing as npt

from missions.terrain.resampling import Float32Array

# Share of the way from the lowest to the highest ground, and sRGB.
_TINTS = (
    (0.00, (233, 236, 219)),
    (0.12, (222, 231, 207)),
    (0.35, (206, 221, 192)),
    (0.60, (216, 218, 190)),
    (0.80, (231, 223, 203)),
    (1.00, (247, 243, 235)),
)
# Direction the light comes from (degrees clockwise from north), its height above the horizon, and its weight.
_LIGHTS = ((315.0, 42.0, 0.62), (270.0, 50.0, 0.2), (0.0, 50.0, 0.18))
_DARKEST = 0.54
_SHADOW = np.array([88.0, 98.0, 124.0], dtype=np.float32)
_LIGHT = np.array([255.0, 252.0, 240.0], dtype=np.float32)


def shade(heights_m: Float32Array, cell_m: float, exaggeration: float) -> Float32Array:
    """Return how lit each grid point is, level ground being 0, the darkest slope −1, the brightest about 0.6."""
    d_north, d_east = np.gradient(heights_m, np.float32(cell_m))
    d_north, d_east = d_north * np.float32(exaggeration), d_east * np.float32(exaggeration)
    length = np.sqrt(1.0 + d_east**2 + d_north**2)
    lit = np.zeros_like(heights_m)
    for azimuth_deg, elevation_deg, weight in _LIGHTS:
        azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
        flat = np.cos(elevation)
        towards = -d_east * np.float32(np.sin(azimuth) * flat) - d_north * np.float32(np.cos(azimuth) * flat)
        incidence = np.clip((towards + np.float32(np.sin(elevation))) / length, 0.0, None)
        lit += np.float32(weight) * (incidence / np.float32(np.sin(elevation)) - 1.0)
    return lit


def tint(heights_m: Float32Array, lowest_m: float, highest_m: float) -> Float32Array:
    """Return colours (…, 3) in 0–255 by height."""
    share = (heights_m - lowest_m) / max(highest_m - lowest_m, 1.0)
    steps = [step for step, _ in _TINTS]
    bands = [np.interp(share, steps, [colour[band] for _, colour in _TINTS]) for band in range(3)]
    return np.stack(bands, axis=-1).astype(np.float32)


def colour(heights_m: Float32Array, lit: Float32Array, range_m: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """Return RGBA pixels; transparent where there is no height."""
    known = np.isfinite(heights_m) & np.isfinite(lit)
    ground = tint(np.where(known, heights_m, range_m[0]), *range_m)
    light = np.where(known, lit, 0.0)[..., None]
    dark = np.clip(-light, 0.0, 1.0) * _DARKEST
    bright = np.clip(light * 0.9, 0.0, 0.6)
    mixed = ground + (_SHADOW - ground) * dark
    mixed = mixed + (_LIGHT - mixed) * bright
    pixels = np.empty((*heights_m.shape, 4), dtype=np.uint8)
    pixels[..., :3] = np.clip(mixed + 0.5, 0.0, 255.0)
    pixels[..., 3] = np.where(known, 255, 0)
    return pixels
