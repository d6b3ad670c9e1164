"""Live state for pages: a snapshot, then JSON merge patches (RFC 7386), resumed by cursor. Pure.

State is two levels deep: collections of entities by id, and plain top-level values. Changes gather until `flush`
turns them into one patch with the next cursor; a reader that fell behind the kept patches gets a snapshot again.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

JsonObject = dict[str, Any]

KEPT_PATCHES = 600


def merge_patch(old: Mapping[str, Any], new: Mapping[str, Any]) -> JsonObject:
    """Return the merge patch that turns `old` into `new`; empty if they are equal.

    Lists are replaced whole. A new value of None cannot be told from a removal in RFC 7386, so readers treat an
    absent field and null alike.
    """
    patch: JsonObject = {key: None for key in old if key not in new and old[key] is not None}
    for key, value in new.items():
        before = old.get(key)
        if before == value and (key in old or value is None):
            continue
        if isinstance(before, dict) and isinstance(value, dict):
            patch[key] = merge_patch(before, value)
        else:
            patch[key] = value
    return patch


def apply_patch(target: Mapping[str, Any], patch: Mapping[str, Any]) -> JsonObject:
    """Return `target` with a merge patch applied (RFC 7386, section 2)."""
    result = dict(target)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            before = result.get(key)
            result[key] = apply_patch(before if isinstance(before, dict) else {}, value)
        else:
            result[key] = value
    return result


class LiveState:
    """The state and its newest patches."""

    def __init__(self, collections: tuple[str, ...], first_cursor: int = 1) -> None:
        self._state: JsonObject = {name: {} for name in collections}
        self._pending: JsonObject = {}
        self._patches: OrderedDict[int, JsonObject] = OrderedDict()
        self._cursor = first_cursor

    @property
    def cursor(self) -> int:
        """Return the cursor of the newest flushed patch."""
        return self._cursor

    @property
    def state(self) -> JsonObject:
        """Return the whole state; not to be changed by the caller."""
        return self._state

    def put(self, collection: str, key: str, value: JsonObject) -> bool:
        """Set one entity; return whether anything changed."""
        entities = self._state[collection]
        old = entities.get(key)
        patch = value if old is None else merge_patch(old, value)
        if old is not None and not patch:
            return False
        entities[key] = value
        self._pending = apply_patch_keeping_null(self._pending, {collection: {key: patch}})
        return True

    def remove(self, collection: str, key: str) -> bool:
        """Take one entity out; return whether it was there."""
        if self._state[collection].pop(key, None) is None:
            return False
        self._pending = apply_patch_keeping_null(self._pending, {collection: {key: None}})
        return True

    def set(self, key: str, value: Any) -> bool:
        """Set a top-level value; return whether it changed."""
        if key in self._state and self._state[key] == value:
            return False
        self._state[key] = value
        self._pending = apply_patch_keeping_null(self._pending, {key: value})
        return True

    def flush(self) -> int | None:
        """Turn what gathered into one patch; return its cursor, or None if nothing changed."""
        if not self._pending:
            return None
        self._cursor += 1
        self._patches[self._cursor] = self._pending
        self._pending = {}
        while len(self._patches) > KEPT_PATCHES:
            self._patches.popitem(last=False)
        return self._cursor

    def patch_since(self, cursor: int) -> JsonObject | None:
        """Return one patch for everything after `cursor`, or None if only a snapshot can help."""
        if cursor == self._cursor:
            return {}
        if cursor > self._cursor or cursor + 1 not in self._patches:
            return None
        merged: JsonObject = {}
        for number in range(cursor + 1, self._cursor + 1):
            merged = apply_patch_keeping_null(merged, self._patches[number])
        return merged


def apply_patch_keeping_null(first: Mapping[str, Any], second: Mapping[str, Any]) -> JsonObject:
    """Return one merge patch that does what `first` and then `second` do.

    Where `second` writes an object over a removal, the reader's old object is already gone in `first`; two patches
    cannot be folded without loss there, so callers replace whole entities after a removal.
    """
    result = dict(first)
    for key, value in second.items():
        before = result.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            result[key] = apply_patch_keeping_null(before, value)
        else:
            result[key] = value
    return result
