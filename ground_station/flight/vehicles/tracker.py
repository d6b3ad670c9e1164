"""Follows one aircraft: every message that concerns it goes in, the state as known comes out. No I/O."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.ids import VehicleId
from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.parameters import MOST_PARAMETERS
from ground_station.flight.vehicles.asked import Asked
from ground_station.flight.vehicles.boot_watch import BootEvent, BootLine, BootWatch
from ground_station.flight.vehicles.company import Company
from ground_station.flight.vehicles.foreign_hand import ForeignAct, ForeignHand, ForeignKind
from ground_station.flight.vehicles.reduction import REDUCTIONS, TelemetryFold, chip_of
from ground_station.flight.vehicles.simulation import SimulationEvidence
from ground_station.flight.vehicles.state import LinkState, Timing, VehicleState
from ground_station.flight.vehicles.status_texts import StatusTexts
from ground_station.flight.vehicles.telemetry import Simulated, StatusText, SystemStatus, Telemetry
from ground_station.flight.vehicles.two_voices import PlaceTracks, SequenceTracks

_TEXTS_KEPT = 60
_DOUBT_S = 10.0

WANTED = frozenset(
    {
        *REDUCTIONS,
        dialect.MAVLINK_MSG_ID_STATUSTEXT,
        dialect.MAVLINK_MSG_ID_SYSTEM_TIME,
        dialect.MAVLINK_MSG_ID_PARAM_VALUE,
    }
)
"""The messages that change what is known of an aircraft."""

_BEFORE_A_RESTART = ("sensors", "ekf", "gps", "home")
"""What an autopilot said of its readiness means nothing once it has started anew."""


@dataclass(slots=True)
class Tracker:
    """All that is known of one aircraft. Times are monotonic seconds."""

    vehicle_id: VehicleId
    timing: Timing
    evidence: SimulationEvidence = field(default_factory=SimulationEvidence)
    parameters: dict[str, float] = field(default_factory=dict)
    heard_s: float | None = None
    heard_since_s: float | None = None
    reboots: int = 0
    sender_changes: int = 0
    plan_on_board: str | None = None
    company: Company = field(default_factory=Company)
    sequence: SequenceTracks = field(default_factory=SequenceTracks)
    _fold: TelemetryFold = field(default_factory=TelemetryFold)
    _assembly: StatusTexts = field(default_factory=StatusTexts)
    _texts: deque[StatusText] = field(default_factory=lambda: deque(maxlen=_TEXTS_KEPT))
    _texts_said: tuple[StatusText, ...] | None = None
    _judged: SimulationEvidence | None = None
    _judgement: Simulated = Simulated.UNKNOWN
    _critical_since_s: float | None = None
    _boot: BootWatch = field(init=False)
    _hand: ForeignHand = field(default_factory=ForeignHand)
    _places: PlaceTracks = field(default_factory=PlaceTracks)
    _chip: str | None = None
    _doubt_since_s: float | None = None

    def __post_init__(self) -> None:
        """Let its clock run as fast as its time does."""
        self._boot = BootWatch(BootLine(scale=self.timing.time_scale))

    @property
    def telemetry(self) -> Telemetry:
        """Return the newest of everything."""
        return self._fold.value

    @staticmethod
    def wants(message_id: int) -> bool:
        """Return True if such a message changes what is known."""
        return message_id in WANTED

    def simstate_seen(self) -> None:
        """Note a SIMSTATE; only simulations send it."""
        if not self.evidence.simstate_seen:
            self.evidence = replace(self.evidence, simstate_seen=True)

    @property
    def boot_line(self) -> BootLine:
        """Return where the aircraft's clock since boot must stand."""
        return self._boot.line

    @property
    def chip(self) -> str | None:
        """Return what tells its autopilot from every other, as far as it ever said; None if it has nothing of that."""
        return self._chip

    @property
    def foreign(self) -> ForeignAct | None:
        """Return what somebody else did with it, while that stands."""
        return self._hand.last

    @property
    def is_in_doubt(self) -> bool:
        """Return True while its clock is off its line and it has not said again which autopilot it is."""
        return self._doubt_since_s is not None

    def take(self, message: Message, now_s: float) -> Sequence[StatusText]:
        """Take one message; return the texts that became whole."""
        kind = message.get_msgId()
        if kind == dialect.MAVLINK_MSG_ID_STATUSTEXT:
            return self._said(self._assembly.take(message, now_s))
        if kind == dialect.MAVLINK_MSG_ID_PARAM_VALUE:
            self._parameter(message)
            return ()
        if kind in (dialect.MAVLINK_MSG_ID_SYSTEM_TIME, dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT):
            self.boot_clock(message.time_boot_ms / 1000.0, now_s)
        before = self._fold.value if kind == dialect.MAVLINK_MSG_ID_HEARTBEAT else None
        if not self._fold.take(message, now_s):
            return ()
        if before is not None:
            self._beat(before, now_s)
        elif kind == dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT:
            if self._places.take(message.lat, message.lon, now_s):
                self.doubled(now_s)
        elif kind == dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION:
            self._identified(message, now_s)
        elif kind == dialect.MAVLINK_MSG_ID_FENCE_STATUS and message.breach_status:
            self._hand.fence_breached(now_s)
        return ()

    def boot_clock(self, boot_s: float, now_s: float) -> None:
        """Take a reading of the aircraft's clock since boot.

        A restart makes unknown what is on board, who it is, and whether it is ready. A clock that leapt ahead puts in
        doubt whether it is the same aircraft, until it says so again.
        """
        event = self._boot.take(boot_s, now_s)
        if event is BootEvent.REBOOTED:
            self.reboots += 1
            self._forget_who_it_is()
            self._hand.restarted()
            for part in _BEFORE_A_RESTART:
                self._fold.forget(part)
        elif event is BootEvent.DUPLICATE:
            self.doubled(now_s)
        elif event is BootEvent.AHEAD and self._doubt_since_s is None:
            self._doubt_since_s = now_s

    def doubled(self, now_s: float, sender: str | None = None) -> None:
        """Note that somebody else uses its number, at the address `sender` if that is known."""
        self.company.double_heard(sender, now_s)

    def expect_modes(self, asked: Asked, now_s: float) -> None:
        """Note what this station asks of it, so that it is not taken for somebody else's doing."""
        self._hand.expect(asked, now_s)

    def due(self, now_s: float) -> Sequence[ForeignAct]:
        """Do what time brings: judge changes that nobody explained, and give up on an aircraft that stays in doubt."""
        if self._doubt_since_s is not None and now_s - self._doubt_since_s > _DOUBT_S:
            self._forget_who_it_is()
            self.doubled(now_s)
        acts = self._hand.judged(now_s)
        if acts and any(act.kind is ForeignKind.PLAN for act in acts):
            self.plan_on_board = None
        return acts

    def begin_anew(self) -> None:
        """Forget the aircraft: another may answer under its number from now on. Texts stay."""
        self._forget_who_it_is()
        self._chip = None
        self._fold = TelemetryFold()
        self._hand = ForeignHand()
        self._places = PlaceTracks()
        self.sequence = SequenceTracks()
        self._boot = BootWatch(BootLine(scale=self.timing.time_scale))
        self._critical_since_s = None
        self.heard_s = self.heard_since_s = None

    def parameters_read(self, values: dict[str, float]) -> None:
        """Note the whole parameter list."""
        self.parameters.update(values)
        self.evidence = replace(self.evidence, parameters=dict(values))

    def overdue_texts(self, now_s: float) -> Sequence[StatusText]:
        """Return texts whose missing chunks are given up."""
        return self._said(self._assembly.overdue(now_s))

    def link_state(self, now_s: float) -> LinkState:
        """Return what the age of the last frame means."""
        return LinkState.LOST if self.heard_s is None else self.timing.link_state(now_s - self.heard_s)

    def state(self, system_id: int, now_s: float, round_trip_s: float | None) -> VehicleState:
        """Return the aircraft as it is known at `now_s`."""
        age_s = None if self.heard_s is None else max(0.0, now_s - self.heard_s)
        return VehicleState(
            vehicle_id=self.vehicle_id,
            system_id=system_id,
            at_s=now_s,
            link=self.link_state(now_s),
            link_age_s=age_s,
            telemetry=self._fold.value,
            simulated=self._verdict(),
            texts=self._said_texts(),
            reboots=self.reboots,
            duplicate_suspected=self.company.has_double(now_s),
            other_station=self.company.station(now_s),
            round_trip_s=round_trip_s,
            plan_on_board=self.plan_on_board,
            critical_since_s=self._critical_since_s,
            other_sender=self.company.double_at(now_s),
            sender_changes=self.sender_changes,
            foreign=self.foreign,
            heard_since_s=self.heard_since_s,
        )

    def _verdict(self) -> Simulated:
        """Return the evidence's verdict, looking through a thousand parameters only when there is new evidence."""
        if self._judged is not self.evidence:
            self._judged, self._judgement = self.evidence, self.evidence.verdict
        return self._judgement

    def _said_texts(self) -> tuple[StatusText, ...]:
        if self._texts_said is None:
            self._texts_said = tuple(self._texts)
        return self._texts_said

    def _forget_who_it_is(self) -> None:
        """After a restart another aircraft may answer under the same number: nothing known of the first holds."""
        self.plan_on_board = None
        self._doubt_since_s = None
        self.evidence = SimulationEvidence()
        self.parameters.clear()
        self._fold.forget("identity")

    def _beat(self, before: Telemetry, now_s: float) -> None:
        heartbeat = self._fold.value.heartbeat
        if heartbeat is not None:
            self._note_status(heartbeat.system_status, now_s)
            self._hand.heartbeat(heartbeat, before)

    def _identified(self, message: Message, now_s: float) -> None:
        chip = chip_of(message)
        if chip != self._chip:
            if self._chip is not None:
                self._forget_who_it_is()
                self._fold.take(message, now_s)
                self.doubled(now_s)
            self._chip = chip
        self._doubt_since_s = None
        self.evidence = replace(self.evidence, custom_version=bytes(message.flight_custom_version))

    def _note_status(self, status: int, now_s: float) -> None:
        if status not in {SystemStatus.CRITICAL, SystemStatus.EMERGENCY}:
            self._critical_since_s = None
        elif self._critical_since_s is None:
            self._critical_since_s = now_s

    def _parameter(self, message: Message) -> None:
        if math.isfinite(message.param_value):
            if len(self.parameters) < MOST_PARAMETERS or message.param_id in self.parameters:
                self.parameters[message.param_id] = message.param_value
        else:
            self.parameters.pop(message.param_id, None)
        if message.param_id.startswith("SIM_") and not self.evidence.simulator_parameter_seen:
            self.evidence = replace(self.evidence, simulator_parameter_seen=True)

    def _said(self, texts: Sequence[StatusText]) -> Sequence[StatusText]:
        if not texts:
            return texts
        self._texts.extend(texts)
        self._texts_said = None
        for said in texts:
            self._hand.text(said.text, said.received_s)
        return texts
