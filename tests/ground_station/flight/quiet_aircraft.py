"""An aircraft and its station without a link: what is asked of it is done at once, or refused as a test says."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from msgspec import structs

from fleet.errors import FleetError
from fleet.ids import VehicleId
from fleet.realm import Realm
from ground_station.flight.flight_plan import digest_of
from ground_station.flight.flights import Flights
from ground_station.flight.judge import Judge
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.parameters import ParameterAnswer
from ground_station.flight.vehicles.plan_transfer import Progress, TransferProgress
from ground_station.flight.vehicles.state import VehicleState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.vehicle import PlanItems, Vehicle
from missions.values.mission_item import MissionType
from tests.ground_station.flight.plans import FLIGHT
from tests.ground_station.flight.preflight.aircraft_values import ready_aircraft

DIGEST = digest_of(FLIGHT)
SET: Mapping[str, float] = {
    "FS_GCS_ENABLE": 1.0,
    "FS_GCS_TIMEOUT": 5.0,
    "FS_OPTIONS": 24.0,
    "BATT_CAPACITY": 36_000.0,
    "BATT_LOW_MAH": 9_000.0,
    "BATT_FS_LOW_ACT": 2.0,
    "FENCE_ENABLE": 1.0,
    "FENCE_TYPE": 5.0,
    "FENCE_ALT_MAX": 111.0,
    "FENCE_ACTION": 1.0,
    "RTL_ALT": 8_000.0,
    "GRIP_ENABLE": 1.0,
    "GRIP_TYPE": 1.0,
}
"""Everything as the flight of `plans.FLIGHT` needs it."""
WIRED: Mapping[str, float] = {"SERVO7_FUNCTION": 28.0}


@dataclass
class _Evidence:
    parameters: bool | None = True


@dataclass
class _Tracker:
    evidence: _Evidence = field(default_factory=_Evidence)


class _Conversation:
    """Answers a reading with what is on board, None for what is silent."""

    def __init__(self, vehicle: "QuietVehicle") -> None:
        self._vehicle = vehicle

    async def run(self, exchange: object) -> Mapping[str, ParameterAnswer]:
        del exchange
        vehicle = self._vehicle
        vehicle.asked += 1
        if vehicle.trouble is not None:
            raise vehicle.trouble
        vehicle.parameters = dict(vehicle.aboard)
        values: dict[str, float | None] = {**vehicle.aboard, **dict.fromkeys(vehicle.silent)}
        return {
            name: ParameterAnswer(name=name, value=value, wanted=None, proved=value is not None)
            for name, value in values.items()
        }


class _Contact:
    def __init__(self, vehicle: "QuietVehicle") -> None:
        self.target = Target(system_id=1, component_id=1)
        self.tracker = _Tracker()
        self.conversation = _Conversation(vehicle)


class QuietVehicle:
    """Stands on its pad, wired and set for the flight; `aboard` is what it has, `parameters` what is known of it."""

    def __init__(self) -> None:
        self.id = VehicleId("hato-1")
        self.known = ready_aircraft(plan_on_board=None)
        self.aboard = {**SET, **WIRED}
        self.parameters = dict(self.aboard)
        self.silent: set[str] = set()
        self.trouble: FleetError | None = None
        self.holds_flight = True
        self.limits_stand = True
        self.is_starting = False
        self.asked_limits: list[str] = []
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.steps = 0
        self.asked = 0
        self.did: list[str] = []
        self.contact = _Contact(self)

    def state(self) -> VehicleState:
        return self.known

    def becomes(self, **changes: Any) -> None:
        self.known = structs.replace(self.known, **changes)

    async def identify(self) -> Simulated:
        return self.known.simulated

    async def fetch_parameters(self) -> Mapping[str, float]:
        self.did.append("fetch")
        return self.parameters

    async def set_parameters(self, values: Mapping[str, float], *, author: str) -> None:
        self.did += [f"set {name} by {author}" for name in values]
        self.parameters |= values
        self.aboard |= values

    async def verify_plan(self, plan: PlanItems) -> bool:
        self.did.append("verify")
        await self.may_finish.wait()
        if self.holds_flight:
            self.becomes(plan_on_board=plan.name)
        return self.holds_flight

    async def verify_limits(self, plan: PlanItems) -> bool:
        self.asked_limits.append(plan.name)
        return self.limits_stand

    async def upload_plan(self, plan: PlanItems, progress: Progress | None = None) -> None:
        self.did.append("upload")
        for _ in range(self.steps):
            assert progress is not None
            text = FLIGHT.needs.aircraft_name
            progress(TransferProgress(kind=MissionType.FENCE, attempt=1, reading_back=False, text=text))
        await self.may_finish.wait()
        if self.trouble is not None:
            raise self.trouble
        self.becomes(plan_on_board=plan.name)


@dataclass
class _Feed:
    changes: int = 0

    def changed(self, vehicle_id: VehicleId) -> None:
        assert vehicle_id == "hato-1"
        self.changes += 1


@dataclass
class _Ledger:
    notes: list[tuple[str, str, Mapping[str, object], str]] = field(default_factory=list)

    def note(self, action: str, vehicle_id: VehicleId, detail: Mapping[str, object], *, author: str) -> None:
        self.notes.append((action, vehicle_id, detail, author))


class QuietStation:
    """A station with that one aircraft, and the flights it is given."""

    def __init__(self, realm: Realm = Realm.DRILL) -> None:
        self.quiet = QuietVehicle()
        self.feed = _Feed()
        self.ledger = _Ledger()
        self.judge = Judge(realm=realm)
        self.flights = Flights(cast("Any", self), self.judge)
        if realm is Realm.LIVE:
            self.quiet.becomes(simulated=Simulated.NO)

    def vehicle(self, vehicle_id: VehicleId) -> Vehicle:
        assert vehicle_id == "hato-1"
        return cast("Vehicle", self.quiet)
