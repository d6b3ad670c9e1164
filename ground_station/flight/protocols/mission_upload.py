"""Uploading a mission, a fence or rally points (MAVLink mission protocol, ArduPilot's habits).

The aircraft asks for each item with MISSION_REQUEST or MISSION_REQUEST_INT and always gets MISSION_ITEM_INT. What was
asked of us is repeated by both sides, so loss in either direction heals. A refusal may be an old one that came late:
it counts only if the aircraft asks for nothing more within a grace time. After a result nothing changes it any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.text import Text
from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.mission_results import (
    ACCEPTED,
    CANCELLED,
    ERROR,
    INVALID_SEQUENCE,
    mission_result,
)
from ground_station.flight.protocols.pace import PaceNow, unmeasured
from ground_station.flight.protocols.transfer import (
    KEPT_OPEN_S,
    TransferEnd,
    TransferPace,
    TransferResult,
    ack_message,
    item_message,
    refused,
    silent,
    stalled,
)
from missions.values.mission_item import MissionItem, MissionType

_NOTHING = Text("何もいりません", "nothing to do")
_GRACE_S = 0.6
_SOFT_GRACE_S = 2.5


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A refusal that counts from `stands_s` on, if the aircraft asks for nothing until then."""

    code: int
    stands_s: float


class MissionUpload:
    """One attempt to put `items` on board; none clears the list there."""

    wants = frozenset(
        {
            dialect.MAVLINK_MSG_ID_MISSION_REQUEST,
            dialect.MAVLINK_MSG_ID_MISSION_REQUEST_INT,
            dialect.MAVLINK_MSG_ID_MISSION_ACK,
        }
    )

    is_bulk = True

    def __init__(self, target: Target, items: Sequence[MissionItem], kind: MissionType) -> None:
        self._target = target
        self._items = tuple(items)
        self._kind = kind
        self._pace = TransferPace(unmeasured)
        self._last: Message | None = None
        self._tries = 0
        self._highest = -1
        self._progress_s = 0.0
        self._heard = False
        self._refusal: _Refusal | None = None
        self.wake_s = 0.0
        self.result: TransferResult | None = None

    @property
    def items_asked_for(self) -> int:
        """Return how many items the aircraft has asked for so far."""
        return self._highest + 1

    def start(self, now_s: float, pace: PaceNow) -> Sequence[Message]:
        """Announce the items."""
        self._pace = TransferPace(pace)
        self._progress_s = now_s
        system, component = self._target.system_id, self._target.component_id
        if self._items:
            opening = dialect.MAVLink_mission_count_message(system, component, len(self._items), int(self._kind))
        else:
            opening = dialect.MAVLink_mission_clear_all_message(system, component, int(self._kind))
        return self._say(opening, now_s)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take a request or an acknowledgement of this kind of list."""
        if self.result is not None or message.mission_type != int(self._kind):
            return ()
        if message.get_msgId() == dialect.MAVLINK_MSG_ID_MISSION_ACK:
            return self._acknowledged(message.type, now_s)
        return self._asked(message.seq, now_s)

    def tick(self, now_s: float) -> Sequence[Message]:
        """Repeat the last message, or give up."""
        if self.result is not None or now_s < self.wake_s:
            return ()
        if self._refusal is not None and now_s >= self._refusal.stands_s:
            return self._end_refused(self._refusal.code)
        if now_s - self._progress_s >= self._patience_s():
            return self._end_unanswered(now_s)
        if self._refusal is not None and not mission_result(self._refusal.code).worth_another_try:
            self.wake_s = self._refusal.stands_s
            return ()
        return () if self._last is None else self._say(self._last, now_s)

    def _asked(self, seq: int, now_s: float) -> Sequence[Message]:
        self._heard = True
        if seq > self._highest and seq < len(self._items):
            self._highest = seq
            self._progress_s = now_s
            self._tries = 0
            self._heard = False
        elif now_s - self._progress_s >= self._patience_s():
            return self._end_unanswered(now_s)
        if not 0 <= seq < len(self._items):
            return ()
        self._refusal = None
        return self._say(item_message(self._target, self._items[seq], self._kind), now_s)

    def _acknowledged(self, code: int, now_s: float) -> Sequence[Message]:
        complete = self._highest == len(self._items) - 1
        if code == ACCEPTED:
            if complete:
                self.result = TransferResult(
                    end=TransferEnd.DONE, text=mission_result(code).text, cure=_NOTHING, code=code
                )
            return ()
        if code == INVALID_SEQUENCE:  # a repeated item draws it, and the aircraft goes on asking
            return ()
        if code == ERROR and complete and self._items:
            return self._end_unsure(code)
        if self._refusal is None:
            soft = mission_result(code).worth_another_try
            grace_s = self._pace.grace_s(_SOFT_GRACE_S if soft else _GRACE_S)
            self._refusal = _Refusal(code, now_s + grace_s)
            self.wake_s = min(self.wake_s, self._refusal.stands_s)
        return ()

    def _say(self, message: Message, now_s: float) -> Sequence[Message]:
        self._last = message
        self._tries += 1
        self.wake_s = now_s + self._pace.pause_s(self._tries, first=self._highest < 0)
        return (message,)

    def _patience_s(self) -> float:
        """Return how long to go on without progress; once items flow, the aircraft itself gives up after 8 s."""
        first = self._highest < 0
        return self._pace.patience_s(first=first, other_end_s=None if first else KEPT_OPEN_S)

    def _where(self) -> Text:
        if self._highest < 0:
            return Text("転送の開始", "the start of the transfer")
        return Text(f"{self._highest + 1} 番目の項目", f"item {self._highest + 1}")

    def _end_refused(self, code: int) -> Sequence[Message]:
        self.result = refused(code, self._where())
        return ()

    def _end_unsure(self, code: int | None) -> Sequence[Message]:
        self.result = TransferResult(
            end=TransferEnd.UNSURE,
            text=Text("すべて送りましたが返事が届きません", "everything was sent, but no last word came"),
            cure=Text("読み戻して確かめます", "it is being read back"),
            code=code,
        )
        return ()

    def _end_unanswered(self, now_s: float) -> Sequence[Message]:
        if self._items and self._highest == len(self._items) - 1 and not self._heard:
            return self._end_unsure(None)
        if self._heard:
            self.result = stalled(now_s - self._progress_s, self._where())
        else:
            self.result = silent(self._tries, self._where())
        return (ack_message(self._target, self._kind, CANCELLED),)
