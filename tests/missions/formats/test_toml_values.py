import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.errors import BadInputError
from fleet.ids import SiteId
from fleet.text import Text
from missions.formats.demo_aircraft import demo_aircraft
from missions.formats.toml_values import read_table, table_of, toml_text, value_of
from missions.values.aircraft import Aircraft
from missions.values.rules import FlightRules

key = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalar = words | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.booleans() | st.lists(words, max_size=3)
table = st.recursive(
    st.dictionaries(key, scalar, max_size=4),
    lambda inner: st.dictionaries(key, scalar | inner, max_size=4),
    max_leaves=8,
)


@given(table)
def test_any_table_is_read_back_by_the_standard_parser(values: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(values)) == _without_empty(values)


def _without_empty(values: dict[str, object]) -> dict[str, object]:
    """TOML text has no trace of a table that holds nothing."""
    kept = {name: _without_empty(item) if isinstance(item, dict) else item for name, item in values.items()}
    return {name: item for name, item in kept.items() if item != {}}


def test_values_come_back_equal() -> None:
    for aircraft in demo_aircraft(SiteId("depot")).values():
        assert value_of(tomllib.loads(toml_text(table_of(aircraft))), Aircraft, "a.toml") == aircraft


def test_an_unknown_field_lists_the_known_ones() -> None:
    with pytest.raises(BadInputError) as caught:
        value_of({"ja": "a", "en": "b", "fr": "c"}, Text, "t.toml", "name")
    assert "[name]" in caught.value.what.en
    assert caught.value.cure is not None
    assert "ja, en" in caught.value.cure.en


def test_rules_left_out_take_their_default() -> None:
    assert value_of({"clearance_m": 55.0}, FlightRules, "t.toml") == FlightRules(clearance_m=55.0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_rubbish_raises_only_bad_input(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.toml"
    path.write_bytes(data)
    with contextlib.suppress(BadInputError):
        assert isinstance(value_of(read_table(path, "t.toml"), Aircraft, "t.toml"), Aircraft)
