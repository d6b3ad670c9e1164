"""Draws what stands or lies on the ground into a picture: roads, rivers, houses, pads, boulders and logs. Pillow."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from sim.camera.ground import SUN, GroundModel
from sim.camera.scenery import House
from sim.camera.view import CameraView

Floats = npt.NDArray[np.floating]
Colour = tuple[int, int, int]
Outline = list[tuple[float, float]]

_SHADOW_M = -SUN[:2] / SUN[2]
_EAVES_M, _RIDGE_M = 4.2, 6.6
_FAR_M = 2500.0


class Sketch:
    """Turns places on the ground into pixels of one view and draws there."""

    def __init__(self, picture: Image.Image, view: CameraView, ground: GroundModel) -> None:
        self._picture = picture
        self._view = view
        self._ground = ground
        self._draw = ImageDraw.Draw(picture, "RGBA")

    def outline(self, places: Floats, above_m: float | Floats = 0.0) -> Outline | None:
        """Return pixel corners of places (n, 2) standing `above_m` over the ground; None if out of sight."""
        east_m, north_m = places[:, 0], places[:, 1]
        x, y, depth = self._view.project(east_m, north_m, self._ground.height_m(east_m, north_m) + above_m)
        margin = 0.3 * self._view.width_px
        seen = (depth > 2.0) & (x > -margin) & (x < self._view.width_px + margin)
        seen &= (y > -margin) & (y < self._view.height_px + margin)
        if not seen.any() or (depth <= 2.0).any():
            return None
        return list(zip(x.tolist(), y.tolist(), strict=True))

    def bands(self, lines: Sequence[Floats], half_width_m: float) -> Image.Image | None:
        """Return a mask of lines drawn as bands lying on the ground; None if none is in sight."""
        mask: Image.Image | None = None
        for line in lines:
            for piece in self._pieces(line, half_width_m):
                if mask is None:
                    mask = Image.new("L", self._picture.size)
                    draw = ImageDraw.Draw(mask)
                draw.polygon(piece, fill=255)
        return mask

    def _pieces(self, line: Floats, half_width_m: float) -> list[Outline]:
        away_m = np.hypot(line[:, 0] - self._view.east_m, line[:, 1] - self._view.north_m)
        near = np.flatnonzero(away_m < _FAR_M)
        if near.size < 2:
            return []
        line = line[near[0] : near[-1] + 1]
        ahead = np.gradient(line, axis=0)
        side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=-1)
        side *= half_width_m / np.maximum(np.hypot(side[:, 0], side[:, 1]), 1e-9)[:, None]
        edges = np.concatenate([line + side, line - side])
        x, y, depth = self._view.project(edges[:, 0], edges[:, 1], self._ground.height_m(edges[:, 0], edges[:, 1]))
        margin = 0.3 * self._view.width_px
        seen = (depth > 3.0) & (np.abs(x - self._view.width_px / 2.0) < self._view.width_px / 2.0 + margin)
        seen &= np.abs(y - self._view.height_px / 2.0) < self._view.height_px / 2.0 + margin
        left, right = np.split(np.stack([x, y], axis=-1), 2)
        both = np.logical_and(*np.split(seen, 2))
        return [
            [tuple(left[at]), tuple(left[at + 1]), tuple(right[at + 1]), tuple(right[at])]
            for at in np.flatnonzero(both[:-1] & both[1:]).tolist()
        ]

    def house(self, house: House) -> None:
        """Draw a house with its yard and shadow."""
        corners = house.corners()
        yard = self.outline(house.corners(2.6))
        if yard is None:
            return
        self._draw.polygon(yard, fill=(158, 150, 134, 255))
        shadow = self.outline(np.concatenate([corners, corners + _SHADOW_M * _EAVES_M * 1.3]))
        if shadow is not None:
            self._draw.polygon(_hull(shadow), fill=(20, 26, 30, 130))
        base = self._ground.height_m(np.array([house.east_m]), np.array([house.north_m]))[0]
        eaves = self._lifted(house.corners(0.6), base + _EAVES_M)
        ridge = self._lifted(house.ridge(), base + _RIDGE_M)
        foot = self._lifted(corners, base)
        if eaves is None or ridge is None or foot is None:
            return
        self._draw.polygon(_hull([*foot, *eaves]), fill=(176, 168, 154, 255))
        bright = _lit(house.roof, 1.18), _lit(house.roof, 0.82)
        facing = np.array([np.sin(house.turn_rad), -np.cos(house.turn_rad)]) @ SUN[:2] > 0.0
        sides = bright if facing else bright[::-1]
        self._draw.polygon([eaves[0], eaves[1], ridge[1], ridge[0]], fill=sides[0])
        self._draw.polygon([eaves[2], eaves[3], ridge[0], ridge[1]], fill=sides[1])
        self._draw.line([ridge[0], ridge[1]], fill=_lit(house.roof, 1.45), width=max(1, round(self.pixels(0.25))))

    def _lifted(self, places: Floats, alt_amsl_m: float) -> Outline | None:
        return self.outline(places, alt_amsl_m - self._ground.height_m(places[:, 0], places[:, 1]))

    def pixels(self, length_m: float) -> float:
        """Return about how many pixels a length at the middle of the picture takes."""
        axes = self._view.axes()
        height_m = self._view.alt_amsl_m - float(self._ground.height_m(self._view.east_m, self._view.north_m))
        return length_m * self._view.focal_px / max(2.0, height_m / max(0.2, -float(axes[2, 2])))

    def pad(self, east_m: float, north_m: float) -> None:
        """Draw a landing pad: a light square with a circle and an H."""
        turn = np.linspace(0.0, 2.0 * np.pi, 40)
        centre = np.array([east_m, north_m])
        square = self.outline(centre + np.array([[-7, -7], [7, -7], [7, 7], [-7, 7]]))
        circle = self.outline(centre + 4.6 * np.stack([np.cos(turn), np.sin(turn)], axis=-1))
        if square is None or circle is None:
            return
        self._draw.polygon(square, fill=(148, 148, 142, 255))
        width_px = max(1, round(self.pixels(0.35)))
        self._draw.line([*circle, circle[0]], fill=(236, 236, 226), width=width_px, joint="curve")
        for stroke in ([[-1.6, -2.4], [-1.6, 2.4]], [[1.6, -2.4], [1.6, 2.4]], [[-1.6, 0.0], [1.6, 0.0]]):
            ends = self.outline(centre + np.array(stroke))
            if ends is not None:
                self._draw.line(ends, fill=(236, 236, 226), width=width_px)

    def outlines(self, places: Floats, above_m: Floats | float = 0.0) -> list[Outline | None]:
        """Return pixel corners of many outlines (count, corners, 2) at once; None for each that is out of sight."""
        count, corners, _ = places.shape
        flat = places.reshape(-1, 2)
        alt_m = self._ground.height_m(flat[:, 0], flat[:, 1]) + np.repeat(np.broadcast_to(above_m, count), corners)
        x, y, depth = (part.reshape(count, corners) for part in self._view.project(flat[:, 0], flat[:, 1], alt_m))
        across = np.any((x > 0) & (x < self._view.width_px), axis=1)
        down = np.any((y > 0) & (y < self._view.height_px), axis=1)
        seen = np.asarray(np.all(depth > 2.0, axis=1) & across & down).tolist()
        return [
            list(zip(x[number].tolist(), y[number].tolist(), strict=True)) if seen[number] else None
            for number in range(count)
        ]

    def boulders(self, places: Floats, sizes_m: Floats, tones: Floats) -> None:
        """Draw rocks at places (count, 2) with their shadows."""
        corners = places[:, None, :] + _ROCK[None] * sizes_m[:, None, None]
        shadows = self.outlines(corners + _SHADOW_M * sizes_m[:, None, None] * 0.35)
        rocks = self.outlines(corners, sizes_m * 0.3)
        for shadow, rock, tone in zip(shadows, rocks, tones.tolist(), strict=True):
            if shadow is not None and rock is not None:
                self._draw.polygon(shadow, fill=(40, 30, 22, 150))
                self._draw.polygon(rock, fill=_lit((150, 140, 128), tone))

    def logs(self, starts: Floats, ends: Floats, crowned: npt.NDArray[np.bool_]) -> None:
        """Draw fallen trunks from and to places (count, 2), those `crowned` with what is left of their crowns."""
        trunks = np.stack([starts, ends], axis=1)
        length_m = np.hypot(*(ends - starts).T)
        blobs = (ends + (starts - ends) * 0.2)[:, None, :] + _BLOB[None] * length_m[:, None, None] * 0.22
        width_px = max(1, round(self.pixels(0.42)))
        drawn = zip(
            self.outlines(trunks, 0.4),
            self.outlines(trunks + _SHADOW_M * 0.5),
            self.outlines(blobs, 0.5),
            crowned.tolist(),
            strict=True,
        )
        for trunk, shadow, crown, has_crown in drawn:
            if trunk is not None and shadow is not None:
                self._draw.line(shadow, fill=(36, 28, 20, 140), width=width_px)
                self._draw.line(trunk, fill=(152, 128, 100), width=width_px)
            if crown is not None and has_crown:
                self._draw.polygon(crown, fill=(62, 76, 44, 205))


_ROCK = np.array([[-0.5, -0.2], [-0.1, -0.5], [0.45, -0.3], [0.5, 0.25], [0.0, 0.5], [-0.4, 0.35]])
_ROUND = np.linspace(0.0, 2.0 * np.pi, 11, endpoint=False)
_BLOB = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=-1) * (1.0 + 0.13 * np.cos(_ROUND * 3.0 + 1.0))[:, None]


def _lit(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


def _hull(points: Outline) -> Outline:
    """Return the convex hull of pixels, once round (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return points
    hull: Outline = []
    for chain in (ordered, ordered[::-1]):
        part: Outline = []
        for point in chain:
            while len(part) > 1 and _turn(part[-2], part[-1], point) <= 0.0:
                part.pop()
            part.append(point)
        hull += part[:-1]
    return hull


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
