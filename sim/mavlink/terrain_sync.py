"""Terrain heights asked from the ground (TERRAIN_REQUEST, TERRAIN_DATA): blocks of 8 × 7 tiles of 4 × 4 heights.

One block is asked for per second, round where the vehicle is, until somebody answers.
"""

import math

import numpy as np

from sim.mavlink.wire import Packet, message
from sim.vehicle.autopilot import Autopilot

_TILE = 4
_TILES_EAST, _TILES_NORTH = 8, 7
_ALL_TILES = (1 << (_TILES_EAST * _TILES_NORTH)) - 1
_METRES_PER_DEGREE = 111_318.845
_REPEAT_S = 1.0
_KEPT_BLOCKS = 12

_REQUEST = message("TERRAIN_REQUEST")
_REPORT = message("TERRAIN_REPORT")


class TerrainSync:
    """The terrain store on board."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[int, int], tuple[np.ndarray, int]] = {}
        self._asked_s = -math.inf

    def poll(self, vehicle: Autopilot, now_s: float) -> Packet | None:
        """Return a request if one is due."""
        if vehicle.params["TERRAIN_ENABLE"] == 0.0 or not vehicle.has_origin or now_s - self._asked_s < _REPEAT_S:
            return None
        self._asked_s = now_s
        position = vehicle.places.position(vehicle.kin.position)
        corner = self._corner(vehicle, position.lat_deg, position.lon_deg)
        _, have = self._blocks.get(corner, (None, 0))
        if have == _ALL_TILES:
            return None
        return _REQUEST.pack(_ALL_TILES & ~have, corner[0], corner[1], int(vehicle.params["TERRAIN_SPACING"]))

    def data(self, lat: int, lon: int, tile: int, heights: list[int]) -> None:
        """Take TERRAIN_DATA; a tile that no block has is dropped."""
        if not 0 <= tile < _TILES_EAST * _TILES_NORTH or len(heights) != _TILE * _TILE:
            return
        grid, have = self._blocks.get((lat, lon), (np.zeros((28, 32), dtype=np.int16), 0))
        north, east = divmod(tile, _TILES_EAST)
        grid[north * _TILE : (north + 1) * _TILE, east * _TILE : (east + 1) * _TILE] = np.array(heights).reshape(4, 4)
        while len(self._blocks) >= _KEPT_BLOCKS and (lat, lon) not in self._blocks:
            self._blocks.pop(next(iter(self._blocks)))
        self._blocks[(lat, lon)] = (grid, have | 1 << tile)

    def report(self, vehicle: Autopilot, lat: int | None = None, lon: int | None = None) -> Packet:
        """Return TERRAIN_REPORT for a place, or for where the vehicle is."""
        here = vehicle.places.position(vehicle.kin.position)
        lat_deg = here.lat_deg if lat is None else lat / 1e7
        lon_deg = here.lon_deg if lon is None else lon / 1e7
        height = self._height_m(vehicle, lat_deg, lon_deg)
        loaded = sum(have.bit_count() for _, have in self._blocks.values())
        pending = max(0, len(self._blocks) * 56 - loaded) if self._blocks else 56
        spacing = 0 if height is None else int(vehicle.params["TERRAIN_SPACING"])
        current = here.alt_amsl_m - (height or 0.0)
        return _REPORT.pack(
            round(lat_deg * 1e7), round(lon_deg * 1e7), height or 0.0, current, spacing, min(pending, 65535), loaded
        )

    def _height_m(self, vehicle: Autopilot, lat_deg: float, lon_deg: float) -> float | None:
        corner = self._corner(vehicle, lat_deg, lon_deg)
        grid, have = self._blocks.get(corner, (None, 0))
        if grid is None:
            return None
        spacing = max(1.0, vehicle.params["TERRAIN_SPACING"])
        north = (lat_deg - corner[0] / 1e7) * _METRES_PER_DEGREE / spacing
        east = (lon_deg - corner[1] / 1e7) * _METRES_PER_DEGREE * math.cos(math.radians(lat_deg)) / spacing
        row, column = min(max(int(north), 0), 27), min(max(int(east), 0), 31)
        tile = row // _TILE * _TILES_EAST + column // _TILE
        return float(grid[row, column]) if have >> tile & 1 else None

    def _corner(self, vehicle: Autopilot, lat_deg: float, lon_deg: float) -> tuple[int, int]:
        """Return the south-west corner of the block that holds a place, counted from the whole degree."""
        spacing = max(1.0, vehicle.params["TERRAIN_SPACING"])
        lat0, lon0 = math.floor(lat_deg), math.floor(lon_deg)
        step_lat = spacing * 24 / _METRES_PER_DEGREE
        step_lon = spacing * 28 / (_METRES_PER_DEGREE * math.cos(math.radians(lat0)))
        lat = lat0 + math.floor((lat_deg - lat0) / step_lat) * step_lat
        lon = lon0 + math.floor((lon_deg - lon0) / step_lon) * step_lon
        return round(lat * 1e7), round(lon * 1e7)
