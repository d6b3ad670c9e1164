"""The one way between the desk and the flight core: six methods and the values that pass.

`FlightCore` is the port in memory; `socket_client.SocketFlight` is it over the realm's Unix socket. One contract suite
holds for both.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from fleet.audit import AuditEntry
from fleet.disk_health import Place
from fleet.ids import CommandId, VehicleId
from fleet.roles import Permission
from fleet.text import Text
from ground_station.flight.feed import Event
from ground_station.flight.flight_plan import FlightPlan, PlanDigest
from ground_station.flight.order import Beat, Order
from ground_station.flight.vehicles.flight_command import FlightCommand
from ground_station.flight.vehicles.state import VehicleState
from missions.values.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """How far a flight is on its way to its aircraft, 0 to 1, in words."""

    digest: PlanDigest
    fraction: float
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, and what to do about it; `place` is what cannot be written, where it is that."""

    what: Text
    cure: Text | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleReport:
    """One aircraft as the core knows it.

    `silence` is what it does by itself when it hears nobody. `problem` is why it may not fly here at all, or why its
    link is not open. `flight` is the flight it was last given, `checks` what its checks find for that one, on the
    ground.
    """

    name: Text
    state: VehicleState
    silence: Text
    problem: Problem | None = None
    flight: PlanDigest | None = None
    checks: tuple[Finding, ...] = ()
    transfer: Transfer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreReport:
    """What changed at the core since the last report.

    `beat` is its sign of life and `up_s` how long it runs already; `vehicles` are the newest of those that changed,
    `events` what happened once, `commands` the newest state of those that moved, `alarms` what the core itself cannot
    do now, in words, all of it each time.
    """

    beat: Beat
    up_s: float = 0.0
    vehicles: tuple[VehicleReport, ...] = ()
    events: tuple[Event, ...] = ()
    events_dropped: int = 0
    commands: tuple[FlightCommand, ...] = ()
    alarms: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRight:
    """Set on the aircraft what the flight it was given needs, and read it back."""

    vehicle_id: VehicleId
    digest: PlanDigest
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangLoad:
    """In a drill: hang a load under a simulated aircraft that knows loads; nothing for any other."""

    vehicle_id: VehicleId
    mass_kg: float
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptSender:
    """Take the other sender of an aircraft's number for the aircraft, on somebody's word; not while it may fly."""

    vehicle_id: VehicleId
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSession:
    """Somebody signed in at the desk. The token is known by its SHA-256 alone, the session by what is left of it, s."""

    token_digest: str
    person: str
    permissions: frozenset[Permission]
    remaining_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSessions:
    """Who is signed in at the desk now, all of them; those not named are signed out."""

    sessions: tuple[LiveSession, ...]


SetUp: TypeAlias = PutRight | HangLoad | HoldSessions | AcceptSender


class FlightPort(Protocol):
    """What the desk can ask of the flight core. Every method raises UnavailableError if the core cannot be reached."""

    def follow(self) -> AsyncIterator[CoreReport]:
        """Yield reports for ever, the first with everything; at least one a second, newest only for a slow reader."""
        ...

    async def begin(self, order: Order) -> FlightCommand:
        """Give an order once and return its command; the same id again returns the command as it stands.

        Raises ExpiredError for one that is too old, NotFoundError for an aircraft that is not there, ConflictError and
        RefusedError where it may not be done; then nothing was sent. After UnavailableError it may have been: ask
        `end_of`.
        """
        ...

    async def end_of(self, command_id: CommandId) -> FlightCommand:
        """Return a command once it has ended; raises NotFoundError for one that the core never took."""
        ...

    async def place(self, plan: FlightPlan, *, author: str, keep: bool = False) -> PlanDigest:
        """Bring a flight on board: settings, then fence, rally points, mission, all read back; return its digest.

        With `keep` what is on board is read first, and left as it is if it is this flight already. Raises
        NotFoundError, ConflictError, RefusedError, ExpiredError.
        """
        ...

    async def set_up(self, work: SetUp) -> None:
        """Do one thing that prepares; raises as `place`."""
        ...

    def listen(self, after: int) -> AsyncIterator[tuple[AuditEntry, ...]]:
        """Yield the journal's entries after number `after`, in order, each once, for ever; none is left out."""
        ...
