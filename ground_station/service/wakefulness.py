"""Did this process stand still just now? A frozen or sleeping station must not carry out what was meant for before.

An order whose giver heard the flight core's beats is judged by the core. One that names no beat (a script, a tool) is
judged here: by whether the clock that counts a machine's sleep went on while nothing here did.
"""

import asyncio

from fleet.clock import Clock
from fleet.errors import ExpiredError
from fleet.text import Text

LONGEST_STANDSTILL_S = 2.0
_LOOK_EVERY_S = 0.25
_REMEMBERED_S = 2.0


class Wakefulness:
    """Watches its event loop; `run` until cancelled."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looked_s = clock.boottime_s()
        self._stood_until_s = -_REMEMBERED_S

    async def run(self) -> None:
        """Look four times a second."""
        while True:
            self.look()
            await asyncio.sleep(_LOOK_EVERY_S)

    def look(self) -> None:
        """Note that the process moves."""
        now_s = self._clock.boottime_s()
        if now_s - self._looked_s > LONGEST_STANDSTILL_S:
            self._stood_until_s = now_s
        self._looked_s = now_s

    def require_awake(self) -> None:
        """Raise ExpiredError if the process stood still for over two seconds and moves again only just now."""
        self.look()
        if self._looked_s - self._stood_until_s < _REMEMBERED_S:
            raise ExpiredError(
                Text(
                    "地上局が止まっていた間の指示かもしれないので、送りませんでした",
                    "not sent: the station stood still, and the order may be of before",
                ),
                Text("機体の今の様子を見て、もう一度押してください", "look what the aircraft does, then press again"),
            )
