"""Where the flight core of a run is: its folder, its socket, its own page, and who keeps it running."""

from collections.abc import Callable, Mapping

from ground_station.flight import socket_path
from ground_station.flight.socket_client import SocketFlight
from kakehashi.flight_keeper import FlightKeeper
from kakehashi.flown_town import read_flown_town
from kakehashi.home import Home
from kakehashi.settings import Settings


def page_address(settings: Settings) -> str:
    """Return where the flight core's own page is."""
    return f"http://{settings.flight.host}:{settings.flight.port}/flight"


def flight_of(settings: Settings) -> SocketFlight:
    """Return the port to the flight core of a run; raises BadInputError as `read_flown_town`."""
    folder = Home(root=settings.home, realm=settings.realm).station
    return SocketFlight(folder / socket_path.NAME, realm=settings.realm, town=read_flown_town(settings).id)


def keeper_of(
    settings: Settings, environment: Mapping[str, str], on_ready: Callable[[], None], say: Callable[[str], None]
) -> FlightKeeper:
    """Return who keeps the flight core of a run going; `say` puts a line before a person."""
    folder = Home(root=settings.home, realm=settings.realm).station
    return FlightKeeper(folder, flight_of(settings), environment, on_ready, say)
