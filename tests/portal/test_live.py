"""Live state: following patches always gives the state itself, however far behind a reader is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.live import KEPT_PATCHES, LiveState, apply_patch, merge_patch

SCALARS = st.one_of(st.integers(0, 3), st.text("ab", max_size=2), st.lists(st.integers(0, 2), max_size=2))
OBJECTS = st.dictionaries(st.sampled_from("xyz"), st.one_of(SCALARS, st.dictionaries(st.sampled_from("pq"), SCALARS)))


@given(old=OBJECTS, new=OBJECTS)
def test_a_merge_patch_turns_the_old_into_the_new(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert apply_patch(old, merge_patch(old, new)) == new


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "remove", "flush"]), st.sampled_from("ab"), st.integers(0, 3), st.integers(0, 3)),
    max_size=60,
)


@given(steps=STEPS, start=st.integers(0, 20))
def test_a_reader_that_joins_anywhere_ends_with_the_same_state(
    steps: list[tuple[str, str, int, int]], start: int
) -> None:
    live = LiveState(("things",))
    seen: dict[str, Any] | None = None
    cursor = 0
    for number, (what, key, one, two) in enumerate(steps):
        if what == "put":
            live.put("things", key, {"one": one, "deep": {"two": two}})
        elif what == "remove":
            live.remove("things", key)
        else:
            live.flush()
        if number == start:
            live.flush()
            seen, cursor = _copy(live.state), live.cursor
    live.flush()
    if seen is None:
        return
    patch = live.patch_since(cursor)
    assert patch is not None
    assert apply_patch(seen, patch) == live.state


def _copy(value: Any) -> Any:
    return {key: _copy(item) for key, item in value.items()} if isinstance(value, dict) else value


def test_nothing_changed_sends_nothing() -> None:
    live = LiveState(("things",))
    live.put("things", "a", {"x": 1})
    assert live.flush() == 2
    assert not live.put("things", "a", {"x": 1})
    assert live.flush() is None


@pytest.mark.parametrize("cursor", [0, 10_000])
def test_a_cursor_that_is_too_old_or_from_elsewhere_needs_a_snapshot(cursor: int) -> None:
    live = LiveState(("things",))
    for number in range(KEPT_PATCHES + 5):
        live.put("things", "a", {"x": number})
        live.flush()
    assert live.patch_since(cursor) is None
