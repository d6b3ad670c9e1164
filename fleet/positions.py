"""Positions on the WGS 84 ellipsoid and in a local east-north-up frame.

Angles are degrees, lengths metres. Heights name their datum: `amsl` above mean sea level, `agl` above ground,
`home` above the take-off point.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fleet.errors import InvalidValueError
from fleet.text import Text

FloatArray = npt.NDArray[np.float64]

WGS84_SEMI_MAJOR_M = 6_378_137.0
WGS84_FLATTENING = 1.0 / 298.257223563
_ECCENTRICITY_SQUARED = WGS84_FLATTENING * (2.0 - WGS84_FLATTENING)


@dataclass(frozen=True, slots=True, kw_only=True)
class LonLat:
    """A place on the ground, WGS 84, degrees. Raises InvalidValueError outside ±180 and ±90 or for NaN."""

    lon_deg: float
    lat_deg: float

    def __post_init__(self) -> None:
        """Refuse what is no place."""
        if not (abs(self.lon_deg) <= 180.0 and abs(self.lat_deg) <= 90.0):
            raise InvalidValueError(
                Text(
                    f"緯度経度 {self.lat_deg}, {self.lon_deg} は地球上にありません",
                    f"latitude {self.lat_deg}, longitude {self.lon_deg} is not on the earth",
                ),
                Text("緯度 ±90、経度 ±180 の範囲で入力してください", "use latitude ±90 and longitude ±180"),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the air: WGS 84 degrees and metres above mean sea level."""

    lon_deg: float
    lat_deg: float
    alt_amsl_m: float

    @property
    def ground(self) -> LonLat:
        """Return the place below."""
        return LonLat(lon_deg=self.lon_deg, lat_deg=self.lat_deg)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFrame:
    """East-north metres around an origin, from the ellipsoid's radii of curvature there.

    Good to 0.1 % within 30 km of the origin (Snyder, Map Projections, USGS 1395, eq. 4-18 and 4-19), which is what
    speeds and leg lengths need; areas and the map itself use EPSG:6671.
    """

    lon_deg: float
    lat_deg: float

    def _metres_per_degree(self) -> tuple[float, float]:
        latitude = math.radians(self.lat_deg)
        w2 = 1.0 - _ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
        normal_m = WGS84_SEMI_MAJOR_M / math.sqrt(w2)
        meridian_m = normal_m * (1.0 - _ECCENTRICITY_SQUARED) / w2
        return math.radians(normal_m * math.cos(latitude)), math.radians(meridian_m)

    def to_local(self, lon_deg: FloatArray, lat_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return east and north in metres; shapes as given."""
        east, north = self._metres_per_degree()
        return (
            (np.asarray(lon_deg, dtype=np.float64) - self.lon_deg) * east,
            (np.asarray(lat_deg, dtype=np.float64) - self.lat_deg) * north,
        )

    def to_lon_lat(self, east_m: FloatArray, north_m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return longitude and latitude in degrees; shapes as given."""
        east, north = self._metres_per_degree()
        return (
            np.asarray(east_m, dtype=np.float64) / east + self.lon_deg,
            np.asarray(north_m, dtype=np.float64) / north + self.lat_deg,
        )

    def local_of(self, place: LonLat) -> tuple[float, float]:
        """Return east and north in metres of one place."""
        east, north = self._metres_per_degree()
        return (place.lon_deg - self.lon_deg) * east, (place.lat_deg - self.lat_deg) * north

    def place_of(self, east_m: float, north_m: float) -> LonLat:
        """Return the place at `east_m`, `north_m`."""
        east, north = self._metres_per_degree()
        return LonLat(lon_deg=east_m / east + self.lon_deg, lat_deg=north_m / north + self.lat_deg)


def frame_at(place: LonLat) -> LocalFrame:
    """Return the local frame with its origin at `place`."""
    return LocalFrame(lon_deg=place.lon_deg, lat_deg=place.lat_deg)


def distance_m(start: LonLat, end: LonLat) -> float:
    """Return metres between two places at most some tens of kilometres apart."""
    middle = LocalFrame(lon_deg=start.lon_deg, lat_deg=(start.lat_deg + end.lat_deg) / 2.0)
    east_m, north_m = middle.local_of(end)
    _, start_north_m = middle.local_of(start)
    return math.hypot(east_m, north_m - start_north_m)


def bearing_deg(start: LonLat, end: LonLat) -> float:
    """Return the direction from `start` to `end`, degrees clockwise from true north, 0 ≤ bearing < 360."""
    middle = LocalFrame(lon_deg=start.lon_deg, lat_deg=(start.lat_deg + end.lat_deg) / 2.0)
    east_m, north_m = middle.local_of(end)
    _, start_north_m = middle.local_of(start)
    return math.degrees(math.atan2(east_m, north_m - start_north_m)) % 360.0
