from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import InvalidValueError
from sim.camera.view import CameraView

BASE = CameraView(east_m=10.0, north_m=-20.0, alt_amsl_m=500.0)


@given(st.floats(0, 360), st.floats(-90, 30))
def test_axes_are_right_angled_units(heading_deg: float, pitch_deg: float) -> None:
    axes = replace(BASE, heading_deg=heading_deg, pitch_deg=pitch_deg).axes()
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(axes) == pytest.approx(-1.0)  # right, up, forward is left-handed


def test_the_heading_is_at_the_top_of_a_picture_straight_down() -> None:
    view = replace(BASE, heading_deg=90.0)
    x, y, depth = view.project(np.array([30.0]), np.array([-20.0]), np.array([400.0]))
    assert (x[0], depth[0]) == (pytest.approx(800.0), pytest.approx(100.0))
    assert y[0] < 600.0


@given(st.floats(0, 360), st.floats(-90, -20), st.integers(0, 8), st.integers(0, 6))
def test_a_ray_projects_back_to_its_pixel(heading_deg: float, pitch_deg: float, column: int, row: int) -> None:
    view = replace(BASE, heading_deg=heading_deg, pitch_deg=pitch_deg)
    place = np.array([10.0, -20.0, 500.0]) + view.rays(9, 7)[row, column] * 70.0
    x, y, _ = view.project(place[:1], place[1:2], place[2:])
    assert x[0] == pytest.approx(column * 200.0, abs=1e-6)
    assert y[0] == pytest.approx(row * 200.0, abs=1e-6)


def test_the_field_of_view_is_that_of_a_24_mm_lens() -> None:
    assert BASE.focal_35mm == pytest.approx(24.0, abs=0.05)


@pytest.mark.parametrize("change", [{"width_px": 0}, {"view_deg": 180.0}, {"height_px": -5}])
def test_a_camera_without_pixels_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        replace(BASE, **change)
