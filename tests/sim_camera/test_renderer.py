import io
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from sim.camera.landslide import Landslide, landslide_from, landslide_near
from sim.camera.renderer import Renderer
from sim.camera.view import CameraView
from tests.sim_camera.valley import PLACES, at, valley

Pixels = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(valley(), PLACES, seed=9)


@pytest.fixture(scope="module")
def slide(renderer: Renderer) -> Landslide:
    return landslide_near(renderer.ground, at(0.0, 0.0), seed=2)


def pixels(picture: Image.Image) -> Pixels:
    return np.asarray(picture, dtype=np.float64)


def brownness(picture: Pixels) -> Pixels:
    """Return how much redder than green each pixel is."""
    return np.asarray(picture[..., 0] - picture[..., 1])


def above(east_m: float, north_m: float, renderer: Renderer, agl_m: float = 100.0) -> CameraView:
    ground_m = float(renderer.ground.height_m(east_m, north_m))
    return CameraView(east_m=east_m, north_m=north_m, alt_amsl_m=ground_m + agl_m)


def test_a_picture_has_the_cameras_size_and_is_a_jpeg(renderer: Renderer) -> None:
    data = renderer.jpeg(above(0.0, 0.0, renderer))
    picture = Image.open(io.BytesIO(data))
    picture.load()
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (1600, 1200), "RGB")
    assert not picture.getexif()


def test_the_same_shutter_gives_the_same_bytes(renderer: Renderer) -> None:
    view = replace(above(0.0, 0.0, renderer), width_px=640, height_px=480)
    assert renderer.jpeg(view) == Renderer(valley(), PLACES, seed=9).jpeg(view)
    assert renderer.jpeg(view) != renderer.jpeg(view, exposure=1)


def test_forest_hillsides_are_darker_and_greener_than_the_road(renderer: Renderer) -> None:
    hillside = pixels(renderer.picture(above(-350.0, 100.0, renderer)))
    assert (hillside[..., 1] > hillside[..., 0]).mean() > 0.9
    road = pixels(renderer.picture(above(15.0, -300.0, renderer, 60.0)))[560:640, 780:820]
    assert abs(road[..., 0] - road[..., 1]).mean() < 12.0
    assert road.mean() > hillside.mean() + 20.0


def test_a_landslide_shows_at_thumbnail_size(renderer: Renderer, slide: Landslide) -> None:
    middle = len(slide.east_m) // 2
    view = above(float(slide.east_m[middle]), float(slide.north_m[middle]), renderer, 110.0)
    before, after = (
        pixels(renderer.picture(view, slides).resize((160, 120), Image.Resampling.BOX)) for slides in ((), (slide,))
    )
    assert (brownness(after) > 12.0).mean() > (brownness(before) > 12.0).mean() + 0.10
    changed = np.abs(after - before).max(axis=-1) > 25.0
    assert 0.10 < changed.mean() < 0.9


def test_outside_the_landslide_before_and_after_are_the_same_ground(renderer: Renderer, slide: Landslide) -> None:
    view = above(-350.0, -600.0, renderer)
    assert np.array_equal(pixels(renderer.picture(view)), pixels(renderer.picture(view, (slide,))))


def test_the_road_is_buried_where_the_debris_crosses_it(renderer: Renderer) -> None:
    slide = landslide_from(renderer.ground, at(300.0, -400.0), seed=2)
    crossing = int(np.argmin(np.abs(slide.east_m - 15.0)))
    assert abs(slide.east_m[crossing] - 15.0) < 5.0
    view = above(float(slide.east_m[crossing]), float(slide.north_m[crossing]), renderer, 40.0)
    centre = pixels(renderer.picture(view, (slide,)))[560:640, 760:840]
    assert brownness(centre).mean() > 10.0


def test_a_place_stays_put_when_the_aircraft_turns(renderer: Renderer) -> None:
    view = replace(above(0.0, 60.0, renderer), width_px=480, height_px=480)
    north = pixels(renderer.picture(view))
    south = np.rot90(pixels(renderer.picture(replace(view, heading_deg=180.0))), 2)
    inner = slice(100, 380)
    blurred = [np.asarray(Image.fromarray(p[inner, inner].astype(np.uint8)).resize((35, 35))) for p in (north, south)]
    assert np.abs(blurred[0].astype(float) - blurred[1]).mean() < 8.0


def test_an_oblique_picture_fades_into_the_sky(renderer: Renderer) -> None:
    view = replace(above(0.0, -600.0, renderer, 120.0), pitch_deg=-5.0)
    picture = pixels(renderer.picture(view))
    assert picture[:60].mean() > 170.0
    assert picture[-200:].mean() < 140.0


@pytest.mark.parametrize(("east_m", "agl_m"), [(0.0, -50.0), (0.0, 2.0), (0.0, 2500.0), (50_000.0, 100.0)])
def test_odd_places_still_give_a_picture(renderer: Renderer, east_m: float, agl_m: float) -> None:
    view = CameraView(east_m=east_m, north_m=0.0, alt_amsl_m=400.0 + agl_m, width_px=320, height_px=240)
    assert renderer.picture(view).size == (320, 240)


def test_houses_stand_on_flat_ground_clear_of_road_and_pad(renderer: Renderer) -> None:
    houses = renderer.scenery.houses
    assert len(houses) >= 5
    for house in houses:
        assert renderer.ground.slope_deg(house.east_m, house.north_m) <= 14.0
        assert abs(house.east_m - 15.0) >= 13.9
        assert abs(house.east_m + 25.0) >= 13.9
