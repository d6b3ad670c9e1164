"""What must be right before the services of a run start: what is wrong is said once, not by each that falls over it."""

from kakehashi.bundle import load_town
from kakehashi.compose_arducopter import arducopter_fleet
from kakehashi.compose_office import database_url, external_account
from kakehashi.compose_sim import server_settings, simulated_vehicles
from kakehashi.compose_station import vehicle_settings
from kakehashi.home import Home
from kakehashi.ports_of_run import has_simulator
from kakehashi.settings import BrokerKind, Settings
from missions.values.town import Town
from town_office.database import open_database


def prepare(settings: Settings) -> None:
    """Make the home's folders and, in a drill, a town if none was named.

    Raises BadInputError for a town, aircraft, broker or database that the services could not use, and
    UnavailableError if the disk refuses.
    """
    if settings.broker.kind is BrokerKind.EXTERNAL:
        external_account(settings.broker)
    home = Home(root=settings.home, realm=settings.realm)
    home.make()
    open_database(database_url(settings, home)).dispose()
    require_aircraft(settings, home, load_town(settings))


def require_aircraft(settings: Settings, home: Home, town: Town) -> None:
    """Raise BadInputError for a link or a simulated aircraft that cannot be had in this town."""
    if has_simulator(settings):
        binary = settings.sim.arducopter
        if binary is not None:
            arducopter_fleet(settings, binary, home, town)
        else:
            simulated_vehicles(settings, town)
            server_settings(settings)
    vehicle_settings(settings, town)
