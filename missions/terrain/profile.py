"""The ground under a line: samples no coarser than the terrain's cell, corners included."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fleet.errors import InvalidValueError
from fleet.positions import FloatArray, LonLat
from fleet.text import Text
from missions.terrain.grid import Terrain


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundProfile:
    """Samples along a line. Arrays of one length; `segment` is the number of the part between two corners.

    `ground_amsl_m` is NaN where the terrain has no data.
    """

    distance_m: FloatArray
    lon_deg: FloatArray
    lat_deg: FloatArray
    ground_amsl_m: FloatArray
    segment: npt.NDArray[np.intp]

    def highest_amsl_m(self) -> FloatArray:
        """Return the highest ground of each segment, both its ends included; NaN where any of it is unknown."""
        count = int(self.segment[-1]) + 1
        highest = np.full(count, -np.inf)
        ends = np.flatnonzero(np.diff(self.segment))
        with np.errstate(invalid="ignore"):  # NaN is meant to win
            np.maximum.at(highest, self.segment, self.ground_amsl_m)
            np.maximum.at(highest, self.segment[ends], self.ground_amsl_m[ends + 1])
        return highest


def profile_along(terrain: Terrain, corners: Sequence[LonLat], step_m: float | None = None) -> GroundProfile:
    """Return the ground along straight lines between `corners`, a sample at each corner and at most `step_m` apart.

    `step_m` is never coarser than the terrain's cell. Raises InvalidValueError for fewer than two corners.
    """
    if len(corners) < 2:
        raise InvalidValueError(Text("断面には 2 点以上が必要です", "a profile needs at least two points"))
    step_m = min(step_m or terrain.cell_m, terrain.cell_m)
    local = np.array([terrain.frame.local_of(corner) for corner in corners])
    lengths = np.hypot(*np.diff(local, axis=0).T)
    points, along, segments = [], [], []
    start_m = 0.0
    for number, length_m in enumerate(lengths):
        count = max(int(np.ceil(length_m / step_m)), 1)
        last = number == len(lengths) - 1
        share = np.linspace(0.0, 1.0, count + 1)[: None if last else -1]
        points.append(local[number] + share[:, None] * (local[number + 1] - local[number]))
        along.append(start_m + share * length_m)
        segments.append(np.full(len(share), number, dtype=np.intp))
        start_m += float(length_m)
    at = np.concatenate(points)
    lon_deg, lat_deg = terrain.frame.to_lon_lat(at[:, 0], at[:, 1])
    return GroundProfile(
        distance_m=np.concatenate(along),
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        ground_amsl_m=terrain.elevation_at_local_m(at[:, 0], at[:, 1]),
        segment=np.concatenate(segments),
    )
