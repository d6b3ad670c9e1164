import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.terrain.erosion import Rock, drainage, erode, without_pits


def a_coast(side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    base = np.zeros((side, side), dtype=bool)
    base[:, 0] = True
    return base


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(4, 25))
def test_without_pits_all_water_reaches_the_base(seed: int, side: int) -> None:
    heights = np.random.default_rng(seed).uniform(0.0, 100.0, (side, side))
    base = a_coast(side)
    filled = without_pits(heights, base)
    assert (filled >= heights).all()
    flow = drainage(filled, 50.0, base)
    still = flow.receiver == np.arange(side * side)
    np.testing.assert_array_equal(still.reshape(side, side), base)
    assert flow.area_m2.reshape(side, side)[base].sum() == pytest.approx(side * side * 50.0**2)


def test_erosion_makes_rivers_flatter_than_slopes() -> None:
    rng = np.random.default_rng(3)
    side, base = 60, a_coast(60)
    rock = Rock(rise_m=np.full((side, side), 10.0), steepest=0.7, favour=np.ones((8, side, side)))
    heights, flow = erode(rng.uniform(0.0, 5.0, (side, side)), 100.0, base, rock, 120)
    drop = heights.ravel() - heights.ravel()[flow.receiver]
    slope = drop / flow.step_m
    large = flow.area_m2 > np.quantile(flow.area_m2, 0.97)
    small = flow.area_m2 <= np.quantile(flow.area_m2, 0.5)
    assert slope[large].mean() < 0.3 * slope[small].mean()
