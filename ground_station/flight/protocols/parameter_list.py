"""Reading every parameter (MAVLink parameter protocol).

Where the link bears it the aircraft is asked for the whole list, and then for what got lost by its number. On a thin
link a list sent in one go would stand before heartbeats and answers for minutes: there each is asked for by its number
from the start, no more at once than the link carries without a queue.

Whatever the aircraft says of how many it has, it ends: only a number that is not there yet counts as getting on, and
what gets on too slowly ends too. Where the count changes, the numbers may all mean something else: they are read anew,
and after some changes not again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.pace import PaceNow, unmeasured
from ground_station.flight.protocols.parameters import (
    MOST_PARAMETERS,
    READ_FRAME_BYTES,
    ListTrouble,
    ParameterList,
    list_message,
    read_index_message,
)
from ground_station.flight.protocols.window import Window

_UNASKED = 65_535
_QUIET_S = 1.0
_RETRY_S = 0.5
_UNHEARD_TRIES = 5
_TRIES = 15
_START = 10
_THIN_START = 4
_MOST = 24
_NEXT_BURST_S = 0.4
MOST_CHANGES = 8
"""How often the count may change before it is not believed any more."""
LONGEST_S = 1800.0
"""After that a list that still gets on is given up: three times what 1,400 take on the thinnest link flown with."""


@dataclass(slots=True)
class _Question:
    asked_s: float
    due_s: float
    asked: int


class ParameterFetch:
    """Reads the whole list, at most 24 numbers under way at once."""

    wants = frozenset({dialect.MAVLINK_MSG_ID_PARAM_VALUE})
    is_bulk = True

    def __init__(self, target: Target) -> None:
        self._target = target
        self._pace: PaceNow = unmeasured
        self._names: dict[int, str] = {}
        self._changes = 0
        self._values: dict[str, float] = {}
        self._count: int | None = None
        self._listing = False
        self._lists = 0
        self._under_way: dict[int, _Question] = {}
        self._window = Window(start=_START, most=_MOST, least=_START)
        self._began_s = self._progress_s = 0.0
        self.wake_s = 0.0
        self.result: ParameterList | None = None

    @property
    def fraction(self) -> float:
        """Return how much is there, 0 to 1."""
        return len(self._names) / self._count if self._count else 0.0

    def start(self, now_s: float, pace: PaceNow) -> Sequence[Message]:
        """Ask for the list, or on a thin link for the first of it, which tells how many there are."""
        self._pace = pace
        self._began_s = self._progress_s = now_s
        if pace().is_thin:
            self._window = Window(start=_THIN_START, most=_MOST)
        return self._open(now_s)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take one value; unasked ones count as news of that value, not as part of the list."""
        if self.result is not None:
            return ()
        name, value = message.param_id, message.param_value
        if math.isfinite(value):
            if len(self._values) < MOST_PARAMETERS or name in self._values:
                self._values[name] = value
        else:
            self._values.pop(name, None)
        if message.param_index == _UNASKED or message.param_index >= message.param_count:
            return ()
        if message.param_count == self._count or self._count is None:
            self._count = message.param_count
            self._took(message.param_index, name, now_s)
        else:
            self._count_anew(message.param_count, now_s)
        self.result = self._ended(now_s)
        if self.result is not None:
            return ()
        if self._listing:
            self.wake_s = now_s + self._pace().answer_s(at_least_s=_QUIET_S)
            return ()
        return self._ask_missing(now_s)

    def tick(self, now_s: float) -> Sequence[Message]:
        """Ask for the list again if nothing or little came, else for some that are missing."""
        if self.result is not None or now_s < self.wake_s:
            return ()
        self.result = self._ended(now_s)
        if self.result is not None:
            return ()
        pace = self._pace()
        few = self._count is not None and len(self._names) < self._count // 2 and self._lists < _UNHEARD_TRIES
        if self._count is None or (few and not pace.is_thin):
            return self._open(now_s)
        self._listing = False
        return self._ask_missing(now_s)

    def _ended(self, now_s: float) -> ParameterList | None:
        """Return the list if it is whole, or if there is no more to be hoped for."""
        if self._count is None:
            return self._list(ListTrouble.SILENT) if now_s - self._progress_s >= self._patience_s() else None
        if len(self._names) == self._count:
            return self._list(None)
        if self._count > MOST_PARAMETERS:
            return self._list(ListTrouble.TOO_MANY)
        if self._changes > MOST_CHANGES:
            return self._list(ListTrouble.UNSTEADY)
        if now_s - self._progress_s >= self._patience_s():
            return self._list(ListTrouble.MISSING)
        return self._list(ListTrouble.TOO_SLOW) if now_s - self._began_s >= LONGEST_S else None

    def _patience_s(self) -> float:
        """Return how long nothing new may come."""
        pace = self._pace()
        if self._count is None:
            return pace.tries(_UNHEARD_TRIES) * pace.answer_s(at_least_s=2.0 * _QUIET_S)
        return _TRIES * pace.answer_s(at_least_s=_QUIET_S)

    def _list(self, trouble: ListTrouble | None) -> ParameterList:
        count = self._count or 0
        return ParameterList(values=dict(self._values), count=count, missing=count - len(self._names), trouble=trouble)

    def _open(self, now_s: float) -> Sequence[Message]:
        pace = self._pace()
        if pace.is_thin:
            self._listing = False
            self.wake_s = now_s + pace.answer_s(at_least_s=_QUIET_S)
            return (read_index_message(self._target, 0),)
        self._listing = True
        self._lists += 1
        self.wake_s = now_s + pace.answer_s(at_least_s=2.0 * _QUIET_S)
        return (list_message(self._target),)

    def _count_anew(self, count: int, now_s: float) -> None:
        """Read the numbers anew, each asked for: that a frame names another count proves none of them, nor its own.

        Hearing them anew is getting on; how often this may happen is bounded.
        """
        self._count = count
        self._changes += 1
        self._progress_s = now_s
        self._names.clear()
        self._under_way.clear()
        self._listing = False

    def _took(self, index: int, name: str, now_s: float) -> None:
        question = self._under_way.pop(index, None)
        if question is not None and question.asked == 1:
            self._window.answered(now_s - question.asked_s, self._pace().base_s)
        if index not in self._names:
            self._names[index] = name
            self._progress_s = now_s

    def _ask_missing(self, now_s: float) -> Sequence[Message]:
        pace = self._pace()
        waiting = sum(question.due_s > now_s for question in self._under_way.values())
        room = min(self._window.limit - waiting, pace.burst(READ_FRAME_BYTES, most=_START))
        chosen = self._missing(now_s, max(0, room))
        due_s = now_s + pace.answer_s(at_least_s=_RETRY_S)
        for index in chosen:
            before = self._under_way.get(index)
            self._under_way[index] = _Question(now_s, due_s, 1 if before is None else before.asked + 1)
        if waiting + len(chosen) < self._window.limit:
            self.wake_s = now_s + _NEXT_BURST_S
        else:
            self.wake_s = min(question.due_s for question in self._under_way.values() if question.due_s > now_s)
        return tuple(read_index_message(self._target, index) for index in chosen)

    def _missing(self, now_s: float, most: int) -> list[int]:
        """Return up to `most` numbers to ask for: those overdue first, then those never asked for."""
        overdue = [index for index, question in self._under_way.items() if question.due_s <= now_s]
        found = overdue[:most]
        for index in range(self._count or 0):
            if len(found) >= most:
                break
            if index not in self._names and index not in self._under_way:
                found.append(index)
        return found
