"""The station code: eight digits on the printed set-up sheet, for whoever must act while nobody can sign in.

It gives hold, recall, land and sky clear, and nothing else. Who guesses gets five tries a minute; so that no stranger
can use up the tries of the people of the station, they are counted by address, a whole IPv6 /64 as one. Beyond a
hundred wrong codes a minute from anywhere, an address that has not given the right one lately gets a single try.
"""

import hmac
import os
import secrets
from collections import OrderedDict
from pathlib import Path
from typing import TypeVar

from fleet.clock import Clock
from fleet.errors import TooManyError, UnauthenticatedError
from fleet.places import neighbourhood
from fleet.text import Text

NAME = "flight-code"
"""The name of the file in the station's folder."""
TRIES = 5
TRIES_WITHIN_S = 60.0
TRIES_OF_ALL = 100
_MOST_ADDRESSES = 1000
_DIGITS = 8


def station_code(folder: Path) -> str:
    """Return the station's code, made the first time; raises OSError if the folder refuses."""
    path = folder / NAME
    if path.is_file():
        known = "".join(digit for digit in path.read_text(errors="replace") if digit.isdigit())
        if len(known) == _DIGITS:
            return known
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{code[:4]}-{code[4:]}\n")
        file.flush()
        os.fsync(file.fileno())
    return code


ValueT = TypeVar("ValueT")


class CodeDoor:
    """Lets in who has the code."""

    def __init__(self, code: str, clock: Clock) -> None:
        self._code = code
        self._clock = clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def require(self, given: str, address: str) -> None:
        """Pass for the right code; raises UnauthenticatedError, and TooManyError after five wrong ones in a minute."""
        now_s = self._clock.boottime_s()
        address = neighbourhood(address)
        recent = [at_s for at_s in self._failures.get(address, ()) if now_s - at_s < TRIES_WITHIN_S]
        if len(recent) >= self._tries(address, now_s):
            raise TooManyError(
                Text("番号の間違いが続いたので、1 分間受け付けません", "too many wrong codes; wait a minute"),
                Text("待つ間は送信機を使ってください", "use the transmitter meanwhile"),
            )
        digits = "".join(digit for digit in given if digit.isdigit())
        if hmac.compare_digest(digits.encode(), self._code.encode()):
            self._failures.pop(address, None)
            _remember(self._known, address, None)
            return
        _remember(self._failures, address, [*recent, now_s])
        raise UnauthenticatedError(
            Text("局の番号が違います", "the station code is wrong"),
            Text("印刷した「準備の紙」の 8 けたを入れてください", "enter the eight digits of the printed set-up sheet"),
        )

    def _tries(self, address: str, now_s: float) -> int:
        of_all = sum(now_s - at_s < TRIES_WITHIN_S for failures in self._failures.values() for at_s in failures)
        return TRIES if of_all < TRIES_OF_ALL or address in self._known else 1


def _remember(kept: OrderedDict[str, ValueT], address: str, value: ValueT) -> None:
    """Keep what is known of the last thousand addresses."""
    kept[address] = value
    kept.move_to_end(address)
    while len(kept) > _MOST_ADDRESSES:
        kept.popitem(last=False)
