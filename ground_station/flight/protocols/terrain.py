"""Answers an autopilot's TERRAIN_REQUEST with TERRAIN_DATA.

A request names the south-west corner of a block of 8 x 7 little grids (8 east, 7 north), each of 4 x 4 points
`grid_spacing` metres apart, and a bit for each that is missing. Metres become degrees as ArduPilot does it
(111,318.84 m a degree), so that both sides mean the same points. Heights are whole metres above mean sea level.
"""

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.positions import FloatArray
from ground_station.flight.links.frames import Message

_M_PER_DEG = 111_318.84
_BLOCKS_EAST = 8
_BLOCKS = 56
_SIDE = 4


class Ground(Protocol):
    """Where heights come from; `missions.terrain.grid.Terrain` is one."""

    def elevation_m(self, lon_deg: FloatArray, lat_deg: FloatArray) -> FloatArray:
        """Return heights above mean sea level, m; NaN where nothing is known."""
        ...


def answer_terrain_request(request: Message, ground: Ground, *, most_blocks: int = 16) -> Sequence[Message]:
    """Return up to `most_blocks` of the grids asked for; grids with a gap are left out. The aircraft asks on."""
    missing = [bit for bit in range(_BLOCKS) if request.mask >> bit & 1]
    if not missing or request.grid_spacing == 0:
        return ()
    bits = np.array(missing)
    spacing_m = float(request.grid_spacing)
    step = np.arange(_SIDE, dtype=np.float64) * spacing_m
    corner_north_m = (bits // _BLOCKS_EAST) * (_SIDE * spacing_m)
    corner_east_m = (bits % _BLOCKS_EAST) * (_SIDE * spacing_m)
    north_m = np.broadcast_to(corner_north_m[:, None, None] + step[None, :, None], (len(bits), _SIDE, _SIDE))
    east_m = np.broadcast_to(corner_east_m[:, None, None] + step[None, None, :], (len(bits), _SIDE, _SIDE))
    lat_deg = request.lat / 1e7
    heights_m = ground.elevation_m(
        request.lon / 1e7 + east_m / (_M_PER_DEG * math.cos(math.radians(lat_deg))),
        lat_deg + north_m / _M_PER_DEG,
    ).reshape(len(bits), _SIDE * _SIDE)
    known = np.flatnonzero(~np.isnan(heights_m).any(axis=1))[:most_blocks]
    return [
        dialect.MAVLink_terrain_data_message(
            request.lat,
            request.lon,
            request.grid_spacing,
            missing[row],
            [int(height) for height in np.clip(np.rint(heights_m[row]), -32_768, 32_767)],
        )
        for row in known.tolist()
    ]
