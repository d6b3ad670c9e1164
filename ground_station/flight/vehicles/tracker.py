"""Follows one aircraft: every message that concerns it goes in, the state as known comes out. No I/O."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.flight.links.frames import Message
from ground_station.flight.vehicles.boot_watch import BootEvent, BootWatch
from ground_station.flight.vehicles.reduction import REDUCTIONS, TelemetryFold
from ground_station.flight.vehicles.simulation import SimulationEvidence
from ground_station.flight.vehicles.state import LinkState, Timing, VehicleState
from ground_station.flight.vehicles.status_texts import StatusTexts
from ground_station.flight.vehicles.telemetry import StatusText, SystemStatus, Telemetry

_TEXTS_KEPT = 60
_FATAL = 2

_WANTED = frozenset(
    {
        *REDUCTIONS,
        dialect.MAVLINK_MSG_ID_STATUSTEXT,
        dialect.MAVLINK_MSG_ID_SYSTEM_TIME,
        dialect.MAVLINK_MSG_ID_PARAM_VALUE,
    }
)

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
    reboots: int = 0
    duplicate_suspected: bool = False
    other_station: int | None = None
    plan_on_board: str | None = None
    _fold: TelemetryFold = field(default_factory=TelemetryFold)
    _assembly: StatusTexts = field(default_factory=StatusTexts)
    _texts: deque[StatusText] = field(default_factory=lambda: deque(maxlen=_TEXTS_KEPT))
    _critical_since_s: float | None = None
    _boot: BootWatch = field(default_factory=BootWatch)

    @property
    def telemetry(self) -> Telemetry:
        """Return the newest of everything."""
        return self._fold.value

    @staticmethod
    def wants(message_id: int) -> bool:
        """Return True if such a message changes what is known."""
        return message_id in _WANTED

    def simstate_seen(self) -> None:
        """Note a SIMSTATE; only simulations send it."""
        if not self.evidence.simstate_seen:
            self.evidence = replace(self.evidence, simstate_seen=True)

    def take(self, message: Message, now_s: float) -> Sequence[StatusText]:
        """Take one message; return the texts that became whole."""
        kind = message.get_msgId()
        if kind == dialect.MAVLINK_MSG_ID_STATUSTEXT:
            return self._said(self._assembly.take(message, now_s))
        if kind == dialect.MAVLINK_MSG_ID_PARAM_VALUE:
            self._parameter(message)
        elif kind in (dialect.MAVLINK_MSG_ID_SYSTEM_TIME, dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT):
            self.boot_clock(message.time_boot_ms / 1000.0)
        known = self._fold.value.identity
        taken = self._fold.take(message, now_s)
        if taken and kind == dialect.MAVLINK_MSG_ID_HEARTBEAT:
            self._note_status(message.system_status, now_s)
        elif taken and kind == dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION:
            now = self._fold.value.identity
            if known is not None and now is not None and now.unique_id != known.unique_id:
                self._forget_who_it_is()
                self._fold.take(message, now_s)
            self.evidence = replace(self.evidence, custom_version=bytes(message.flight_custom_version))
        return ()

    def boot_clock(self, boot_s: float) -> None:
        """Take a reading of the aircraft's clock since boot.

        A restart makes unknown what is on board, who it is, and whether it is ready.
        """
        event = self._boot.take(boot_s)
        if event is BootEvent.REBOOTED:
            self.reboots += 1
            self._forget_who_it_is()
            for part in _BEFORE_A_RESTART:
                self._fold.forget(part)
        elif event is BootEvent.DUPLICATE:
            self.duplicate_suspected = True

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
            simulated=self.evidence.verdict,
            texts=tuple(self._texts),
            reboots=self.reboots,
            duplicate_suspected=self.duplicate_suspected,
            other_station=self.other_station,
            round_trip_s=round_trip_s,
            plan_on_board=self.plan_on_board,
            critical_since_s=self._critical_since_s,
        )

    def _forget_who_it_is(self) -> None:
        """After a restart another aircraft may answer under the same number: nothing known of the first holds."""
        self.plan_on_board = None
        self.evidence = SimulationEvidence()
        self.parameters.clear()
        self._fold.forget("identity")

    def _note_status(self, status: int, now_s: float) -> None:
        if status not in {SystemStatus.CRITICAL, SystemStatus.EMERGENCY}:
            self._critical_since_s = None
        elif self._critical_since_s is None:
            self._critical_since_s = now_s

    def _parameter(self, message: Message) -> None:
        if math.isfinite(message.param_value):
            self.parameters[message.param_id] = message.param_value
        else:
            self.parameters.pop(message.param_id, None)
        if message.param_id.startswith("SIM_") and not self.evidence.simulator_parameter_seen:
            self.evidence = replace(self.evidence, simulator_parameter_seen=True)

    def _said(self, texts: Sequence[StatusText]) -> Sequence[StatusText]:
        self._texts.extend(texts)
        return texts


def text_in_words(text: StatusText) -> Text:
    """Return an aircraft's text for a page; the aircraft speaks English only."""
    level = Text("警報", "alarm") if text.severity <= _FATAL else Text("機体", "aircraft")
    return Text(f"{level.ja}: {text.text}", f"{level.en}: {text.text}")
