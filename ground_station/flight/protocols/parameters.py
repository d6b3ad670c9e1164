"""Parameters on the wire and as values (MAVLink parameter protocol; 32-bit floats, ArduPilot's way).

A value that is no number (NaN, infinite) counts as not known.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target

READ_FRAME_BYTES = 32
"""The longest PARAM_REQUEST_READ; a PARAM_SET is little longer."""

MOST_PARAMETERS = 10_000
"""Names kept of one aircraft, seven times what ArduCopter has; beyond that a new one counts as not known."""


class ListTrouble(StrEnum):
    """Why a parameter list was not read to its end."""

    SILENT = "silent"
    """It sent none that has its place in a list."""
    MISSING = "missing"
    """Some did not come."""
    TOO_MANY = "too-many"
    """It says that it has more than are kept of one aircraft."""
    UNSTEADY = "unsteady"
    """It says again and again that it has another number of them."""
    TOO_SLOW = "too-slow"
    """They come, but too few in too long a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterList:
    """All that was read. `count` is how many it said last that it has, `missing` how many of these are not here.

    `trouble` is None if nothing is missing.
    """

    values: Mapping[str, float]
    count: int
    missing: int
    trouble: ListTrouble | None

    @property
    def complete(self) -> bool:
        """Return True if nothing is missing."""
        return self.trouble is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterAnswer:
    """What is on board after a read or a set; `value` is None if nothing came.

    It is `proved` if it came in answer to a reading, after the set if there was one.
    """

    name: str
    value: float | None
    wanted: float | None
    proved: bool

    @property
    def agreed(self) -> bool:
        """Return True if the value read back is the one wanted."""
        return self.proved and self._is_wanted

    @property
    def agreed_but_unproved(self) -> bool:
        """Return True if the aircraft took the value, and was not heard when it was asked for again."""
        return not self.proved and self._is_wanted

    @property
    def _is_wanted(self) -> bool:
        return self.value is not None and self.wanted is not None and same_value(self.value, self.wanted)


def same_value(one: float, other: float) -> bool:
    """Return True if both are the same 32-bit float, or differ by no more than its last digits."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return False
    single = struct.unpack("<f", struct.pack("<f", other))[0]
    return math.isclose(one, single, rel_tol=1e-6, abs_tol=1e-9)


def read_message(target: Target, name: str) -> Message:
    """Return PARAM_REQUEST_READ by name."""
    return dialect.MAVLink_param_request_read_message(target.system_id, target.component_id, name.encode(), -1)


def read_index_message(target: Target, index: int) -> Message:
    """Return PARAM_REQUEST_READ by number."""
    return dialect.MAVLink_param_request_read_message(target.system_id, target.component_id, b"", index)


def list_message(target: Target) -> Message:
    """Return PARAM_REQUEST_LIST."""
    return dialect.MAVLink_param_request_list_message(target.system_id, target.component_id)


def set_message(target: Target, name: str, value: float) -> Message:
    """Return PARAM_SET."""
    kind = dialect.MAV_PARAM_TYPE_REAL32
    return dialect.MAVLink_param_set_message(target.system_id, target.component_id, name.encode(), value, kind)
