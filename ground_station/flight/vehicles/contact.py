"""The aircraft on its link: frames come in, are sorted, decoded if someone needs them, and answered.

The link gives frames (`take`), the station gives time (`tick`). What is not needed is not decoded.
"""

from collections.abc import Callable
from typing import TypeAlias

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import Clock
from fleet.ids import VehicleId
from ground_station.flight.links.frame_log import FlightRecorder
from ground_station.flight.links.frames import Frame, Message
from ground_station.flight.links.link import STATION_COMPONENT_ID, STATION_SYSTEM_ID, Link
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.link_meter import LinkMeter
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.terrain import Ground, answer_terrain_request
from ground_station.flight.vehicles.conversation import Conversation
from ground_station.flight.vehicles.state import LinkState, Timing, VehicleState
from ground_station.flight.vehicles.telemetry import Capture, StatusText
from ground_station.flight.vehicles.tracker import Tracker

AUTOPILOT = 1
_PROBE_EVERY_S = 1.0
_FROM_ANY_COMPONENT = frozenset(
    {
        dialect.MAVLINK_MSG_ID_CAMERA_IMAGE_CAPTURED,
        dialect.MAVLINK_MSG_ID_CAMERA_FEEDBACK,
        dialect.MAVLINK_MSG_ID_RADIO_STATUS,
    }
)
_MOST_TERRAIN_BLOCKS = 16
_TERRAIN_BLOCK_BYTES = 55
_ANSWERED = frozenset({dialect.MAVLINK_MSG_ID_TIMESYNC, dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST})

VehicleEvent: TypeAlias = StatusText | Capture | LinkState
"""What happens once and must not be overlooked: a text, a picture taken, a change of the link."""


