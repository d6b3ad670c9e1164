"""Paints a landslide over a finished landscape: bare earth, a rim of broken forest, boulders and logs. Seeded."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from sim.camera.drawing import Sketch
from sim.camera.land_cover import LandCover, smooth_step
from sim.camera.landslide import Landslide

Floats = npt.NDArray[np.floating]

_FRESH = np.array([186.0, 152.0, 112.0])
_EARTH = np.array([150.0, 116.0, 82.0])
_MUD = np.array([118.0, 98.0, 78.0])
_RIM = np.array([84.0, 74.0, 48.0])
_MAX_ACROSS_M = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScarField:
    """Where places lie in a landslide, as `Landslide.inside` gives it, on a grid over the picture."""

    depth: Floats
    along: Floats
    across_m: Floats


def scar_field(slide: Landslide, east_m: Floats, north_m: Floats) -> ScarField | None:
    """Return where places lie in the landslide; None if it is out of sight."""
    depth, along, across_m = slide.inside(east_m, north_m)
    if depth.max() <= -0.5:
        return None
    return ScarField(depth=depth, along=along, across_m=np.minimum(across_m, _MAX_ACROSS_M))


def paint_scar(
    picture: Image.Image, slide: Landslide, cover: LandCover, field: ScarField, places: tuple[Floats, Floats, Floats]
) -> None:
    """Paint the scar; `places` are east, north and light on the same grid as `field`."""
    east_m, north_m, light = places
    ragged = 0.10 * cover.patches(east_m, north_m, 0.7) + 0.05 * cover.speckle(east_m, north_m, 2.0)
    edge = field.depth + ragged
    colours = _earth(slide, cover, field, edge)
    rim = smooth_step(edge, 0.10, -0.02)[..., None]
    colours = colours * (1.0 - rim) + _RIM * (0.8 + 0.25 * cover.speckle(east_m, north_m, 2.0)[..., None]) * rim
    scarp = smooth_step(field.along, 0.06, 0.02) * smooth_step(edge, 0.4, 0.05)
    colours *= ((1.0 - 0.55 * scarp) * np.clip(light, 0.55, 1.2))[..., None]
    mask = smooth_step(edge, -0.14, -0.05)
    size = picture.size
    earth = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    shape = Image.fromarray((mask * 255.0).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    picture.paste(earth, mask=shape)


def _earth(slide: Landslide, cover: LandCover, field: ScarField, edge: Floats) -> Floats:
    """Return the colours of bare earth: pale where it broke loose, mud where it came to rest, streaked by the flow."""
    along, across_m = field.along, field.across_m
    length_m = slide.length_m
    streaks = cover.patches(along * length_m / 5.0, across_m * 1.6, 0.8) * 0.5
    streaks = streaks + cover.speckle(along * length_m / 3.0, across_m * 2.0, 1.5) * 0.35
    lumps = cover.speckle(along * length_m, across_m, 2.5)
    head = smooth_step(along, 0.45, 0.08)[..., None]
    toe = smooth_step(along, 0.55, 0.9)[..., None]
    colours = _EARTH * (1.0 - head) + _FRESH * head
    colours = colours * (1.0 - toe) + _MUD * toe
    gully = smooth_step(edge, 0.72, 0.95)
    tone = 1.0 + 0.10 * streaks + 0.07 * lumps * (0.5 + toe[..., 0]) - 0.14 * gully
    return np.asarray(colours * tone[..., None])


def strew(sketch: Sketch, slide: Landslide) -> None:
    """Lay boulders and logs over the scar: most where it came to rest, trees along its edges."""
    random = np.random.default_rng(slide.seed + 1)
    points = np.stack([slide.east_m, slide.north_m], axis=-1)
    last = len(points) - 1
    for _ in range(170):
        at = int(min(last, last * random.power(2.2)))
        spread = slide.half_width_m[at] * 0.85
        place = points[at] + random.uniform(-spread, spread, 2) * 0.7
        sketch.boulder(place, float(0.5 + random.exponential(0.7)), float(random.uniform(0.7, 1.2)))
    for number in range(70):
        at = int(random.integers(2, last + 1))
        ahead = points[at] - points[at - 1]
        side = np.array([-ahead[1], ahead[0]]) / max(float(np.hypot(*ahead)), 1e-9)
        across = random.choice([-1.0, 1.0]) * random.uniform(0.7, 1.02) if number % 3 else random.uniform(-0.8, 0.8)
        start = points[at] + side * slide.half_width_m[at] * across
        angle = random.normal(0.0, 0.7)
        turned = np.array(
            [ahead[0] * np.cos(angle) - ahead[1] * np.sin(angle), ahead[0] * np.sin(angle) + ahead[1] * np.cos(angle)]
        )
        length_m = random.uniform(5.0, 14.0)
        end = start + turned / max(float(np.hypot(*turned)), 1e-9) * length_m
        sketch.log(start, end, broken_crown=bool(random.random() < 0.45))
