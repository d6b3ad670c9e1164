"""Web map tiles: which degrees a tile z/x/y covers. Only for cutting tiles: nothing is measured in this projection.

Tile y counts from the north; spherical Mercator as in EPSG:3857 (radius 6,378,137 m).
"""

import math
from dataclasses import dataclass

import numpy as np

from fleet.errors import InvalidValueError
from fleet.positions import WGS84_SEMI_MAJOR_M, FloatArray, LonLat
from fleet.text import Text

GREATEST_ZOOM = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile. Raises InvalidValueError for a zoom outside 0–22 or numbers outside the zoom's range."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Refuse what is no tile."""
        if not 0 <= self.z <= GREATEST_ZOOM or not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise InvalidValueError(
                Text(f"タイル {self.z}/{self.x}/{self.y} はありません", f"there is no tile {self.z}/{self.x}/{self.y}"),
                Text("z は 0〜22、x と y は 2^z 未満です", "z is 0–22, x and y are below 2^z"),
            )

    def longitudes(self, share: FloatArray) -> FloatArray:
        """Return degrees at shares of the way from the west edge (0) to the east edge (1); beyond both is allowed."""
        return np.asarray((self.x + share) / 2**self.z * 360.0 - 180.0)

    def latitudes(self, share: FloatArray) -> FloatArray:
        """Return degrees at shares of the way from the north edge (0) to the south edge (1)."""
        return np.asarray(np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * (self.y + share) / 2**self.z)))))

    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees."""
        edges = np.array([0.0, 1.0])
        west, east = self.longitudes(edges)
        north, south = self.latitudes(edges)
        return float(west), float(south), float(east), float(north)

    def width_m(self) -> float:
        """Return the ground width along the middle of the tile, m."""
        latitude = float(self.latitudes(np.array(0.5)))
        return 2.0 * math.pi * WGS84_SEMI_MAJOR_M * math.cos(math.radians(latitude)) / float(2**self.z)


def tile_of(place: LonLat, z: int) -> Tile:
    """Return the tile of zoom `z` that holds a place (latitudes beyond ±85.05° are put on the edge)."""
    count = 2**z
    x = math.floor((place.lon_deg + 180.0) / 360.0 * count)
    latitude = math.radians(max(min(place.lat_deg, 85.0511), -85.0511))
    y = math.floor((1.0 - math.asinh(math.tan(latitude)) / math.pi) / 2.0 * count)
    return Tile(z=z, x=min(max(x, 0), count - 1), y=min(max(y, 0), count - 1))
