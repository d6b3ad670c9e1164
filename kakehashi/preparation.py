"""What must be right before the services of a run start: what is wrong is said once, not by each that falls over it.

An ordinary drill waits for this, so nothing here loads the libraries of maps and databases before they are needed.
"""

from fleet.errors import BadInputError
from fleet.set_aside import BrokenParts
from kakehashi.aircraft_of_run import Fleet, links_of, simulated_aircraft, udp_out
from kakehashi.broker_account import external_account
from kakehashi.bundle import bundle_folder, load_town
from kakehashi.home import Home
from kakehashi.ports_of_run import has_simulator, simulated_ports
from kakehashi.settings import BrokerKind, Settings
from missions.formats.bundle_aircraft import read_aircraft


def prepare(settings: Settings, broken: BrokenParts | None = None) -> None:
    """Make the home's folders and, in a drill, a town if none was named; what is set aside is told to `broken`.

    Raises BadInputError for a town, aircraft, broker or database that the services could not use, and
    UnavailableError if the disk refuses.
    """
    if settings.broker.kind is BrokerKind.EXTERNAL:
        external_account(settings.broker)
    broken = broken or BrokenParts()
    home = Home(root=settings.home, realm=settings.realm, broken=broken)
    home.make()
    if settings.office.database is not None:
        _require_database(settings.office.database)
    fleet = _fleet(settings, broken)
    if has_simulator(settings):
        _require_simulator(settings, home, fleet)
    links_of(settings, fleet)


def _fleet(settings: Settings, broken: BrokenParts) -> Fleet:
    """Return the town's aircraft, the whole of a town that was named being checked."""
    if settings.town.bundle is not None:
        return load_town(settings).aircraft
    try:
        return read_aircraft(bundle_folder(settings, broken))
    except BadInputError:
        # The demonstration town is made anew if it cannot be read.
        return load_town(settings, broken).aircraft


def _require_simulator(settings: Settings, home: Home, fleet: Fleet) -> None:
    binary = settings.sim.arducopter
    if binary is None:
        simulated_aircraft(settings, fleet)
        simulated_ports(settings)
        udp_out(settings)
    else:
        from kakehashi.compose_arducopter import arducopter_fleet

        arducopter_fleet(settings, binary, home, load_town(settings))


def _require_database(url: str) -> None:
    from town_office.database import open_database

    open_database(url).dispose()
