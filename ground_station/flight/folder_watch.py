"""Tells when the folder of a flight core was taken away, which is how a run's end reaches a core left behind.

Only a folder that is not there any more counts, seen twice in a row: a disk that fails or does not answer, or somebody
who deletes a file, ends no core. And nothing counts while an aircraft flies, or may.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

from fleet import own_thread
from fleet.realm import Realm
from ground_station.flight.vehicles.state import LinkState, VehicleState

LOOK_EVERY_S = 2.0
_LOOKS = 2


class FolderWatch:
    """Looks after one folder, in a thread of its own, one look at a time: while one hangs no other is begun.

    `may_fly` says whether an aircraft flies, as far as anybody knows.
    """

    def __init__(self, folder: Path, may_fly: Callable[[], bool], *, look_every_s: float = LOOK_EVERY_S) -> None:
        self._folder = folder
        self._may_fly = may_fly
        self._look_every_s = look_every_s
        self._looking: Future[bool] | None = None
        self._missed = 0

    async def until_gone(self) -> None:
        """Wait until the folder is gone and nothing flies."""
        while True:
            if self._is_gone():
                return
            await asyncio.sleep(self._look_every_s)

    def _is_gone(self) -> bool:
        """Take the last look's answer and begin the next look."""
        if self._looking is not None and self._looking.done():
            gone = self._looking.exception() is None and self._looking.result()
            self._missed = self._missed + 1 if gone else 0
            self._looking = None
        if self._looking is None:
            try:
                self._looking = own_thread.begin(lambda: _is_absent(self._folder), name="folder")
            except OSError:  # no thread to be had: nothing is known
                self._missed = 0
        return self._missed >= _LOOKS and not self._may_fly()


def may_fly(states: Iterable[VehicleState], realm: Realm) -> bool:
    """Return whether an aircraft's motors run, or may: one that is not heard now may have been armed since.

    One that was never heard does not count; nor does a drill's that is not heard any more: it ended with its simulator.
    """
    heard = [state for state in states if state.telemetry.heartbeat is not None]
    if realm is Realm.DRILL:
        return any(state.armed for state in heard if state.link is not LinkState.LOST)
    return any(state.armed or state.link is LinkState.LOST for state in heard)


def _is_absent(folder: Path) -> bool:
    """Return whether there is no such folder; an error of the disk is no answer, and raised as OSError."""
    try:
        folder.stat()
    except FileNotFoundError:
        return True
    return False
