"""The station code: eight digits on the printed set-up sheet, for whoever must act while nobody can sign in.

It gives hold, recall, land and sky clear, and nothing else. Who guesses gets five tries a minute; so that no stranger
can use up the tries of the people of the station, they are counted by address.
"""

import hmac
import os
import secrets
from collections import OrderedDict
from pathlib import Path

from fleet.clock import Clock
from fleet.errors import TooManyError, UnauthenticatedError
from fleet.text import Text

NAME = "flight-code"
"""The name of the file in the station's folder."""
TRIES = 5
TRIES_WITHIN_S = 60.0
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


class CodeDoor:
    """Lets in who has the code."""

    def __init__(self, code: str, clock: Clock) -> None:
        self._code = code
        self._clock = clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def require(self, given: str, address: str) -> None:
        """Pass for the right code; raises UnauthenticatedError, and TooManyError after five wrong ones in a minute."""
        now_s = self._clock.boottime_s()
        recent = [at_s for at_s in self._failures.get(address, ()) if now_s - at_s < TRIES_WITHIN_S]
        if len(recent) >= TRIES:
            raise TooManyError(
                Text("番号の間違いが続いたので、1 分間受け付けません", "too many wrong codes; wait a minute"),
                Text("待つ間は送信機を使ってください", "use the transmitter meanwhile"),
            )
        digits = "".join(digit for digit in given if digit.isdigit())
        if hmac.compare_digest(digits.encode(), self._code.encode()):
            self._failures.pop(address, None)
            return
        self._failures[address] = [*recent, now_s]
        self._failures.move_to_end(address)
        while len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)
        raise UnauthenticatedError(
            Text("局の番号が違います", "the station code is wrong"),
            Text("印刷した「準備の紙」の 8 けたを入れてください", "enter the eight digits of the printed set-up sheet"),
        )
