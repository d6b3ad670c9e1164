"""The aircraft on its link: frames come in, are sorted, decoded if someone needs them, and answered.

The link gives frames (`take`), the station gives time (`tick`). What is not needed is not decoded.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import Clock
from fleet.errors import ConflictError
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.flight.links.frame_log import FlightRecorder
from ground_station.flight.links.frames import Frame, Message
from ground_station.flight.links.link import AUTOPILOT, STATION_COMPONENT_ID, STATION_SYSTEM_ID, Link
from ground_station.flight.links.transport import Peer
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.link_meter import LinkMeter
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.terrain import Ground, answer_terrain_request
from ground_station.flight.vehicles.asked import asked_by
from ground_station.flight.vehicles.conversation import Conversation
from ground_station.flight.vehicles.foreign_hand import ForeignAct
from ground_station.flight.vehicles.newcomers import ASKED, LATELY_S, TELLS_ITS_CLOCK, Newcomers
from ground_station.flight.vehicles.state import LinkState, Timing, VehicleState
from ground_station.flight.vehicles.telemetry import Capture, StatusText
from ground_station.flight.vehicles.tracker import WANTED, Tracker

_PROBE_EVERY_S = 1.0
_ASK_NEWCOMERS_AFTER_S = 5.0
_A_FLIGHT_LASTS_S = 3600.0
_NONCE_BITS = 62
_LAST_PORT = 65_535
_FROM_ANY_COMPONENT = frozenset(
    {
        dialect.MAVLINK_MSG_ID_CAMERA_IMAGE_CAPTURED,
        dialect.MAVLINK_MSG_ID_CAMERA_FEEDBACK,
        dialect.MAVLINK_MSG_ID_RADIO_STATUS,
    }
)
_BETWEEN_US = frozenset(
    {
        dialect.MAVLINK_MSG_ID_SIMSTATE,
        dialect.MAVLINK_MSG_ID_TERRAIN_REQUEST,
        dialect.MAVLINK_MSG_ID_TIMESYNC,
    }
)
_NEEDED = WANTED | _BETWEEN_US
_ADDRESSED = frozenset(number for number, kind in dialect.mavlink_map.items() if "target_system" in kind.fieldnames)
_MOST_TERRAIN_BLOCKS = 16
_TERRAIN_BLOCK_BYTES = 55


class TakenBy(StrEnum):
    """Why another address was taken for the aircraft's."""

    PROOF = "proof"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderChange:
    """The aircraft is heard from, and spoken to at, another address from now on."""

    sender: str
    by: TakenBy


