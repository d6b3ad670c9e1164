"""The desk's picture of the flight core: the newest report of every aircraft, and how old it is.

The core is a process of its own that goes on without the desk. What the desk shows and decides by stands here; while
the core cannot be reached everything in it grows old, and says so.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog
from msgspec import structs

from fleet.clock import Clock
from fleet.errors import FleetError, NotFoundError
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.flight.feed import Feed
from ground_station.flight.order import Beat, Heard
from ground_station.flight.port import CoreReport, FlightPort, Problem, VehicleReport
from ground_station.flight.vehicles.failsafe_words import silence_failsafe
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.flight.vehicles.state import LinkState, Timing, VehicleState
from ground_station.flight.vehicles.telemetry import Simulated, Telemetry

_log = structlog.get_logger(__name__)

_AGAIN_S = 0.5
_SILENT_S = 3.0

OnCommand = Callable[[FlightCommand], None]


class FlightMirror:
    """Follows one flight core; `run` until cancelled. `feed` tells of changes, as the core's own does."""

    def __init__(self, port: FlightPort, names: Mapping[VehicleId, Text], clock: Clock, timing: Timing) -> None:
        self._port = port
        self._clock = clock
        self._timing = timing
        self._reports = {vehicle_id: _unheard(vehicle_id, name) for vehicle_id, name in names.items()}
        self._listeners: list[OnCommand] = []
        self._heard_s: float | None = None
        self.beat: Beat | None = None
        self.alarms: tuple[Problem, ...] = ()
        self.problem: Problem | None = None
        self.feed = Feed(self._state_of)

    def on_command(self, listener: OnCommand) -> None:
        """Call `listener` with every new state of every command."""
        self._listeners.append(listener)

    @property
    def reachable(self) -> bool:
        """Return whether the core was heard within the last three seconds."""
        return self._heard_s is not None and self._clock.monotonic_s() - self._heard_s < _SILENT_S

    def heard(self) -> Heard | None:
        """Return the last beat that came and how long ago, for an order whose giver hears none; None without one."""
        if self.beat is None or self._heard_s is None or not self.reachable:
            return None
        return Heard(beat=self.beat, elapsed_s=self._clock.monotonic_s() - self._heard_s)

    @property
    def vehicle_ids(self) -> tuple[VehicleId, ...]:
        """Return the station's aircraft."""
        return tuple(self._reports)

    def report(self, vehicle_id: VehicleId) -> VehicleReport:
        """Return the newest of one aircraft, its age counted to now; raises NotFoundError."""
        known = self._reports.get(vehicle_id)
        if known is None:
            raise NotFoundError(
                Text(f"機体 {vehicle_id} はこの局にありません", f"this station has no aircraft {vehicle_id}"),
                vehicle_id=vehicle_id,
            )
        problem = known.problem if self.problem is None or self.reachable else self.problem
        return replace(known, state=self._aged(known.state), problem=problem)

    def state(self, vehicle_id: VehicleId) -> VehicleState:
        """Return the newest state of one aircraft; raises NotFoundError."""
        return self.report(vehicle_id).state

    def states(self) -> tuple[VehicleState, ...]:
        """Return the newest states of all aircraft."""
        return tuple(self.state(vehicle_id) for vehicle_id in self._reports)

    async def run(self) -> None:
        """Follow the core, again and again where it goes away."""
        while True:
            try:
                async for report in self._port.follow():
                    self._take(report)
            except FleetError as error:
                if self.problem is None:
                    _log.warning("the flight core cannot be reached", what=error.what.en)
                self.problem = Problem(what=error.what, cure=error.cure)
                self._grown_old()
            await asyncio.sleep(_AGAIN_S)

    def _take(self, report: CoreReport) -> None:
        self._heard_s = self._clock.monotonic_s()
        self.beat, self.alarms, self.problem = report.beat, report.alarms, None
        for vehicle in report.vehicles:
            self._reports[vehicle.state.vehicle_id] = vehicle
            self.feed.changed(vehicle.state.vehicle_id)
        for event in report.events:
            self.feed.happened(event.vehicle_id, event.what)
        for command in report.commands:
            for listener in self._listeners:
                listener(command)

    def _grown_old(self) -> None:
        for vehicle_id in self._reports:
            self.feed.changed(vehicle_id)

    def _state_of(self, vehicle_id: VehicleId) -> VehicleState | None:
        return self.state(vehicle_id) if vehicle_id in self._reports else None

    def _aged(self, state: VehicleState) -> VehicleState:
        """Return the state as it stands now; both processes read the same monotonic clock."""
        now_s = max(state.at_s, self._clock.monotonic_s())
        if state.link_age_s is None:
            return structs.replace(state, at_s=now_s)
        age_s = state.link_age_s + now_s - state.at_s
        return structs.replace(state, at_s=now_s, link_age_s=age_s, link=self._timing.link_state(age_s))


def _unheard(vehicle_id: VehicleId, name: Text) -> VehicleReport:
    return VehicleReport(
        name=name,
        state=VehicleState(
            vehicle_id=vehicle_id,
            system_id=0,
            at_s=0.0,
            link=LinkState.LOST,
            link_age_s=None,
            telemetry=Telemetry(),
            simulated=Simulated.UNKNOWN,
            texts=(),
            reboots=0,
            duplicate_suspected=False,
            other_station=None,
            round_trip_s=None,
            plan_on_board=None,
        ),
        silence=silence_failsafe({}),
    )
