"""A landslide: where it starts, which way the debris runs and how wide. Pure and deterministic.

The debris follows the steepest descent with some momentum, digs on steep ground and comes to rest where it is flat,
in a widening tongue. East-north metres of the terrain's frame.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fleet.errors import NotFoundError
from fleet.positions import LonLat
from fleet.text import Text
from sim.camera.ground import GroundModel

Floats = npt.NDArray[np.floating]

_STEP_M = 4.0
_MOMENTUM = 0.86
_REST_SLOPE_DEG = 5.0
_LONGEST_M = 420.0
_SHORTEST_M = 120.0
_SOURCE_SLOPES_DEG = (20.0, 13.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landslide:
    """A scar. `east_m`, `north_m` run from the source down, 4 m apart; `half_width_m` belongs to each point."""

    east_m: Floats
    north_m: Floats
    half_width_m: Floats
    seed: int

    @property
    def length_m(self) -> float:
        """Return the length of the track on the map."""
        return float(np.hypot(np.diff(self.east_m), np.diff(self.north_m)).sum())

    def outline(self) -> tuple[Floats, Floats]:
        """Return the outline, once round: down the left side and up the right one."""
        ahead_e, ahead_n = np.gradient(self.east_m), np.gradient(self.north_m)
        length = np.maximum(np.hypot(ahead_e, ahead_n), 1e-9)
        side_e, side_n = -ahead_n / length * self.half_width_m, ahead_e / length * self.half_width_m
        return (
            np.concatenate([self.east_m + side_e, (self.east_m - side_e)[::-1]]),
            np.concatenate([self.north_m + side_n, (self.north_m - side_n)[::-1]]),
        )

    def inside(self, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Return depth, along and across at places, shapes as given.

        Depth is 1 on the middle line, 0 on the edge and negative outside (never under −3); `along` runs 0 to 1 from
        source to toe; `across` is metres from the middle line.
        """
        depth = np.full(east_m.shape, -3.0)
        along = np.zeros(east_m.shape)
        across = np.full(east_m.shape, 1e6)
        reach_m = 3.0 * float(self.half_width_m.max()) + _STEP_M
        near = (
            (east_m > self.east_m.min() - reach_m)
            & (east_m < self.east_m.max() + reach_m)
            & (north_m > self.north_m.min() - reach_m)
            & (north_m < self.north_m.max() + reach_m)
        )
        if not near.any():
            return depth, along, across
        e, n = east_m[near][:, None], north_m[near][:, None]
        distance_m = np.hypot(e - self.east_m[None, :], n - self.north_m[None, :])
        relative = distance_m / self.half_width_m[None, :]
        best = np.argmin(relative, axis=1)
        rows = np.arange(best.size)
        depth[near] = np.maximum(1.0 - relative[rows, best], -3.0)
        weight = np.exp(-((relative - relative[rows, best][:, None]) * 4.0))
        along[near] = (weight * np.linspace(0.0, 1.0, self.east_m.size)).sum(axis=1) / weight.sum(axis=1)
        across[near] = distance_m[rows, best]
        return depth, along, across


def landslide_from(ground: GroundModel, source: LonLat, *, seed: int = 0, longest_m: float = _LONGEST_M) -> Landslide:
    """Return the landslide that breaks loose at `source` and runs at most `longest_m`."""
    east_m, north_m = ground.terrain.frame.local_of(source)
    return _landslide(ground, east_m, north_m, seed, longest_m)


def _landslide(ground: GroundModel, east_m: float, north_m: float, seed: int, longest_m: float) -> Landslide:
    track = _track(ground, east_m, north_m, longest_m)
    along = np.linspace(0.0, 1.0, len(track))
    random = np.random.default_rng(seed)
    head = 11.0 * np.exp(-(((along - 0.10) / 0.13) ** 2))
    toe = 15.0 * np.clip((along - 0.62) / 0.38, 0.0, 1.0) ** 1.3
    waves = np.interp(along, np.linspace(0, 1, 9), random.uniform(-2.0, 2.5, 9))
    rounded = np.clip(np.minimum(along / 0.04, (1.0 - along) / 0.05), 0.25, 1.0)
    half_width_m = (8.0 + head + toe + waves) * rounded * min(1.0, 0.55 + len(track) * _STEP_M / 400.0)
    return Landslide(east_m=track[:, 0], north_m=track[:, 1], half_width_m=half_width_m, seed=seed)


def _track(ground: GroundModel, east_m: float, north_m: float, longest_m: float) -> Floats:
    place = np.array([east_m, north_m])
    direction = _downhill(ground, place)
    points = [place]
    spent_m = 0.0
    for _ in range(int(longest_m / _STEP_M)):
        direction = _MOMENTUM * direction + (1.0 - _MOMENTUM) * 3.0 * _downhill(ground, place)
        norm = float(np.linalg.norm(direction))
        if norm < 1e-6:
            break
        direction = direction / norm
        place = place + direction * _STEP_M
        points.append(place)
        slope_deg = float(ground.slope_deg(place[0], place[1]))
        spent_m = spent_m + _STEP_M if slope_deg < _REST_SLOPE_DEG else 0.0
        if spent_m > 60.0:
            break
    while len(points) < 6:
        points.append(points[-1] + direction * _STEP_M)
    return np.array(points)


def _downhill(ground: GroundModel, place: Floats) -> Floats:
    reach_m = 8.0
    east = np.array([place[0] + reach_m, place[0] - reach_m, place[0], place[0]])
    north = np.array([place[1], place[1], place[1] + reach_m, place[1] - reach_m])
    heights_m = ground.height_m(east, north)
    fall = np.array([heights_m[1] - heights_m[0], heights_m[3] - heights_m[2]])
    norm = float(np.linalg.norm(fall))
    return fall / norm * min(1.0, norm / 4.0) if norm > 1e-9 else fall


def landslide_near(
    ground: GroundModel, place: LonLat, *, seed: int = 0, keep_clear_m: float = 24.0, within_m: float = 500.0
) -> Landslide:
    """Return the landslide that comes nearest to `place` but leaves `keep_clear_m` round it clear.

    Sources are sought within `within_m`, on the steepest ground first; raises NotFoundError where all is flat.
    """
    for steep_deg in _SOURCE_SLOPES_DEG:
        slides = [
            slide
            for slide in _candidates(ground, place, seed, within_m, steep_deg)
            if _gap_m(ground, place, slide) >= keep_clear_m and slide.length_m >= _SHORTEST_M
        ]
        if slides:
            return min(slides, key=lambda slide: _gap_m(ground, place, slide))
    raise NotFoundError(
        Text("崩れるほどの斜面が近くにありません", "no slope near is steep enough for a landslide"),
        Text("山あいの地点を選んでください", "choose a place in the mountains"),
    )


def _candidates(
    ground: GroundModel, place: LonLat, seed: int, within_m: float, steep_deg: float
) -> Iterator[Landslide]:
    east_m, north_m = ground.terrain.frame.local_of(place)
    for distance_m in np.arange(100.0, within_m, 40.0):
        for angle in np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False):
            source_e, source_n = east_m + distance_m * np.sin(angle), north_m + distance_m * np.cos(angle)
            if float(ground.slope_deg(source_e, source_n)) >= steep_deg:
                yield _landslide(ground, source_e, source_n, seed, _LONGEST_M)


def _gap_m(ground: GroundModel, place: LonLat, slide: Landslide) -> float:
    """Return metres from a place to the nearest edge of the debris."""
    east_m, north_m = ground.terrain.frame.local_of(place)
    return float((np.hypot(slide.east_m - east_m, slide.north_m - north_m) - slide.half_width_m).min())
