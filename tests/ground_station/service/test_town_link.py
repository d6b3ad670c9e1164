"""What became of a command reaches the outbox, however often that refuses and however often it is told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from fleet.clock import ManualClock
from fleet.errors import FleetError, TooLargeError, TooManyError, UnavailableError
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand
from ground_station.service import journal_follower
from ground_station.service.journal_follower import JournalFollower
from ground_station.service.town_link import TownLink
from telemetry.records import Record
from tests.ground_station.flight.aircraft import eventually
from tests.ground_station.service.fake_core import Disk, FakeCore

HOLD = FlightCommand(
    id=CommandId("hold-1"),
    vehicle_id=VehicleId("hato-1"),
    action=Action.HOLD,
    author="hanako",
    created_at_s=100.0,
    expires_at_s=105.0,
    state=CommandState.SENT,
    text=Text("送信中", "sending"),
    changed_at_s=100.0,
)
_WORDS = Text("いっぱいです", "full")


@dataclass
class Relay:
    """An outbox that raises what the test says, one after the other, and then takes everything."""

    raises: list[FleetError] = field(default_factory=list)
    taken: list[Record] = field(default_factory=list)

    async def put(self, records: Sequence[Record]) -> None:
        if self.raises:
            raise self.raises.pop(0)
        self.taken += records


def _link(relay: Relay, clock: ManualClock) -> TownLink:
    return TownLink(
        relay=cast("Any", relay),
        pictures=cast("Any", None),
        requests=cast("Any", None),
        town=cast("Any", None),
        clock=clock,
    )


async def test_a_command_that_is_told_again_is_the_same_record_and_its_end_another() -> None:
    relay, clock = Relay(), ManualClock()
    link = _link(relay, clock)
    await link.tell_command(HOLD)
    clock.advance(60.0)
    await link.tell_command(HOLD)
    await link.tell_command(replace(HOLD, state=CommandState.DONE, changed_at_s=103.0))
    await link.tell_command(replace(HOLD, id=CommandId("hold-2")))
    first, again, end, other = (record.id for record in relay.taken)
    assert first == again
    assert len({first, end, other}) == 3


@pytest.mark.parametrize("kind", [UnavailableError, TooManyError])
async def test_an_outbox_that_does_not_take_a_command_now_is_said_to_who_tells_it(kind: type[FleetError]) -> None:
    with pytest.raises(kind):
        await _link(Relay(raises=[kind(_WORDS)]), ManualClock()).tell_command(HOLD)


async def test_a_command_that_no_outbox_would_ever_take_holds_up_no_other() -> None:
    relay = Relay(raises=[TooLargeError(_WORDS)])
    link = _link(relay, ManualClock())
    await link.tell_command(HOLD)
    await link.tell_command(replace(HOLD, id=CommandId("hold-2")))
    assert [record.body["command_id"] for record in relay.taken] == ["hold-2"]


class Core(FakeCore):
    """A core with a journal in memory."""

    journal: MemoryJournal

    async def listen(self, after: int) -> Any:
        while True:
            entries = await self.journal.entries_after(after, 10)
            yield entries
            after = entries[-1].number


async def test_what_the_journal_says_waits_for_an_outbox_that_refuses_and_none_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal_follower, "_AGAIN_S", 0.01)
    clock, relay, core = ManualClock(), Relay(raises=[UnavailableError(_WORDS), TooManyError(_WORDS)]), Core()
    core.journal = MemoryJournal(clock)
    for number in range(3):
        detail = {"command_id": f"c-{number}"}
        core.journal.hand_over(actor="hanako", action="command.hold.sent", subject="hato-1", detail=detail)
    follower = JournalFollower(core, _link(relay, clock).tell_command, cast("Any", Disk()), clock)
    running = asyncio.create_task(follower.run())
    await eventually(lambda: follower.told == 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [record.body["command_id"] for record in relay.taken] == ["c-0", "c-1", "c-2"]
