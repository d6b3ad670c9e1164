"""Which ports a run listens on, what each is for, and the setting that changes it."""

from dataclasses import dataclass

from fleet.errors import BadInputError
from fleet.realm import Realm
from fleet.text import Text
from kakehashi.settings import BrokerKind, Settings

_SIM_HOST = "127.0.0.1"
_SIM_STEP = 10
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPort:
    """One port. `setting` is written as in `station.port`."""

    host: str
    port: int
    used_for: Text
    setting: str


def station_port(settings: Settings) -> WantedPort:
    """Return the ground station's port."""
    station = settings.station
    used_for = Text("運航の画面", "operator page")
    return WantedPort(host=station.host, port=station.port, used_for=used_for, setting="station.port")


def flight_port(settings: Settings) -> WantedPort:
    """Return the port of the flight core's own page."""
    flight = settings.flight
    used_for = Text("緊急操作の画面", "flight core's page")
    return WantedPort(host=flight.host, port=flight.port, used_for=used_for, setting="flight.port")


def office_port(settings: Settings) -> WantedPort:
    """Return the town office's port."""
    office = settings.office
    used_for = Text("役場の画面", "town-office page")
    return WantedPort(host=office.host, port=office.port, used_for=used_for, setting="office.port")


def ports_of_run(settings: Settings) -> tuple[WantedPort, ...]:
    """Return every port of an all-in-one run; raises BadInputError as `simulated_ports` does."""
    wanted = [station_port(settings), office_port(settings)]
    broker = settings.broker
    if broker.kind is not BrokerKind.EXTERNAL:
        used_for = Text("MQTT の中継", "MQTT broker")
        wanted.append(WantedPort(host=broker.host, port=broker.port, used_for=used_for, setting="broker.port"))
    if has_simulator(settings):
        used_for = Text("模擬機", "simulated aircraft")
        wanted += [
            WantedPort(host=_SIM_HOST, port=port, used_for=used_for, setting="sim.base_port")
            for port in simulated_ports(settings)
        ]
    return tuple(wanted)


def has_simulator(settings: Settings) -> bool:
    """Return whether a run starts simulated aircraft: only a drill does, and one that is given no links."""
    return settings.realm is Realm.DRILL and not settings.station.vehicles


def simulated_ports(settings: Settings) -> tuple[int, ...]:
    """Return the ports of the simulated aircraft in order; raises BadInputError if the last is beyond all ports."""
    sim = settings.sim
    ports = tuple(sim.base_port + _SIM_STEP * index for index in range(sim.count))
    if ports and ports[-1] > _HIGHEST_PORT:
        raise BadInputError(
            Text(
                f"模擬機 {sim.count} 機のポートが {_HIGHEST_PORT} を超えます（{sim.base_port} から {_SIM_STEP} おき）",
                f"the ports of {sim.count} simulated aircraft go beyond {_HIGHEST_PORT} (from {sim.base_port}, "
                f"{_SIM_STEP} apart)",
            ),
            Text("sim.base_port か sim.count を小さくしてください", "lower sim.base_port or sim.count"),
        )
    return ports
