"""The flight core: aircraft on their links, orders, flights brought on board, and the journal. The port in memory.

async with FlightCore(aircraft, services) as core:
    async for report in core.follow(): …
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from fleet.audit import AuditEntry
from fleet.clock import Clock
from fleet.errors import ConflictError, ExpiredError
from fleet.ids import CommandId, VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.autopilot_station import AutopilotStation, Services, VehicleSetting
from ground_station.flight.feed import Event
from ground_station.flight.flight_plan import FlightPlan, PlanDigest
from ground_station.flight.flights import Flights
from ground_station.flight.journal_port import Journal
from ground_station.flight.judge import Judge
from ground_station.flight.order import Beat, Order, staleness
from ground_station.flight.port import AcceptSender, CoreReport, HangLoad, HoldSessions, SetUp
from ground_station.flight.protocols.terrain import Ground
from ground_station.flight.recollection import HEARD_FROM, RESTARTED, recollected, senders
from ground_station.flight.reporting import Reporter
from ground_station.flight.sessions import Sessions
from ground_station.flight.tending import tend
from ground_station.flight.vehicles.contact import SenderChange
from ground_station.flight.vehicles.flight_command import FLIGHT_STARTING, FlightCommand
from ground_station.flight.vehicles.foreign_hand import ForeignAct
from ground_station.flight.vehicles.modes import mode_name
from ground_station.flight.vehicles.state import Timing
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.vehicle import Vehicle

_BATCH = 200
_NOTE_EVERY_S = 1.0
_SOMEBODY = "unknown"
"""The author of what nobody of this station asked for."""
_LOAD_PARAMETER = "SIM_PAYLOAD_KG"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreServices:
    """What a flight core needs from outside. `boot_id` names this start of it."""

    clock: Clock
    journal: Journal
    realm: Realm
    timing: Timing
    ground: Ground | None = None
    flight_logs: Path | None = None
    boot_id: str = field(default_factory=lambda: secrets.token_hex(8))


class FlightCore:
    """Everything that keeps aircraft in contact. Use as `async with`; all calls come from one event loop."""

    def __init__(self, vehicles: Sequence[VehicleSetting], services: CoreServices) -> None:
        self.boot_id = services.boot_id
        self.sessions = Sessions(services.clock)
        self._clock = services.clock
        self._journal = services.journal
        self._realm = services.realm
        self.station = AutopilotStation(
            vehicles,
            Services(
                clock=services.clock,
                paper=services.journal,
                timing=services.timing,
                realm=services.realm,
                ground=services.ground,
                flight_logs=services.flight_logs,
            ),
        )
        judge = Judge(realm=services.realm, time_scale=services.timing.time_scale)
        self._flights = Flights(self.station, judge)
        self._reporter = Reporter(
            station=self.station,
            flights=self._flights,
            settings={setting.id: setting for setting in vehicles},
            judge=judge,
            beat=self.beat,
            journal=services.journal.problem,
            alarm=self._problem,
        )
        self._problems: list[Callable[[], Text | None]] = []
        self._beginning: dict[CommandId, asyncio.Task[FlightCommand]] = {}
        self._heard_from: dict[VehicleId, str] = {}
        self._noting: asyncio.Task[None] | None = None

    def beat(self) -> Beat:
        """Return a sign of life."""
        return Beat(boot_id=self.boot_id, stamp_s=self._clock.boottime_s())

    def tells(self, problem: Callable[[], Text | None]) -> None:
        """Put what `problem` returns among the alarms for as long as it returns something; it must not block."""
        self._problems.append(problem)

    def _problem(self) -> Text | None:
        found = [text for text in (problem() for problem in self._problems) if text is not None]
        return Text("。".join(text.ja for text in found), "; ".join(text.en for text in found)) if found else None

    async def __aenter__(self) -> "FlightCore":
        """Take up what the journal tells of before, and open the links."""
        self._recollect()
        self._noting = asyncio.get_running_loop().create_task(tend("events", self._note_events))
        await self.station.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop sending and close the links; the aircraft fly on as they were told."""
        under_way = [*self._beginning.values(), *([] if self._noting is None else [self._noting])]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self.station.__aexit__(kind, error, trace)

    def _recollect(self) -> None:
        for command in recollected(self._journal.recent()):
            self.station.ledger.recall(command)
            if not command.state.is_end:
                self.station.ledger.end_unheard(command.id, RESTARTED)
        for vehicle_id, (number, sender) in senders(self._journal.recent()).items():
            vehicle = self.station.vehicles.get(vehicle_id)
            if vehicle is not None:
                vehicle.contact.remember(number, sender)

    def whole_report(self) -> CoreReport:
        """Return everything as it is known now."""
        return self._reporter.whole()

    async def follow(self) -> AsyncIterator[CoreReport]:
        """Yield reports, the first with everything."""
        async for report in self._reporter.reports():
            yield report

    async def begin(self, order: Order) -> FlightCommand:
        """Give an order once; see `FlightPort.begin`."""
        known = self.station.ledger.find(order.id)
        if known is not None:
            return known
        beginning = self._beginning.get(order.id)
        if beginning is None:
            self._require_new(order)
            beginning = asyncio.get_running_loop().create_task(self._begin(order), name=f"order {order.id}")
            self._beginning[order.id] = beginning
            beginning.add_done_callback(lambda _: self._beginning.pop(order.id, None))
        return await asyncio.shield(beginning)

    def _require_new(self, order: Order) -> None:
        if self._journal.taken(order.id):
            raise ConflictError(
                Text("この指示はもう出されました", "this order was given already"),
                Text("新しい指示を出してください", "give a new one"),
            )
        stale = staleness(order, self.beat())
        if stale is not None:
            self.station.ledger.note(
                f"command.{order.action.value}.stale", order.vehicle_id, {"text": stale.as_dict()}, author=order.author
            )
            raise ExpiredError(stale, Text("機体の今の様子を見て、もう一度押してください", "look, then press again"))

    async def _begin(self, order: Order) -> FlightCommand:
        vehicle = self.station.vehicle(order.vehicle_id)
        gate = None
        if order.action in FLIGHT_STARTING:
            gate = self._flights.last_look(vehicle, order.digest)
        return await vehicle.begin(
            order.action, author=order.author, command_id=order.id, alt_home_m=order.alt_home_m, gate=gate
        )

    async def end_of(self, command_id: CommandId) -> FlightCommand:
        """Return a command once it has ended; raises NotFoundError for one that was never taken."""
        beginning = self._beginning.get(command_id)
        if beginning is not None:
            await asyncio.wait({beginning})
        command = self.station.ledger.command(command_id)
        if command.state.is_end:
            return command
        return await self.station.vehicle(command.vehicle_id).end_of(command_id)

    async def place(self, plan: FlightPlan, *, author: str, keep: bool = False) -> PlanDigest:
        """Bring a flight to its aircraft; see `FlightPort.place`."""
        return await self._flights.place(plan, author=author, keep=keep)

    async def set_up(self, work: SetUp) -> None:
        """Do one thing that prepares."""
        if isinstance(work, HoldSessions):
            self.sessions.hold(work.sessions)
        elif isinstance(work, AcceptSender):
            await self._accept_sender(work)
        elif isinstance(work, HangLoad):
            await _hang_load(self.station.vehicle(work.vehicle_id), work)
        else:
            await self._flights.put_right(work.vehicle_id, work.digest, author=work.author)

    async def _accept_sender(self, work: AcceptSender) -> None:
        await self._journal.record(
            actor=work.author, action="aircraft.accept-sender", subject=work.vehicle_id, detail={}
        )
        self.station.accept_sender(work.vehicle_id)

    async def _note_events(self) -> None:
        """Write down what somebody else did with an aircraft, and where it speaks from."""
        events = self.station.feed.subscribe()
        due_s = 0.0
        try:
            while True:
                await events.stirred_within(_NOTE_EVERY_S)
                for event in events.take().events:
                    self._note(event)
                now_s = self._clock.monotonic_s()
                if now_s >= due_s:
                    due_s = now_s + _NOTE_EVERY_S
                    self._note_senders()
        finally:
            events.close()

    def _note(self, event: Event) -> None:
        what = event.what
        if isinstance(what, ForeignAct):
            detail = {"kind": what.kind.value, "mode": mode_name(what.mode_number), "count": what.count}
            self.station.ledger.note("aircraft.foreign-act", event.vehicle_id, detail, author=_SOMEBODY)
        elif isinstance(what, SenderChange):
            detail = {"sender": what.sender, "by": what.by.value}
            self.station.ledger.note("aircraft.sender", event.vehicle_id, detail, author=_SOMEBODY)

    def _note_senders(self) -> None:
        """Write down from where each aircraft speaks, for the next start."""
        for vehicle in self.station.vehicles.values():
            sender = vehicle.contact.sender
            if sender is not None and self._heard_from.get(vehicle.id) != sender:
                self._heard_from[vehicle.id] = sender
                detail = {"system_id": vehicle.contact.system_id, "sender": sender}
                self.station.ledger.note(HEARD_FROM, vehicle.id, detail, author=_SOMEBODY)

    async def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        """Yield the journal's entries after number `after`."""
        while True:
            entries = await self._journal.entries_after(after, _BATCH)
            yield entries
            after = entries[-1].number


async def _hang_load(vehicle: Vehicle, work: HangLoad) -> None:
    if vehicle.state().simulated is Simulated.YES and _LOAD_PARAMETER in vehicle.parameters:
        await vehicle.set_parameter(_LOAD_PARAMETER, work.mass_kg, author=work.author)
