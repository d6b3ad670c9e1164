"""`kakehashi demo`: one delivery with no hand, and a JSON summary."""

import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from fleet.realm import Realm
from fleet.text import Text
from kakehashi.commands.run import run_settings
from kakehashi.commands.services import require_ports
from kakehashi.settings import Settings, load_settings


def demo(
    context: typer.Context,
    fly: Annotated[bool, typer.Option("--fly", help="計画だけでなく飛ばす / fly it, not only plan it")] = False,
    speedup: Annotated[float, typer.Option(min=0.1, max=100.0, help="何倍速 / times faster")] = 1.0,
    leave: Annotated[bool, typer.Option("--exit", help="終わったら止める / stop afterwards")] = False,
    vehicle: Annotated[
        list[str] | None, typer.Option(help="模擬機の代わりに飛ばす機体 / aircraft instead of ours: [id=]tcp:host:port")
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="記録を残すフォルダ / folder to keep the records in")] = None,
) -> None:
    """1 件の配送を最初から最後まで / one delivery from end to end; exit 1 if something did not arrive."""
    with _home(keep) as home:
        base = load_settings(context.obj, realm=Realm.DRILL, home=home)
        linked = bool(vehicle or base.station.vehicles)
        count = None if linked else 1
        settings = run_settings(base, vehicles=tuple(vehicle or ()), sim_count=count, speedup=speedup)
        _prepare(settings)
        succeeded = asyncio.run(_demo(settings, fly=fly, leave=leave))
    if not succeeded:
        raise typer.Exit(1)


@contextlib.contextmanager
def _home(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="kakehashi-demo-") as folder:
        yield Path(folder)


def _prepare(settings: Settings) -> None:
    from kakehashi.preparation import prepare

    prepare(settings)
    require_ports(settings)


async def _demo(settings: Settings, *, fly: bool, leave: bool) -> bool:
    from kakehashi.all_in_one import AllInOne
    from kakehashi.demo_flight import DemoFlight, DemoWish, demo_password
    from kakehashi.page_client import PageClient
    from kakehashi.terminal import Terminal

    terminal = Terminal(sys.stderr)
    everything = AllInOne(settings, terminal)
    running = asyncio.create_task(everything.run())
    ready = asyncio.create_task(everything.ready.wait())
    try:
        await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        station_at = f"http://{settings.station.host}:{settings.station.port}"
        office_at = f"http://{settings.office.host}:{settings.office.port}"
        async with PageClient(station_at) as station, PageClient(office_at) as office:
            await station.set_up(everything.tokens["ground-station"], "訓練 太郎", demo_password())
            await office.set_up(everything.tokens["town-office"], "役場 花子", demo_password())
            flight = DemoFlight(station, office, DemoWish(fly=fly, speedup=settings.sim.speedup), _say)
            summary = await flight.run()
            succeeded = summary.succeeded(fly=fly)
            typer.echo(json.dumps(summary.as_dict(), ensure_ascii=False))
            if not leave:
                await running
    finally:
        ready.cancel()
        running.cancel()
        await asyncio.gather(running, ready, return_exceptions=True)
        await everything.flight.stop()
        terminal.close()
    return succeeded


def _say(words: Text) -> None:
    sys.stderr.write(f"→ {words.ja} / {words.en}\n")
    sys.stderr.flush()
