"""Numbers that safety rests on are finite and within bounds, or the bundle is refused."""

import math
import shutil
from dataclasses import fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import BadInputError
from missions.formats.bounds import AIRCRAFT, RULES, check_aircraft, check_rules
from missions.formats.town_bundle import read_town
from missions.values.aircraft import Aircraft, Battery
from missions.values.rules import FlightRules
from tests.missions.planning import small_town as towns


def _aircraft_with(key: str, value: float) -> Aircraft:
    aircraft = towns.aircraft()
    part, _, name = key.rpartition(".")
    changed: dict[str, Any] = {name: value}
    if part:
        return replace(aircraft, battery=replace(aircraft.battery, **changed))
    return replace(aircraft, **changed)


def _rules_with(key: str, value: float) -> FlightRules:
    changed: dict[str, Any] = {key: value}
    return replace(FlightRules(), **changed)


def _numbers(kind: type[FlightRules | Aircraft | Battery], prefix: str = "") -> set[str]:
    return {f"{prefix}{field.name}" for field in fields(kind) if field.type in {float, int}}


def test_every_number_has_bounds() -> None:
    assert set(RULES) == _numbers(FlightRules)
    assert set(AIRCRAFT) == _numbers(Aircraft) | _numbers(Battery, "battery.")


def test_the_usual_figures_are_within_bounds() -> None:
    rules, aircraft = FlightRules(), towns.aircraft()
    check_rules(rules, "town.toml")
    check_aircraft(aircraft, "aircraft/kakehashi-1.toml")
    assert all(low <= getattr(rules, name) <= high for name, (low, high) in RULES.items())
    assert all(low <= attrgetter(name)(aircraft) <= high for name, (low, high) in AIRCRAFT.items())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -40.0, 1e9])
def test_a_rule_out_of_bounds_is_named_with_what_is_allowed(value: float) -> None:
    for key, (low, _) in RULES.items():
        with pytest.raises(BadInputError) as refused:
            check_rules(_rules_with(key, value), "town.toml")
        assert f"rules.{key}" in refused.value.what.ja
        assert "town.toml" in refused.value.what.en
        assert refused.value.cure is not None
        assert f"{low:g}〜" in refused.value.cure.ja


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -5.0, 1e9])
def test_a_figure_of_an_aircraft_out_of_bounds_is_named(value: float) -> None:
    for key in AIRCRAFT:
        with pytest.raises(BadInputError) as refused:
            check_aircraft(_aircraft_with(key, value), "aircraft/kakehashi-1.toml")
        assert key in refused.value.what.ja


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("town.toml", "clearance_m = 40.0", "clearance_m = -40.0"),
        ("town.toml", "ceiling_agl_m = 150.0", "ceiling_agl_m = nan"),
        ("town.toml", "climb_mps = 2.5", "climb_mps = 0.0"),
        ("aircraft/kakehashi-1.toml", "usable_fraction = 0.95", "usable_fraction = 95.0"),
        ("aircraft/kakehashi-1.toml", "max_payload_kg = 7.0", "max_payload_kg = nan"),
    ],
)
def test_a_bundle_with_such_a_number_is_refused(
    demo_folder: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    folder = Path(shutil.copytree(demo_folder, tmp_path / "town"))
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInputError) as refused:
        read_town(folder)
    assert new in refused.value.what.en
