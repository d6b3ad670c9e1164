"""`kakehashi plan`: only a plan that can be flown becomes a file."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from kakehashi.commands.plan import plan
from missions.formats.town_bundle import write_town
from tests.missions.planning import small_town as towns


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("towns") / "small"
    write_town(towns.town_of(towns.flat()), folder)
    return folder


@pytest.fixture
def command(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setenv("KAKEHASHI_TOWN__BUNDLE", str(bundle))
    app = typer.Typer()
    app.command()(plan)
    return app


@pytest.mark.parametrize("ending", ["plan", "waypoints"])
def test_a_plan_that_can_be_flown_is_written(command: typer.Typer, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"site.{ending}"
    done = CliRunner().invoke(command, ["site", "--mass-kg", "4", "--output", str(file)])
    assert done.exit_code == 0, done.output
    assert file.stat().st_size > 0


@pytest.mark.parametrize(("site", "mass_kg"), [("site", "40"), ("depot", "1")])
def test_a_plan_that_cannot_be_flown_is_not_written(
    command: typer.Typer, tmp_path: Path, site: str, mass_kg: str
) -> None:
    file = tmp_path / "site.plan"
    done = CliRunner().invoke(command, [site, "--mass-kg", mass_kg, "--output", str(file)])
    assert done.exit_code == 1
    assert not file.exists()
    assert "書き出しません" in done.output
    assert "is not written" in done.output
