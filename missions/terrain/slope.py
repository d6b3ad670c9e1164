"""How steep the ground is under a landing site: the plane that fits the heights round it best."""

import math

import numpy as np

from fleet.positions import LonLat
from missions.terrain.grid import Terrain

_SAMPLES_ACROSS = 5


def slope_deg(terrain: Terrain, place: LonLat, radius_m: float = 15.0) -> float:
    """Return the slope in degrees of the least-squares plane within `radius_m`; NaN where heights are missing."""
    east_m, north_m = terrain.frame.local_of(place)
    offset = np.linspace(-radius_m, radius_m, _SAMPLES_ACROSS)
    d_east, d_north = np.meshgrid(offset, offset)
    heights_m = terrain.elevation_at_local_m(east_m + d_east, north_m + d_north)
    squares = float(np.sum(d_east**2))
    along_east, along_north = float(np.sum(heights_m * d_east)) / squares, float(np.sum(heights_m * d_north)) / squares
    return math.degrees(math.atan(math.hypot(along_east, along_north)))
