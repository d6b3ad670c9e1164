"""The town of a flight core whose disk does not answer: flown as it was read before, and read on meanwhile."""

import asyncio
import contextlib
from concurrent.futures import Future
from functools import partial

from fleet import own_thread
from fleet.errors import FleetError
from fleet.text import Text
from kakehashi.flown_town import FlownTown, keep_flown_town, read_flown_town, town_of_before
from kakehashi.settings import Settings

_TOWN_S = 1.0
_CHANGED = Text(
    "町のデータが遅れて読め、飛ばしているものから変わっています。何も飛んでいないときに飛行の中枢を起動し直してください",
    "the town was read late and has changed: restart the flight core when nothing flies",
)


class TownOfCore:
    """The town that a core flies, `flown`, and in `problem` what is to be said about it now, or None."""

    def __init__(self, flown: FlownTown) -> None:
        self.flown = flown
        self.problem = flown.problem

    def keep(self, settings: Settings) -> None:
        """Keep it for the next start, in a thread of its own; raises OSError where none can be had."""
        own_thread.begin(partial(keep_flown_town, settings, self.flown), name="town")

    def follow(self, settings: Settings, reading: "Future[FlownTown]") -> None:
        """See what a reading that goes on brings: what is flown goes on, the next start has what was read."""
        reading.add_done_callback(partial(self._came_late, settings))

    def _came_late(self, settings: Settings, reading: "Future[FlownTown]") -> None:
        try:
            read = reading.result()
        except FleetError as error:
            self.problem = error.what
            return
        if read.problem is not None:
            self.problem = read.problem
            return
        self.problem = None if _is_same(read, self.flown) else _CHANGED
        with contextlib.suppress(OSError):
            keep_flown_town(settings, read)


async def read_town_in_time(settings: Settings) -> TownOfCore:
    """Return the town of a run, after a second what was kept of it; waits on where its disk gives neither.

    Raises as `read_flown_town`.
    """
    reading = own_thread.begin(partial(read_flown_town, settings), name="town")
    if not await own_thread.ends_within(_TOWN_S, reading):
        with contextlib.suppress(TimeoutError, FleetError):
            kept = await own_thread.within(_TOWN_S, partial(town_of_before, settings), name="town of before")
            if kept is not None:
                town = TownOfCore(kept)
                town.follow(settings, reading)
                return town
    return TownOfCore(await asyncio.wrap_future(reading))


def _is_same(one: FlownTown, other: FlownTown) -> bool:
    return one.id == other.id and tuple(one.fleet.items()) == tuple(other.fleet.items())
