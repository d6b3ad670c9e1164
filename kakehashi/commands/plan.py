"""`kakehashi plan`: plan one delivery at the command line and write it as files."""

import time
from pathlib import Path
from typing import Annotated

import typer

from fleet.errors import BadInputError
from fleet.ids import PlanId, RequestId, SiteId, VehicleId, new_id
from fleet.text import Text
from kakehashi.output_place import require_file_place, writing
from kakehashi.settings import load_settings
from missions.values.plan import Plan

_ENDINGS = (".plan", ".waypoints")
_SIGNS = {"ok": "✓", "warn": "!", "refuse": "✗"}


def plan(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="着陸場の id / landing site's id")],
    item: Annotated[str, typer.Option(help="運ぶ物 / the load")] = "荷物",
    mass_kg: Annotated[float, typer.Option(min=0.0, max=1000.0, help="質量 kg / mass")] = 0.0,
    vehicle: Annotated[str | None, typer.Option(help="機体の id / aircraft's id")] = None,
    wind_mps: Annotated[float, typer.Option(min=0.0, max=60.0, help="風速 / wind speed")] = 0.0,
    wind_from_deg: Annotated[float, typer.Option(min=0.0, max=359.9, help="風向（吹いてくる方） / from")] = 0.0,
    output: Annotated[Path | None, typer.Option(help=".plan か .waypoints に書き出す / file to write")] = None,
) -> None:
    """配送を計画する / plan a delivery; exit 1 if it cannot be flown."""
    from kakehashi.bundle import load_town_for_drafts
    from missions.planning.planner import plan_delivery
    from missions.values.conditions import Conditions
    from missions.values.finding import Level
    from missions.values.request import DeliveryRequest, Urgency

    if output is not None:
        _require_writable(output)
    town = load_town_for_drafts(load_settings(context.obj))
    now_s = time.time()
    request = DeliveryRequest(
        id=RequestId(new_id(now_s)),
        item=item,
        mass_kg=mass_kg,
        site_id=SiteId(site),
        urgency=Urgency.ROUTINE,
        requested_by="command line",
        requested_at_s=now_s,
    )
    conditions = Conditions(wind_mps=wind_mps, wind_from_deg=wind_from_deg, now_s=now_s, plan_id=PlanId(new_id(now_s)))
    made = plan_delivery(request, town, VehicleId(vehicle or next(iter(town.aircraft))), conditions)
    for finding in made.findings:
        typer.echo(f"{_SIGNS[finding.level.value]} {finding.text.ja} / {finding.text.en}")
        if finding.cure is not None and finding.level is not Level.OK:
            typer.echo(f"    → {finding.cure.text.ja} / {finding.cure.text.en}")
    typer.echo(
        f"{made.distance_m / 1000:.1f} km, {made.duration_s / 60:.1f} 分 / min, "
        f"{made.energy.needed_wh:.0f} / {made.energy.usable_wh:.0f} Wh"
    )
    if made.verdict is Level.REFUSE or not made.items:
        typer.echo(_cannot_fly(output))
        raise typer.Exit(1)
    if output is not None:
        _write(output, made, town.rules.cruise_mps)


def _cannot_fly(output: Path | None) -> str:
    if output is None:
        return "✗ この計画では飛べません / this plan cannot be flown"
    return (
        f"✗ この計画では飛べないので、{output} には書き出しません"
        f" / this plan cannot be flown, so {output} is not written"
    )


def _require_writable(output: Path) -> None:
    if output.suffix not in _ENDINGS:
        raise BadInputError(
            Text(f"{output} という種類のファイルには書き出せません", f"cannot write a file of the kind of {output}"),
            Text(".plan か .waypoints にしてください", "use .plan or .waypoints"),
        )
    require_file_place(output)


def _write(output: Path, made: Plan, cruise_mps: float) -> None:
    from missions.formats.qgc_plan_writer import qgc_plan_of, write_qgc_plan
    from missions.formats.wpl import write_wpl

    with writing(output):
        if output.suffix == ".plan":
            output.write_bytes(write_qgc_plan(qgc_plan_of(made, cruise_mps=cruise_mps)))
        else:
            output.write_text(write_wpl(made.items))
    typer.echo(f"✓ {output}")
