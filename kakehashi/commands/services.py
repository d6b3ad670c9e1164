"""`kakehashi ground-station`, `town-office` and `sim`: each service as a process of its own."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from fleet.realm import Realm
from ground_station.flight.core_lock import holder
from kakehashi.home import Home
from kakehashi.lifetime import run_until_stopped
from kakehashi.ports import require_free
from kakehashi.ports_of_run import WantedPort, flight_port, office_port, ports_of_run, station_port
from kakehashi.priority import stand_behind_the_link
from kakehashi.settings import Settings, load_settings

Drill = Annotated[bool, typer.Option("--drill", help="訓練として動かす / as a drill")]
WatchParent = Annotated[bool, typer.Option("--with-parent", hidden=True, help="stop when standard input closes")]


def realm_overrides(*, drill: bool) -> dict[str, Realm]:
    """Return the realm that the command line asked for; without the option the settings decide."""
    return {"realm": Realm.DRILL} if drill else {}


def ground_station(
    context: typer.Context,
    drill: Drill = False,
    vehicle: Annotated[
        list[str] | None, typer.Option(help="機体のリンク / aircraft link: [id=]tcp:host:port, udpin:…, serial:…")
    ] = None,
    core: Annotated[
        bool, typer.Option("--core/--no-core", help="飛行の中枢も動かす / keep the flight core running too")
    ] = True,
    with_parent: WatchParent = False,
) -> None:
    """地上局だけを動かす / run the ground station alone."""
    settings = load_settings(context.obj, **realm_overrides(drill=drill))
    if vehicle:
        station = settings.station.model_copy(update={"vehicles": tuple(vehicle)})
        settings = settings.model_copy(update={"station": station})
    _require(station_port(settings))
    if core and not with_parent:
        from kakehashi.station_alone import run_station_alone

        run_station_alone(settings)
        return
    stand_behind_the_link()
    from kakehashi.compose_station import run_station

    asyncio.run(run_until_stopped(lambda: run_station(settings), watch_parent=with_parent))


def town_office(context: typer.Context, drill: Drill = False, with_parent: WatchParent = False) -> None:
    """役場のサービスだけを動かす / run the town office alone."""
    settings = load_settings(context.obj, **realm_overrides(drill=drill))
    stand_behind_the_link()
    _require(office_port(settings))
    from kakehashi.compose_office import run_office

    asyncio.run(run_until_stopped(lambda: run_office(settings), watch_parent=with_parent))


def sim(
    context: typer.Context,
    count: Annotated[int | None, typer.Option(min=1, max=500, help="機体の数 / number of aircraft")] = None,
    speedup: Annotated[float | None, typer.Option(min=0.1, max=100.0, help="何倍速 / times faster")] = None,
    seed: Annotated[int | None, typer.Option(help="乱数の種 / random seed")] = None,
    udp_out: Annotated[
        str | None,
        typer.Option(help="TCP のほかに UDP でも送る先 / also send to this UDP address, e.g. 127.0.0.1:14550"),
    ] = None,
    arducopter: Annotated[
        Path | None,
        typer.Option(help="ArduPilot SITL の実行ファイル / binary of ArduCopter SITL to fly instead of ours"),
    ] = None,
    with_parent: WatchParent = False,
) -> None:
    """訓練用の模擬機を動かす / run simulated aircraft for a drill."""
    stand_behind_the_link()
    settings = load_settings(context.obj, realm=Realm.DRILL)
    given = {"count": count, "speedup": speedup, "seed": seed, "udp_out": udp_out, "arducopter": arducopter}
    changed = settings.sim.model_copy(update={name: value for name, value in given.items() if value is not None})
    settings = settings.model_copy(update={"sim": changed})
    binary = settings.sim.arducopter
    if binary is not None:
        from kakehashi.compose_arducopter import run_arducopter

        asyncio.run(run_until_stopped(lambda: run_arducopter(settings, binary), watch_parent=with_parent))
        return
    from kakehashi.compose_sim import run_sim

    asyncio.run(run_until_stopped(lambda: run_sim(settings), watch_parent=with_parent))


def require_ports(settings: Settings) -> None:
    """Raise UnavailableError for the first port of the all-in-one run that something else uses.

    The flight core's port may be its own: one that lives is taken up.
    """
    for wanted in ports_of_run(settings):
        _require(wanted)
    if holder(Home(root=settings.home, realm=settings.realm).station) is None:
        _require(flight_port(settings))


def _require(wanted: WantedPort) -> None:
    require_free(wanted.host, wanted.port, used_for=wanted.used_for, setting=wanted.setting)
