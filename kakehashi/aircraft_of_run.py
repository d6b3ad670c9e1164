"""Which of the town's aircraft take part in a run, and on which links. Needs no map, no terrain and no service."""

from collections.abc import Mapping
from typing import TypeAlias

from fleet.errors import BadInputError
from fleet.ids import VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.links.address import LinkAddress, Scheme, parse_address
from kakehashi.ports_of_run import simulated_ports
from kakehashi.settings import Settings
from missions.values.aircraft import Aircraft

Fleet: TypeAlias = Mapping[VehicleId, Aircraft]
"""The town's aircraft, in its order."""

_TOO_MANY_CURE = Text(
    "sim.count（--sim-count、kakehashi sim なら --count）を減らすか、町に機体を登録してください",
    "lower sim.count (--sim-count, for kakehashi sim --count), or add aircraft to the town",
)


def links_of(settings: Settings, fleet: Fleet) -> dict[VehicleId, LinkAddress]:
    """Return the link of each aircraft of a run, of those that the town has (`fleet`).

    `id=link` names the aircraft; a plain link takes the next one that no other link names. Live, that is in the town's
    order. In a drill, what a link leads to can only be ArduPilot SITL, so aircraft meant for it come first. Without
    links, a drill has the simulated aircraft on their ports. Raises BadInputError for an aircraft that is not in the
    town, and live for one whose figures are not its own.
    """
    links = settings.station.vehicles or simulated_links(settings)
    named = {link.rpartition("=")[0] for link in links}
    free = [one.id for one in trainers_first(fleet)] if _flies_sitl(settings) else list(fleet)
    chosen: dict[VehicleId, LinkAddress] = {}
    for link in links:
        name, separator, address = link.rpartition("=")
        vehicle_id = VehicleId(name) if separator else next((one for one in free if one not in named), None)
        if vehicle_id is None or vehicle_id not in free:
            raise BadInputError(
                Text(
                    f"リンク {link} につなぐ機体が町の登録にありません（登録: {', '.join(fleet)}）",
                    f"the link {link} has no aircraft in this town (it has: {', '.join(fleet)})",
                ),
                Text(
                    "機体の登録を増やすか、リンクを減らしてください", "add the aircraft to the town, or drop the link"
                ),
            )
        free.remove(vehicle_id)
        _require_own_figures(settings, fleet[vehicle_id])
        chosen[vehicle_id] = parse_address(address)
    return chosen


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


def simulated_aircraft(settings: Settings, fleet: Fleet) -> tuple[Aircraft, ...]:
    """Return the town's first aircraft, those that our simulator plays; raises BadInputError for too many."""
    chosen = tuple(fleet.values())[: settings.sim.count]
    if len(chosen) < settings.sim.count:
        raise BadInputError(
            Text(
                f"模擬機は {len(chosen)} 機までです（町に登録された機体の数）",
                f"at most {len(chosen)} aircraft can be simulated: the town has no more",
            ),
            _TOO_MANY_CURE,
        )
    return chosen


def trained_aircraft(settings: Settings, fleet: Fleet) -> tuple[Aircraft, ...]:
    """Return which of the town's aircraft ArduCopter plays; raises BadInputError if the town has too few."""
    ordered = trainers_first(fleet)
    if len(ordered) < settings.sim.count:
        raise BadInputError(
            Text(f"町に登録された機体は {len(ordered)} 機です", f"the town has only {len(ordered)} aircraft"),
            _TOO_MANY_CURE,
        )
    return ordered[: settings.sim.count]


def trainers_first(fleet: Fleet) -> tuple[Aircraft, ...]:
    """Return the town's aircraft, those meant for ArduPilot SITL (their load is nominal) before the others."""
    return tuple(sorted(fleet.values(), key=lambda one: not one.load_is_nominal))


def udp_out(settings: Settings) -> tuple[str, int] | None:
    """Return where the simulator sends UDP as well, if anywhere; raises BadInputError for what is no address."""
    if settings.sim.udp_out is None:
        return None
    address = parse_address(f"{Scheme.UDP_OUT}:{settings.sim.udp_out}")
    return address.host, address.number
