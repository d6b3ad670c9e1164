"""The MAVLink command protocol: COMMAND_LONG or COMMAND_INT until COMMAND_ACK, within an expiry.

A repeated COMMAND_LONG counts `confirmation` up, as the specification asks; ArduPilot does not look at it, so only
commands whose repetition changes nothing may be sent this way. After `expires_s` nothing is sent any more; what was
sent may still be answered until its answer is overdue.
An acknowledgement names only the kind of command, so a late one of the command before looks the same: a refusal stands
only if no acceptance follows it within a grace time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.pace import PaceNow, unmeasured

_GRACE_S = 0.6
_UNMEASURED_S = 2.0
"""A recall on a link that nothing is known of is not held back; repeating it does no harm."""

MakeCommand: TypeAlias = Callable[[int], Message]
"""From the confirmation number to the message."""


class Answer(StrEnum):
    """How a command was answered."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswer:
    """The end of one command. `code` is MAV_RESULT, None if nothing came."""

    answer: Answer
    code: int | None
    sent: int


class CommandExchange:
    """Sends one command until it is answered or expires; repeats it only when an answer is overdue."""

    wants = frozenset({dialect.MAVLINK_MSG_ID_COMMAND_ACK})

    def __init__(
        self,
        *,
        command: int,
        make: MakeCommand,
        expires_s: float,
        retry_s: float = 1.0,
    ) -> None:
        self._command = command
        self._make = make
        self._expires_s = expires_s
        self._retry_s = retry_s
        self._pace: PaceNow = unmeasured
        self._overdue_s = 0.0
        self._refused: int | None = None
        self._sent = 0
        self._in_progress = False
        self.wake_s = 0.0
        self.result: CommandAnswer | None = None
        self.progress_percent: int | None = None

    def start(self, now_s: float, pace: PaceNow) -> Sequence[Message]:
        """Send it the first time, unless it is expired already."""
        self._pace = pace
        return self._send(now_s)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take an acknowledgement; those of other commands and those after the end change nothing."""
        if self.result is not None or message.command != self._command:
            return ()
        if message.result == dialect.MAV_RESULT_IN_PROGRESS:
            self._in_progress = True
            self._refused = None
            self.progress_percent = message.progress
            self.wake_s = max(now_s, self._expires_s)
        elif message.result == dialect.MAV_RESULT_ACCEPTED:
            self._end(Answer.ACCEPTED, message.result)
        elif message.result == dialect.MAV_RESULT_TEMPORARILY_REJECTED and now_s + self._pause_s() < self._expires_s:
            if self._refused is None:
                self.wake_s = now_s + self._pause_s()
        elif self._in_progress:
            self._end(Answer.REFUSED, message.result)
        elif self._refused is None:
            self._refused = message.result
            grace_s = max(_GRACE_S, self._pace().round_trip_s or 0.0)
            self.wake_s = min(now_s + grace_s, max(now_s, self._expires_s, self._overdue_s))
        return ()

    def tick(self, now_s: float) -> Sequence[Message]:
        """Send again, or end when the time is over."""
        if self.result is not None or now_s < self.wake_s:
            return ()
        if self._refused is not None:
            self._end(Answer.REFUSED, self._refused)
            return ()
        if self._in_progress:
            self._end(Answer.SILENT, dialect.MAV_RESULT_IN_PROGRESS)
            return ()
        return self._send(now_s)

    def _send(self, now_s: float) -> Sequence[Message]:
        if now_s >= self._expires_s:
            if self._sent and now_s < self._overdue_s:
                self.wake_s = self._overdue_s
            else:
                self._end(Answer.SILENT, None)
            return ()
        message = self._make(min(self._sent, 255))
        self._sent += 1
        self._overdue_s = now_s + self._pause_s()
        self.wake_s = self._overdue_s
        return (message,)

    def _pause_s(self) -> float:
        return self._pace().answer_s(at_least_s=self._retry_s, unmeasured_s=max(self._retry_s, _UNMEASURED_S))

    def _end(self, answer: Answer, code: int | None) -> None:
        self.result = CommandAnswer(answer=answer, code=code, sent=self._sent)
