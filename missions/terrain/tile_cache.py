"""Map tiles of the town's terrain, each drawn once and then kept, up to a number of them. Safe from several threads."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from missions.terrain.grid import Terrain
from missions.terrain.tiles import contour_mvt, relief_png

MAX_KEPT = 1024


class TileKind(StrEnum):
    """What a tile shows."""

    RELIEF = "relief"
    CONTOUR = "contour"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTile:
    """A tile's bytes and the tag by which a browser knows that it has them already."""

    data: bytes
    etag: str


class TileCache:
    """Draws tiles of one terrain."""

    def __init__(self, terrain: Terrain, max_kept: int = MAX_KEPT) -> None:
        self._terrain = terrain
        self._max_kept = max_kept
        self._kept: OrderedDict[tuple[TileKind, int, int, int], DrawnTile] = OrderedDict()
        self._lock = threading.Lock()
        self._draw: dict[TileKind, Callable[[Terrain, int, int, int], bytes]] = {
            TileKind.RELIEF: relief_png,
            TileKind.CONTOUR: contour_mvt,
        }

    def tile(self, kind: TileKind | Literal["relief", "contour"], z: int, x: int, y: int) -> DrawnTile:
        """Return a tile; some ten milliseconds the first time. Raises InvalidValueError where there is no such tile."""
        kind = TileKind(kind)
        key = (kind, z, x, y)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        data = self._draw[kind](self._terrain, z, x, y)
        drawn = DrawnTile(data=data, etag=f'"{hashlib.sha256(data).hexdigest()[:32]}"')
        with self._lock:
            self._kept[key] = drawn
            while len(self._kept) > self._max_kept:
                self._kept.popitem(last=False)
        return drawn
