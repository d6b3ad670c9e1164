"""What of a plan goes on board, and what the flight asks of its aircraft; known by its digest. Pure.

The planner's `Plan` has maps and profiles in it. The flight core knows this instead: the items as they are sent, and
the few figures that its checks need. Two flights with the same digest are the same flight.
"""

import hashlib
from dataclasses import dataclass
from typing import NewType

import msgspec

from fleet.ids import PlanId, VehicleId
from fleet.positions import Position
from fleet.text import Text
from missions.values.aircraft import PayloadGear
from missions.values.mission_item import MissionItem, MissionType

PlanDigest = NewType("PlanDigest", str)
"""SHA-256 of a flight plan, in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightNeeds:
    """What the flight asks of the aircraft and its settings.

    `battery_percent` is what must be in the battery at take-off, `return_at_mah` what is left in it when it must come
    home, `highest_home_m` the greatest height above home of plan and way home.
    """

    system_id: int
    aircraft_name: Text
    gear: PayloadGear
    battery_percent: float
    capacity_mah: float
    return_at_mah: int
    return_altitude_home_m: float
    highest_home_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightPlan:
    """One flight of one aircraft: fence, rally points and mission, from `home`, and what it needs."""

    id: PlanId
    vehicle_id: VehicleId
    home: Position
    mission: tuple[MissionItem, ...]
    fence: tuple[MissionItem, ...] = ()
    rally: tuple[MissionItem, ...] = ()
    needs: FlightNeeds

    def parts(self) -> tuple[tuple[MissionType, tuple[MissionItem, ...]], ...]:
        """Return the lists in the order they are sent: what keeps people safe first."""
        return (
            (MissionType.FENCE, self.fence),
            (MissionType.RALLY, self.rally),
            (MissionType.MISSION, self.mission),
        )


def digest_of(plan: FlightPlan) -> PlanDigest:
    """Return the digest over every field of `plan`, the items' too, bit by bit."""
    return PlanDigest(hashlib.sha256(msgspec.msgpack.encode(plan, order="deterministic")).hexdigest())
