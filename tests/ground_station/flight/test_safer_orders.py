"""Safer always goes: a disk that is slow, full or late never stands before hold, recall or landing; all else waits."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest

from fleet.audit import AuditEntry
from fleet.clock import SystemClock
from fleet.errors import FleetError, UnavailableError
from fleet.ids import CommandId
from fleet.text import Text
from ground_station.flight.flight_plan import digest_of
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.vehicles.flight_command import FLIGHT_STARTING, SAFER, Action, CommandState
from ground_station.flight.vehicles.manoeuvres import manoeuvre
from ground_station.flight.vehicles.modes import CopterMode
from tests.ground_station.flight.aircraft import (
    Cored,
    FakeServer,
    core_for,
    eventually,
    fake_aircraft,
    ready_autopilot,
)
from tests.ground_station.flight.plans import FLIGHT

ON_THE_WIRE_WITHIN_S = 0.5
TRIES = 3
"""A machine that stood still for a moment says nothing of an order: the quickest of three is judged."""
BRAKE, SMART_RTL, LAND, AUTO = 17.0, 21.0, 9.0, 3.0
MODES = {Action.HOLD: BRAKE, Action.RECALL: SMART_RTL, Action.LAND: LAND}


class Disk(MemoryJournal):
    """A journal on a disk that is well, full, or so slow that nothing is ever durable before `let_through`."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.state = "well"
        self._through = asyncio.Event()

    def let_through(self) -> None:
        self._through.set()

    async def record(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        if self.state == "full":
            raise UnavailableError(Text("満杯", "the disk is full"))
        if self.state == "slow":
            await self._through.wait()
        return await super().record(actor=actor, action=action, subject=subject, detail=detail)

    async def begin_urgent(
        self, *, actor: str, action: str, subject: str, detail: Mapping[str, object], within_s: float
    ) -> None:
        if self.state == "well":
            self.hand_over(actor=actor, action=action, subject=subject, detail=detail)
        elif self.state == "slow":
            await asyncio.wait({asyncio.ensure_future(self._through.wait())}, timeout=within_s)

    def hand_over(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> None:
        if self.state == "well":
            super().hand_over(actor=actor, action=action, subject=subject, detail=detail)


@dataclass
class InFlight:
    fake: FakeServer
    cored: Cored
    disk: Disk

    def came(self, mode: float, since_s: float) -> float | None:
        """Return how long after `since_s` the aircraft was told this mode."""
        found = [
            at_s for at_s, command, told in self.fake.ordered if command == 176 and told == mode and at_s >= since_s
        ]
        return found[0] - since_s if found else None

    async def quickest(self, action: Action, *, before: Action | None = None) -> float:
        """Return how soon an order was on the wire, the quickest of three; `before` is one that is still ending."""
        loop = asyncio.get_running_loop()
        times = []
        for number in range(TRIES):
            self.fake.autopilot.mode = int(AUTO)
            await eventually(lambda: self.cored.vehicle.state().mode == "AUTO")
            if before is not None:
                await self.cored.given(before, f"{before.value}-{action.value}-{number}")
            began_s = loop.time()
            await self.cored.given(action, f"{action.value}-{number}")
            times.append(await self._took(MODES[action], began_s))
        return min(times)

    async def _took(self, mode: float, since_s: float) -> float:
        await eventually(lambda: self.came(mode, since_s) is not None, within_s=5.0)
        took_s = self.came(mode, since_s)
        assert took_s is not None
        return took_s


@pytest.fixture
async def flying() -> AsyncIterator[InFlight]:
    disk = Disk()
    autopilot = ready_autopilot()
    async with fake_aircraft(autopilot) as fake, core_for(fake.port, journal=disk) as cored:
        await cored.core.place(FLIGHT, author="hanako")
        autopilot.armed, autopilot.mode, autopilot.alt_m = True, int(AUTO), 50.0
        await eventually(lambda: cored.vehicle.state().armed and cored.vehicle.state().in_air)
        yield InFlight(fake, cored, disk)


@pytest.mark.parametrize("disk", ["well", "slow", "full"])
@pytest.mark.parametrize("action", sorted(SAFER))
async def test_what_is_safer_is_on_the_wire_at_once_whatever_becomes_of_its_paper(
    flying: InFlight, action: Action, disk: str
) -> None:
    flying.disk.state = disk
    assert await flying.quickest(action) <= ON_THE_WIRE_WITHIN_S


@pytest.mark.parametrize("action", sorted(SAFER))
async def test_what_is_safer_is_sent_though_the_last_heartbeat_says_that_it_is_so_already(
    flying: InFlight, action: Action
) -> None:
    flying.fake.autopilot.mode = int(MODES[action])
    await eventually(lambda: flying.cored.vehicle.state().mode == CopterMode(int(MODES[action])).name)
    began_s = asyncio.get_running_loop().time()
    await flying.cored.given(action, "again")
    await eventually(lambda: flying.came(MODES[action], began_s) is not None)
    assert {told for at_s, command, told in flying.fake.ordered if command == 176 and at_s >= began_s} == {
        MODES[action]
    }


@pytest.mark.parametrize("disk", ["slow", "full"])
@pytest.mark.parametrize(("before", "action"), [(Action.HOLD, Action.RECALL), (Action.RECALL, Action.LAND)])
async def test_in_sequence_too_and_while_the_one_before_is_ending(
    flying: InFlight, before: Action, action: Action, disk: str
) -> None:
    flying.disk.state = disk
    assert await flying.quickest(action, before=before) <= ON_THE_WIRE_WITHIN_S


@pytest.mark.parametrize("disk", ["slow", "full"])
async def test_while_a_command_of_before_the_disk_refused_is_still_under_way(flying: InFlight, disk: str) -> None:
    flying.fake.autopilot.obeys = False
    await flying.cored.given(Action.RESUME, "resume-1")
    flying.disk.state = disk
    flying.fake.autopilot.obeys = True
    assert await flying.quickest(Action.RECALL) <= ON_THE_WIRE_WITHIN_S
    assert (await flying.cored.core.end_of(CommandId("resume-1"))).state.is_end


@pytest.mark.parametrize("disk", ["slow", "full"])
@pytest.mark.parametrize("action", sorted(set(Action) - SAFER))
async def test_all_else_is_not_sent_before_it_is_on_paper(flying: InFlight, action: Action, disk: str) -> None:
    autopilot = flying.fake.autopilot
    if action in FLIGHT_STARTING or action is Action.RESTART:
        autopilot.armed, autopilot.mode, autopilot.alt_m = False, 0, 0.0
    else:
        autopilot.mode = int(BRAKE)
    await eventually(lambda: flying.cored.vehicle.state().armed == autopilot.armed)
    await eventually(lambda: flying.cored.vehicle.state().mode_number == autopilot.mode)
    flying.disk.state = disk
    giving = asyncio.create_task(flying.cored.given(action, f"{action.value}-1", digest=digest_of(FLIGHT)))
    await asyncio.wait({giving}, timeout=1.0)
    assert flying.fake.ordered == []
    if disk == "full":
        with pytest.raises(FleetError, match="disk is full"):
            await giving
    else:
        assert not giving.done()
        flying.disk.let_through()
        await giving
        await eventually(lambda: flying.fake.ordered)
    giving.cancel()


def test_every_action_is_safer_or_waits_for_paper_and_what_starts_a_flight_is_known() -> None:
    target = Target(system_id=1)
    assert {Action.HOLD, Action.RECALL, Action.LAND} == SAFER
    assert {action for action in Action if manoeuvre(action, target).starts_a_flight} == FLIGHT_STARTING
    assert not SAFER & FLIGHT_STARTING


@pytest.mark.parametrize("newer", sorted(SAFER))
async def test_a_resume_whose_paper_comes_late_never_takes_the_place_of_a_newer_order(
    flying: InFlight, newer: Action
) -> None:
    flying.fake.autopilot.mode = int(BRAKE)
    await eventually(lambda: flying.cored.vehicle.state().mode == "BRAKE")
    if newer is Action.HOLD:
        flying.fake.autopilot.mode = 5
        await eventually(lambda: flying.cored.vehicle.state().mode == "LOITER")
    flying.disk.state = "slow"
    resuming = asyncio.create_task(flying.cored.given(Action.RESUME, "resume-1"))
    await asyncio.sleep(0.1)
    await flying.cored.given(newer, "newer-1")
    flying.disk.let_through()
    late = await resuming
    assert late.state is CommandState.EXPIRED
    assert (await flying.cored.core.end_of(CommandId("resume-1"))).state is CommandState.EXPIRED
    await eventually(lambda: flying.fake.autopilot.mode == MODES[newer])
    await asyncio.sleep(1.0)
    assert [told for _, command, told in flying.fake.ordered if command == 176] == [MODES[newer]]


async def test_of_orders_that_come_at_once_the_newest_alone_is_flown_on(flying: InFlight) -> None:
    flying.fake.autopilot.answers_commands = False
    await flying.cored.given(Action.HOLD, "hold-1")
    await asyncio.gather(*(flying.cored.given(Action.RECALL, f"recall-{n}") for n in range(3)))
    await flying.cored.given(Action.LAND, "land-1")
    flying.fake.autopilot.answers_commands = True
    since_s = asyncio.get_running_loop().time() + 0.1
    assert (await flying.cored.core.end_of(CommandId("land-1"))).state is CommandState.DONE
    assert {told for at_s, command, told in flying.fake.ordered if command == 176 and at_s > since_s} <= {LAND}
    for known in ("hold-1", "recall-0", "recall-1", "recall-2"):
        assert (await flying.cored.core.end_of(CommandId(known))).state is CommandState.EXPIRED
