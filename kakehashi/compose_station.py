"""Puts the ground station together: aircraft links, service and pages."""

import contextlib

from fleet.audit_file import AuditFile
from fleet.clock import SystemClock
from fleet.errors import BadInputError
from fleet.ids import VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.api.app import create_app
from ground_station.autopilot_station import VehicleSetting
from ground_station.field_station import FieldStation, StationSetup
from ground_station.links.address import parse_address
from kakehashi.bundle import bundle_folder, load_town
from kakehashi.compose_office import broker_address, station_user
from kakehashi.events import tell
from kakehashi.home import Home
from kakehashi.pages_folder import pages_folder
from kakehashi.places_of_aircraft import trainers_first
from kakehashi.ports_of_run import simulated_ports
from kakehashi.settings import Settings
from kakehashi.web_server import WebServer
from missions.values.aircraft import Aircraft
from missions.values.town import Town

COMPANION_DEVICE = "companion"


def vehicle_settings(settings: Settings, town: Town) -> tuple[VehicleSetting, ...]:
    """Return which aircraft is on which link.

    `id=link` names the aircraft; a plain link takes the next one that no other link names. Live, that is in the town's
    order. In a drill, what a link leads to can only be ArduPilot SITL, so aircraft meant for it come first. Without
    links, a drill has the simulated aircraft on their ports. Raises BadInputError for an aircraft that is not in the
    town, and live for one whose figures are not its own.
    """
    links = settings.station.vehicles or simulated_links(settings)
    named = {link.rpartition("=")[0] for link in links}
    free = [one.id for one in trainers_first(town)] if _flies_sitl(settings) else list(town.aircraft)
    chosen = []
    for link in links:
        name, separator, address = link.rpartition("=")
        vehicle_id = VehicleId(name) if separator else next((one for one in free if one not in named), None)
        if vehicle_id is None or vehicle_id not in free:
            raise BadInputError(
                Text(
                    f"リンク {link} につなぐ機体が町の登録にありません（登録: {', '.join(town.aircraft)}）",
                    f"the link {link} has no aircraft in this town (it has: {', '.join(town.aircraft)})",
                ),
                Text(
                    "機体の登録を増やすか、リンクを減らしてください", "add the aircraft to the town, or drop the link"
                ),
            )
        free.remove(vehicle_id)
        _require_own_figures(settings, town.aircraft[vehicle_id])
        chosen.append(VehicleSetting(id=vehicle_id, address=parse_address(address)))
    return tuple(chosen)


def _require_own_figures(settings: Settings, aircraft: Aircraft) -> None:
    """Raise BadInputError for a live aircraft whose energy would be planned with another's mass and battery."""
    if settings.realm is Realm.DRILL or not (aircraft.figures_are_examples or aircraft.load_is_nominal):
        return
    file = f"aircraft/{aircraft.id}.toml"
    raise BadInputError(
        Text(
            f"機体 {aircraft.id} の重さや電池の数字は例なので、本番では飛べません",
            f"mass, battery and power of {aircraft.id} are examples and cannot be flown live",
        ),
        Text(
            f"町の {file} を実機の数字に直し、figures_are_examples と load_is_nominal を false にしてください",
            f"put the real aircraft's figures into {file} of the town, and set figures_are_examples and "
            "load_is_nominal to false",
        ),
    )


def _flies_sitl(settings: Settings) -> bool:
    return settings.realm is Realm.DRILL and (bool(settings.station.vehicles) or settings.sim.arducopter is not None)


def simulated_links(settings: Settings) -> tuple[str, ...]:
    """Return the links of the simulator's aircraft; none when live."""
    if settings.realm is Realm.LIVE:
        return ()
    return tuple(f"tcp:127.0.0.1:{port}" for port in simulated_ports(settings))


async def run_station(settings: Settings) -> None:
    """Run the ground station until cancelled; tells its address and, when needed, the set-up link."""
    home = Home(root=settings.home, realm=settings.realm)
    home.make()
    town = load_town(settings)
    clock = SystemClock()
    setup = StationSetup(
        town=town,
        bundle=bundle_folder(settings).resolve(),
        folder=home.station,
        realm=settings.realm,
        broker=broker_address(settings, home, station_user(town)),
        vehicles=vehicle_settings(settings, town),
        audit=AuditFile(home.station / "audit.jsonl", clock),
        clock=clock,
        time_scale=settings.sim.speedup if settings.realm is Realm.DRILL else 1.0,
    )
    keys = home.secrets(broker_users=(), devices=(COMPANION_DEVICE,)).device_keys
    async with contextlib.AsyncExitStack() as stack:
        station = await stack.enter_async_context(FieldStation(setup))
        app = create_app(station, device_keys=keys, pages=pages_folder())
        server = WebServer(app, settings.station.host, settings.station.port)
        await stack.enter_async_context(server)
        token = station.access.new_setup_token()
        if token is not None:
            tell("setup_link", "ground-station", url=f"{server.address}/operator?setup={token}", token=token)
        tell("ready", "ground-station", url=f"{server.address}/operator")
        await station.failed()
