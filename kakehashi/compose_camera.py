"""The simulated companion computer on board: photographs the town's terrain and hands pictures to the station."""

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from shapely.geometry import LineString

from fleet.positions import LonLat
from kakehashi.compose_station import COMPANION_DEVICE
from kakehashi.home import Home
from kakehashi.settings import Settings
from missions.values.town import PlaceKind, Town
from sim.camera.companion import CompanionCamera
from sim.camera.hand_over_http import HttpHandOver, StationAddress
from sim.camera.scene import Scene
from sim.camera.scenery import Places
from sim.camera.spool import Spool
from sim.camera_port import Camera, Shutter


def scene_of(settings: Settings, town: Town) -> Scene:
    """Return what a camera over this town sees; in a drill with a landslide, one near every landing site."""
    sites = [place.at for place in town.places_of(PlaceKind.LANDING_SITE)]
    return Scene(
        town.terrain,
        Places(
            roads=[_corners(line.line) for line in town.lines if line.kind == "road"],
            rivers=[_corners(line.line) for line in town.lines if line.kind == "river"],
            hamlets=[place.at for place in town.places_of(PlaceKind.SETTLEMENT)],
            pads=[*sites, *(place.at for place in town.places_of(PlaceKind.DEPOT))],
        ),
        landslides_near=sites if settings.sim.landslide else (),
        seed=settings.sim.seed,
    )


def _corners(line: LineString) -> list[LonLat]:
    return [LonLat(lon_deg=point[0], lat_deg=point[1]) for point in line.coords]


class WallClockCamera:
    """Dates pictures by this machine's clock: in a fast drill the simulation's own runs ahead of everybody's watch."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    def shutter(self, shutter: Shutter) -> None:
        """Pass a shutter on with the time that people see."""
        self._camera.shutter(replace(shutter, at_s=time.time()))


@contextlib.asynccontextmanager
async def camera_of(settings: Settings, home: Home, town: Town) -> AsyncIterator[Camera]:
    """Give the camera of all simulated aircraft while the context is open."""
    keys = home.secrets(broker_users=(), devices=(COMPANION_DEVICE,)).device_keys
    address = StationAddress(
        url=f"http://{settings.station.host}:{settings.station.port}", device_key=keys[COMPANION_DEVICE]
    )
    async with HttpHandOver(address) as station:
        spool = Spool(home.sim / "camera", broken=home.broken)
        async with CompanionCamera(scene_of(settings, town), spool, station) as camera:
            yield WallClockCamera(camera)
