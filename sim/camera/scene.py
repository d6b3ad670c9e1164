"""A scene to photograph: the terrain with its places, and the landslides that have or have not come down yet."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from fleet.errors import NotFoundError
from fleet.positions import LonLat
from imagery.camera_tags import CameraTags, tagged_jpeg
from missions.terrain.grid import Terrain
from sim.camera.landslide import Landslide, landslide_near
from sim.camera.renderer import Renderer
from sim.camera.scenery import Places
from sim.camera.view import CameraView
from sim.camera_port import Shutter

MAKE = "Kakehashi"
MODEL = "KAKESIM1 (simulated)"
_SENSOR_WIDTH_MM = 6.4


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraBody:
    """A camera: its horizontal field of view and picture size. Its mount holds it at `pitch_deg`, −90 straight down."""

    view_deg: float = 73.7
    width_px: int = 1600
    height_px: int = 1200
    pitch_deg: float = -90.0


class Scene:
    """Gives the picture of a shutter. Built at the first picture (about two seconds); safe to call from threads.

    A landslide comes down near each of `landslides_near`, where the slopes allow one; it is in the pictures taken at
    `slid_at_s` (Unix seconds on the simulation's clock) and later. None means: not yet.
    """

    def __init__(
        self,
        terrain: Terrain,
        places: Places | None = None,
        *,
        landslides_near: Sequence[LonLat] = (),
        slid_at_s: float | None = 0.0,
        body: CameraBody | None = None,
        seed: int = 34,
    ) -> None:
        self._terrain = terrain
        self._places = places or Places()
        self._near = tuple(landslides_near)
        self._body = body or CameraBody()
        self._seed = seed
        self._lock = threading.Lock()
        self._renderer: Renderer | None = None
        self._slides: tuple[Landslide, ...] = ()
        self.slid_at_s = slid_at_s

    def picture(self, shutter: Shutter) -> bytes:
        """Return a JPEG with EXIF and XMP as a drone's camera writes them."""
        renderer, slides = self._built()
        east_m, north_m = self._terrain.frame.local_of(shutter.position.ground)
        view = CameraView(
            east_m=east_m,
            north_m=north_m,
            alt_amsl_m=shutter.position.alt_amsl_m,
            heading_deg=shutter.heading_deg,
            pitch_deg=self._body.pitch_deg,
            view_deg=self._body.view_deg,
            width_px=self._body.width_px,
            height_px=self._body.height_px,
        )
        slid = self.slid_at_s is not None and shutter.at_s >= self.slid_at_s
        jpeg = renderer.jpeg(view, slides if slid else (), exposure=shutter.image_index)
        return tagged_jpeg(jpeg, tags_of(shutter, view))

    def landslides(self) -> Sequence[Landslide]:
        """Return the landslides of the scene, come down or not."""
        return self._built()[1]

    def _built(self) -> tuple[Renderer, tuple[Landslide, ...]]:
        with self._lock:
            if self._renderer is None:
                renderer = Renderer(self._terrain, self._places, seed=self._seed)
                self._slides = _slides(renderer, self._near, self._seed)
                self._renderer = renderer
            return self._renderer, self._slides


def _slides(renderer: Renderer, near: Sequence[LonLat], seed: int) -> tuple[Landslide, ...]:
    found = []
    for number, place in enumerate(near):
        try:
            found.append(landslide_near(renderer.ground, place, seed=seed + number))
        except NotFoundError:
            continue  # flat country has no landslides
    return tuple(found)


def tags_of(shutter: Shutter, view: CameraView) -> CameraTags:
    """Return what the camera writes about a shutter."""
    return CameraTags(
        taken_at_s=shutter.at_s,
        lon_deg=shutter.position.lon_deg,
        lat_deg=shutter.position.lat_deg,
        alt_amsl_m=shutter.position.alt_amsl_m,
        alt_home_m=shutter.alt_home_m,
        gimbal_yaw_deg=shutter.heading_deg % 360.0,
        gimbal_pitch_deg=view.pitch_deg,
        gimbal_roll_deg=0.0,
        aircraft_yaw_deg=shutter.heading_deg % 360.0,
        aircraft_pitch_deg=shutter.pitch_deg,
        aircraft_roll_deg=shutter.roll_deg,
        focal_mm=view.focal_35mm * _SENSOR_WIDTH_MM / 36.0,
        focal_35mm=view.focal_35mm,
        make=MAKE,
        model=MODEL,
    )
