"""A flight on its way to its aircraft: what is done, written and shown, and what nobody may do meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from fleet.errors import ConflictError, ExpiredError, FleetError, RefusedError
from fleet.ids import VehicleId
from fleet.text import Text
from ground_station.flight.flight_plan import PlanDigest, digest_of
from ground_station.flight.port import Transfer
from ground_station.flight.vehicles.telemetry import Simulated
from missions.values.finding import Level
from tests.ground_station.flight.plans import FLIGHT, MISSION
from tests.ground_station.flight.preflight.aircraft_values import HEARD_S, reporting
from tests.ground_station.flight.quiet_aircraft import DIGEST, QuietStation

HATO = VehicleId("hato-1")
OTHER = replace(FLIGHT, mission=MISSION[:-1])
ARMED = reporting("heartbeat", armed=True)
DETAIL = {"digest": DIGEST, "plan_id": "plan-1"}
PLACED = ("flight.place", "hato-1", DETAIL, "hanako")
READ_BACK = ("flight.read-back", "hato-1", DETAIL, "hanako")


@pytest.fixture
def station() -> QuietStation:
    return QuietStation()


async def _place(station: QuietStation, *, keep: bool = False) -> PlanDigest:
    return await station.flights.place(FLIGHT, author="hanako", keep=keep)


@contextlib.asynccontextmanager
async def _placing(station: QuietStation) -> AsyncIterator[asyncio.Task[PlanDigest]]:
    """Hold a flight on its way to the aircraft while the block lasts."""
    station.quiet.may_finish.clear()
    placing = asyncio.create_task(_place(station))
    await asyncio.sleep(0)
    yield placing
    station.quiet.may_finish.set()
    await placing


async def test_a_flight_goes_on_board_after_its_settings_and_both_ends_are_written_down(station: QuietStation) -> None:
    station.quiet.aboard["FENCE_ACTION"] = station.quiet.parameters["FENCE_ACTION"] = 0.0
    assert await _place(station) == DIGEST
    assert station.quiet.did == ["set FENCE_ACTION by hanako", "upload"]
    assert station.ledger.notes == [PLACED, READ_BACK]
    given = station.flights.of(HATO)
    assert given is not None
    assert (given.plan, given.digest) == (FLIGHT, DIGEST)


async def test_what_fails_on_its_way_was_begun_and_is_not_written_as_read_back(station: QuietStation) -> None:
    station.quiet.trouble = RefusedError(Text("いや", "no"))
    with pytest.raises(RefusedError):
        await _place(station)
    assert station.ledger.notes == [PLACED]
    assert station.flights.transfer(HATO) is None
    given = station.flights.of(HATO)
    assert given is not None
    assert given.digest == DIGEST


async def test_what_is_on_board_is_kept_even_in_flight_and_nothing_is_written(station: QuietStation) -> None:
    station.quiet.becomes(telemetry=ARMED)
    assert await _place(station, keep=True) == DIGEST
    assert station.quiet.did == ["verify"]
    assert station.ledger.notes == []
    assert station.quiet.known.plan_on_board == DIGEST


async def test_what_is_kept_is_judged_by_settings_that_were_read(station: QuietStation) -> None:
    station.quiet.contact.tracker.evidence.parameters = None
    await _place(station, keep=True)
    assert station.quiet.did == ["verify", "fetch"]


async def test_what_is_not_on_board_is_brought_on_the_ground_and_never_in_flight(station: QuietStation) -> None:
    station.quiet.holds_flight = False
    await _place(station, keep=True)
    assert station.quiet.did == ["verify", "upload"]
    assert station.ledger.notes == [PLACED, READ_BACK]
    station.quiet.did.clear()
    station.quiet.becomes(telemetry=ARMED)
    with pytest.raises(ConflictError, match="armed"):
        await _place(station, keep=True)
    assert station.quiet.did == ["verify"]


async def test_nothing_new_goes_on_board_of_an_armed_aircraft(station: QuietStation) -> None:
    station.quiet.becomes(telemetry=ARMED)
    with pytest.raises(ConflictError, match="armed"):
        await _place(station)
    assert station.quiet.did == []
    assert station.flights.of(HATO) is None


async def test_nothing_new_goes_on_board_between_the_word_to_fly_and_its_end(station: QuietStation) -> None:
    await _place(station)
    station.quiet.did.clear()
    station.quiet.is_starting = True
    station.quiet.holds_flight = False
    for late in (
        station.flights.place(OTHER, author="jiro", keep=False),
        station.flights.place(OTHER, author="jiro", keep=True),
        station.flights.put_right(HATO, DIGEST, author="jiro"),
    ):
        with pytest.raises(ConflictError):
            await late
    assert station.quiet.did == ["verify"]


async def test_no_word_to_fly_while_the_same_flight_is_on_its_way_again(station: QuietStation) -> None:
    await _place(station)
    async with _placing(station):
        with pytest.raises(ConflictError, match="another transfer"):
            station.flights.last_look(station.vehicle(HATO), DIGEST)
    station.flights.last_look(station.vehicle(HATO), DIGEST)


async def test_an_aircraft_takes_one_flight_at_a_time(station: QuietStation) -> None:
    async with _placing(station):
        for second in (
            station.flights.place(OTHER, author="jiro", keep=False),
            station.flights.place(OTHER, author="jiro", keep=True),
            station.flights.put_right(HATO, DIGEST, author="jiro"),
        ):
            with pytest.raises(ConflictError, match="another transfer"):
                await second
    given = station.flights.of(HATO)
    assert given is not None
    assert given.digest == DIGEST
    assert station.quiet.did == ["upload"]
    assert await station.flights.place(OTHER, author="jiro", keep=False) == digest_of(OTHER)


async def test_how_far_a_flight_is_on_its_way_is_shown_and_gone_at_its_end(station: QuietStation) -> None:
    assert station.flights.transfer(HATO) is None
    looking = Text("機体の設定を確かめています", "looking at the aircraft's settings")
    async with _placing(station):
        assert station.flights.transfer(HATO) == Transfer(digest=DIGEST, fraction=0.0, text=looking)
    assert station.flights.transfer(HATO) is None
    assert station.feed.changes == 2  # it began, it ended


@pytest.mark.parametrize(("steps", "fraction"), [(1, 0.15), (2, 0.28), (3, 0.39), (10, 0.8), (40, 1.0)])
async def test_each_step_takes_a_part_of_what_is_left(station: QuietStation, steps: int, fraction: float) -> None:
    station.quiet.steps = steps
    async with _placing(station):
        shown = station.flights.transfer(HATO)
        assert shown == Transfer(digest=DIGEST, fraction=fraction, text=FLIGHT.needs.aircraft_name)
        assert station.feed.changes == 1 + steps


async def test_the_checks_are_those_of_the_newest_flight_on_the_ground(station: QuietStation) -> None:
    assert station.flights.checks(HATO) == ()
    await _place(station)
    found = station.flights.checks(HATO)
    assert {finding.level for finding in found} == {Level.OK}
    assert len(found) == 2 + 8 + 13
    station.quiet.becomes(telemetry=ARMED)
    assert station.flights.checks(HATO) == ()


@pytest.mark.parametrize(("after_s", "anew"), [(0.0, False), (0.49, False), (0.5, True), (0.6, True)])
async def test_the_checks_are_made_twice_a_second_at_most(station: QuietStation, after_s: float, *, anew: bool) -> None:
    await _place(station)
    first = station.flights.checks(HATO)
    station.quiet.becomes(at_s=HEARD_S + after_s, other_station=254)
    assert (station.flights.checks(HATO) != first) is anew


async def test_the_checks_of_an_aircraft_heard_at_the_clocks_beginning_are_made(station: QuietStation) -> None:
    await _place(station)
    station.quiet.becomes(at_s=0.0)
    assert station.flights.checks(HATO)


async def test_another_flight_or_other_settings_are_checked_at_once(station: QuietStation) -> None:
    await _place(station)
    station.quiet.aboard["FENCE_ACTION"] = station.quiet.parameters["FENCE_ACTION"] = 0.0
    assert {finding.level for finding in station.flights.checks(HATO)} == {Level.OK, Level.REFUSE}
    await station.flights.put_right(HATO, DIGEST, author="hanako")
    assert {finding.level for finding in station.flights.checks(HATO)} == {Level.OK}
    await station.flights.place(OTHER, author="hanako", keep=False)
    assert {finding.level for finding in station.flights.checks(HATO)} == {Level.OK}


async def test_settings_are_put_right_and_a_flight_that_a_restart_hid_is_placed_again(station: QuietStation) -> None:
    await _place(station)
    station.quiet.did.clear()
    station.ledger.notes.clear()
    await station.flights.put_right(HATO, DIGEST, author="jiro")
    assert (station.quiet.did, station.ledger.notes) == ([], [])
    station.quiet.becomes(plan_on_board=None)
    station.quiet.steps = 1
    await station.flights.put_right(HATO, DIGEST, author="jiro")
    assert station.quiet.did == ["upload"]
    assert station.ledger.notes == [("flight.read-back", "hato-1", DETAIL, "jiro")]
    assert station.quiet.known.plan_on_board == DIGEST


async def test_settings_are_put_right_only_on_the_ground_for_the_flight_that_was_given(station: QuietStation) -> None:
    with pytest.raises(ConflictError, match="only during the checks"):
        await station.flights.put_right(HATO, DIGEST, author="jiro")
    await _place(station)
    station.quiet.did.clear()
    for digest in (digest_of(OTHER), PlanDigest("0"), PlanDigest("z")):
        with pytest.raises(ConflictError, match="only during the checks"):
            await station.flights.put_right(HATO, digest, author="jiro")
    station.quiet.becomes(telemetry=ARMED)
    with pytest.raises(ConflictError, match="only during the checks"):
        await station.flights.put_right(HATO, DIGEST, author="jiro")
    assert station.quiet.did == []


@pytest.mark.parametrize("error", [RefusedError(Text("いや", "no")), ExpiredError(Text("遅い", "late"))])
async def test_a_failed_transfer_is_over_and_the_next_one_may_begin(station: QuietStation, error: FleetError) -> None:
    station.quiet.trouble = error
    with pytest.raises(type(error)):
        await _place(station)
    station.quiet.trouble = None
    assert await _place(station) == DIGEST


async def test_nothing_is_written_to_what_is_on_the_wrong_side_of_the_wall(station: QuietStation) -> None:
    station.quiet.becomes(simulated=Simulated.NO)
    with pytest.raises(RefusedError, match="drill"):
        await _place(station)
    assert (station.quiet.did, station.ledger.notes) == ([], [])
