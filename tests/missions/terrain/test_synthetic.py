import numpy as np
import pytest

from missions.terrain.noise import fractal_noise, smooth_noise
from missions.terrain.synthetic import Extent, make_landscape

EXTENT = Extent(rows=301, columns=401, cell_m=20.0)


def test_the_same_seed_makes_the_same_landscape_and_another_seed_another() -> None:
    first, again, other = (make_landscape(EXTENT, seed, 300.0, 800.0) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.heights_m, again.heights_m)
    assert np.abs(first.heights_m - other.heights_m).mean() > 10.0


def test_a_landscape_looks_like_mountains() -> None:
    made = make_landscape(EXTENT, 7, 300.0, 800.0)
    heights = made.heights_m
    assert heights.shape == (EXTENT.rows, EXTENT.columns)
    assert np.isfinite(heights).all()
    assert 250.0 < heights.min() < 400.0
    assert 650.0 < heights.max() < 900.0
    slope = np.degrees(np.arctan(np.hypot(*np.gradient(heights, EXTENT.cell_m))))
    assert 8.0 < np.median(slope) < 30.0
    assert np.quantile(slope, 0.999) < 65.0


def test_streams_run_downhill_on_valley_floors() -> None:
    made = make_landscape(EXTENT, 7, 300.0, 800.0)
    assert len(made.streams) > 8
    for stream in made.streams:
        row, column = (np.round(stream.points_m[:, axis] / EXTENT.cell_m).astype(int) for axis in (1, 0))
        along = made.heights_m[row, column].astype(float)
        assert along[-1] <= along[0] + 3.0
        assert np.diff(along).max(initial=0.0) < 12.0


@pytest.mark.parametrize("wavelength", [3.0, 17.5, 60.0])
def test_noise_is_smooth_over_its_wavelength(wavelength: float) -> None:
    noise = smooth_noise((200, 180), wavelength, np.random.default_rng(1))
    assert noise.shape == (200, 180)
    assert 0.4 < noise.std() < 2.0
    assert np.abs(np.diff(noise, axis=0)).max() < 8.0 / wavelength * 3.0


def test_fractal_noise_stops_at_the_grid() -> None:
    assert np.isfinite(fractal_noise((30, 30), 8.0, 10, np.random.default_rng(1))).all()
