"""Smooth random surfaces: white noise on a lattice, spread by cubic B-splines. The same seed gives the same surface."""

import numpy as np

from fleet.positions import FloatArray


def _spline_matrix(count: int, spacing: float, lattice: int) -> FloatArray:
    """Return the (count, lattice) weights of a uniform cubic B-spline with knots every `spacing` samples."""
    position = np.arange(count) / spacing + 1.0
    first = np.floor(position).astype(np.intp)
    t = position - first
    weights = np.stack(
        [
            (1.0 - t) ** 3 / 6.0,
            (3.0 * t**3 - 6.0 * t**2 + 4.0) / 6.0,
            (-3.0 * t**3 + 3.0 * t**2 + 3.0 * t + 1.0) / 6.0,
            t**3 / 6.0,
        ]
    )
    matrix = np.zeros((count, lattice))
    rows = np.arange(count)
    for offset in range(4):
        matrix[rows, first - 1 + offset] = weights[offset]
    return matrix


def smooth_noise(shape: tuple[int, int], wavelength: float, rng: np.random.Generator) -> FloatArray:
    """Return noise of mean about 0 and deviation about 1, varying over `wavelength` samples (≥ 2)."""
    sizes = [int(np.ceil((count - 1) / wavelength)) + 4 for count in shape]
    lattice = rng.standard_normal(sizes)
    down = _spline_matrix(shape[0], wavelength, sizes[0])
    along = _spline_matrix(shape[1], wavelength, sizes[1])
    # A B-spline of white noise has the variance of its squared weights: about (151/315)² over both axes.
    return np.asarray(down @ lattice @ along.T / (151.0 / 315.0))


def fractal_noise(
    shape: tuple[int, int], wavelength: float, octaves: int, rng: np.random.Generator, gain: float = 0.5
) -> FloatArray:
    """Return the sum of `octaves` noises, each of half the wavelength and `gain` times the height of the one before."""
    surface = np.zeros(shape)
    height = 1.0
    for _ in range(octaves):
        if wavelength < 2.0:
            break
        surface += height * smooth_noise(shape, wavelength, rng)
        wavelength /= 2.0
        height *= gain
    return surface
