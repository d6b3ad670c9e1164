"""`kakehashi town`: what a town is not good for is said when it is made and when it is checked."""

from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from kakehashi.commands.town import app
from missions.formats.town_bundle import write_town
from tests.missions.planning import small_town as towns


def _checked(folder: Path) -> str:
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert done.exit_code == 0, done.output
    return done.output


def test_example_figures_and_made_up_mountains_are_named(tmp_path: Path) -> None:
    town = towns.with_synthetic_terrain(towns.town_of(towns.flat()))
    (aircraft,) = town.aircraft.values()
    write_town(replace(town, aircraft={aircraft.id: replace(aircraft, figures_are_examples=True)}), tmp_path / "town")
    said = _checked(tmp_path / "town")
    assert "synthetic terrain" in said
    assert f"example figures, not for real flights: {aircraft.id}" in said


def test_a_measured_town_has_nothing_against_it(tmp_path: Path) -> None:
    write_town(towns.town_of(towns.flat()), tmp_path / "town")
    assert "not for real flights" not in _checked(tmp_path / "town")
