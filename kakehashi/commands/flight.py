"""`kakehashi flight`: the flight core, its state, its end, and the printed set-up sheet."""

import asyncio
from typing import Annotated

import typer

from fleet.errors import ConflictError, NotFoundError
from fleet.text import Text
from ground_station.flight.core_lock import holder
from ground_station.flight.page.code import station_code
from kakehashi.commands.services import Drill, realm_overrides
from kakehashi.home import Home
from kakehashi.settings import Settings, load_settings

app = typer.Typer(help="飛行の中枢 / the flight core", invoke_without_command=True)


@app.callback()
def flight(context: typer.Context, drill: Drill = False) -> None:
    """飛行の中枢をここで動かす（SIGTERM で終わる）/ run the flight core here, until SIGTERM."""
    context.obj = load_settings(context.obj, **realm_overrides(drill=drill))
    if context.invoked_subcommand is None:
        from kakehashi.flight_process import run_here

        run_here(context.obj)


@app.command("stop")
def stop(
    context: typer.Context,
    in_flight: Annotated[
        bool, typer.Option("--in-flight", help="飛行中でも止める / even while something flies")
    ] = False,
) -> None:
    """飛行の中枢を止める / end the flight core."""
    settings: Settings = context.obj
    folder = Home(root=settings.home, realm=settings.realm).station
    pid = holder(folder)
    if pid is None:
        raise NotFoundError(
            Text("飛行の中枢は動いていません", "no flight core is running"),
            Text("訓練なら kakehashi flight --drill stop です", "for a drill: kakehashi flight --drill stop"),
        )
    asyncio.run(_stop(settings, in_flight=in_flight))
    typer.echo("飛行の中枢を止めました / the flight core has ended")


@app.command("sheet")
def sheet(context: typer.Context) -> None:
    """印刷する「準備の紙」/ print the set-up sheet: address and station code."""
    from kakehashi.flight_place import page_address

    settings: Settings = context.obj
    home = Home(root=settings.home, realm=settings.realm)
    home.make()
    code = station_code(home.station)
    typer.echo(
        f"架け橋 準備の紙 / set-up sheet（{settings.realm.label.ja} {settings.realm.label.en}）\n"
        f"緊急操作 / emergency page: {page_address(settings)}\n"
        f"局の番号 / station code:   {code[:4]}-{code[4:]}\n"
        "待機・帰還・その場に着陸・上空退避だけができます。人に見せないでください。\n"
        "It gives hold, recall, land and sky clear only. Keep it private."
    )


async def _stop(settings: Settings, *, in_flight: bool) -> None:
    from kakehashi.flight_place import keeper_of

    keeper = keeper_of(settings, {}, _nothing, typer.echo)
    flying = await keeper.flying()
    if not in_flight and (flying is None or flying):
        names = Text("（答えません）", "it does not answer") if flying is None else _names(flying)
        raise ConflictError(
            Text(f"飛行中の機体があるので止めません: {names.ja}", f"not ended, something flies: {names.en}"),
            Text("着陸を待つか、--in-flight を付けてください", "wait for the landing, or add --in-flight"),
        )
    await keeper.stop()


def _names(flying: tuple[Text, ...]) -> Text:
    return Text("、".join(name.ja for name in flying), ", ".join(name.en for name in flying))


def _nothing() -> None:
    return
