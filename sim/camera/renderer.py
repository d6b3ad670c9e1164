"""Renders what a camera over the terrain sees, as a plausible aerial picture. Deterministic from its seed.

The ground is worked out on a grid about as coarse as its finest texture (0.25 m) and enlarged; roads, houses and debris
are drawn at full size on top. Nothing here is a photograph: every page that shows it says so by its camera's name.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageFilter

from missions.terrain.grid import Terrain
from sim.camera.drawing import Sketch
from sim.camera.ground import GroundModel
from sim.camera.land_cover import LandCover, smooth_step
from sim.camera.landslide import Landslide
from sim.camera.scar import ScarField, paint_scar, scar_field, strew
from sim.camera.scenery import Places, Scenery, build_scenery
from sim.camera.textures import TEXEL_M
from sim.camera.view import CameraView

Floats = npt.NDArray[np.floating]

_SKY = np.array([206.0, 214.0, 220.0])
_REACH_M = 8000.0
_HAZE_M = 5200.0
_RIVER = {False: (88, 112, 108), True: (146, 122, 92)}
_GRAVEL = (168, 164, 152)
_ASPHALT = (122, 122, 124)
_VERGE = (138, 140, 112)
_JPEG_QUALITY = 86


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """The ground at each point of a grid over the picture."""

    east_m: Floats
    north_m: Floats
    distance_m: Floats
    slope_deg: Floats
    light: Floats

    def enlarged(self, size: tuple[int, int]) -> "_Sight":
        """Return the same on a finer grid of `size` columns and rows."""
        return _Sight(
            east_m=_enlarged(self.east_m, size),
            north_m=_enlarged(self.north_m, size),
            distance_m=_enlarged(self.distance_m, size),
            slope_deg=_enlarged(self.slope_deg, size),
            light=_enlarged(self.light, size),
        )


def _enlarged(values: Floats, size: tuple[int, int]) -> Floats:
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)


def _grid_size(sight: _Sight, view: CameraView) -> tuple[int, int]:
    """Return columns and rows of the grid whose points lie about a texel apart."""
    texel_px = TEXEL_M * view.focal_px / max(2.0, float(np.median(sight.distance_m)))
    shrink = int(np.clip(np.round(texel_px), 2, 4))
    return view.width_px // shrink, view.height_px // shrink


class Renderer:
    """Renders pictures of one terrain. Building takes about half a second, a picture of 2 megapixels about a quarter.

    Safe to share between threads.
    """

    def __init__(self, terrain: Terrain, places: Places | None = None, *, seed: int = 34) -> None:
        self.ground = GroundModel(terrain)
        self.scenery: Scenery = build_scenery(places or Places(), self.ground, seed=seed)
        self._cover = LandCover(seed)
        self._seed = seed

    def jpeg(self, view: CameraView, slides: Sequence[Landslide] = (), *, exposure: int = 0) -> bytes:
        """Return the picture as a JPEG without metadata; `exposure` seeds its grain."""
        target = io.BytesIO()
        self.picture(view, slides, exposure=exposure).save(target, "JPEG", quality=_JPEG_QUALITY)
        return target.getvalue()

    def picture(self, view: CameraView, slides: Sequence[Landslide] = (), *, exposure: int = 0) -> Image.Image:
        """Return the picture; with `slides` the debris lies there and the river runs brown."""
        view = self._above_ground(view)
        coarse = self._sight(view, 81, 61) if view.pitch_deg < -60.0 else self._sight(view, 129, 97)
        size = _grid_size(coarse, view)
        grid = coarse.enlarged(size)
        picture = self._landscape(grid, view)
        sketch = Sketch(picture, view, self.ground)
        self._waters_and_roads(picture, sketch, muddy=bool(slides))
        for slide in slides:
            field = scar_field(slide, coarse.east_m, coarse.north_m)
            if field is not None:
                places = (grid.east_m, grid.north_m, grid.light)
                fine = ScarField(
                    depth=_enlarged(field.depth, size),
                    along=_enlarged(field.along, size),
                    across_m=_enlarged(field.across_m, size),
                )
                paint_scar(picture, slide, self._cover, fine, places)
                strew(sketch, slide)
        for pad_e, pad_n in self.scenery.pads:
            sketch.pad(pad_e, pad_n)
        self._houses(sketch, view, slides)
        return _finished(_hazy(picture, coarse), exposure + self._seed)

    def _above_ground(self, view: CameraView) -> CameraView:
        ground_m = float(self.ground.height_m(view.east_m, view.north_m))
        if view.alt_amsl_m >= ground_m + 1.5:
            return view
        return CameraView(
            east_m=view.east_m,
            north_m=view.north_m,
            alt_amsl_m=ground_m + 1.5,
            heading_deg=view.heading_deg,
            pitch_deg=view.pitch_deg,
            view_deg=view.view_deg,
            width_px=view.width_px,
            height_px=view.height_px,
        )

    def _sight(self, view: CameraView, columns: int, rows: int) -> _Sight:
        origin = np.array([view.east_m, view.north_m, view.alt_amsl_m])
        east_m, north_m, distance_m = self.ground.hit(origin, view.rays(columns, rows), reach_m=_REACH_M)
        return _Sight(
            east_m=east_m,
            north_m=north_m,
            distance_m=distance_m,
            slope_deg=self.ground.slope_deg(east_m, north_m),
            light=self.ground.light(east_m, north_m),
        )

    def _landscape(self, grid: _Sight, view: CameraView) -> Image.Image:
        colours = self._cover.colours(grid.east_m, grid.north_m, grid.slope_deg, grid.light)
        small = Image.fromarray(np.clip(colours, 0.0, 255.0).astype(np.uint8))
        return small.resize((view.width_px, view.height_px), Image.Resampling.BICUBIC)

    def _waters_and_roads(self, picture: Image.Image, sketch: Sketch, *, muddy: bool) -> None:
        scenery = self.scenery
        for lines, half_width_m, colour in (
            (scenery.rivers, 7.0, _GRAVEL),
            (scenery.rivers, 4.2, _RIVER[muddy]),
            (scenery.roads, 4.0, _VERGE),
            (scenery.roads, 2.7, _ASPHALT),
            (scenery.roads, 0.10, (226, 224, 214)),
        ):
            mask = sketch.bands(lines, half_width_m)
            box = None if mask is None else mask.getbbox()
            if mask is not None and box is not None:
                soft = mask.crop(box).filter(ImageFilter.BoxBlur(max(0.5, sketch.pixels(0.10))))
                picture.paste(colour, box, mask=soft)

    def _houses(self, sketch: Sketch, view: CameraView, slides: Sequence[Landslide]) -> None:
        for house in sorted(self.scenery.houses, key=lambda one: one.north_m, reverse=True):
            if np.hypot(house.east_m - view.east_m, house.north_m - view.north_m) > 1500.0:
                continue
            place = np.array([house.east_m]), np.array([house.north_m])
            if not any(slide.inside(*place)[0][0] > -0.1 for slide in slides):
                sketch.house(house)


def _hazy(picture: Image.Image, coarse: _Sight) -> Image.Image:
    if coarse.distance_m.max() < 400.0:
        return picture
    veil = 1.0 - np.exp(-coarse.distance_m / _HAZE_M)
    veil = np.where(coarse.distance_m >= _REACH_M * 0.999, 1.0, veil)
    veil = np.asarray(smooth_step(veil, 0.0, 1.0) * 0.5 + veil * 0.5)
    mask = Image.fromarray((np.clip(veil, 0, 1) * 255).astype(np.uint8)).resize(picture.size, Image.Resampling.BILINEAR)
    red, green, blue = (int(part) for part in _SKY)
    picture.paste((red, green, blue), mask=mask)
    return picture


def _finished(picture: Image.Image, seed: int) -> Image.Image:
    """Return the picture as a sensor would have it: a touch of vignetting and grain."""
    width_px, height_px = picture.size
    random = np.random.default_rng(seed)
    grain = random.integers(122, 135, (height_px // 2 + 1, width_px // 2 + 1), dtype=np.uint8)
    noise = Image.fromarray(grain).resize((width_px, height_px), Image.Resampling.BILINEAR)
    x = np.linspace(-1.0, 1.0, 64)[None, :]
    y = np.linspace(-0.75, 0.75, 48)[:, None]
    edge = (255.0 * (1.0 - 0.13 * (x**2 + y**2) ** 1.4)).astype(np.uint8)
    vignette = Image.fromarray(edge).resize((width_px, height_px), Image.Resampling.BILINEAR)
    shaded = ImageChops.multiply(picture, Image.merge("RGB", [vignette] * 3))
    return ImageChops.add(shaded, Image.merge("RGB", [noise] * 3), 1.0, -128)
