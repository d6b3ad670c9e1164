"""What the vehicle keeps of missions, fences and rally points, and how an upload changes it.

A mission and the rally list are edited in place, item by item: a broken upload leaves a mixture. A fence is taken as a
whole, at the end.
"""

from collections.abc import Callable

from sim.vehicle.mission_item import (
    Do,
    Kind,
    Result,
    StoredItem,
    fold_fence_item,
    fold_mission_item,
    fold_rally_item,
)

_LIMITS = {Kind.MISSION: 650, Kind.FENCE: 84, Kind.RALLY: 50}
_FOLDS: dict[Kind, Callable[[StoredItem], tuple[Result, StoredItem]]] = {
    Kind.MISSION: fold_mission_item,
    Kind.FENCE: fold_fence_item,
    Kind.RALLY: fold_rally_item,
}


class PlanStore:
    """The items of one kind. Item 0 of a mission is the home position and is never taken from outside."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.items: list[StoredItem] = []
        self.changes = 0
        self._coming: list[StoredItem] = []

    @property
    def limit(self) -> int:
        """Return how many items fit."""
        return _LIMITS[self.kind]

    def begin(self, count: int) -> None:
        """Prepare to take `count` items, at most `limit`."""
        self._coming = []
        if self.kind is not Kind.FENCE and count < len(self.items):
            del self.items[count:]
            self.changes += 1

    def put(self, seq: int, item: StoredItem) -> Result:
        """Take the item of that number, the next one in order."""
        result, kept = _FOLDS[self.kind](item)
        if result is not Result.ACCEPTED:
            return result
        target = self._coming if self.kind is Kind.FENCE else self.items
        if seq < len(target):
            target[seq] = kept
        else:
            target.append(kept)
        self.changes += 1
        return Result.ACCEPTED

    def finish(self) -> Result:
        """End an upload; a fence whose polygons do not close is refused as a whole."""
        if self.kind is Kind.FENCE:
            if not _polygons_close(self._coming):
                return Result.ERROR
            self.items = self._coming
            self._coming = []
        self.changes += 1
        return Result.ACCEPTED

    def clear(self) -> None:
        """Forget everything."""
        self.items = []
        self.changes += 1


def _polygons_close(items: list[StoredItem]) -> bool:
    index = 0
    while index < len(items):
        item = items[index]
        if item.command not in {Do.FENCE_POLYGON_INCLUSION, Do.FENCE_POLYGON_EXCLUSION}:
            index += 1
            continue
        corners = int(item.param1)
        ring = items[index : index + corners]
        if corners < 3 or len(ring) < corners or any(r.command != item.command or r.param1 != corners for r in ring):
            return False
        index += corners
    return True
