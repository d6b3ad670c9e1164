"""Puts the ground station together: aircraft links, service and pages."""

import asyncio
import contextlib

import structlog

from fleet.audit_file import AuditFile
from fleet.clock import SystemClock
from fleet.realm import Realm
from ground_station.api.app import create_app
from ground_station.field_station import FieldStation
from ground_station.flight import ground_file
from ground_station.flight.ground_file import write_ground
from ground_station.station_setup import StationSetup
from kakehashi.aircraft_of_run import links_of
from kakehashi.broken_files import announced
from kakehashi.bundle import bundle_folder, load_town
from kakehashi.compose_office import broker_address, setup_token, station_user
from kakehashi.events import tell
from kakehashi.flight_place import flight_of, page_address
from kakehashi.home import DESK_AUDIT, Home
from kakehashi.journal_look import look_through_journal
from kakehashi.pages_folder import pages_folder
from kakehashi.settings import Settings
from kakehashi.web_server import WebServer
from missions.values.town import Town

_log = structlog.get_logger(__name__)

COMPANION_DEVICE = "companion"


async def run_station(settings: Settings) -> None:
    """Run the ground station until cancelled; tells its address and, when needed, the set-up link."""
    broken = announced("ground-station")
    home = Home(root=settings.home, realm=settings.realm, broken=broken)
    home.make()
    town = load_town(settings, broken)
    clock = SystemClock()
    setup = StationSetup(
        town=town,
        bundle=bundle_folder(settings).resolve(),
        folder=home.station,
        realm=settings.realm,
        broker=broker_address(settings, home, station_user(town)),
        flight=flight_of(settings),
        vehicles=tuple(links_of(settings, town.aircraft)),
        audit=AuditFile(home.station / DESK_AUDIT, clock, broken),
        clock=clock,
        flight_page=page_address(settings),
        time_scale=settings.sim.speedup if settings.realm is Realm.DRILL else 1.0,
        broken=broken,
    )
    await asyncio.to_thread(_prepare_ground, home, town)
    keys = home.secrets(broker_users=(), devices=(COMPANION_DEVICE,)).device_keys
    async with contextlib.AsyncExitStack() as stack:
        station = await stack.enter_async_context(FieldStation(setup))
        app = create_app(station, device_keys=keys, pages=pages_folder())
        server = WebServer(app, settings.station.host, settings.station.port)
        await stack.enter_async_context(server)
        token = setup_token(station.access)
        if token is not None:
            tell("setup_link", "ground-station", url=f"{server.address}/operator?setup={token}", token=token)
        tell("ready", "ground-station", url=f"{server.address}/operator")
        looking = asyncio.create_task(look_through_journal(home.journal, broken, clock), name="journal")
        stack.callback(looking.cancel)
        await station.failed()


def _prepare_ground(home: Home, town: Town) -> None:
    """Prepare the heights that the flight core answers aircraft with; without them it says so, and flies on."""
    try:
        write_ground(home.station / ground_file.NAME, town.terrain)
    except OSError as error:
        _log.warning("the terrain for the flight core is not prepared", why=str(error))
