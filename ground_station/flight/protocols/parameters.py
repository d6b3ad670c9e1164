"""Reading and setting parameters (MAVLink parameter protocol; values as 32-bit floats, ArduPilot's way).

A set counts only once the value was asked for again and came back equal. A value that is no number (NaN, infinite)
counts as not known.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target

_UNASKED = 65_535
_BURST = 10
_UNHEARD_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterList:
    """All that was read. `complete` is False if some stayed missing; `missing` says how many."""

    values: Mapping[str, float]
    missing: int

    @property
    def complete(self) -> bool:
        """Return True if nothing is missing."""
        return self.missing == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterAnswer:
    """What is on board after a read or a set; `value` is None if nothing came."""

    name: str
    value: float | None
    wanted: float | None

    @property
    def agreed(self) -> bool:
        """Return True if the value on board is the one wanted."""
        return self.value is not None and self.wanted is not None and same_value(self.value, self.wanted)


def same_value(one: float, other: float) -> bool:
    """Return True if both are the same 32-bit float, or differ by no more than its last digits."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return False
    single = struct.unpack("<f", struct.pack("<f", other))[0]
    return math.isclose(one, single, rel_tol=1e-6, abs_tol=1e-9)


class ParameterFetch:
    """Reads the whole list; what got lost is asked for by its number."""

    wants = frozenset({dialect.MAVLINK_MSG_ID_PARAM_VALUE})

    def __init__(self, target: Target, *, quiet_s: float = 1.0, tries: int = 15) -> None:
        self._target = target
        self._quiet_s = quiet_s
        self._tries = tries
        self._left = tries
        self._names: dict[int, str] = {}
        self._values: dict[str, float] = {}
        self._count: int | None = None
        self.wake_s = 0.0
        self.result: ParameterList | None = None

    @property
    def fraction(self) -> float:
        """Return how much is there, 0 to 1."""
        return len(self._names) / self._count if self._count else 0.0

    def start(self, now_s: float) -> Sequence[Message]:
        """Ask for the list."""
        self.wake_s = now_s + 2.0 * self._quiet_s
        return (self._list(),)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take one value; unasked ones count as news of that value, not as part of the list."""
        if self.result is not None:
            return ()
        name, value = message.param_id, message.param_value
        if math.isfinite(value):
            self._values[name] = value
        else:
            self._values.pop(name, None)
        if message.param_index == _UNASKED or message.param_index >= message.param_count:
            return ()
        if message.param_count != self._count:
            self._count = message.param_count
            self._names = {index: known for index, known in self._names.items() if index < message.param_count}
        if message.param_index not in self._names:
            self._left = self._tries
            self._names[message.param_index] = name
        self.wake_s = now_s + self._quiet_s
        if len(self._names) == self._count:
            self._end()
        return ()

    def tick(self, now_s: float) -> Sequence[Message]:
        """Ask for the list again if nothing came, else for some that are missing."""
        if self.result is not None or now_s < self.wake_s:
            return ()
        self._left -= 1
        if self._left < 0 or (self._count is None and self._left < self._tries - _UNHEARD_TRIES):
            self._end()
            return ()
        self.wake_s = now_s + self._quiet_s
        if self._count is None:
            return (self._list(),)
        missing = [index for index in range(self._count) if index not in self._names]
        if len(missing) > self._count // 2:
            return (self._list(),)
        return tuple(
            dialect.MAVLink_param_request_read_message(self._target.system_id, self._target.component_id, b"", index)
            for index in missing[:_BURST]
        )

    def _list(self) -> Message:
        return dialect.MAVLink_param_request_list_message(self._target.system_id, self._target.component_id)

    def _end(self) -> None:
        missing = 1 if self._count is None else self._count - len(self._names)
        self.result = ParameterList(values=dict(self._values), missing=missing)


class ParameterRead:
    """Reads one value by name."""

    wants = frozenset({dialect.MAVLINK_MSG_ID_PARAM_VALUE})

    def __init__(self, target: Target, name: str, *, retry_s: float = 0.5, tries: int = 6) -> None:
        self._target = target
        self._name = name
        self._retry_s = retry_s
        self._left = tries
        self.wake_s = 0.0
        self.result: ParameterAnswer | None = None

    def start(self, now_s: float) -> Sequence[Message]:
        """Ask for it."""
        return self.tick(now_s)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take the value."""
        del now_s
        if self.result is None and message.param_id == self._name and math.isfinite(message.param_value):
            self.result = ParameterAnswer(name=self._name, value=message.param_value, wanted=None)
        return ()

    def tick(self, now_s: float) -> Sequence[Message]:
        """Ask again, or end without a value."""
        if self.result is not None or now_s < self.wake_s:
            return ()
        if self._left == 0:
            self.result = ParameterAnswer(name=self._name, value=None, wanted=None)
            return ()
        self._left -= 1
        self.wake_s = now_s + self._retry_s
        return (read_message(self._target, self._name),)


class ParameterSet:
    """Sets one value and reads it back; a late old value is no refusal, the last word after all tries is."""

    wants = frozenset({dialect.MAVLINK_MSG_ID_PARAM_VALUE})

    def __init__(self, target: Target, name: str, value: float, *, retry_s: float = 0.5, tries: int = 6) -> None:
        self._target = target
        self._name = name
        self._value = value
        self._retry_s = retry_s
        self._left = tries
        self._answered = False
        self._seen: float | None = None
        self.wake_s = 0.0
        self.result: ParameterAnswer | None = None

    def start(self, now_s: float) -> Sequence[Message]:
        """Set it."""
        return self.tick(now_s)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        """Take the answer to the set, then the answer to the reading back."""
        if self.result is not None or message.param_id != self._name:
            return ()
        self._seen = message.param_value
        if not same_value(message.param_value, self._value):
            self._answered = False
            return ()
        if self._answered:
            self._end()
            return ()
        self._answered = True
        self.wake_s = now_s + self._retry_s
        return (read_message(self._target, self._name),)

    def tick(self, now_s: float) -> Sequence[Message]:
        """Set or read again, or end with what was seen last."""
        if self.result is not None or now_s < self.wake_s:
            return ()
        if self._left == 0:
            self._end()
            return ()
        self._left -= 1
        self.wake_s = now_s + self._retry_s
        if self._answered:
            return (read_message(self._target, self._name),)
        return (
            dialect.MAVLink_param_set_message(
                self._target.system_id,
                self._target.component_id,
                self._name.encode(),
                self._value,
                dialect.MAV_PARAM_TYPE_REAL32,
            ),
        )

    def _end(self) -> None:
        self.result = ParameterAnswer(name=self._name, value=self._seen, wanted=self._value)


def read_message(target: Target, name: str) -> Message:
    """Return PARAM_REQUEST_READ by name."""
    return dialect.MAVLink_param_request_read_message(target.system_id, target.component_id, name.encode(), -1)
