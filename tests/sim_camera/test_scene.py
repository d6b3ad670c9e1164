import io

import numpy as np
import pytest
from PIL import Image

from imagery.camera_tags import read_tags
from sim.camera.scene import CameraBody, Scene
from tests.sim_camera.valley import PLACES, at, shutter, valley


def test_a_picture_says_where_and_how_it_was_taken() -> None:
    taken = shutter(7)
    picture = Image.open(
        io.BytesIO(Scene(valley(), PLACES, body=CameraBody(width_px=320, height_px=240)).picture(taken))
    )
    picture.load()
    tags = read_tags(picture.info["exif"], picture.info["xmp"])
    assert tags.lon_deg == pytest.approx(taken.position.lon_deg, abs=1e-7)
    assert tags.lat_deg == pytest.approx(taken.position.lat_deg, abs=1e-7)
    assert tags.taken_at_s == pytest.approx(taken.at_s, abs=0.01)
    assert tags.alt_amsl_m == pytest.approx(500.0)
    assert tags.alt_home_m == pytest.approx(80.0)
    assert (tags.heading_deg, tags.gimbal_pitch_deg, tags.aircraft_pitch_deg) == (30.0, -90.0, -3.0)
    assert tags.horizontal_view_deg == pytest.approx(73.7, abs=0.5)
    assert tags.model is not None
    assert "simulated" in tags.model


def test_the_landslide_is_there_from_its_moment_on() -> None:
    scene = Scene(
        valley(),
        PLACES,
        landslides_near=[at(0.0, 0.0)],
        slid_at_s=1000.0,
        body=CameraBody(width_px=320, height_px=240),
    )
    (slide,) = scene.landslides()
    nearest = int(np.argmin(np.hypot(slide.east_m, slide.north_m)))
    east_m = float(slide.east_m[nearest])
    before, after = (
        np.asarray(Image.open(io.BytesIO(scene.picture(shutter(east_m=east_m, at_s=at_s)))), dtype=float)
        for at_s in (999.0, 1000.0)
    )
    assert ((after[..., 0] - after[..., 1]) > 12).mean() > ((before[..., 0] - before[..., 1]) > 12).mean() + 0.02
    scene.slid_at_s = None
    again = np.asarray(Image.open(io.BytesIO(scene.picture(shutter(east_m=east_m, at_s=5000.0)))), dtype=float)
    assert np.abs(again - before).max() == 0.0
