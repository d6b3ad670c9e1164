"""The command line. Every command loads its parts only when it is called, so that `--help` is quick."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from fleet.errors import FleetError
from kakehashi.commands import audit, demo, doctor, flight, openapi, plan, run, services, town
from kakehashi.logging_setup import parse_level, set_up_logging
from kakehashi.settings import load_settings

app = typer.Typer(
    name="kakehashi",
    help="架け橋: 町が自分で運航する災害時ドローン配送 / disaster deliveries by drone, run by the town itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("run")(run.run)
app.command("ground-station")(services.ground_station)
app.command("town-office")(services.town_office)
app.command("sim")(services.sim)
app.command("demo")(demo.demo)
app.command("plan")(plan.plan)
app.command("doctor")(doctor.doctor)
app.command("openapi", hidden=True)(openapi.openapi)
app.add_typer(flight.app, name="flight")
app.add_typer(town.app, name="town")
app.add_typer(audit.app, name="audit")


@app.callback()
def before(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="設定ファイル / settings file (TOML)")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning, error")] = None,
) -> None:
    """Remember what holds for every command."""
    if log_level is not None:
        os.environ["KAKEHASHI_LOG_LEVEL"] = parse_level(log_level).value
    set_up_logging(load_settings(config).log_level)
    context.obj = config


def main() -> None:
    """Run the command line; an expected error becomes two lines and exit code 1."""
    try:
        app()
    except FleetError as error:
        _explain(error)
        raise SystemExit(1) from None
    except ExceptionGroup as group:
        expected = [leaf for leaf in _leaves(group) if isinstance(leaf, FleetError)]
        if not expected:
            raise
        for known in expected:
            _explain(known)
        raise SystemExit(1) from None


def _leaves(group: ExceptionGroup[Exception]) -> list[Exception]:
    """Return the errors of a group of tasks, however deep."""
    found: list[Exception] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, ExceptionGroup) else [error]
    return found


def _explain(error: FleetError) -> None:
    sys.stderr.write(f"✗ {error.what.ja}\n  {error.what.en}\n")
    if error.cure is not None:
        sys.stderr.write(f"→ {error.cure.ja}\n  {error.cure.en}\n")
