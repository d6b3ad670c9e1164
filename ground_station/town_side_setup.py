"""What the station's side towards the town is told: nothing of it leads to an aircraft."""

from dataclasses import dataclass
from pathlib import Path

from fleet.clock import Clock
from fleet.realm import Realm
from missions.values.town import Town
from telemetry.mqtt_address import MqttAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class TownSideSetup:
    """What the line to the town is told; nothing of the aircraft is. `folder` is the station's."""

    town: Town
    folder: Path
    realm: Realm
    broker: MqttAddress
    clock: Clock