VehicleEvent: TypeAlias = StatusText | Capture | LinkState | SenderChange | ForeignAct
"""What happens once and must not be overlooked: a text, a picture taken, a change of the link or of the sender's
address, and what somebody else did with the aircraft."""


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
        nonce: Callable[[], int] | None = None,
    ) -> None:
        self.system_id = system_id
        self.number_known = system_id is not None
        self.target = Target(system_id=system_id or 1)
        self.timing = timing
        self.clock = clock
        self.tracker = Tracker(vehicle_id=vehicle_id, timing=timing)
        self.conversation = Conversation(self.send, clock, self.pace)
        self.recorder = recorder
        self.last_heard_s: dict[int, float] = {}
        self.heard_count: defaultdict[int, int] = defaultdict(int)
        self._bytes_in = 0
        self.ignored = 0
        self._link = link
        self._ground = ground
        self._meter = LinkMeter(link.address.line_bytes_s)
        self._link_state = LinkState.LOST
        self._newcomers = Newcomers(nonce or _fresh_nonce)
        self._company: tuple[bool, int | None] = (False, None)
        self._changed: Callable[[], None] = _nobody
        self._event: Callable[[VehicleEvent], None] = _nobody_either

    def listen(self, changed: Callable[[], None], event: Callable[[VehicleEvent], None]) -> None:
        """Name who hears of changes of the state, and of events."""
        self._changed = changed
        self._event = event

    def expect_number(self, system_id: int) -> None:
        """Speak to `system_id`, which the town's data names, until the aircraft tells its number itself."""
        if self.system_id is None:
            self.number_known = True
            self.target = Target(system_id=system_id)

    def adopt(self, system_id: int) -> None:
        """Take `system_id` as this aircraft's; for a vehicle set up without one."""
        self.system_id = system_id
        self.number_known = True
        self.target = Target(system_id=system_id)
        self._meter = LinkMeter(self._link.address.line_bytes_s)

    @property
    def sender(self) -> str | None:
        """Return from where the aircraft speaks; None while it was not heard, or where the medium has one other end."""
        peer = None if self.system_id is None else self._link.owner(self.system_id)
        return None if peer is None else _named(peer)

    def remember(self, system_id: int, sender: str) -> None:
        """Take from before this start where the aircraft spoke from and with which number, as `sender` told it."""
        host, _, port = sender.rpartition(":")
        if host and port.isdecimal() and 0 < int(port) <= _LAST_PORT:
            self._link.remember(system_id, (host, int(port)))

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
        """Send a message; what cannot be sent is lost, as on any radio.

        It goes to the number that is this aircraft's now, whichever was taken for it when the message was made.
        """
        if getattr(message, "target_system", 0):
            message.target_system = self.target.system_id
        asked = asked_by(message)
        if asked is not None:
            self.tracker.expect_modes(asked, self.clock.monotonic_s())
        raw = self._link.send(message, self.target.system_id)
        if raw is not None and self.recorder is not None:
            self.recorder.record(raw)

    @property
    def link_reopened(self) -> int:
        """Return how often the way to the aircraft was opened anew: its link, or another address taken for its own."""
        return self._link.status.reopened + self.tracker.sender_changes

    def discard_unsent(self) -> None:
        """Let nothing that was sent and not answered arrive late."""
        self._link.discard_unsent()

    def take(self, frame: Frame, now_s: float) -> None:
        """Take a frame with this aircraft's system id."""
        raw, kind, _, component, sequence, _ = frame
        if self.recorder is not None:
            self.recorder.record(raw)
        if component == AUTOPILOT:
            self._count(sequence, raw, now_s)
            self.last_heard_s[kind] = now_s
            self.heard_count[kind] += 1
            self._bytes_in += len(raw)
        elif kind not in _FROM_ANY_COMPONENT or self.tracker.heard_s is None:
            self.ignored += 1
            return
        if kind in _NEEDED or self.conversation.wants(kind):
            message = self._link.decode(frame)
            if message is not None:
                self._understand(kind, message, now_s)

    def _count(self, sequence: int, raw: bytes, now_s: float) -> None:
        tracker = self.tracker
        tracks = tracker.sequence
        before_s, tracker.heard_s = tracker.heard_s, now_s
        if before_s is None:
            tracker.heard_since_s = before_s = now_s
        if not tracks.watching and (sequence - tracks.last) & 0xFF == 1:
            tracks.last = sequence
        elif tracks.take(sequence, raw, now_s, silent_s=now_s - before_s):
            tracker.doubled(now_s)

    def stranger(self, frame: Frame, peer: Peer, now_s: float) -> None:
        """Take a frame that has this aircraft's number and comes from another address; it changes no telemetry."""
        self.ignored += 1
        if frame.component_id != AUTOPILOT:
            return
        self.doubled(now_s, _named(peer))
        self._newcomers.heard(peer, now_s)
        if self._is_silent(now_s, _ASK_NEWCOMERS_AFTER_S) and frame.message_id in ASKED | TELLS_ITS_CLOCK:
            message = self._link.decode(frame)
            if message is not None:
                line, chip = self.tracker.boot_line, self.tracker.chip
                self._newcomers.said(peer, message, now_s, line=line, chip=chip)

    def doubled(self, now_s: float, sender: str | None = None) -> None:
        """Note that somebody else uses this aircraft's number, at the address `sender` if that is known."""
        self.tracker.doubled(now_s, sender)
        self._tell_of_company(now_s)

    def accept_sender(self) -> SenderChange:
        """Take the other sender of the number for the aircraft, because a person says so.

        Nothing that was known of the aircraft, or is on board, counts any more. Raises ConflictError while it flies or
        may still fly (an hour after it was last heard to), if nobody else was heard in the last 10 s, or if several
        were.
        """
        now_s = self.clock.monotonic_s()
        if self._may_fly(now_s):
            raise _flying()
        other = self._newcomers.only_one(now_s)
        self.tracker.begin_anew()
        self.last_heard_s.clear()
        return self._take_over(other, TakenBy.OPERATOR)

    def is_heard(self, now_s: float) -> bool:
        """Return True if the aircraft was heard in the last seconds."""
        return self.tracker.link_state(now_s) is LinkState.FRESH

    def radio_heard(self, frame: Frame) -> None:
        """Take a RADIO_STATUS of the radio on this link; radios have system ids of their own."""
        message = self._link.decode(frame)
        if message is not None:
            self._meter.radio(message)

    def other_station_heard(self, system_id: int, now_s: float) -> None:
        """Note that another ground station speaks on this link."""
        self.tracker.company.station_heard(system_id, now_s)
        self._tell_of_company(now_s)

    def tick(self, now_s: float) -> None:
        """Do what is due: probe the clock, ask newcomers, give up on torn texts, notice silence and foreign hands."""
        if self.tracker.heard_s is not None:
            self._meter.came(self._bytes_in)
            self._bytes_in = 0
            probe = self._meter.tick(now_s, probe_every_s=self.timing.real_s(_PROBE_EVERY_S, at_least_s=0.25))
            if probe is not None:
                self.send(probe)
                if self.tracker.is_in_doubt:
                    self.send(requests.request_message(self.target, dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION)(0))
        self._ask_newcomers(now_s)
        for text in self.tracker.overdue_texts(now_s):
            self._event(text)
        standing = self.tracker.foreign
        for act in self.tracker.due(now_s):
            self._event(act)
        if self.tracker.foreign is not standing:
            self._changed()
        self._tell_of_company(now_s)
        link_state = self.tracker.link_state(now_s)
        if link_state is not self._link_state:
            self._link_state = link_state
            self._event(link_state)
            self._changed()
            self.conversation.stir()

    def _ask_newcomers(self, now_s: float) -> None:
        if not self._is_silent(now_s, _ASK_NEWCOMERS_AFTER_S):
            return
        for peer, message in self._newcomers.questions(self.target.system_id, now_s):
            self._link.send_to(message, peer)
        proved = self._newcomers.proved(now_s)
        if len(proved) == 1 and self._is_silent(now_s, LATELY_S):
            self._take_over(proved[0], TakenBy.PROOF)

    def _take_over(self, peer: Peer, by: TakenBy) -> SenderChange:
        self._link.hand_over(self.target.system_id, peer)
        self._newcomers.forget()
        self._meter = LinkMeter(self._link.address.line_bytes_s)
        self.tracker.sender_changes += 1
        change = SenderChange(sender=_named(peer), by=by)
        self._event(change)
        self._changed()
        return change

    def _is_silent(self, now_s: float, for_s: float) -> bool:
        return self.tracker.heard_s is not None and now_s - self.tracker.heard_s > for_s

    def _may_fly(self, now_s: float) -> bool:
        state = self.state()
        age_s = state.age_s(state.telemetry.heartbeat)
        return age_s is not None and age_s < _A_FLIGHT_LASTS_S and (state.armed or state.in_air)

    def _tell_of_company(self, now_s: float) -> None:
        company = (self.tracker.company.has_double(now_s), self.tracker.company.station(now_s))
        if company != self._company:
            self._company = company
            self._changed()

    def _understand(self, kind: int, message: Message, now_s: float) -> None:
        if kind in _BETWEEN_US:
            self._settle(kind, message, now_s)
            return
        if kind in _ADDRESSED and not _for_us(message):
            self.ignored += 1
            return
        for text in self.tracker.take(message, now_s):
            self._event(text)
        if kind in _FROM_ANY_COMPONENT:
            self._of_a_companion(kind, message)
        self.conversation.received(message, now_s)
        self.conversation.stir()
        self._changed()

    def _settle(self, kind: int, message: Message, now_s: float) -> None:
        """Take what is no telemetry."""
        if kind == dialect.MAVLINK_MSG_ID_TIMESYNC:
            self._synchronise(message, now_s)
        elif kind == dialect.MAVLINK_MSG_ID_SIMSTATE:
            self.tracker.simstate_seen()
        elif self._ground is not None:
            most = self.pace().burst(_TERRAIN_BLOCK_BYTES, most=_MOST_TERRAIN_BLOCKS)
            for answer in answer_terrain_request(message, self._ground, most_blocks=most):
                self.send(answer)

    def _of_a_companion(self, kind: int, message: Message) -> None:
        capture = self.tracker.telemetry.capture
        if kind == dialect.MAVLINK_MSG_ID_RADIO_STATUS:
            self._meter.radio(message)
        elif capture is not None:
            self._event(capture)

    def _synchronise(self, message: Message, now_s: float) -> None:
        answer = self._meter.answer(message, now_s)
        if answer is not None:
            self.send(answer)
            return
        reading = self._meter.synchronise(message, now_s)
        if reading is not None:
            self.tracker.boot_clock(reading.boot_s, now_s)


def _fresh_nonce() -> int:
    """Return a number that nobody can know before: what comes back with it was said after it was asked."""
    return 1 + secrets.randbits(_NONCE_BITS)


def _named(peer: Peer) -> str:
    return "" if peer is None else f"{peer[0]}:{peer[1]}"


def _flying() -> ConflictError:
    return ConflictError(
        Text(
            "機体が飛行中か、飛行中に聞こえなくなったため、別の送信元に替えられません",
            "the aircraft flies, or was last heard flying, so no other sender can be taken for it",
        ),
        Text(
            "機体が着陸して停止したことを目で確かめ、元の送信元の電波が戻るのを待ってください",
            "make sure by eye that it landed and stopped, and wait until it is heard where it was heard before",
        ),
    )


def _for_us(message: Message) -> bool:
    """Return False for what is addressed to somebody else; 0 is everybody."""
    system = getattr(message, "target_system", 0)
    component = getattr(message, "target_component", 0)
    return system in (0, STATION_SYSTEM_ID) and component in (0, STATION_COMPONENT_ID)


def _nobody() -> None:
    return


def _nobody_either(event: VehicleEvent) -> None:
    del event
