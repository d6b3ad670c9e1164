"""How a transfer of mission items ended, and the items on the wire."""

import math
from dataclasses import dataclass
from enum import StrEnum

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.text import Text
from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.mission_results import mission_result
from ground_station.flight.protocols.pace import PaceNow
from missions.values.mission_item import MissionItem, MissionType

NO_NUMBER = 2**31
"""Stands in `x` and `y` for degrees that are none (NaN, infinite, or beyond 32 bits); no item that is sent has it."""


KEPT_OPEN_S = 8.0
"""How long an ArduPilot keeps an upload open without a good item."""

_FIRST_S = 1.5
_ITEM_S = 0.25
_TIMES = 5
_PATIENCE_S = 9.0
_TRIES_BEFORE_SILENCE = 4


@dataclass(frozen=True, slots=True)
class TransferPace:
    """When to ask again in a transfer, and when to give it up, seconds.

    The MAVLink mission protocol asks for 1.5 s at first, 0.25 s an item, 5 times; where an answer takes longer, so do
    the pauses. After those five it goes on at half and then a quarter of the rate, for 9 s without progress, or for as
    long as it takes to be heard over the losses.
    """

    now: PaceNow

    def pause_s(self, tries: int, *, first: bool) -> float:
        """Return how long to wait after asking `tries` times."""
        pace = self.now()
        if first:
            return pace.answer_s(at_least_s=_FIRST_S)
        usual_s = _ITEM_S * (1 << min(2, max(0, tries - 1) // _TIMES))
        return pace.answer_s(at_least_s=usual_s)

    def patience_s(self, *, first: bool, other_end_s: float | None = None) -> float:
        """Return how long to go on without progress; past `other_end_s`, if given, nobody is left to talk to."""
        pace = self.now()
        answer_s = pace.answer_s(at_least_s=_FIRST_S if first else _ITEM_S)
        if other_end_s is not None:
            return max(_PATIENCE_S, other_end_s + answer_s)
        return max(_PATIENCE_S, pace.tries(_TRIES_BEFORE_SILENCE) * answer_s)

    def grace_s(self, usual_s: float) -> float:
        """Return how long a refusal is held for an old one: what the aircraft asks next must have time to come."""
        return max(usual_s, self.now().round_trip_s or 0.0)


class TransferEnd(StrEnum):
    """How a transfer ended. `unsure`: everything was sent, but the last word is missing; reading back decides."""

    DONE = "done"
    UNSURE = "unsure"
    REFUSED = "refused"
    SILENT = "silent"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferResult:
    """The end of one transfer. `items` are those read, empty for an upload; `code` is MAV_MISSION_RESULT if given."""

    end: TransferEnd
    text: Text
    cure: Text
    code: int | None = None
    items: tuple[MissionItem, ...] = ()
    worth_another_try: bool = True


def item_message(target: Target, item: MissionItem, kind: MissionType) -> Message:
    """Return MISSION_ITEM_INT."""
    return dialect.MAVLink_mission_item_int_message(
        target.system_id,
        target.component_id,
        item.seq,
        item.frame,
        item.command,
        item.current,
        item.autocontinue,
        item.param1,
        item.param2,
        item.param3,
        item.param4,
        item.x,
        item.y,
        item.z,
        int(kind),
    )


def item_of(message: Message) -> MissionItem:
    """Return the item in a MISSION_ITEM_INT, or in an old MISSION_ITEM (its place in degrees, `NO_NUMBER` for none)."""
    whole = message.get_msgId() == dialect.MAVLINK_MSG_ID_MISSION_ITEM_INT
    return MissionItem(
        seq=message.seq,
        frame=message.frame,
        command=message.command,
        current=message.current,
        autocontinue=message.autocontinue,
        param1=message.param1,
        param2=message.param2,
        param3=message.param3,
        param4=message.param4,
        x=message.x if whole else _e7(message.x),
        y=message.y if whole else _e7(message.y),
        z=message.z,
    )


def _e7(degrees: float) -> int:
    if not math.isfinite(degrees):
        return NO_NUMBER
    whole = round(degrees * 1e7)
    return whole if abs(whole) < NO_NUMBER else NO_NUMBER


def ack_message(target: Target, kind: MissionType, code: int) -> Message:
    """Return MISSION_ACK."""
    return dialect.MAVLink_mission_ack_message(target.system_id, target.component_id, code, int(kind))


def refused(code: int, where: Text) -> TransferResult:
    """Return the end of a transfer that the aircraft refused with this MAV_MISSION_RESULT."""
    meaning = mission_result(code)
    return TransferResult(
        end=TransferEnd.REFUSED,
        text=Text(f"{where.ja}: {meaning.text.ja}", f"{where.en}: {meaning.text.en}"),
        cure=meaning.cure,
        code=code,
        worth_another_try=meaning.worth_another_try,
    )


def silent(tries: int, where: Text) -> TransferResult:
    """Return the end of a transfer that the aircraft stopped answering."""
    return TransferResult(
        end=TransferEnd.SILENT,
        text=Text(
            f"{where.ja}を {tries} 回送りましたが機体が答えません",
            f"the aircraft did not answer {where.en}, sent {tries} times",
        ),
        cure=Text(
            "電波とアンテナを確かめ、もう一度送ってください", "check the radio and the antenna, then send it again"
        ),
    )


def stalled(seconds: float, where: Text) -> TransferResult:
    """Return the end of a transfer that goes round in circles."""
    return TransferResult(
        end=TransferEnd.STALLED,
        text=Text(
            f"転送が {seconds:.0f} 秒進みません（{where.ja}）",
            f"the transfer made no progress for {seconds:.0f} s ({where.en})",
        ),
        cure=Text(
            "もう一度送ってください。続くときは機体を再起動してください",
            "send it again; if it goes on, restart the aircraft",
        ),
    )
