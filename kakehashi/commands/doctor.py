"""`kakehashi doctor`: looks at what a run needs, and says what to do about what is missing."""

import typer

from fleet.realm import Realm
from kakehashi.commands.services import Drill, realm_overrides
from kakehashi.settings import load_settings

_SIGNS = {"ok": "✓", "warn": "!", "refuse": "✗"}


def doctor(context: typer.Context, drill: Drill = False) -> None:
    """不具合の原因を調べる / find out what is wrong; exit 1 if something would stop a run."""
    from kakehashi.diagnosis import diagnose

    settings = load_settings(context.obj, **realm_overrides(drill=drill))
    findings = diagnose(settings)
    for finding in findings:
        typer.echo(f"{_SIGNS[finding.level.value]} {finding.text.ja} / {finding.text.en}")
        if finding.cure is not None:
            typer.echo(f"    → {finding.cure.text.ja} / {finding.cure.text.en}")
    if settings.realm is Realm.LIVE:
        typer.echo("（訓練の設定は --drill で調べます / use --drill to look at a drill's settings）")
    if any(finding.level.value == "refuse" for finding in findings):
        raise typer.Exit(1)
