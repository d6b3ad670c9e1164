"""`kakehashi run`: everything in one, each service a process of its own, with a short status in words."""

import asyncio
import sys
from typing import Annotated

import typer

from fleet.errors import BadInputError
from fleet.realm import Realm
from fleet.set_aside import BrokenParts
from fleet.text import Text
from ground_station.flight.links.address import parse_address
from kakehashi.commands.services import Drill, realm_overrides, require_ports
from kakehashi.settings import Settings, StationSettings, load_settings


def run(
    context: typer.Context,
    drill: Drill = False,
    vehicle: Annotated[
        list[str] | None,
        typer.Option(help="模擬機の代わりにつなぐ機体 / aircraft instead of simulated ones: [id=]tcp:host:port …"),
    ] = None,
    sim_count: Annotated[int | None, typer.Option(min=1, max=500, help="模擬機の数 / simulated aircraft")] = None,
    speedup: Annotated[float | None, typer.Option(min=0.1, max=100.0, help="模擬機を何倍速で / times faster")] = None,
) -> None:
    """すべてを動かす / run everything: broker, town office, ground station and, in a drill, simulated aircraft."""
    settings = run_settings(
        load_settings(context.obj, **realm_overrides(drill=drill)),
        vehicles=tuple(vehicle or ()),
        sim_count=sim_count,
        speedup=speedup,
    )
    _say("架け橋を準備しています / preparing Kakehashi")
    from kakehashi.all_in_one import AllInOne
    from kakehashi.leaving import leave
    from kakehashi.lifetime import run_until_stopped
    from kakehashi.preparation import prepare
    from kakehashi.terminal import Terminal

    terminal = Terminal(sys.stdout)
    broken = BrokenParts()
    broken.subscribe(lambda part: terminal.show_set_aside("run", part.what.as_dict(), part.cure.as_dict()))
    prepare(settings, broken)
    require_ports(settings)
    everything = AllInOne(settings, terminal)
    stopped_by = asyncio.run(run_until_stopped(everything.run, watch_parent=False))
    if asyncio.run(leave(settings, everything.flight, terminal, stopped_by)):
        terminal.say("→ 止めました。記録は残っています / stopped; all records are kept")
    terminal.close()


def run_settings(
    settings: Settings, *, vehicles: tuple[str, ...], sim_count: int | None, speedup: float | None
) -> Settings:
    """Return the settings with what the command line says.

    Raises BadInputError for a live run without aircraft, a link that cannot be read, and what is said of simulated
    aircraft where there are none.
    """
    station = settings.station.model_copy(update={"vehicles": vehicles or settings.station.vehicles})
    if settings.realm is Realm.LIVE and not station.vehicles:
        raise BadInputError(
            Text("本番で動かすには機体のリンクが必要です", "a live run needs an aircraft's link"),
            Text(
                "--vehicle tcp:… を付けるか、訓練なら --drill を付けてください",
                "add --vehicle tcp:…, or --drill for a drill with simulated aircraft",
            ),
        )
    for link in station.vehicles:
        parse_address(link.rpartition("=")[2])
    _require_simulation(settings.realm, station, sim_count=sim_count, speedup=speedup)
    changes = {"count": sim_count, "speedup": speedup}
    changed = {name: value for name, value in changes.items() if value is not None}
    sim = settings.sim.model_copy(update=changed)
    return settings.model_copy(update={"station": station, "sim": sim})


def _require_simulation(
    realm: Realm, station: StationSettings, *, sim_count: int | None, speedup: float | None
) -> None:
    """Raise BadInputError for what is said of simulated aircraft or their time where there are none."""
    if sim_count is not None and station.vehicles:
        raise BadInputError(
            Text(
                "--sim-count は使えません: 機体のリンクがあるので模擬機は動きません",
                "--sim-count has no effect: with aircraft's links nothing is simulated",
            ),
            Text(
                "--sim-count か、--vehicle（設定の station.vehicles）のどちらかを外してください",
                "leave out either --sim-count or --vehicle (station.vehicles in the settings)",
            ),
        )
    if speedup is not None and realm is Realm.LIVE:
        raise BadInputError(
            Text("--speedup は訓練でだけ使えます", "--speedup is for drills only"),
            Text("--speedup を外すか、--drill を付けてください", "leave it out, or add --drill"),
        )


def _say(words: str) -> None:
    sys.stdout.write(f"→ {words}\n")
    sys.stdout.flush()
