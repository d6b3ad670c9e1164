import numpy as np
import pytest
from shapely.geometry import Point, Polygon

from fleet.errors import NotFoundError
from missions.terrain.grid import Terrain
from sim.camera.ground import GroundModel
from sim.camera.landslide import Landslide, landslide_from, landslide_near
from tests.sim_camera.valley import FRAME, at, valley


@pytest.fixture(scope="module")
def ground() -> GroundModel:
    return GroundModel(valley())


@pytest.fixture(scope="module")
def slide(ground: GroundModel) -> Landslide:
    return landslide_from(ground, at(320.0, 40.0), seed=3)


def test_debris_runs_downhill_all_the_way(ground: GroundModel, slide: Landslide) -> None:
    heights_m = ground.height_m(slide.east_m, slide.north_m)
    assert np.diff(heights_m).max() < 0.3
    assert heights_m[0] - heights_m[-1] > 100.0


def test_it_comes_to_rest_on_the_valley_floor(ground: GroundModel, slide: Landslide) -> None:
    assert ground.slope_deg(slide.east_m[-1], slide.north_m[-1]) < 6.0
    assert slide.length_m < 430.0


def test_the_toe_is_wider_than_the_neck(slide: Landslide) -> None:
    count = len(slide.east_m)
    neck = slide.half_width_m[int(count * 0.4) : int(count * 0.6)].mean()
    assert slide.half_width_m[int(count * 0.8) : int(count * 0.93)].mean() > 1.3 * neck


def test_inside_agrees_with_the_outline(slide: Landslide) -> None:
    outline = Polygon(np.stack(slide.outline(), axis=-1)).buffer(0)
    random = np.random.default_rng(5)
    east = random.uniform(slide.east_m.min() - 40, slide.east_m.max() + 40, 800)
    north = random.uniform(slide.north_m.min() - 60, slide.north_m.max() + 60, 800)
    depth, _, _ = slide.inside(east, north)
    contained = np.array([outline.contains(Point(e, n)) for e, n in zip(east, north, strict=True)])
    assert contained.sum() > 50
    assert ((depth > 0) == contained).mean() > 0.97


def test_along_grows_from_source_to_toe(slide: Landslide) -> None:
    _, along, across_m = slide.inside(slide.east_m, slide.north_m)
    assert along[0] < 0.1
    assert along[-1] > 0.9
    assert np.diff(along).min() > -0.01
    assert across_m.max() < 0.01


def test_far_away_is_outside(slide: Landslide) -> None:
    depth, _, _ = slide.inside(np.array([-1000.0]), np.array([1000.0]))
    assert depth[0] == -3.0


def test_the_same_seed_gives_the_same_landslide_and_another_another(ground: GroundModel, slide: Landslide) -> None:
    again = landslide_from(ground, at(320.0, 40.0), seed=3)
    other = landslide_from(ground, at(320.0, 40.0), seed=4)
    assert np.array_equal(again.half_width_m, slide.half_width_m)
    assert not np.array_equal(other.half_width_m, slide.half_width_m)


def test_near_a_place_it_leaves_the_place_itself_clear(ground: GroundModel) -> None:
    slide = landslide_near(ground, at(0.0, 0.0), seed=1, keep_clear_m=20.0)
    gap_m = (np.hypot(slide.east_m, slide.north_m) - slide.half_width_m).min()
    assert 20.0 <= gap_m < 80.0


def test_flat_country_has_no_landslide() -> None:
    flat = valley()
    plain = Terrain(
        frame=FRAME,
        west_m=flat.west_m,
        south_m=flat.south_m,
        cell_m=flat.cell_m,
        heights_m=np.full_like(flat.heights_m, 10.0),
        synthetic=True,
        source=flat.source,
    )
    with pytest.raises(NotFoundError):
        landslide_near(GroundModel(plain), at(0.0, 0.0))
