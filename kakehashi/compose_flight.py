"""Puts the flight core together: links, journal, the desk's socket and its own page. Loads no map and no database.

Everything here must start within two seconds, and go on whatever becomes of all other services.
"""

import asyncio
import contextlib
import importlib
import secrets

import structlog

from fleet.clock import Clock, SystemClock
from fleet.errors import FleetError
from fleet.realm import Realm
from ground_station.flight import ground_file, socket_path
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.core import CoreServices, FlightCore
from ground_station.flight.core_lock import CoreLock
from ground_station.flight.folder_watch import FolderWatch, may_fly
from ground_station.flight.ground_file import GroundFile
from ground_station.flight.journal.journal import Journal as FileJournal
from ground_station.flight.journal.posix import PosixFolder
from ground_station.flight.journal.writer import Times
from ground_station.flight.journal_paper import JournalPaper
from ground_station.flight.page.code import CodeDoor, KeptCode, made_code
from ground_station.flight.socket_server import FlightServer
from ground_station.flight.tending import tend
from ground_station.flight.vehicles.state import Timing
from kakehashi.aircraft_of_run import Fleet, links_of
from kakehashi.events import tell
from kakehashi.flight_place import page_address
from kakehashi.home import Home
from kakehashi.late_town import read_town_in_time
from kakehashi.settings import Settings

_log = structlog.get_logger(__name__)

JOURNAL = "journal"
"""The folder of the flight core's journal in the station's folder."""
OLD_CHAIN = "audit.jsonl"
"""The audit chain of before there was a flight core; the journal goes on from its end."""
_PAGE_AGAIN_S = 5.0


def vehicle_settings(settings: Settings, fleet: Fleet) -> tuple[VehicleSetting, ...]:
    """Return the core's aircraft with their links; raises BadInputError as `links_of` does."""
    return tuple(
        VehicleSetting(
            id=vehicle_id,
            address=address,
            registered=fleet[vehicle_id].mavlink_system_id,
            name=fleet[vehicle_id].name,
        )
        for vehicle_id, address in links_of(settings, fleet).items()
    )


async def run_flight(settings: Settings) -> None:
    """Run the flight core until cancelled, or until its realm's folder is gone while nothing flies."""
    home = Home(root=settings.home, realm=settings.realm)
    town = await read_town_in_time(settings)
    vehicles = vehicle_settings(settings, town.flown.fleet)
    clock = SystemClock()
    async with contextlib.AsyncExitStack() as stack:
        lock = stack.enter_context(
            contextlib.closing(CoreLock(home.station, [vehicle.address for vehicle in vehicles]))
        )
        ground = GroundFile(home.station / ground_file.NAME, clock)
        services = await _services(settings, home, clock, ground, stack)
        core = await stack.enter_async_context(FlightCore(vehicles, services))
        server = FlightServer(core, home.station / socket_path.NAME, realm=settings.realm, town=town.flown.id)
        await stack.enter_async_context(server)
        code = CodeDoor(made_code(), clock)
        kept = KeptCode(home.station, code)
        for problem in (
            lambda: lock.problem,
            lambda: server.problem,
            lambda: kept.problem,
            lambda: ground.problem,
            lambda: town.problem,
        ):
            core.tells(problem)
        for name, work in (
            ("page", tend("page", lambda: _serve_page(settings, core, code))),
            ("code", kept.bring()),
        ):
            stack.push_async_callback(_end, asyncio.create_task(work, name=name))
        with contextlib.suppress(OSError):  # nobody reads it any more
            tell("ready", "flight", url=page_address(settings))
        with contextlib.suppress(OSError):  # no thread to be had; what the disk refuses is kept at the next start
            town.keep(settings)
        watch = FolderWatch(home.station, lambda: may_fly(core.station.states(), settings.realm))
        await watch.until_gone()
        _log.warning("the folder of this realm is gone, so the flight core ends")


async def _services(
    settings: Settings, home: Home, clock: Clock, ground: GroundFile, stack: contextlib.AsyncExitStack
) -> CoreServices:
    boot_id = secrets.token_hex(8)
    folder = PosixFolder(home.station / JOURNAL, old_chain=home.station / OLD_CHAIN)
    journal = FileJournal.open(folder, Times(clock=clock, boot_id=boot_id, boottime_s=clock.boottime_s))
    stack.callback(journal.close)
    return CoreServices(
        clock=clock,
        journal=await JournalPaper.of(journal),
        boot_id=boot_id,
        realm=settings.realm,
        timing=Timing(time_scale=settings.sim.speedup if settings.realm is Realm.DRILL else 1.0),
        ground=ground,
        flight_logs=home.station / "flights",
    )


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _serve_page(settings: Settings, core: FlightCore, code: CodeDoor) -> None:
    """Serve the core's own page; a port that cannot be had is tried again, and ends nothing.

    What serves pages is loaded when the aircraft have heard from us already.
    """
    flight_page = await asyncio.to_thread(importlib.import_module, "kakehashi.flight_page")
    while True:
        try:
            await flight_page.serve(settings, core, code)
        except FleetError as error:
            _log.warning("the flight core's page is not served yet", what=error.what.en)
        await asyncio.sleep(_PAGE_AGAIN_S)
