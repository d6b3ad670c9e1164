"""Which of the town's aircraft a link belongs to."""

from dataclasses import replace
from pathlib import Path

import pytest

from fleet.errors import BadInputError
from fleet.ids import VehicleId
from fleet.realm import Realm
from kakehashi.aircraft_of_run import trained_aircraft
from kakehashi.compose_flight import vehicle_settings
from kakehashi.settings import Settings, SimSettings, StationSettings
from missions.formats.demo_town import make_demo_town
from missions.values.town import Town


@pytest.fixture(scope="module")
def town() -> Town:
    return make_demo_town()


def _measured(town: Town) -> Town:
    own = {key: replace(one, figures_are_examples=False, load_is_nominal=False) for key, one in town.aircraft.items()}
    return replace(town, aircraft=own)


def _ids(town: Town, *links: str, realm: Realm = Realm.DRILL, count: int = 1) -> list[str]:
    settings = Settings(realm=realm, station=StationSettings(vehicles=links), sim=SimSettings(count=count))
    return [str(one.id) for one in vehicle_settings(settings, town.aircraft)]


def test_a_live_link_without_a_name_takes_the_towns_aircraft_in_their_order(town: Town) -> None:
    links = ("tcp:127.0.0.1:1", "tcp:127.0.0.1:2")
    assert _ids(_measured(town), *links, realm=Realm.LIVE) == ["kakehashi-1", "arducopter-1"]


@pytest.mark.parametrize("nominal", [True, False])
def test_a_live_aircraft_needs_figures_of_its_own_and_a_drills_does_not(*, town: Town, nominal: bool) -> None:
    copied = _measured(town)
    aircraft = replace(
        copied.aircraft[VehicleId("kakehashi-1")], figures_are_examples=not nominal, load_is_nominal=nominal
    )
    copied = replace(copied, aircraft={**copied.aircraft, aircraft.id: aircraft})
    with pytest.raises(BadInputError) as refused:
        _ids(copied, "kakehashi-1=tcp:127.0.0.1:1", realm=Realm.LIVE)
    assert refused.value.cure is not None
    assert "aircraft/kakehashi-1.toml" in refused.value.cure.ja
    assert _ids(copied, "arducopter-1=tcp:127.0.0.1:1", realm=Realm.LIVE) == ["arducopter-1"]
    assert _ids(copied, "kakehashi-1=tcp:127.0.0.1:1") == ["kakehashi-1"]


def test_a_drills_link_without_a_name_takes_the_aircraft_meant_for_sitl_first(town: Town) -> None:
    assert _ids(town, "tcp:127.0.0.1:1", "tcp:127.0.0.1:2") == ["arducopter-1", "kakehashi-1"]


def test_a_drill_without_links_flies_our_simulator_in_the_towns_order(town: Town) -> None:
    assert _ids(town, count=2) == ["kakehashi-1", "arducopter-1"]


def test_a_drill_that_starts_sitl_itself_has_the_aircraft_that_sitl_plays(town: Town) -> None:
    sim = SimSettings(count=2, arducopter=Path("arducopter"))
    settings = Settings(realm=Realm.DRILL, sim=sim)
    played = [one.id for one in trained_aircraft(settings, town.aircraft)]
    assert [one.id for one in vehicle_settings(settings, town.aircraft)] == played == ["arducopter-1", "kakehashi-1"]


def test_a_link_without_a_name_leaves_an_aircraft_that_another_link_names(town: Town) -> None:
    assert _ids(town, "tcp:127.0.0.1:1", "arducopter-1=tcp:127.0.0.1:2") == ["kakehashi-1", "arducopter-1"]


@pytest.mark.parametrize(
    "links",
    [
        ("nobody-7=tcp:127.0.0.1:1",),
        ("kakehashi-1=tcp:127.0.0.1:1", "kakehashi-1=tcp:127.0.0.1:2"),
        ("tcp:127.0.0.1:1", "tcp:127.0.0.1:2", "tcp:127.0.0.1:3"),
    ],
)
def test_a_link_that_no_aircraft_is_left_for_is_refused_with_the_towns_aircraft(
    town: Town, links: tuple[str, ...]
) -> None:
    with pytest.raises(BadInputError) as refused:
        _ids(town, *links)
    assert "arducopter-1" in refused.value.what.ja
    assert refused.value.cure is not None
