"""Where a camera is and what it sees: a pinhole without distortion, in east-north-up metres of a local frame.

Angles are degrees. Heading is clockwise from north; pitch −90 looks straight down, with the heading at the top of the
picture. Pixel (0, 0) is the upper left corner.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fleet.errors import InvalidValueError
from fleet.text import Text

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraView:
    """One exposure. Raises InvalidValueError for a picture without pixels or a view of 180° and more."""

    east_m: float
    north_m: float
    alt_amsl_m: float
    heading_deg: float = 0.0
    pitch_deg: float = -90.0
    view_deg: float = 73.7
    width_px: int = 1600
    height_px: int = 1200

    def __post_init__(self) -> None:
        """Refuse what no camera can take."""
        if self.width_px < 16 or self.height_px < 16 or not 1.0 <= self.view_deg < 170.0:
            raise InvalidValueError(Text("カメラの設定が正しくありません", "no camera has such a picture size or view"))

    @property
    def focal_px(self) -> float:
        """Return the focal length in pixels."""
        return self.width_px / 2.0 / math.tan(math.radians(self.view_deg) / 2.0)

    @property
    def focal_35mm(self) -> float:
        """Return the focal length on a 36 mm wide sensor."""
        return self.focal_px / self.width_px * 36.0

    def axes(self) -> Floats:
        """Return right, up and forward as rows, east-north-up."""
        heading, pitch = math.radians(self.heading_deg), math.radians(self.pitch_deg)
        sin_h, cos_h, sin_p, cos_p = math.sin(heading), math.cos(heading), math.sin(pitch), math.cos(pitch)
        return np.array(
            [
                [cos_h, -sin_h, 0.0],
                [-sin_h * sin_p, -cos_h * sin_p, cos_p],
                [sin_h * cos_p, cos_h * cos_p, sin_p],
            ]
        )

    def rays(self, columns: int, rows: int) -> Floats:
        """Return unit directions, shape (rows, columns, 3), evenly over the picture with its edges."""
        x = (np.linspace(0.0, self.width_px, columns) - self.width_px / 2.0) / self.focal_px
        y = (self.height_px / 2.0 - np.linspace(0.0, self.height_px, rows)) / self.focal_px
        grid_x, grid_y = np.meshgrid(x, y)
        local = np.stack([grid_x, grid_y, np.ones_like(grid_x)], axis=-1)
        directions = local @ self.axes()
        return np.asarray(directions / np.linalg.norm(directions, axis=-1, keepdims=True))

    def project(self, east_m: Floats, north_m: Floats, alt_amsl_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Return pixel x, pixel y and depth in metres; what lies behind has a depth below 1 and no meaning in x, y."""
        offset = np.stack([east_m - self.east_m, north_m - self.north_m, alt_amsl_m - self.alt_amsl_m], axis=-1)
        local = offset @ self.axes().T
        depth = local[..., 2]
        scale = self.focal_px / np.maximum(depth, 1.0)
        return (
            self.width_px / 2.0 + local[..., 0] * scale,
            self.height_px / 2.0 - local[..., 1] * scale,
            depth,
        )
