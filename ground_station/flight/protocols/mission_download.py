"""Reading back a mission, a fence or rally points (MAVLink mission protocol).

A refusal may be a late word about the upload before; it counts only if asking again brings nothing else.
"""

from collections.abc import Sequence

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.text import Text
from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.mission_results import ACCEPTED, CANCELLED, mission_result
from ground_station.flight.protocols.pace import PaceNow, unmeasured
from ground_station.flight.protocols.transfer import (
    TransferEnd,
    TransferPace,
    TransferResult,
    ack_message,
    item_of,
    refused,
    silent,
    stalled,
)
from missions.values.mission_item import MissionItem, MissionType

_TRIES_AFTER_REFUSAL = 2
_NOTHING = Text("何もいりません", "nothing to do")


class MissionDownload:
    """One attempt to read the list of `kind`; on a loss it asks for the missing item again."""

    wants = frozenset(
        {
            dialect.MAVLINK_MSG_ID_MISSION_COUNT,
            dialect.MAVLINK_MSG_ID_MISSION_ITEM_INT,
            dialect.MAVLINK_MSG_ID_MISSION_ITEM,
            dialect.MAVLINK_MSG_ID_MISSION_ACK,
        }
    )

    is_bulk = True

    def __init__(self, target: Target, kind: MissionType) -> None:
        self._target = target
        self._kind = kind
        self._pace = TransferPace(unmeasured)
        self._count: int | None = None
        self._items: list[MissionItem] = []
        self._last: Message | None = None
        self._tries = 0
        self._progress_s = 0.0
        self._heard = False
        self._refusal: int | None = None
        self.wake_s = 0.0
        self.result: TransferResult | None = None

    def start(self, now_s: float, pace: PaceNow) -> Sequence[Message]:
        """Ask how many there are."""
        self._pace = TransferPace(pace)
        self._progress_s = now_s
        return self._say(
            dialect.MAVLink_mission_request_list_message(
                self._target.system_id, self._target.component_id, int(self._kind)
            ),
            now_s,
        )

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take a count, an item or an acknowledgement of this kind of list."""
        if self.result is not None or message.mission_type != int(self._kind):
            return ()
        kind = message.get_msgId()
        if kind == dialect.MAVLINK_MSG_ID_MISSION_COUNT:
            return self._counted(message.count, now_s)
        if kind == dialect.MAVLINK_MSG_ID_MISSION_ACK:
            return self._refused(message.type)
        return self._delivered(item_of(message), now_s)

    def tick(self, now_s: float) -> Sequence[Message]:
        """Ask again, or give up."""
        if self.result is not None or now_s < self.wake_s:
            return ()
        if self._refusal is not None and self._tries > _TRIES_AFTER_REFUSAL:
            return self._end_refused(self._refusal)
        if now_s - self._progress_s >= self._patience_s():
            return self._give_up(now_s)
        return () if self._last is None else self._say(self._last, now_s)

    def _counted(self, count: int, now_s: float) -> Sequence[Message]:
        if self._count is not None:  # a repeated answer
            return ()
        self._count = count
        self._progress_s = now_s
        return self._ask_next(now_s)

    def _delivered(self, item: MissionItem, now_s: float) -> Sequence[Message]:
        if self._count is None or item.seq != len(self._items):
            self._heard = True
            return self._give_up(now_s) if now_s - self._progress_s >= self._patience_s() else ()
        self._items.append(item)
        self._progress_s = now_s
        return self._ask_next(now_s)

    def _ask_next(self, now_s: float) -> Sequence[Message]:
        system, component = self._target.system_id, self._target.component_id
        if len(self._items) == self._count:
            self.result = TransferResult(
                end=TransferEnd.DONE,
                text=mission_result(ACCEPTED).text,
                cure=_NOTHING,
                code=ACCEPTED,
                items=tuple(self._items),
            )
            return (ack_message(self._target, self._kind, ACCEPTED),)
        self._tries = 0
        self._heard = False
        self._refusal = None
        request = dialect.MAVLink_mission_request_int_message(system, component, len(self._items), int(self._kind))
        return self._say(request, now_s)

    def _refused(self, code: int) -> Sequence[Message]:
        if code != ACCEPTED:
            self._refusal = code
        return ()

    def _end_refused(self, code: int) -> Sequence[Message]:
        self.result = refused(code, self._where())
        return ()

    def _say(self, message: Message, now_s: float) -> Sequence[Message]:
        self._last = message
        self._tries += 1
        self.wake_s = now_s + self._pace.pause_s(self._tries, first=self._count is None)
        return (message,)

    def _give_up(self, now_s: float) -> Sequence[Message]:
        if self._heard:
            self.result = stalled(now_s - self._progress_s, self._where())
        else:
            self.result = silent(self._tries, self._where())
        return (ack_message(self._target, self._kind, CANCELLED),)

    def _patience_s(self) -> float:
        return self._pace.patience_s(first=self._count is None)

    def _where(self) -> Text:
        if self._count is None:
            return Text("読み戻しの開始", "the start of reading back")
        return Text(f"{len(self._items) + 1} 番目の項目の読み戻し", f"reading back item {len(self._items) + 1}")
