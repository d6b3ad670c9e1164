"""Reading and setting parameters by name, several under way at once (MAVLink parameter protocol, ArduPilot's habits).

A set counts only once the value was asked for again and came back equal. A late old value is no refusal; the same old
value after three sets, or the last word after all tries, is. A name that the aircraft does not have is not answered, or
answered with PARAM_ERROR by newer ones.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.pace import PaceNow, unmeasured
from ground_station.flight.protocols.parameters import (
    READ_FRAME_BYTES,
    ParameterAnswer,
    read_message,
    same_value,
    set_message,
)
from ground_station.flight.protocols.window import Window

_RETRY_S = 0.5
_TRIES = 6
_UNDER_WAY = 4
_REFUSALS = 3
_NEXT_BURST_S = 0.4
_SOONEST = 0.7
_DEAD_BELOW = 0.25


@dataclass(slots=True)
class _Setting:
    """One name: its stage is to be set, to be read (back), or done."""

    name: str
    wanted: float | None
    to_set: bool
    asked_s: float | None = None
    due_s: float = 0.0
    asked: int = 0
    refusals: int = 0
    refused_at: int = 0
    turned_back: int = 0
    denied: bool = False
    seen: float | None = None
    proved: bool = False
    done: bool = False

    @property
    def under_way(self) -> bool:
        return self.asked_s is not None and not self.done

    def restage(self, *, to_set: bool) -> None:
        """Go on to setting or reading, and ask for it next."""
        if to_set is not self.to_set:
            self.asked = self.refused_at = 0
        self.to_set = to_set
        self.asked_s = None


class ParameterValues:
    """Reads each name, and sets first those with a value; at most four are under way at once.

    It ends when all are known, or when those that are left were asked for as often as the losses seen so far call for.
    """

    wants = frozenset({dialect.MAVLINK_MSG_ID_PARAM_VALUE, dialect.MAVLINK_MSG_ID_PARAM_ERROR})
    is_bulk = True

    def __init__(self, target: Target, wanted: Mapping[str, float | None], *, tries: int = _TRIES) -> None:
        self._target = target
        self._tries = tries
        self._settings = {name: _Setting(name, value, value is not None) for name, value in wanted.items()}
        self._pace: PaceNow = unmeasured
        self._window = Window(start=_UNDER_WAY, most=_UNDER_WAY)
        self._progress_s = 0.0
        self._asked = 0
        self._answers = 0
        self.wake_s = 0.0
        self.result: Mapping[str, ParameterAnswer] | None = None

    def start(self, now_s: float, pace: PaceNow) -> Sequence[Message]:
        """Ask for the first ones."""
        self._pace = pace
        self._progress_s = now_s
        return self._go_on(now_s)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take a value, or the word that there is none."""
        setting = self._settings.get(message.param_id)
        if self.result is not None or setting is None or setting.done:
            return ()
        self._measure(setting, now_s)
        self._progress_s = now_s
        if message.get_msgId() == dialect.MAVLINK_MSG_ID_PARAM_ERROR:
            self._no_such(setting)
        elif setting.wanted is None:
            if math.isfinite(message.param_value):
                setting.seen, setting.proved, setting.done = message.param_value, True, True
        else:
            setting.seen = message.param_value
            self._compare(setting, setting.wanted, now_s)
        return self._go_on(now_s)

    def tick(self, now_s: float) -> Sequence[Message]:
        """Ask again for what is overdue, and end what was asked for often enough."""
        if self.result is not None or now_s < self.wake_s:
            return ()
        for setting in self._settings.values():
            if setting.under_way and now_s >= setting.due_s:
                setting.asked_s = None
        return self._go_on(now_s)

    def _compare(self, setting: _Setting, wanted: float, now_s: float) -> None:
        """Go on from what was just seen of a value that is to be set."""
        same = setting.seen is not None and same_value(setting.seen, wanted)
        if same and setting.to_set:
            setting.restage(to_set=False)
        elif same and setting.asked_s is not None:
            # a copy of the answer to the set proves nothing; it comes sooner than an answer to the reading can
            setting.proved = setting.done = now_s - setting.asked_s >= _SOONEST * (self._pace().base_s or 0.0)
        elif setting.to_set and setting.refused_at != setting.asked:
            setting.refused_at = setting.asked
            setting.refusals += 1
            setting.done = setting.refusals >= _REFUSALS
        elif not same and not setting.to_set:
            setting.turned_back += 1
            setting.done = setting.denied or setting.turned_back >= _REFUSALS
            setting.restage(to_set=True)

    @staticmethod
    def _no_such(setting: _Setting) -> None:
        """Take that it has no such parameter; one that cannot be set may still be read."""
        if setting.to_set:
            setting.denied = True
            setting.restage(to_set=False)
        else:
            setting.done = setting.asked_s is not None

    def _measure(self, setting: _Setting, now_s: float) -> None:
        if setting.asked_s is None:
            return
        self._asked += setting.asked
        self._answers += 1
        if setting.asked == 1:
            self._window.answered(now_s - setting.asked_s, self._pace().base_s)

    @property
    def _answered(self) -> float:
        """Return the share of questions that came back here; none is judged that may be about a name it has not."""
        return (self._answers + 1) / (self._asked + 1)

    def _go_on(self, now_s: float) -> Sequence[Message]:
        pace = self._pace()
        answer_s = pace.answer_s(at_least_s=_RETRY_S)
        tries = pace.but_answered(self._answered).tries(self._tries)
        open_ones = [setting for setting in self._settings.values() if not setting.done]
        silent_s = now_s - self._progress_s
        no_word = pace.round_trip_s is None or pace.answered < _DEAD_BELOW
        dead = no_word and silent_s > tries * answer_s
        under_way = [setting for setting in open_ones if setting.under_way]
        waiting = [setting for setting in open_ones if not setting.under_way and setting.asked < tries]
        waiting.sort(key=lambda setting: setting.to_set)  # reading back goes first
        if dead or not (under_way or waiting):
            self._end()
            return ()
        room = min(self._window.limit - len(under_way), pace.burst(READ_FRAME_BYTES, most=_UNDER_WAY))
        chosen = waiting[: max(0, room)]
        for setting in chosen:
            setting.asked_s, setting.due_s = now_s, now_s + answer_s
            setting.asked += 1
        dues = [setting.due_s for setting in (*under_way, *chosen)]
        if len(chosen) < len(waiting) and len(under_way) + len(chosen) < self._window.limit:
            dues.append(now_s + _NEXT_BURST_S)
        self.wake_s = min(dues)
        return [self._ask(setting) for setting in chosen]

    def _ask(self, setting: _Setting) -> Message:
        if setting.to_set and setting.wanted is not None:
            return set_message(self._target, setting.name, setting.wanted)
        return read_message(self._target, setting.name)

    def _end(self) -> None:
        self.result = MappingProxyType(
            {
                name: ParameterAnswer(name=name, value=setting.seen, wanted=setting.wanted, proved=setting.proved)
                for name, setting in self._settings.items()
            }
        )


class ParameterRead:
    """Reads one value by name."""

    wants = ParameterValues.wants
    is_bulk = False

    def __init__(self, target: Target, name: str, *, tries: int = _TRIES) -> None:
        self._values = ParameterValues(target, {name: None}, tries=tries)
        self._name = name

    @property
    def wake_s(self) -> float:
        """Return when `tick` is due."""
        return self._values.wake_s

    @property
    def result(self) -> ParameterAnswer | None:
        """Return what is on board, or None while it goes on."""
        return None if self._values.result is None else self._values.result[self._name]

    def start(self, now_s: float, pace: PaceNow) -> Sequence[Message]:
        """Ask for it."""
        return self._values.start(now_s, pace)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take a value."""
        return self._values.receive(message, now_s)

    def tick(self, now_s: float) -> Sequence[Message]:
        """Ask again, or end."""
        return self._values.tick(now_s)
