"""The command line. Every command loads its parts only when it is called, so that `--help` is quick."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from fleet.errors import FleetError
from kakehashi.commands import audit, demo, doctor, openapi, plan, run, services, town
from kakehashi.logging_setup import set_up_logging

app = typer.Typer(
    name="kakehashi",
    help="架け橋: 町が自分で運航する災害時ドローン配送 / disaster deliveries by drone, run by the town itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("run")(run.run)
app.command("ground-station")(services.ground_station)
app.command("town-office")(services.town_office)
app.command("sim")(services.sim)
app.command("demo")(demo.demo)
app.command("plan")(plan.plan)
app.command("doctor")(doctor.doctor)
app.command("openapi", hidden=True)(openapi.openapi)
app.add_typer(town.app, name="town")
app.add_typer(audit.app, name="audit")


@app.callback()
def before(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="設定ファイル / settings file (TOML)")] = None,
    log_level: Annotated[str, typer.Option(help="debug, info, warning, error")] = "info",
) -> None:
    """Remember what holds for every command."""
    set_up_logging(log_level)
    context.obj = config


def main() -> None:
    """Run the command line; an expected error becomes two lines and exit code 1."""
    try:
        app()
    except FleetError as error:
        sys.stderr.write(f"✗ {error.what.ja}\n  {error.what.en}\n")
        if error.cure is not None:
            sys.stderr.write(f"→ {error.cure.ja}\n  {error.cure.en}\n")
        raise SystemExit(1) from None
