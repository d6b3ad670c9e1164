"""A flight core that does what a test says, a disk that refuses when told, and what stands between them at the desk."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec
from msgspec import structs

from fleet.audit import AuditEntry
from fleet.clock import ManualClock
from fleet.errors import FleetError, NotFoundError, UnavailableError
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.flight.flight_plan import FlightPlan, PlanDigest, digest_of
from ground_station.flight.order import Beat, Order
from ground_station.flight.port import CoreReport, Problem, SetUp, VehicleReport
from ground_station.flight.vehicles.flight_command import CommandState, FlightCommand
from ground_station.flight.vehicles.state import LinkState, Timing, VehicleState
from ground_station.flight.vehicles.telemetry import Heartbeat, Landed, LandedState, Simulated, Telemetry
from ground_station.service.flight_mirror import FlightMirror
from missions.values.finding import Finding, Level
from tests.ground_station.plan_values import FLIGHT_VALUE

OK = (Finding(level=Level.OK, rule="aircraft.link", text=Text("通信", "link")),)
DIGEST = digest_of(FLIGHT_VALUE)
MODES = {"STABILIZE": 0, "AUTO": 3, "BRAKE": 17, "RTL": 6}
ON_GROUND = VehicleState(
    vehicle_id=FLIGHT_VALUE.vehicle_id,
    system_id=1,
    at_s=0.0,
    link=LinkState.FRESH,
    link_age_s=0.0,
    telemetry=Telemetry(),
    simulated=Simulated.YES,
    texts=(),
    reboots=0,
    duplicate_suspected=False,
    other_station=None,
    round_trip_s=None,
    plan_on_board=None,
)


def aircraft(
    *, armed: bool = False, in_air: bool = False, mode: str = "STABILIZE", on_board: str | None = DIGEST, **more: Any
) -> VehicleState:
    """Return an aircraft as it is known, heard just now."""
    landed = LandedState.IN_AIR if in_air else LandedState.ON_GROUND
    telemetry = Telemetry(
        heartbeat=Heartbeat(
            received_s=0.0, mode_number=MODES[mode], armed=armed, system_status=4, vehicle_type=2, autopilot=3
        ),
        landed=Landed(received_s=0.0, state=landed),
    )
    return structs.replace(ON_GROUND, telemetry=telemetry, plan_on_board=on_board, **more)


class KilledError(BaseException):
    """The desk's process ends here: nobody looks afterwards what became of its writing."""


T = TypeVar("T")


@dataclass
class Disk:
    """Keeps documents in memory as JSON; refuses the writes whose numbers are in `refuses`, all while it is `full`.

    It refuses with `refusal`, where that is given; `refuses_late` are those that it takes, and then raises it. While
    `may_write` is cleared its writes wait.
    """

    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)
    refuses: set[int] = field(default_factory=set)
    refuses_late: set[int] = field(default_factory=set)
    refusal: BaseException | None = None
    full: bool = False
    unreadable: bool = False
    kill_before: int | None = None
    kill_after: int | None = None
    writes: int = 0
    may_write: threading.Event = field(default_factory=threading.Event)
    waits: bool = False

    def __post_init__(self) -> None:
        self.may_write.set()

    def all(self, collection: str, kind: type[T], key_of: Callable[[T], str] | None = None) -> list[T]:
        return [msgspec.json.decode(body, type=kind) for (name, _), body in self.kept.items() if name == collection]

    def put(self, collection: str, document_id: str, body: Any, at_s: float) -> None:
        self.put_all([(collection, document_id, body)], at_s)

    def put_all(self, documents: Sequence[tuple[str, str, Any]], at_s: float) -> None:
        self.waits = True
        self.may_write.wait(10.0)
        self.waits = False
        number, self.writes = self.writes, self.writes + 1
        if self.kill_before == number:
            raise KilledError
        if self.full or number in self.refuses:
            raise self.refusal or UnavailableError(Text("満杯", "the disk is full"))
        for collection, document_id, body in documents:
            self.kept[collection, document_id] = msgspec.json.encode(body)
        if self.kill_after == number:
            raise KilledError
        if self.refusal is not None and number in self.refuses_late:
            raise self.refusal

    def get_json(self, collection: str, document_id: str) -> bytes | None:
        if self.unreadable:
            raise UnavailableError(Text("読めません", "the disk cannot be read"))
        return self.kept.get((collection, document_id))


@dataclass
class FakeCore:
    """A core with one aircraft; `report` is what it says of itself, `refusal` what it has against any order."""

    vehicle: VehicleReport = field(
        default_factory=lambda: VehicleReport(name=Text("はと", "Hato"), state=aircraft(), silence=Text("帰還", "home"))
    )
    commands: dict[CommandId, FlightCommand] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    placed: list[tuple[FlightPlan, bool]] = field(default_factory=list)
    works: list[SetUp] = field(default_factory=list)
    refusal: BaseException | None = None
    gone: FleetError | None = None
    alarms: tuple[Problem, ...] = ()
    may_finish: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_finish.set()

    def knows(self, **more: Any) -> None:
        """Have the core say something else of its aircraft."""
        self.vehicle = replace(self.vehicle, **more)

    def report(self) -> CoreReport:
        beat = Beat(boot_id="boot-1", stamp_s=0.0)
        commands = tuple(self.commands.values())
        return CoreReport(beat=beat, vehicles=(self.vehicle,), commands=commands, alarms=self.alarms)

    async def follow(self) -> AsyncIterator[CoreReport]:
        while self.gone is None:
            yield self.report()
            await asyncio.sleep(0.01)
        raise self.gone

    async def begin(self, order: Order) -> FlightCommand:
        await self.may_finish.wait()
        if self.refusal is not None:
            raise self.refusal
        if order.id not in self.commands:
            self.orders.append(order)
            self.commands[order.id] = command_of(order)
        return self.commands[order.id]

    async def end_of(self, command_id: CommandId) -> FlightCommand:
        if command_id not in self.commands:
            raise NotFoundError(Text("ありません", "none"))
        return self.commands[command_id]

    async def place(self, plan: FlightPlan, *, author: str, keep: bool = False) -> PlanDigest:
        self.placed.append((plan, keep))
        await self.may_finish.wait()
        if self.refusal is not None:
            raise self.refusal
        self.knows(
            flight=digest_of(plan), checks=OK, state=structs.replace(self.vehicle.state, plan_on_board=digest_of(plan))
        )
        return digest_of(plan)

    async def set_up(self, work: SetUp) -> None:
        self.works.append(work)

    async def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        await asyncio.Event().wait()
        yield ()


def command_of(order: Order, state: CommandState = CommandState.SENT) -> FlightCommand:
    """Return an order's command in some state."""
    return FlightCommand(
        id=order.id,
        vehicle_id=order.vehicle_id,
        action=order.action,
        author=order.author,
        created_at_s=0.0,
        expires_at_s=30.0,
        state=state,
        text=Text("指示", f"it is {state.value}"),
        changed_at_s=0.0,
    )


def mirror_of(core: FakeCore, clock: ManualClock) -> FlightMirror:
    """Return the desk's picture of a core, with its first report taken."""
    names: dict[VehicleId, Text] = {FLIGHT_VALUE.vehicle_id: Text("はと", "Hato")}
    mirror = FlightMirror(core, names, clock, Timing())
    mirror._take(core.report())
    return mirror
