"""The station code: eight digits on the printed set-up sheet, for whoever must act while nobody can sign in.

It gives hold, recall, land and sky clear, and nothing else. Who guesses gets five tries a minute; so that no stranger
can use up the tries of the people of the station, they are counted by address, a whole IPv6 /64 as one. Beyond a
hundred wrong codes a minute from anywhere, an address that has not given the right one lately gets a single try.
"""

import asyncio
import hmac
import os
import secrets
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import TypeVar

from fleet import own_thread
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
_SLOW_S = 2.0
_AGAIN_S = 10.0


def station_code(folder: Path) -> str:
    """Return the station's code, made the first time; raises OSError if the folder refuses. Blocks."""
    path = folder / NAME
    if path.is_file():
        known = "".join(digit for digit in path.read_text(errors="replace") if digit.isdigit())
        if len(known) == _DIGITS:
            return known
    code = made_code()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{code[:4]}-{code[4:]}\n")
        file.flush()
        os.fsync(file.fileno())
    return code


ValueT = TypeVar("ValueT")


def made_code() -> str:
    """Return eight random digits."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


class KeptCode:
    """Brings a door the code of the printed sheet, however long its disk takes."""

    def __init__(self, folder: Path, door: "CodeDoor") -> None:
        self._folder = folder
        self._door = door
        self._problem: Text | None = None

    @property
    def problem(self) -> Text | None:
        """Return in words that the code of the printed sheet opens nothing now, or None."""
        return self._problem

    async def bring(self, *, slow_s: float = _SLOW_S, again_s: float = _AGAIN_S) -> None:
        """Try until it is brought, again after `again_s`; a disk that hangs is waited for, and asked no second time."""
        while True:
            try:
                reading = asyncio.wrap_future(own_thread.begin(partial(station_code, self._folder), name="code"))
                done, _ = await asyncio.wait({reading}, timeout=slow_s)
                if not done:
                    self._problem = _sheet_is_of_no_use("ディスクが答えません", "the disk does not answer")
                self._door.change(await reading)
            except (OSError, ValueError) as error:
                why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
                self._problem = _sheet_is_of_no_use(why, why)
                await asyncio.sleep(again_s)
            else:
                self._problem = None
                return


def _sheet_is_of_no_use(why_ja: str, why_en: str) -> Text:
    return Text(
        f"準備の紙の番号は今は使えません（{why_ja}）。サインインした人の操作は受け付けます",
        f"the code of the printed sheet does not work now ({why_en}); who is signed in may act all the same",
    )


class CodeDoor:
    """Lets in who has the code."""

    def __init__(self, code: str, clock: Clock) -> None:
        self._code = code
        self._clock = clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def change(self, code: str) -> None:
        """Let another code count from now on."""
        self._code = code

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
