"""The map of the demonstration town: its border, rivers and the roads along the valleys.

Points are (east, north) in metres from the south-west corner of the grid.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from shapely.geometry import LineString, MultiLineString, Polygon

from fleet.positions import FloatArray
from missions.formats.demo_ground import Ground
from missions.formats.demo_sites import Hollow
from missions.terrain.valleys import Stream

_ROAD_OFF_RIVER_M = 28.0
_ROAD_AREA_M2 = 1.6e6
_RIVER_AREA_M2 = 1.2e6


def border(ground: Ground, rng: np.random.Generator) -> Polygon:
    """Return a rounded, uneven outline some hundred metres inside the grid."""
    angle = np.linspace(0.0, 2.0 * np.pi, 181)[:-1]
    phase = rng.uniform(0.0, 2.0 * np.pi, 4)
    uneven = sum(0.012 * np.sin((3 + 2 * number) * angle + phase[number]) for number in range(4))
    half_east, half_north = ground.extent.east_m / 2.0, ground.extent.north_m / 2.0
    reach = 0.93 * (1.0 + uneven)
    east = half_east * (1.0 + reach * np.sign(np.cos(angle)) * np.sqrt(np.abs(np.cos(angle))))
    north = half_north * (1.0 + reach * np.sign(np.sin(angle)) * np.sqrt(np.abs(np.sin(angle))))
    return Polygon(np.column_stack([east, north])).buffer(0)


def rivers(streams: Sequence[Stream]) -> Iterable[tuple[int, LineString]]:
    """Yield stream number and line of what is wide enough to be drawn."""
    for number, stream in enumerate(streams):
        wide = stream.area_m2 >= _RIVER_AREA_M2
        if wide.sum() >= 20:
            yield number, _line(stream.points_m[wide])


def roads(streams: Sequence[Stream], sites: Sequence[Hollow]) -> Iterable[tuple[int, LineString]]:
    """Yield stream number and line of the road beside each larger stream, and down from every site."""
    first_site = {hollow.stream: hollow.index for hollow in sorted(sites, key=lambda hollow: -hollow.index)}
    for number, stream in enumerate(streams):
        start = int(np.argmax(stream.area_m2 >= _ROAD_AREA_M2)) if stream.area_m2.max() >= _ROAD_AREA_M2 else None
        if number in first_site:
            start = first_site[number] if start is None else min(start, first_site[number])
        if start is None or len(stream.points_m) - start < 20:
            continue
        beside = _line(stream.points_m[start:]).offset_curve(_ROAD_OFF_RIVER_M)
        line = max(beside.geoms, key=lambda part: part.length) if isinstance(beside, MultiLineString) else beside
        if isinstance(line, LineString) and line.length > 100.0:
            yield number, _simplified(line, 3.0)


def _line(points_m: FloatArray) -> LineString:
    return _simplified(LineString(points_m), 4.0)


def _simplified(line: LineString, tolerance_m: float) -> LineString:
    simple = line.simplify(tolerance_m)
    return simple if isinstance(simple, LineString) else line
