"""How the town's aircraft become simulated ones."""

from dataclasses import replace
from pathlib import Path

from kakehashi.compose_sim import simulated_vehicles
from kakehashi.settings import Settings, SimSettings
from missions.formats.demo_town import make_demo_town


def test_a_simulated_aircraft_has_the_number_that_the_town_gave_it(tmp_path: Path) -> None:
    town = make_demo_town()
    first = next(iter(town.aircraft.values()))
    renumbered = replace(town, aircraft=dict(town.aircraft) | {first.id: replace(first, mavlink_system_id=7)})
    settings = Settings(home=tmp_path, sim=SimSettings(count=1))
    assert [v.system_id for v in simulated_vehicles(settings, renumbered)] == [7]
