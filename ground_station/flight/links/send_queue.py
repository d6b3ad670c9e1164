"""What leaves first where a link is slower than we are: commands before heartbeats before answers before bulk. No I/O.

Behind us a radio or a modem keeps what we send until it is on the air, in order. So nothing but a command is handed
over while more than a quarter of a second's worth waits there: a command then waits for no more than that and its own
length, whatever else is being sent. Rates are bytes a second; without a rate everything goes at once.
"""

from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from pymavlink.dialects.v20 import ardupilotmega as dialect

PeerT = TypeVar("PeerT")

_AHEAD_S = 0.25
_MOST_BYTES = 8_192
_ROUNDING_S = 1e-9
_QUIET_COMMANDS = frozenset(
    {
        dialect.MAV_CMD_SET_MESSAGE_INTERVAL,
        dialect.MAV_CMD_GET_MESSAGE_INTERVAL,
        dialect.MAV_CMD_REQUEST_MESSAGE,
        dialect.MAV_CMD_REQUEST_AUTOPILOT_CAPABILITIES,
    }
)
_COMMAND_MESSAGES = frozenset({dialect.MAVLINK_MSG_ID_COMMAND_LONG, dialect.MAVLINK_MSG_ID_COMMAND_INT})
_ANSWERS = frozenset(
    {dialect.MAVLINK_MSG_ID_TIMESYNC, dialect.MAVLINK_MSG_ID_MISSION_ACK, dialect.MAVLINK_MSG_ID_COMMAND_ACK}
)
_V2 = 0xFD


class Urgency(IntEnum):
    """What goes before what; the lowest first."""

    COMMAND = 0
    HEARTBEAT = 1
    ANSWER = 2
    BULK = 3


def urgency(frame: bytes) -> Urgency:
    """Return how urgent a whole MAVLink 2 frame is; one that is none is bulk."""
    if len(frame) < 12 or frame[0] != _V2:
        return Urgency.BULK
    message_id = int.from_bytes(frame[7:10], "little")
    if message_id in _COMMAND_MESSAGES:
        # `command` is the 16-bit field after seven floats; trailing zeros may be cut, but no command's number is one
        quiet = int.from_bytes(frame[38:40], "little") in _QUIET_COMMANDS
        return Urgency.BULK if quiet else Urgency.COMMAND
    if message_id == dialect.MAVLINK_MSG_ID_SET_MODE:
        return Urgency.COMMAND
    if message_id == dialect.MAVLINK_MSG_ID_HEARTBEAT:
        return Urgency.HEARTBEAT
    return Urgency.ANSWER if message_id in _ANSWERS else Urgency.BULK


@dataclass(frozen=True, slots=True)
class Outgoing(Generic[PeerT]):
    """One frame and whom it is for."""

    frame: bytes
    peer: PeerT


class SendQueue(Generic[PeerT]):
    """Holds at most 8 KiB back; beyond that the oldest of the least urgent is dropped, a command never.

    Of heartbeats to one peer only the newest waits.
    """

    def __init__(self, rate_bytes_s: float | None = None) -> None:
        self.rate_bytes_s = rate_bytes_s
        self.dropped = 0
        self._waiting: dict[Urgency, deque[Outgoing[PeerT]]] = {level: deque() for level in Urgency}
        self._bytes = 0
        self._idle_s = 0.0

    def put(self, frame: bytes, peer: PeerT, now_s: float) -> list[Outgoing[PeerT]]:
        """Take a frame; return what is to be sent now, in order."""
        level = urgency(frame)
        if level is Urgency.HEARTBEAT:
            self._forget_heartbeats(peer)
        self._waiting[level].append(Outgoing(frame, peer))
        self._bytes += len(frame)
        self._make_room()
        return self.due(now_s)

    def due(self, now_s: float) -> list[Outgoing[PeerT]]:
        """Return what is to be sent now, in order."""
        found: list[Outgoing[PeerT]] = []
        for level, waiting in self._waiting.items():
            while waiting and (
                level is Urgency.COMMAND or self._idle_s - now_s <= self._room_s(waiting[0]) + _ROUNDING_S
            ):
                outgoing = waiting.popleft()
                self._bytes -= len(outgoing.frame)
                self._idle_s = max(now_s, self._idle_s) + self._takes_s(outgoing)
                found.append(outgoing)
            if waiting:
                break
        return found

    @property
    def is_empty(self) -> bool:
        """Return True if nothing waits here."""
        return self._bytes == 0

    def wake_s(self, now_s: float) -> float | None:
        """Return when `due` has something next; None if nothing waits."""
        first = next((waiting[0] for waiting in self._waiting.values() if waiting), None)
        if first is None:
            return None
        return max(now_s, self._idle_s - self._room_s(first))

    def clear(self) -> None:
        """Forget what waits; the link was opened anew, and nothing old may be sent on it."""
        for waiting in self._waiting.values():
            waiting.clear()
        self._bytes = 0
        self._idle_s = 0.0

    def _takes_s(self, outgoing: Outgoing[PeerT]) -> float:
        if self.rate_bytes_s is None:
            return 0.0
        return len(outgoing.frame) / self.rate_bytes_s

    def _room_s(self, outgoing: Outgoing[PeerT]) -> float:
        """Return how much may still be ahead of a frame; nothing of one that is longer than all the room."""
        return max(0.0, _AHEAD_S - self._takes_s(outgoing))

    def _forget_heartbeats(self, peer: PeerT) -> None:
        beats = self._waiting[Urgency.HEARTBEAT]
        kept = [beat for beat in beats if beat.peer != peer]
        self._bytes -= sum(len(beat.frame) for beat in beats) - sum(len(beat.frame) for beat in kept)
        self._waiting[Urgency.HEARTBEAT] = deque(kept)

    def _make_room(self) -> None:
        while self._bytes > _MOST_BYTES:
            level = next((level for level in reversed(Urgency) if self._waiting[level]), Urgency.COMMAND)
            if level is Urgency.COMMAND:
                return
            self._bytes -= len(self._waiting[level].popleft().frame)
            self.dropped += 1
