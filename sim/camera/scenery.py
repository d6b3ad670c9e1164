"""What people have built in the landscape: roads, rivers, houses and landing pads, in metres of the terrain's frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fleet.positions import LocalFrame, LonLat
from sim.camera.ground import GroundModel

Floats = npt.NDArray[np.floating]

_HOUSES_A_HAMLET = 16
_CLEAR_OF_LINES_M = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are, as a town knows them. Lines are corners in order; a hamlet is its centre."""

    roads: Sequence[Sequence[LonLat]] = ()
    rivers: Sequence[Sequence[LonLat]] = ()
    hamlets: Sequence[LonLat] = ()
    pads: Sequence[LonLat] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A gabled house; `turn_rad` is the direction of its ridge, counter-clockwise from east."""

    east_m: float
    north_m: float
    length_m: float
    width_m: float
    turn_rad: float
    roof: tuple[int, int, int]

    def corners(self, grow_m: float = 0.0) -> Floats:
        """Return the four corners, once round, shape (4, 2)."""
        half = np.array([self.length_m, self.width_m]) / 2.0 + grow_m
        box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
        cos, sin = np.cos(self.turn_rad), np.sin(self.turn_rad)
        return np.asarray(box @ np.array([[cos, sin], [-sin, cos]]) + [self.east_m, self.north_m])

    def ridge(self) -> Floats:
        """Return both ends of the ridge, shape (2, 2)."""
        along = np.array([np.cos(self.turn_rad), np.sin(self.turn_rad)]) * self.length_m / 2.0
        middle = np.array([self.east_m, self.north_m])
        return np.stack([middle - along, middle + along])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """Places in local metres; lines have a point every 6 m, shape (n, 2)."""

    roads: Sequence[Floats] = field(default_factory=tuple)
    rivers: Sequence[Floats] = field(default_factory=tuple)
    houses: Sequence[House] = field(default_factory=tuple)
    pads: Sequence[tuple[float, float]] = field(default_factory=tuple)


_ROOFS = ((74, 76, 82), (88, 90, 95), (66, 68, 74), (104, 72, 62), (112, 80, 66), (92, 84, 78), (82, 94, 106))


def build_scenery(places: Places, ground: GroundModel, *, seed: int) -> Scenery:
    """Return the scenery of places; houses stand on flat ground clear of roads, rivers and pads, fixed by the seed."""
    frame = ground.terrain.frame
    roads = [_line(frame, road) for road in places.roads if len(road) > 1]
    pads = [frame.local_of(pad) for pad in places.pads]
    random = np.random.default_rng(seed)
    rivers = [_line(frame, river) for river in places.rivers if len(river) > 1]
    houses: list[House] = []
    for hamlet in places.hamlets:
        houses += _houses(frame.local_of(hamlet), ground, [*roads, *rivers], pads, random)
    return Scenery(roads=roads, rivers=rivers, houses=houses, pads=pads)


def _line(frame: LocalFrame, corners: Sequence[LonLat]) -> Floats:
    points = np.array([frame.local_of(corner) for corner in corners])
    length_m = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at_m = np.linspace(0.0, length_m[-1], max(2, int(length_m[-1] / 6.0)))
    return np.stack([np.interp(at_m, length_m, points[:, 0]), np.interp(at_m, length_m, points[:, 1])], axis=-1)


def _houses(
    centre: tuple[float, float],
    ground: GroundModel,
    lines: Sequence[Floats],
    pads: Sequence[tuple[float, float]],
    random: np.random.Generator,
) -> list[House]:
    kept: list[House] = []
    grain = random.uniform(0.0, np.pi)
    taken = [np.array(pad) for pad in pads]
    for _ in range(_HOUSES_A_HAMLET * 8):
        spot = np.array(centre) + random.normal(0.0, 55.0, 2)
        house = House(
            east_m=float(spot[0]),
            north_m=float(spot[1]),
            length_m=float(random.uniform(9.0, 15.0)),
            width_m=float(random.uniform(6.5, 9.0)),
            turn_rad=float(grain + random.choice([0.0, np.pi / 2.0]) + random.normal(0.0, 0.12)),
            roof=_ROOFS[int(random.integers(len(_ROOFS)))],
        )
        close = any(np.hypot(*(spot - other)) < 22.0 for other in taken)
        on_line = any(np.hypot(*(line - spot).T).min() < _CLEAR_OF_LINES_M for line in lines)
        steep = float(ground.slope_deg(spot[0], spot[1])) > 14.0
        if close or on_line or steep:
            continue
        kept.append(house)
        taken.append(spot)
        if len(kept) == _HOUSES_A_HAMLET:
            break
    return kept
