"""Who else speaks with an aircraft's number, and whether one of them is that aircraft at a new address. Pure.

A newcomer is asked, never believed: TIMESYNC with a number that nobody could know before must come back with a boot
clock on the line of what the aircraft said while it was heard, three times and with none off it, and AUTOPILOT_VERSION
must name the same chip. A recording answers no question; another aircraft has another clock and another chip.
Somebody who heard the aircraft and answers in its place can't be told from it without signing, which is why taking a
newcomer is always said.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import ConflictError
from fleet.text import Text
from ground_station.flight.links.frames import Message
from ground_station.flight.links.transport import Peer
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.vehicles.boot_watch import BootLine
from ground_station.flight.vehicles.reduction import chip_of

LATELY_S = 10.0
MOST_NEWCOMERS = 16
_ASK_EVERY_S = 1.0
_ANSWERED_WITHIN_S = 5.0
_MOST_OPEN = 4
_ANSWERS_NEEDED = 3

ASKED = frozenset({dialect.MAVLINK_MSG_ID_TIMESYNC, dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION})
TELLS_ITS_CLOCK = frozenset({dialect.MAVLINK_MSG_ID_SYSTEM_TIME, dialect.MAVLINK_MSG_ID_GLOBAL_POSITION_INT})


@dataclass(slots=True)
class _Newcomer:
    heard_s: float
    open: OrderedDict[int, float]
    asked_s: float = float("-inf")
    agreed: int = 0
    agreed_s: float = float("-inf")
    same_chip: bool = False

    def doubt(self) -> None:
        self.agreed = 0
        self.same_chip = False


class Newcomers:
    """The other senders of one number, the last 16 heard; more push out whoever was silent longest, proved or not."""

    def __init__(self, nonce: Callable[[], int]) -> None:
        self._nonce = nonce
        self._known: OrderedDict[Peer, _Newcomer] = OrderedDict()

    def heard(self, peer: Peer, now_s: float) -> None:
        """Note that `peer` sent something with the number."""
        known = self._known.get(peer)
        if known is None:
            known = self._known[peer] = _Newcomer(heard_s=now_s, open=OrderedDict())
            while len(self._known) > MOST_NEWCOMERS:
                self._known.popitem(last=False)
        elif now_s - known.heard_s > LATELY_S:
            known.doubt()
        known.heard_s = now_s
        self._known.move_to_end(peer)

    def lately(self, now_s: float) -> tuple[Peer, ...]:
        """Return who was heard in the last 10 s, the newest last."""
        return tuple(peer for peer, known in self._known.items() if now_s - known.heard_s <= LATELY_S)

    def only_one(self, now_s: float) -> Peer:
        """Return the one heard in the last 10 s; raises ConflictError if there is none, or more than one."""
        others = self.lately(now_s)
        if len(others) != 1:
            raise _not_one(len(others))
        return others[0]

    def questions(self, system_id: int, now_s: float) -> Sequence[tuple[Peer, Message]]:
        """Return what is to be asked now of those heard lately, each once a second at most."""
        asked: list[tuple[Peer, Message]] = []
        for peer in self.lately(now_s):
            known = self._known[peer]
            if now_s - known.asked_s < _ASK_EVERY_S:
                continue
            known.asked_s = now_s
            nonce = self._nonce()
            known.open[nonce] = now_s
            while len(known.open) > _MOST_OPEN:
                known.open.popitem(last=False)
            asked.append((peer, dialect.MAVLink_timesync_message(0, nonce)))
            if not known.same_chip:
                ask = requests.request_message(Target(system_id=system_id), dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION)
                asked.append((peer, ask(0)))
        return asked

    def said(self, peer: Peer, message: Message, now_s: float, *, line: BootLine, chip: str | None) -> None:
        """Take what a newcomer says of its clock or its chip, against the aircraft's own."""
        known = self._known.get(peer)
        if known is None:
            return
        kind = message.get_msgId()
        if kind == dialect.MAVLINK_MSG_ID_TIMESYNC:
            self._answered(known, message, now_s, line)
        elif kind == dialect.MAVLINK_MSG_ID_AUTOPILOT_VERSION:
            known.same_chip = chip is not None and known.asked_s > float("-inf") and chip_of(message) == chip
        elif kind in TELLS_ITS_CLOCK:
            boot_s = message.time_boot_ms / 1000.0
            if not line.runs_through(boot_s, now_s, late_s=_ANSWERED_WITHIN_S):
                known.doubt()

    def proved(self, now_s: float) -> tuple[Peer, ...]:
        """Return those heard lately that have proved to be the aircraft; with two of them neither may be believed."""
        return tuple(
            peer
            for peer in self.lately(now_s)
            if (known := self._known[peer]).same_chip
            and known.agreed >= _ANSWERS_NEEDED
            and now_s - known.agreed_s <= _ANSWERED_WITHIN_S
        )

    def forget(self) -> None:
        """Begin anew: one of them was taken."""
        self._known.clear()

    def _answered(self, known: _Newcomer, message: Message, now_s: float, line: BootLine) -> None:
        sent_s = known.open.pop(message.ts1, None) if message.tc1 > 0 else None
        if sent_s is None or now_s - sent_s > _ANSWERED_WITHIN_S:
            return
        if line.runs_through(message.tc1 / 1e9, now_s, late_s=now_s - sent_s):
            known.agreed += 1
            known.agreed_s = now_s
        else:
            known.doubt()


def _not_one(heard: int) -> ConflictError:
    if heard == 0:
        return ConflictError(
            Text("同じ番号の別の送信元は、今は聞こえていません", "no other sender of its number is heard now"),
            Text("機体の電源とリンクを確かめてください", "check the aircraft's power and the link"),
        )
    return ConflictError(
        Text(f"同じ番号の送信元が {heard} つ聞こえます", f"{heard} other senders of its number are heard"),
        Text("機体のほかの送信元を止めてから、もう一度選んでください", "stop all but the aircraft, and choose again"),
        heard=heard,
    )
