"""Paints a landslide over a finished landscape: bare earth, a rim of broken forest, boulders and logs. Seeded."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from sim.camera.drawing import Sketch
from sim.camera.land_cover import LandCover, smooth_step
from sim.camera.landslide import Landslide

Floats = npt.NDArray[np.floating]

_FRESH = np.array([186.0, 152.0, 112.0])
_EARTH = np.array([150.0, 116.0, 82.0])
_MUD = np.array([118.0, 98.0, 78.0])
_RIM = np.array([84.0, 74.0, 48.0])
_MAX_ACROSS_M = 60.0
_SMOOTH = Image.Resampling.BICUBIC
_BOULDERS = 170
_LOGS = 70


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
    """Paint the scar; `places` are east, north and light on the same grid as `field`. Works on what it covers only."""
    rows, columns = np.flatnonzero((field.depth > -0.4).any(axis=1)), np.flatnonzero((field.depth > -0.4).any(axis=0))
    if rows.size < 2 or columns.size < 2:
        return
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    east_m, north_m, light = (values[part] for values in places)
    scale = picture.width / field.depth.shape[1], picture.height / field.depth.shape[0]
    field = ScarField(depth=field.depth[part], along=field.along[part], across_m=field.across_m[part])
    ragged = 0.10 * cover.patches(east_m, north_m, 0.7) + 0.05 * cover.speckle(east_m, north_m, 2.0)
    edge = field.depth + ragged
    colours = _earth(slide, cover, field, edge)
    rim = smooth_step(edge, 0.10, -0.02)[..., None]
    colours = colours * (1.0 - rim) + _RIM * (0.8 + 0.25 * cover.speckle(east_m, north_m, 2.0)[..., None]) * rim
    scarp = smooth_step(field.along, 0.06, 0.02) * smooth_step(edge, 0.4, 0.05)
    colours *= ((1.0 - 0.55 * scarp) * np.clip(light, 0.55, 1.2))[..., None]
    mask = smooth_step(edge, -0.14, -0.05)
    soft = ImageFilter.BoxBlur(0.8)
    earth = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8)).filter(soft)
    shape = Image.fromarray((mask * 255.0).astype(np.uint8)).filter(soft)
    size = round(earth.width * scale[0]), round(earth.height * scale[1])
    corner = round(part[1].start * scale[0]), round(part[0].start * scale[1])
    picture.paste(earth.resize(size, _SMOOTH), corner, mask=shape.resize(size, _SMOOTH))


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
    at = np.minimum(last, (last * random.power(2.2, _BOULDERS)).astype(np.intp))
    spread_m = slide.half_width_m[at, None] * 0.6
    places = points[at] + random.uniform(-1.0, 1.0, (_BOULDERS, 2)) * spread_m
    sketch.boulders(places, 0.5 + random.exponential(0.7, _BOULDERS), random.uniform(0.7, 1.2, _BOULDERS))
    at = random.integers(2, last + 1, _LOGS)
    ahead = points[at] - points[at - 1]
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=-1)
    at_edge = random.choice([-1.0, 1.0], _LOGS) * random.uniform(0.7, 1.02, _LOGS)
    across = np.where(np.arange(_LOGS) % 3 > 0, at_edge, random.uniform(-0.8, 0.8, _LOGS))
    starts = points[at] + side * (slide.half_width_m[at] * across)[:, None]
    angle = random.normal(0.0, 0.7, _LOGS)
    turned = ahead * np.cos(angle)[:, None] + side * np.sin(angle)[:, None]
    ends = starts + turned * random.uniform(5.0, 14.0, _LOGS)[:, None]
    sketch.logs(starts, ends, random.random(_LOGS) < 0.45)
