"""A small mountain valley for tests: a ridge on either side, a flat floor, a road, a river and a pad."""

import numpy as np

from fleet.ids import VehicleId
from fleet.positions import LocalFrame, LonLat, Position
from fleet.text import Text
from missions.terrain.grid import Terrain
from sim.camera.scenery import Places
from sim.camera_port import Shutter

FRAME = LocalFrame(lon_deg=133.25, lat_deg=34.75)


def valley(size_m: float = 2400.0, cell_m: float = 10.0) -> Terrain:
    """Return a valley that runs north and south, 100 m wide at its floor, with hillsides of about 30°."""
    count = int(size_m / cell_m) + 1
    axis = np.linspace(-size_m / 2, size_m / 2, count)
    east, north = np.meshgrid(axis, axis)
    climb = np.maximum(np.abs(east) - 50.0, 0.0)
    ripples = 6.0 * np.sin(north / 70.0) * np.clip(climb / 200.0, 0.0, 1.0)
    heights = 400.0 + 0.01 * north + 0.58 * np.minimum(climb, 600.0) + ripples
    return Terrain(
        frame=FRAME,
        west_m=-size_m / 2,
        south_m=-size_m / 2,
        cell_m=cell_m,
        heights_m=heights.astype(np.float32),
        synthetic=True,
        source=Text("試験用", "for tests"),
    )


def at(east_m: float, north_m: float) -> LonLat:
    """Return the place at metres east and north of the valley's middle."""
    return FRAME.place_of(east_m, north_m)


PLACES = Places(
    roads=[[at(15, -1100), at(15, 1100)]],
    rivers=[[at(-25, -1100), at(-25, 1100)]],
    hamlets=[at(0, 300)],
    pads=[at(0, 0)],
)


def shutter(index: int = 0, *, agl_m: float = 100.0, east_m: float = 0.0, at_s: float = 1_780_000_000.0) -> Shutter:
    """Return a shutter straight above the valley's floor."""
    place = at(east_m, 0.0)
    return Shutter(
        vehicle_id=VehicleId("drone-1"),
        image_index=index,
        position=Position(lon_deg=place.lon_deg, lat_deg=place.lat_deg, alt_amsl_m=400.0 + agl_m),
        alt_home_m=agl_m - 20.0,
        roll_deg=1.0,
        pitch_deg=-3.0,
        heading_deg=30.0,
        at_s=at_s,
        file_name=f"drone-1-{index:05}.jpg",
    )
