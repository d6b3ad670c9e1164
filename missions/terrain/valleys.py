"""Streams found in a landscape, and the flat valley floors along them.

Metres east and north of the south-west corner.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import ndimage

from fleet.positions import FloatArray
from missions.terrain.erosion import Drainage, IndexArray

STREAM_AREA_M2 = 500_000.0
_SIZE_CLASSES_M2 = (0.0, 2e6, 8e6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A watercourse from its head to where it joins: `points_m` (n, 2) east and north, area drained at each point."""

    points_m: FloatArray
    area_m2: FloatArray

    def unbent(self, bend: tuple[FloatArray, FloatArray], cell_m: float) -> "Stream":
        """Return the stream where the displaced landscape shows it: p with p + bend(p) = this one."""
        points = self.points_m
        for _ in range(6):
            at = [points[:, 1] / cell_m, points[:, 0] / cell_m]
            shift = [ndimage.map_coordinates(part, at, order=1, mode="nearest") for part in bend]
            points = self.points_m - np.column_stack(shift)
        return replace(self, points_m=points)

    def dense(self, spacing_m: float) -> "Stream":
        """Return the stream with a point about every `spacing_m`."""
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.points_m, axis=0).T))])
        at = np.linspace(0.0, along[-1], max(int(along[-1] / spacing_m), 1) + 1)
        points = np.column_stack([np.interp(at, along, self.points_m[:, axis]) for axis in (0, 1)])
        return Stream(points_m=points, area_m2=np.interp(at, along, self.area_m2))


def _heads(flow: Drainage, wet: IndexArray) -> IndexArray:
    fed = np.zeros(flow.receiver.size, dtype=bool)
    fed[flow.receiver[wet][flow.receiver[wet] != wet]] = True
    return wet[~fed[wet]]


def trace_streams(flow: Drainage, shape: tuple[int, ...], cell_m: float, main: FloatArray) -> tuple[Stream, ...]:
    """Return `main` and every stream that drains at least STREAM_AREA_M2, the longest stems first."""
    columns = shape[1]
    wet = np.flatnonzero(flow.area_m2 >= STREAM_AREA_M2)
    depth = np.zeros(flow.receiver.size, dtype=np.intp)
    for number, nodes in enumerate(flow.levels):
        depth[nodes] = number
    heads = _heads(flow, wet)
    taken = np.zeros(flow.receiver.size, dtype=bool)
    streams = [Stream(points_m=main, area_m2=np.full(len(main), float(shape[0] * columns) * cell_m**2))]
    for head in heads[np.argsort(-depth[heads], kind="stable")]:
        way = [int(head)]
        while not taken[way[-1]]:
            taken[way[-1]] = True
            after = int(flow.receiver[way[-1]])
            if after == way[-1]:
                break
            way.append(after)
        if len(way) < 4:
            continue
        row, column = np.divmod(np.array(way), columns)
        points = np.column_stack([column, row]) * cell_m
        area = flow.area_m2[np.array(way)].copy()
        area[-1] = area[-2]
        streams.append(Stream(points_m=_rounded(points), area_m2=area))
    return tuple(streams)


def _rounded(points: FloatArray) -> FloatArray:
    """Return the points with the corners of the grid taken off, ends kept."""
    for _ in range(3):
        inner = (points[:-2] + 2.0 * points[1:-1] + points[2:]) / 4.0
        points = np.vstack([points[:1], inner, points[-1:]])
    return points


def _inside(stream: Stream, shape: tuple[int, ...], cell_m: float) -> Stream | None:
    east, north = stream.points_m.T
    keep = (east >= 0) & (north >= 0) & (east <= (shape[1] - 1) * cell_m) & (north <= (shape[0] - 1) * cell_m)
    if keep.sum() < 2:
        return None
    return Stream(points_m=stream.points_m[keep], area_m2=stream.area_m2[keep])


def floor_half_width_m(area_m2: FloatArray) -> FloatArray:
    """Return half the width of the flat floor of a valley that drains `area_m2`."""
    return np.asarray(np.clip(12.0 + 14.0 * np.sqrt(area_m2 / 1e6), 15.0, 90.0))


def _carve_floors(heights_m: FloatArray, streams: list[Stream], cell_m: float) -> tuple[FloatArray, FloatArray]:
    """Return heights with flat floors along `streams`, and the distance from the floors' edges, m."""
    floor_m = np.full(heights_m.shape, np.inf)
    half_m = np.zeros(heights_m.shape)
    for stream in streams:
        row, column = (np.round(stream.points_m[:, axis] / cell_m).astype(np.intp) for axis in (1, 0))
        np.minimum.at(floor_m, (row, column), np.minimum.accumulate(heights_m[row, column]))
        half_m[row, column] = np.maximum(half_m[row, column], floor_half_width_m(stream.area_m2))
    away, nearest = ndimage.distance_transform_edt(np.isinf(floor_m), return_indices=True)
    away_m = away * cell_m
    floor_near_m = floor_m[nearest[0], nearest[1]] + 0.015 * away_m
    half_near_m = half_m[nearest[0], nearest[1]]
    t = np.clip((away_m - half_near_m) / (2.5 * half_near_m), 0.0, 1.0)
    share = t * t * (3.0 - 2.0 * t)
    return floor_near_m + (heights_m - floor_near_m) * share, away_m - half_near_m


def carve_valleys(
    heights_m: FloatArray, detail: FloatArray, streams: tuple[Stream, ...], cell_m: float
) -> tuple[FloatArray, tuple[Stream, ...]]:
    """Return heights with flat floors along the streams and `detail` on the slopes, and the streams inside the grid.

    Small valleys are carved first, so that a wide floor runs on past the mouths of its side valleys.
    """
    inside = [_inside(stream.dense(cell_m / 2.0), heights_m.shape, cell_m) for stream in streams]
    kept = [stream for stream in inside if stream is not None]
    largest_m2 = max((float(stream.area_m2.max()) for stream in kept), default=np.inf)
    edge_m = np.full(heights_m.shape, np.inf)
    for low, high in pairwise((*_SIZE_CLASSES_M2, largest_m2, np.inf)):
        of_size = [stream for stream in kept if low <= float(stream.area_m2.max()) < high]
        if of_size:
            heights_m, away_m = _carve_floors(heights_m, of_size, cell_m)
            edge_m = np.minimum(edge_m, away_m)
    shaped = heights_m + 6.0 * detail * np.clip(edge_m / 300.0, 0.0, 1.0)
    return np.asarray(ndimage.gaussian_filter(shaped, 1.0)), tuple(kept)
