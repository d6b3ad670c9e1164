"""What becomes of the core at the end of a run whose aircraft are in the air."""

import asyncio
import io
import signal
from typing import Any, cast

import pytest

from fleet.realm import Realm
from fleet.text import Text
from kakehashi import leaving
from kakehashi.leaving import leave
from kakehashi.settings import Settings
from kakehashi.terminal import Terminal

HATO = Text("はと", "Hato")


class Keeper:
    """A core whose aircraft flies for so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        self.stopped = 0
        self.tasks = 0

    async def flying(self) -> tuple[Text, ...] | None:
        self.looks -= 1
        self.tasks = max(self.tasks, len(asyncio.all_tasks()))
        return (HATO,) if self.looks >= 0 else ()

    async def stop(self) -> None:
        self.stopped += 1


async def test_a_long_flight_is_waited_for_without_a_pile_of_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "_LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(leaving, "has_simulator", lambda _: False)
    keeper, stream, before = Keeper(looks=50), io.StringIO(), len(asyncio.all_tasks())
    terminal = Terminal(stream)
    assert await leave(Settings(realm=Realm.LIVE), cast("Any", keeper), terminal, signal.SIGINT)
    terminal.close()
    assert keeper.stopped == 1
    assert keeper.tasks == before
    assert "Hato" in stream.getvalue()
