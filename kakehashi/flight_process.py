"""The process of the flight core: `python -m kakehashi.flight_process`, or `kakehashi flight`.

It is started in a session of its own, logs to a file of its own, is the last that a machine without memory kills, and
ends on SIGTERM alone.
"""

import asyncio
import contextlib
import os
import signal
import sys
import threading
import traceback
from concurrent.futures import wait
from functools import partial
from pathlib import Path

from fleet import own_thread
from fleet.errors import FleetError
from kakehashi.compose_flight import run_flight
from kakehashi.home import Home
from kakehashi.lifetime import run_until_stopped
from kakehashi.logging_setup import set_up_logging
from kakehashi.settings import Settings, load_settings

LOG = "flight.log"
"""The core's log in the station's folder."""
_NOT_HEARD = (signal.SIGINT, signal.SIGHUP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGPIPE)
_LAST_TO_KILL = "-900"
_FIRST_IN_LINE = -5
_FOLDER_S = 0.5
"""How long the station's folder is waited for before the core starts without."""
_LAST_S = 2.0


def log_file(settings: Settings) -> Path:
    """Return where the flight core of a run logs to."""
    return Home(root=settings.home, realm=settings.realm).station / LOG


def run_here(settings: Settings) -> None:
    """Run the flight core in this process until SIGTERM; raises FleetError where it cannot start.

    The process ends two seconds after the core at the latest, whatever hangs in it.
    """
    for number in _NOT_HEARD:
        signal.signal(number, signal.SIG_IGN)
    _stand_apart()
    folder = log_file(settings).parent
    with contextlib.suppress(OSError):
        made = own_thread.begin(partial(folder.mkdir, mode=0o700, parents=True, exist_ok=True), name="folder")
        wait([made], timeout=_FOLDER_S)
    set_up_logging(settings.log_level, file=log_file(settings))
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    """Run until stopped; then Python would wait for ever for a thread that a disk holds."""
    try:
        await run_until_stopped(lambda: run_flight(settings), watch_parent=False, signals=(signal.SIGTERM,))
    finally:
        error = sys.exception()
        last = threading.Timer(_LAST_S, _end_now, [error])
        last.daemon = True
        last.start()


def _end_now(error: BaseException | None) -> None:
    """End the process though threads are left; say why the core ended, which nobody else could."""
    with contextlib.suppress(OSError, ValueError):
        if isinstance(error, FleetError):
            sys.stderr.write(f"{error.what.ja} / {error.what.en}\n")
        elif error is not None:
            traceback.print_exception(error)
        sys.stderr.flush()
    os._exit(0 if error is None else 1)


def _stand_apart() -> None:
    """Ask to be killed last and served first; a machine that does not allow it goes without."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_LAST_TO_KILL)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, _FIRST_IN_LINE)


def main() -> None:
    """Run by the settings of the environment; what is wrong is said in two lines, with exit code 1."""
    try:
        run_here(load_settings())
    except FleetError as error:
        sys.stderr.write(f"{error.what.ja} / {error.what.en}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
