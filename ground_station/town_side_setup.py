"""What the station's side towards the town is told: nothing of it leads to an aircraft."""

from dataclasses import dataclass, field
from pathlib import Path

from fleet.clock import Clock
from fleet.realm import Realm
from fleet.set_aside import BrokenParts
from missions.values.town import Town
from telemetry.mqtt_address import MqttAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class TownSideSetup:
    """What the line to the town is told; nothing of the aircraft is.

    `folder` is the station's; `broken` is told of files that had to be set aside.
    """

    town: Town
    folder: Path
    realm: Realm
    broker: MqttAddress
    clock: Clock
    broken: BrokenParts = field(default_factory=BrokenParts)
