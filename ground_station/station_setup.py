"""What a ground station is told by its composition root."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fleet.audit import AuditTrail
from fleet.clock import Clock
from fleet.ids import VehicleId
from fleet.realm import Realm
from fleet.set_aside import BrokenParts
from fleet.text import Text
from ground_station.flight.port import FlightPort
from missions.values.town import Town
from telemetry.mqtt_address import MqttAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSetup:
    """Town, aircraft and services of one station's desk. `folder` is its own; `bundle` is the town's.

    `flight` leads to the flight core, `vehicles` are the aircraft it has, `flight_page` is the address of its own page,
    empty where it has none. `broken` is told of files that had to be set aside.
    """

    town: Town
    bundle: Path
    folder: Path
    realm: Realm
    broker: MqttAddress
    flight: FlightPort
    vehicles: tuple[VehicleId, ...]
    audit: AuditTrail
    clock: Clock
    time_scale: float = 1.0
    flight_page: str = ""
    broken: BrokenParts = field(default_factory=BrokenParts)

    def names(self) -> Mapping[VehicleId, Text]:
        """Return what people call the station's aircraft."""
        known = self.town.aircraft
        return {one: known[one].name if one in known else Text(one, one) for one in self.vehicles}
