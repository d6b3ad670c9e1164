"""What a ground station is told by its composition root."""

from dataclasses import dataclass, field
from pathlib import Path

from fleet.audit import AuditTrail
from fleet.clock import Clock
from fleet.realm import Realm
from fleet.set_aside import BrokenParts
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.vehicles.state import Timing
from missions.values.town import Town
from telemetry.mqtt_address import MqttAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSetup:
    """Town, links and services of one station. `folder` is its own; `bundle` is the town's.

    `broken` is told of files that had to be set aside.
    """

    town: Town
    bundle: Path
    folder: Path
    realm: Realm
    broker: MqttAddress
    vehicles: tuple[VehicleSetting, ...]
    audit: AuditTrail
    clock: Clock
    time_scale: float = 1.0
    broken: BrokenParts = field(default_factory=BrokenParts)

    def aircraft(self) -> AutopilotStation:
        """Return the station's aircraft, their links not yet open."""
        return AutopilotStation(
            self.vehicles,
            Services(
                clock=self.clock,
                audit=self.audit,
                timing=Timing(time_scale=self.time_scale),
                ground=self.town.terrain,
                realm=self.realm,
                flight_logs=self.folder / "flights",
            ),
        )
