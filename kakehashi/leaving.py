"""The end of a run: what becomes of the flight core, which must not end under an aircraft in the air."""

import asyncio
import contextlib
import signal

from kakehashi.flight_keeper import FlightKeeper
from kakehashi.flight_place import page_address
from kakehashi.ports_of_run import has_simulator
from kakehashi.settings import Settings
from kakehashi.terminal import Terminal

_LOOK_EVERY_S = 1.0


async def leave(
    settings: Settings, flight: FlightKeeper, terminal: Terminal, stopped_by: signal.Signals | None
) -> bool:
    """End the core with the run if nothing flies; return whether it ended.

    While motors run, or while it cannot be asked, the core goes on: after Ctrl-C this waits until they stand still, and
    another Ctrl-C ends it all the same; after any other stop it is left to a later run. A run's own simulated aircraft
    have ended with it, and then so does the core.
    """
    if has_simulator(settings) or not await _something_flies(flight):
        await flight.stop()
        return True
    if stopped_by is not signal.SIGINT:
        terminal.say(await _words(settings, flight, "次の run が引き継ぎます / a later run takes it up"))
        return False
    terminal.say(await _words(settings, flight, "もう一度 Ctrl-C で止めます / Ctrl-C once more ends it"))
    await _until_down_or_told(settings, flight, terminal)
    await flight.stop()
    return True


async def _something_flies(flight: FlightKeeper) -> bool:
    flying = await flight.flying()
    return flying is None or bool(flying)


async def _until_down_or_told(settings: Settings, flight: FlightKeeper, terminal: Terminal) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, told.set)
    try:
        while not told.is_set() and await _something_flies(flight):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await told.wait()
        if told.is_set():
            terminal.say(await _words(settings, flight, "それでも止めます / ending it all the same"))
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def _words(settings: Settings, flight: FlightKeeper, what: str) -> str:
    flying = await flight.flying()
    if flying is None:
        names = "飛行の中枢が答えません / the flight core does not answer"
    else:
        ja, en = "、".join(name.ja for name in flying), ", ".join(name.en for name in flying)
        names = f"飛行中: {ja} / in the air: {en}"
    return f"{names}\n飛行の中枢は動き続けます / the flight core goes on: {page_address(settings)}\n{what}"
