"""Puts the town office together: broker (if it is ours), service and pages."""

import contextlib
import secrets

import structlog

from fleet.clock import SystemClock
from fleet.errors import UnavailableError
from kakehashi.broken_files import announced
from kakehashi.broker_account import external_account
from kakehashi.bundle import load_town
from kakehashi.descriptors import broker_places, descriptor_limit
from kakehashi.events import tell
from kakehashi.home import Home
from kakehashi.pages_folder import pages_folder
from kakehashi.settings import BrokerKind, Settings
from kakehashi.web_server import WebServer
from missions.values.town import Town
from portal.access import Access
from telemetry.brokers.access import Device, DeviceBook, DeviceKind, hash_password
from telemetry.brokers.embedded import EmbeddedBroker
from telemetry.brokers.mosquitto import MosquittoBroker
from telemetry.mqtt_address import MqttAddress
from telemetry.topics import Topics
from town_office.api.app import create_app
from town_office.office import OfficeSettings, TownOffice

_log = structlog.get_logger(__name__)

OFFICE_USER = "office"
_SALT_BYTES = 12


def station_user(town: Town) -> str:
    """Return the name by which the town's station signs in to the broker."""
    return f"station-{town.station_id}"[:40].rstrip("-")


def database_url(settings: Settings, home: Home) -> str:
    """Return the SQLAlchemy URL of the office's database; where none is set, SQLite in the home folder."""
    return settings.office.database or f"sqlite:///{(home.office / 'office.sqlite').resolve()}"


def broker_address(settings: Settings, home: Home, user: str) -> MqttAddress:
    """Return how `user` reaches the broker; raises BadInputError if an external broker has no account."""
    broker = settings.broker
    if broker.kind is BrokerKind.EXTERNAL:
        username, password = external_account(broker)
        return MqttAddress(host=broker.host, port=broker.port, username=username, password=password)
    known = home.secrets(broker_users=(user,), devices=())
    return MqttAddress(host=broker.host, port=broker.port, username=user, password=known.broker_users[user])


def _device_book(settings: Settings, home: Home, town: Town) -> DeviceBook:
    users = (OFFICE_USER, station_user(town))
    passwords = home.secrets(broker_users=users, devices=()).broker_users
    topics = Topics(realm=settings.realm, town=town.id)

    def hashed(user: str) -> str:
        return hash_password(passwords[user], secrets.token_bytes(_SALT_BYTES))

    return DeviceBook(
        (
            Device(username=users[0], password_hash=hashed(users[0]), kind=DeviceKind.OFFICE, topics=topics),
            Device(
                username=users[1],
                password_hash=hashed(users[1]),
                kind=DeviceKind.STATION,
                topics=topics,
                station=town.station_id,
            ),
        )
    )


def _broker(settings: Settings, home: Home, town: Town) -> contextlib.AbstractAsyncContextManager[object]:
    broker = settings.broker
    if broker.kind is BrokerKind.EXTERNAL:
        return contextlib.nullcontext()
    book = _device_book(settings, home, town)
    limits = broker_places(descriptor_limit())
    if broker.kind is BrokerKind.MOSQUITTO:
        folder = home.office / "mosquitto"
        return MosquittoBroker(
            book=book, folder=folder, host=broker.host, port=broker.port, limits=limits, broken=home.broken
        )
    return EmbeddedBroker(book=book, host=broker.host, port=broker.port, limits=limits)


def setup_token(access: Access) -> str | None:
    """Return a set-up token if nobody has an account yet; accounts that cannot be read must not end the service."""
    try:
        return access.new_setup_token()
    except UnavailableError as error:
        _log.error("accounts cannot be read", what=error.what.en)
        return None


async def run_office(settings: Settings) -> None:
    """Run the town office until cancelled; tells its address and, when needed, the set-up link."""
    broken = announced("town-office")
    home = Home(root=settings.home, realm=settings.realm, broken=broken)
    home.make()
    town = load_town(settings, broken)
    office_settings = OfficeSettings(
        town=town,
        realm=settings.realm,
        database_url=database_url(settings, home),
        pictures_folder=home.office / "pictures",
        audit_file=home.office / "audit.jsonl",
        pages_folder=pages_folder(),
        broker=broker_address(settings, home, OFFICE_USER),
        time_scale=settings.sim.speedup if settings.realm.value == "drill" else 1.0,
        broken=broken,
    )
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(_broker(settings, home, town))
        office = await stack.enter_async_context(TownOffice.open(office_settings, SystemClock()))
        server = WebServer(create_app(office), settings.office.host, settings.office.port)
        await stack.enter_async_context(server)
        token = setup_token(office.access)
        if token is not None:
            tell("setup_link", "town-office", url=f"{server.address}/town?setup={token}", token=token)
        tell("ready", "town-office", url=f"{server.address}/town")
        await office.run()
