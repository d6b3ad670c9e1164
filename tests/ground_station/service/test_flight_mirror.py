"""The desk's picture of the flight core: newest of all, and old, saying so, while the core is away."""

import asyncio

import pytest

from fleet.clock import ManualClock
from fleet.errors import ConflictError, FleetError, NotFoundError, RefusedError, UnavailableError
from fleet.ids import CommandId, VehicleId
from fleet.text import Text
from ground_station.flight.order import Beat, Heard
from ground_station.flight.vehicles.flight_command import Action, FlightCommand
from ground_station.flight.vehicles.state import LinkState, Timing
from ground_station.service.flight_mirror import FlightMirror
from tests.ground_station.flight.aircraft import eventually, order
from tests.ground_station.plan_values import FLIGHT_VALUE
from tests.ground_station.service.fake_core import FakeCore, aircraft, command_of, mirror_of

VEHICLE = FLIGHT_VALUE.vehicle_id


@pytest.mark.parametrize(
    ("later_s", "link", "reachable"),
    [(0.0, LinkState.FRESH, True), (3.5, LinkState.STALE, False), (60.0, LinkState.LOST, False)],
)
def test_what_is_known_grows_old_while_the_core_is_silent(later_s: float, link: LinkState, *, reachable: bool) -> None:
    clock = ManualClock()
    mirror = mirror_of(FakeCore(), clock)
    clock.advance(later_s)
    assert mirror.reachable is reachable
    state = mirror.state(VEHICLE)
    assert (state.link, state.link_age_s) == (link, later_s)
    assert (mirror.heard() is not None) is reachable


def test_an_order_that_names_no_beat_can_be_given_the_desks_own() -> None:
    clock = ManualClock()
    mirror = mirror_of(FakeCore(), clock)
    clock.advance(1.5)
    assert mirror.heard() == Heard(beat=Beat(boot_id="boot-1", stamp_s=0.0), elapsed_s=1.5)


@pytest.mark.parametrize("kind", [UnavailableError, ConflictError, RefusedError])
async def test_a_core_that_is_gone_or_will_not_speak_is_said_and_asked_again(kind: type[FleetError]) -> None:
    core = FakeCore(gone=kind(Text("話せません", "will not speak"), Text("待つ", "wait")))
    clock = ManualClock()
    mirror = mirror_of(core, clock)
    clock.advance(4.0)
    following = asyncio.create_task(mirror.run())
    await eventually(lambda: mirror.problem is not None)
    problem = mirror.report(VEHICLE).problem
    assert problem is not None
    assert (problem.what.en, problem.cure) == ("will not speak", Text("待つ", "wait"))
    core.gone = None
    await eventually(lambda: mirror.problem is None)
    assert mirror.reachable
    assert mirror.report(VEHICLE).problem is None
    following.cancel()


async def test_changes_events_and_commands_are_passed_on() -> None:
    core = FakeCore()
    mirror = mirror_of(core, ManualClock())
    heard: list[FlightCommand] = []
    mirror.on_command(heard.append)
    changes = mirror.feed.subscribe()
    wanted = order(Action.HOLD, "hold-1", vehicle_id=VEHICLE)
    core.commands[CommandId("hold-1")] = command_of(wanted)
    core.knows(state=aircraft(armed=True))
    mirror._take(core.report())
    assert heard == [command_of(wanted)]
    (state,) = changes.take().states
    assert state.armed


def test_before_anything_is_heard_every_aircraft_is_there_and_lost() -> None:
    mirror = FlightMirror(FakeCore(), {VEHICLE: Text("はと", "Hato")}, ManualClock(), Timing())
    (state,) = mirror.states()
    assert (state.link, state.link_age_s) == (LinkState.LOST, None)
    assert not mirror.reachable
    with pytest.raises(NotFoundError):
        mirror.report(VehicleId("nobody"))