class Contact:
    """One aircraft on one link. Not thread-safe; all calls come from the event loop."""

    def __init__(
        self,
        *,
        vehicle_id: VehicleId,
        system_id: int | None,
        link: Link,
        clock: Clock,
        timing: Timing,
        ground: Ground | None = None,
        recorder: FlightRecorder | None = None,
    ) -> None:
        self.system_id = system_id
        self.target = Target(system_id=system_id or 1)
        self.timing = timing
        self.clock = clock
        self.tracker = Tracker(vehicle_id=vehicle_id, timing=timing)
        self.conversation = Conversation(self.send, clock, self.pace)
        self.recorder = recorder
        self.last_heard_s: dict[int, float] = {}
        self.heard_count: dict[int, int] = {}
        self.ignored = 0
        self._link = link
        self._ground = ground
        self._meter = LinkMeter(link.address.line_bytes_s)
        self._link_state = LinkState.LOST
        self._changed: Callable[[], None] = _nobody
        self._event: Callable[[VehicleEvent], None] = _nobody_either

    def listen(self, changed: Callable[[], None], event: Callable[[VehicleEvent], None]) -> None:
        """Name who hears of changes of the state, and of events."""
        self._changed = changed
        self._event = event

    def adopt(self, system_id: int) -> None:
        """Take `system_id` as this aircraft's; for a vehicle set up without one."""
        self.system_id = system_id
        self.target = Target(system_id=system_id)
        self._meter = LinkMeter(self._link.address.line_bytes_s)

    def pace(self) -> Pace:
        """Return how fast the link to this aircraft is now."""
        return self._meter.pace(self.clock.monotonic_s())

    @property
    def link_is_full(self) -> bool:
        """Return True while what the aircraft sends waits in a queue."""
        return self._meter.is_full

    def state(self) -> VehicleState:
        """Return the aircraft as it is known now."""
        now_s = self.clock.monotonic_s()
        return self.tracker.state(self.system_id or 0, now_s, self._meter.round_trip_s)

    def send(self, message: Message) -> None:
        """Send a message; what cannot be sent is lost, as on any radio."""
        raw = self._link.send(message, self.target.system_id)
        if raw is not None and self.recorder is not None:
            self.recorder.record(raw)

    @property
    def link_reopened(self) -> int:
        """Return how often the link was opened anew."""
        return self._link.status.reopened

    def discard_unsent(self) -> None:
        """Let nothing that was sent and not answered arrive late."""
        self._link.discard_unsent()

    def take(self, frame: Frame, now_s: float) -> None:
        """Take a frame with this aircraft's system id."""
        if self.recorder is not None:
            self.recorder.record(frame.raw)
        kind = frame.message_id
        if kind == dialect.MAVLINK_MSG_ID_RADIO_STATUS:
            self.radio_heard(frame)
        if frame.component_id != AUTOPILOT and kind not in _FROM_ANY_COMPONENT:
            self.ignored += 1
            return
        if frame.component_id == AUTOPILOT:
            self.tracker.heard_s = now_s
            self.last_heard_s[kind] = now_s
            self.heard_count[kind] = self.heard_count.get(kind, 0) + 1
            self._meter.came(len(frame.raw))
        if kind == dialect.MAVLINK_MSG_ID_SIMSTATE:
            self.tracker.simstate_seen()
        elif self.tracker.wants(kind) or kind in _ANSWERED or self.conversation.wants(kind):
            message = self._link.decode(frame)
            if message is not None:
                self._understand(kind, message, now_s)

    def radio_heard(self, frame: Frame) -> None:
        """Take a RADIO_STATUS of the radio on this link; radios have system ids of their own."""
        message = self._link.decode(frame)
        if message is not None:
            self._meter.radio(message)

    def other_station_heard(self, system_id: int) -> None:
        """Note that another ground station speaks on this link."""
        self.tracker.other_station = system_id
        self._changed()

    def tick(self, now_s: float) -> None:
        """Do what is due: probe the clock, give up on torn texts, notice silence."""
        if self.tracker.heard_s is not None:
            probe = self._meter.tick(now_s, probe_every_s=self.timing.real_s(_PROBE_EVERY_S, at_least_s=0.25))
            if probe is not None:
                self.send(probe)
        for text in self.tracker.overdue_texts(now_s):
            self._event(text)
        link_state = self.tracker.link_state(now_s)
        if link_state is not self._link_state:
            self._link_state = link_state
            self._event(link_state)
            self._changed()
            self.conversation.stir()

    def _understand(self, kind: int, message: Message, now_s: float) -> None:
        if kind == dialect.MAVLINK_MSG_ID_TIMESYNC:
            self._synchronise(message, now_s)
            return
        if kind == dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST:
            if self._ground is not None:
                most = self.pace().burst(_TERRAIN_BLOCK_BYTES, most=_MOST_TERRAIN_BLOCKS)
                for answer in answer_terrain_request(message, self._ground, most_blocks=most):
                    self.send(answer)
            return
        if not _for_us(message):
            self.ignored += 1
            return
        for text in self.tracker.take(message, now_s):
            self._event(text)
        if kind in (dialect.MAVLINK_MSG_ID_CAMERA_IMAGE_CAPTURED, dialect.MAVLINK_MSG_ID_CAMERA_FEEDBACK):
            capture = self.tracker.telemetry.capture
            if capture is not None:
                self._event(capture)
        self.conversation.received(message, now_s)
        self.conversation.stir()
        self._changed()

    def _synchronise(self, message: Message, now_s: float) -> None:
        answer = self._meter.answer(message, now_s)
        if answer is not None:
            self.send(answer)
            return
        reading = self._meter.synchronise(message, now_s)
        if reading is not None:
            self.tracker.boot_clock(reading.boot_s)


def _for_us(message: Message) -> bool:
    """Return False for what is addressed to somebody else; 0 is everybody."""
    system = getattr(message, "target_system", 0)
    component = getattr(message, "target_component", 0)
    return system in (0, STATION_SYSTEM_ID) and component in (0, STATION_COMPONENT_ID)


def _nobody() -> None:
    return


def _nobody_either(event: VehicleEvent) -> None:
    del event
