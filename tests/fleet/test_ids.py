"""Ids: sortable, unique, and names that are safe in topics and paths."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import InvalidValueError
from fleet.ids import check_name, new_id, uuid7


@given(now_s=st.floats(0, 4e9), random=st.binary(min_size=10, max_size=10))
def test_ids_are_valid_version_7_and_carry_their_time(now_s: float, random: bytes) -> None:
    parsed = uuid.UUID(uuid7(now_s, random))
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122
    assert parsed.int >> 80 == int(now_s * 1000)


def test_later_ids_sort_later() -> None:
    ids = [new_id(1_700_000_000.0 + step) for step in range(50)]
    assert ids == sorted(ids)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id(1_700_000_000.0) for _ in range(2000)}) == 2000


@pytest.mark.parametrize("name", ["kakehashi-1", "a", "x" * 40, "0"])
def test_plain_names_pass(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "A", "a/b", "../x", "+", "#", "-a", "a-", "x" * 41, "高室", "a\x00"])
def test_names_that_would_break_a_topic_or_a_path_are_refused(name: str) -> None:
    with pytest.raises(InvalidValueError):
        check_name(name)
