"""The digest of a flight: another one for any difference in what is sent or in what the flight needs."""

from dataclasses import fields, replace
from typing import Any

import pytest

from fleet.text import Text
from ground_station.flight.flight_plan import FlightNeeds, FlightPlan, digest_of
from missions.values.aircraft import PayloadGear
from missions.values.mission_item import MissionItem
from tests.ground_station.flight.plans import FLIGHT


def _other(value: Any) -> Any:
    if isinstance(value, PayloadGear):
        return next(gear for gear in PayloadGear if gear is not value)
    if isinstance(value, Text):
        return Text("別", value.en)
    if isinstance(value, str):
        return value + "x"
    return value + 1


def _with(part: str, items: tuple[MissionItem, ...]) -> FlightPlan:
    changes: dict[str, Any] = {part: items}
    return replace(FLIGHT, **changes)


@pytest.mark.parametrize("part", ["mission", "fence", "rally"])
@pytest.mark.parametrize("name", [field.name for field in fields(MissionItem)])
def test_every_field_of_every_item_counts(part: str, name: str) -> None:
    items: tuple[MissionItem, ...] = getattr(FLIGHT, part)
    last = items[-1]
    changed = (*items[:-1], replace(last, **{name: _other(getattr(last, name))}))
    assert digest_of(_with(part, changed)) != digest_of(FLIGHT)
    assert digest_of(_with(part, items[:-1])) != digest_of(FLIGHT)


@pytest.mark.parametrize("name", [field.name for field in fields(FlightNeeds)])
def test_every_need_counts(name: str) -> None:
    needs = replace(FLIGHT.needs, **{name: _other(getattr(FLIGHT.needs, name))})
    assert digest_of(replace(FLIGHT, needs=needs)) != digest_of(FLIGHT)


def test_aircraft_plan_and_home_count_and_equal_flights_are_one() -> None:
    for changed in (
        replace(FLIGHT, id=_other(FLIGHT.id)),
        replace(FLIGHT, vehicle_id=_other(FLIGHT.vehicle_id)),
        replace(FLIGHT, home=replace(FLIGHT.home, alt_amsl_m=500.01)),
    ):
        assert digest_of(changed) != digest_of(FLIGHT)
    assert digest_of(replace(FLIGHT)) == digest_of(FLIGHT)
    assert {field.name for field in fields(FlightPlan)} == {
        *("id", "vehicle_id", "home", "mission", "fence", "rally", "needs")
    }
