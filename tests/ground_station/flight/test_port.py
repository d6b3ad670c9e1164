"""The flight port's contract, over the core in memory and over its Unix socket alike."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.audit import AuditEntry
from fleet.clock import SystemClock
from fleet.errors import ConflictError, ExpiredError, FleetError, NotFoundError, RefusedError
from fleet.ids import CommandId, VehicleId
from fleet.roles import Permission
from ground_station.flight.flight_plan import PlanDigest, digest_of
from ground_station.flight.journal_port import MemoryJournal
from ground_station.flight.order import Beat, Heard
from ground_station.flight.port import FlightPort, HangLoad, HoldSessions, LiveSession, PutRight, SetUp, Transfer
from ground_station.flight.preflight.required_parameters import required_parameters
from ground_station.flight.sessions import digest_of_token
from ground_station.flight.vehicles.flight_command import FLIGHT_STARTING, Action, CommandState
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Capture, StatusText
from missions.values.finding import Level
from tests.ground_station.flight.aircraft import (
    VEHICLE,
    Cored,
    core_for,
    eventually,
    fake_aircraft,
    order,
    ready_autopilot,
    simulated_aircraft,
)
from tests.ground_station.flight.plans import FLIGHT, MISSION, long_mission
from tests.ground_station.flight.ported import FORMS, Ported, first_report, form_of, ported, report_of_aircraft

NOBODY = VehicleId("nobody")
DIGEST = digest_of(FLIGHT)
OTHER = replace(FLIGHT, mission=MISSION[:-1])


@pytest.fixture(params=FORMS)
async def flight(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ported]:
    async with (
        fake_aircraft(ready_autopilot()) as fake,
        core_for(fake.port) as cored,
        ported(request.param, cored, fake, tmp_path) as made,
    ):
        yield made


# follow


async def test_the_first_report_has_everything_and_later_ones_what_changed(flight: Ported) -> None:
    await flight.port.begin(order(Action.HOLD, "hold-1"))
    report = await first_report(flight.port)
    (aircraft,) = report.vehicles
    assert (aircraft.name.ja, aircraft.state.vehicle_id, aircraft.state.link) == ("はと", VEHICLE, LinkState.FRESH)
    assert aircraft.flight is None
    assert aircraft.checks == ()
    assert report.beat.boot_id == flight.core.boot_id
    assert [command.id for command in report.commands] == ["hold-1"]
    assert report.alarms == ()


async def test_the_beat_moves_on_at_least_once_a_second_while_nothing_happens(flight: Ported) -> None:
    flight.fake.mute = True
    stamps: list[float] = []
    async with asyncio.timeout(10.0):
        async for report in flight.port.follow():
            stamps.append(report.beat.stamp_s)
            if len(stamps) == 5:
                break
    gaps_s = [after - before for before, after in itertools.pairwise(stamps[1:])]
    assert all(0.0 < gap_s <= 1.0 for gap_s in gaps_s), gaps_s


async def test_a_slow_reader_gets_the_newest_and_no_pile_of_old_reports(flight: Ported) -> None:
    reports = flight.port.follow()
    await anext(reports)
    for height_mm in range(1, 501):
        flight.fake.autopilot.alt_m = height_mm / 1000.0
        flight.fake.send(
            dialect.MAVLink_global_position_int_message(0, 347_700_000, 1_332_300_000, 0, height_mm, 0, 0, 0, 0)
        )
        await asyncio.sleep(0.002)
    await eventually(lambda: (flight.vehicle.state().alt_home_m or 0.0) >= 0.5)
    read = 0
    async with asyncio.timeout(10.0):
        async for report in reports:
            read += 1
            if any((one.state.alt_home_m or 0.0) >= 0.5 for one in report.vehicles):
                break
    assert read < 100


async def test_what_happens_once_is_told_in_each_of_its_kinds(flight: Ported) -> None:
    seen: set[type] = set()

    async def watch() -> None:
        async for report in flight.port.follow():
            assert all(event.vehicle_id == VEHICLE for event in report.events)
            seen.update(type(event.what) for event in report.events)
            if seen >= {StatusText, Capture, LinkState}:
                return

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.2)
    flight.fake.send(dialect.MAVLink_statustext_message(4, b"Battery 1 is low"))
    camera = (347_700_000, 1_332_300_000, 560_000, 60_000, [1.0, 0.0, 0.0, 0.0], 1, 1, b"")
    flight.fake.send(dialect.MAVLink_camera_image_captured_message(1000, 0, 0, *camera))
    flight.fake.mute = True
    async with asyncio.timeout(15.0):
        await watching


# begin and end_of


async def test_one_id_is_one_command_however_often_it_comes(flight: Ported) -> None:
    wanted = order(Action.HOLD, "hold-1")
    both = await asyncio.gather(flight.port.begin(wanted), flight.port.begin(wanted))
    again = await flight.port.begin(wanted)
    assert {command.id for command in (*both, again)} == {"hold-1"}
    ended = await flight.port.end_of(CommandId("hold-1"))
    assert ended.state is CommandState.DONE
    assert await flight.port.begin(wanted) == ended
    assert [entry.action for entry in flight.journal.recent()] == ["command.hold.sent", "command.hold.done"]
    assert flight.modes == [17.0]


class _Forgetful(MemoryJournal):
    """A journal that knows an id but not any more what became of it."""

    def recent(self) -> tuple[AuditEntry, ...]:
        return ()


@pytest.mark.parametrize("kind", [MemoryJournal, _Forgetful])
@pytest.mark.parametrize("form", FORMS)
async def test_an_order_of_before_the_cores_restart_is_never_carried_out_again(
    form: str, kind: type[MemoryJournal], tmp_path: Path
) -> None:
    journal = kind(SystemClock())
    async with fake_aircraft(ready_autopilot()) as fake:
        fake.deaf = True
        async with core_for_deaf(fake.port, journal) as cored:
            await cored.given(Action.LAND, "land-1")
        fake.deaf = False
        async with core_for(fake.port, journal=journal) as cored, ported(form, cored, fake, tmp_path) as flight:
            if kind is MemoryJournal:
                assert (await flight.port.begin(order(Action.LAND, "land-1"))).state.is_end
            else:
                with pytest.raises(ConflictError, match="given already"):
                    await flight.port.begin(order(Action.LAND, "land-1"))
            await flight.port.begin(order(Action.HOLD, "hold-1"))
            await flight.port.end_of(CommandId("hold-1"))
            assert flight.modes == [17.0]


@contextlib.asynccontextmanager
async def core_for_deaf(port: int, journal: MemoryJournal) -> AsyncIterator[Cored]:
    """Give a core whose aircraft is heard but hears nothing."""
    async with core_for(port, journal=journal, identified=False) as cored:
        await eventually(lambda: cored.vehicle.state().link is LinkState.FRESH)
        yield cored


async def test_a_command_that_a_restart_cut_off_ends_as_not_confirmed(tmp_path: Path) -> None:
    journal = MemoryJournal(SystemClock())
    detail = {"command_id": "land-1", "expires_at_s": 5.0}
    await journal.record(actor="hanako", action="command.land.sent", subject=VEHICLE, detail=detail)
    async with (
        fake_aircraft(ready_autopilot()) as fake,
        core_for(fake.port, journal=journal) as cored,
        form_of("socket", cored.core, tmp_path) as port,
    ):
        ended = await port.end_of(CommandId("land-1"))
        assert (ended.state, ended.author) == (CommandState.NOT_CONFIRMED, "hanako")
        assert "restarted" in ended.text.en
        assert [command.id for command in (await first_report(port)).commands] == ["land-1"]


def _heard(boot_id: str, beat_s: float, elapsed_s: float) -> Heard:
    return Heard(beat=Beat(boot_id=boot_id, stamp_s=beat_s), elapsed_s=elapsed_s)


@pytest.mark.parametrize("action", [Action.HOLD, Action.RECALL, Action.LAND, Action.RESUME])
@pytest.mark.parametrize(
    ("before_s", "elapsed_s", "of_this_boot", "words"),
    [
        (0.0, 0.0, False, "restart"),
        (20.0, 0.0, True, "was 20 s old"),
        (3600.0, 3590.0, True, "was 10 s old"),
        (5.0, 30.0, True, "was 0 s old"),
    ],
    ids=["of another boot", "frozen on its way", "asleep on its way", "from the future"],
)
async def test_a_stale_order_is_refused_and_nothing_is_sent(
    flight: Ported, action: Action, before_s: float, elapsed_s: float, *, of_this_boot: bool, words: str
) -> None:
    boot_id = flight.core.boot_id if of_this_boot else "another"
    heard = _heard(boot_id, flight.core.beat().stamp_s - before_s, elapsed_s)
    with pytest.raises(ExpiredError, match=words):
        await flight.port.begin(order(action, "stale-1", heard=heard))
    assert flight.fake.ordered == []
    assert [entry.action for entry in flight.journal.recent()] == [f"command.{action.value}.stale"]
    with pytest.raises(NotFoundError):
        await flight.port.end_of(CommandId("stale-1"))


class _Skewed(SystemClock):
    """A machine whose wall clock is wrong."""

    def __init__(self, by_s: float) -> None:
        self.by_s = by_s

    def now_s(self) -> float:
        return super().now_s() + self.by_s


@pytest.mark.parametrize("by_s", [9 * 3600.0, -9 * 3600.0])
@pytest.mark.parametrize("form", FORMS)
async def test_a_wrong_wall_clock_refuses_nothing(form: str, by_s: float, tmp_path: Path) -> None:
    clock = _Skewed(0.0)
    async with (
        fake_aircraft(ready_autopilot()) as fake,
        core_for(fake.port, clock=clock) as cored,
        ported(form, cored, fake, tmp_path) as flight,
    ):
        beat = (await first_report(flight.port)).beat
        clock.by_s = by_s
        command = await flight.port.begin(order(Action.HOLD, "hold-1", heard=Heard(beat=beat, elapsed_s=0.1)))
        assert (await flight.port.end_of(command.id)).state is CommandState.DONE


async def test_a_fresh_order_and_one_that_names_no_beat_are_carried_out(flight: Ported) -> None:
    heard = _heard(flight.core.boot_id, flight.core.beat().stamp_s - 4.0, 3.5)
    await flight.port.begin(order(Action.HOLD, "hold-1", heard=heard))
    await flight.port.end_of(CommandId("hold-1"))
    await flight.port.begin(order(Action.LAND, "land-1"))
    await flight.port.end_of(CommandId("land-1"))
    assert flight.modes == [17.0, 9.0]


async def test_nothing_is_done_for_an_aircraft_that_is_not_there(flight: Ported) -> None:
    stranger = replace(FLIGHT, vehicle_id=NOBODY)
    for work in (
        flight.port.begin(order(Action.HOLD, "hold-1", vehicle_id=NOBODY)),
        flight.port.place(stranger, author="hanako"),
        flight.port.place(stranger, author="hanako", keep=True),
        flight.port.set_up(PutRight(vehicle_id=NOBODY, digest=DIGEST, author="hanako")),
        flight.port.set_up(HangLoad(vehicle_id=NOBODY, mass_kg=1.0, author="hanako")),
        flight.port.end_of(CommandId("nothing")),
    ):
        with pytest.raises(NotFoundError):
            await work
    assert flight.journal.recent() == ()


@pytest.mark.parametrize("action", sorted(FLIGHT_STARTING))
async def test_what_starts_a_flight_names_the_flight_that_was_read_back(flight: Ported, action: Action) -> None:
    with pytest.raises(RefusedError):
        await flight.port.begin(order(action, "fly-0", digest=DIGEST))
    await flight.port.place(FLIGHT, author="hanako")
    for number, digest in enumerate((None, PlanDigest("x" * 64), digest_of(OTHER))):
        with pytest.raises(RefusedError, match="not read back"):
            await flight.port.begin(order(action, f"fly-{number}-x", digest=digest))
    assert flight.fake.ordered == []
    begun = await flight.port.begin(order(action, "fly-9", digest=DIGEST, alt_home_m=4.0))
    ended = await flight.port.end_of(begun.id)
    assert ended.state is CommandState.DONE, ended.text.en
    assert flight.fake.autopilot.armed


async def test_the_last_look_refuses_each_setting_that_changed_after_it_was_read_back(flight: Ported) -> None:
    await flight.port.place(FLIGHT, author="hanako")
    parameters = flight.fake.autopilot.parameters
    required = required_parameters(FLIGHT, dict(parameters), simulated=True)
    assert len(required) >= 12
    for number, needed in enumerate(required):
        right = parameters[needed.name]
        parameters[needed.name] = 0.0 if right else 5.0
        begun = await flight.port.begin(order(Action.START_MISSION, f"fly-{number}", digest=DIGEST))
        ended = await flight.port.end_of(begun.id)
        assert ended.state is CommandState.REFUSED, needed.name
        assert needed.name in ended.text.en
        parameters[needed.name] = right
    assert flight.fake.ordered == []
    begun = await flight.port.begin(order(Action.START_MISSION, "fly-at-last", digest=DIGEST))
    assert (await flight.port.end_of(begun.id)).state is CommandState.DONE


async def test_the_last_look_refuses_what_the_aircraft_does_not_answer_and_what_its_own_checks_refuse(
    flight: Ported,
) -> None:
    await flight.port.place(FLIGHT, author="hanako")
    timeout_s = flight.fake.autopilot.parameters.pop("FS_GCS_TIMEOUT")
    begun = await flight.port.begin(order(Action.START_MISSION, "fly-1", digest=DIGEST))
    ended = await flight.port.end_of(begun.id)
    assert (ended.state, "FS_GCS_TIMEOUT" in ended.text.en) == (CommandState.REFUSED, True)
    flight.fake.autopilot.parameters["FS_GCS_TIMEOUT"] = timeout_s
    flight.fake.autopilot.prearm_ok = False
    await eventually(lambda: not _arming_allowed(flight))
    begun = await flight.port.begin(order(Action.START_MISSION, "fly-2", digest=DIGEST))
    ended = await flight.port.end_of(begun.id)
    assert (ended.state, "own checks" in ended.text.en) == (CommandState.REFUSED, True)
    assert flight.fake.ordered == []


def _arming_allowed(flight: Ported) -> bool:
    sensors = flight.vehicle.state().telemetry.sensors
    return sensors is not None and sensors.arming_allowed


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.2, 0.4])
async def test_what_starts_is_what_was_read_back_whatever_is_sent_meanwhile(flight: Ported, after_s: float) -> None:
    await flight.port.place(FLIGHT, author="hanako")
    begun = await flight.port.begin(order(Action.START_MISSION, "fly-1", digest=DIGEST))
    await asyncio.sleep(after_s)
    with pytest.raises(ConflictError):
        await flight.port.place(OTHER, author="jiro")
    with pytest.raises(ConflictError):
        await flight.port.set_up(PutRight(vehicle_id=VEHICLE, digest=DIGEST, author="jiro"))
    ended = await flight.port.end_of(begun.id)
    assert ended.state is CommandState.DONE, ended.text.en
    assert (await report_of_aircraft(flight.port)).state.plan_on_board == DIGEST


# place


async def test_a_flight_goes_on_board_with_its_settings_and_is_read_back(flight: Ported) -> None:
    steps: list[Transfer] = []

    async def watch() -> None:
        async for report in flight.port.follow():
            steps.extend(one.transfer for one in report.vehicles if one.transfer is not None)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.1)
    plan = replace(FLIGHT, mission=long_mission(600))
    assert await flight.port.place(plan, author="hanako") == digest_of(plan)
    watching.cancel()
    assert {step.digest for step in steps} == {digest_of(plan)}
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert 0.0 < fractions[-1] < 1.0
    aircraft = await report_of_aircraft(flight.port)
    assert (aircraft.flight, aircraft.state.plan_on_board) == (digest_of(plan), digest_of(plan))
    assert aircraft.transfer is None
    assert {finding.level.value for finding in aircraft.checks} == {"ok"}
    done = [entry.action for entry in flight.journal.recent() if entry.action.startswith("flight.")]
    assert done == ["flight.place", "flight.read-back"]
    assert flight.fake.autopilot.parameters["FS_GCS_TIMEOUT"] == 15.0
    assert len(flight.fake.autopilot.lists[0]) == 600


async def test_what_is_on_board_already_is_kept_even_in_flight_and_another_one_is_brought(flight: Ported) -> None:
    await flight.port.place(FLIGHT, author="hanako")
    flight.fake.received.clear()
    flight.vehicle.contact.tracker.plan_on_board = None
    flight.fake.autopilot.armed = True
    await eventually(lambda: flight.vehicle.state().armed)
    assert await flight.port.place(FLIGHT, author="station", keep=True) == DIGEST
    assert (await report_of_aircraft(flight.port)).state.plan_on_board == DIGEST
    with pytest.raises(ConflictError, match="armed"):
        await flight.port.place(OTHER, author="station", keep=True)
    flight.fake.autopilot.armed = False
    await eventually(lambda: not flight.vehicle.state().armed)
    assert dialect.MAVLINK_MSG_ID_MISSION_COUNT not in flight.fake.received
    assert dialect.MAVLINK_MSG_ID_PARAM_SET not in flight.fake.received
    assert await flight.port.place(OTHER, author="station", keep=True) == digest_of(OTHER)
    assert len(flight.fake.autopilot.lists[0]) == len(OTHER.mission)


async def test_one_aircraft_takes_one_flight_at_a_time_and_none_while_it_is_armed(flight: Ported) -> None:
    first = asyncio.create_task(flight.port.place(replace(FLIGHT, mission=long_mission(300)), author="hanako"))
    await eventually(lambda: len(flight.fake.autopilot.lists[0]) > 5)
    with pytest.raises(ConflictError, match="another transfer"):
        await flight.port.place(FLIGHT, author="hanako")
    placed = await first
    flight.fake.autopilot.armed = True
    await eventually(lambda: flight.vehicle.state().armed)
    with pytest.raises(ConflictError, match="armed"):
        await flight.port.place(FLIGHT, author="hanako")
    assert (await report_of_aircraft(flight.port)).flight == placed


async def test_a_flight_that_the_aircraft_does_not_take_is_refused_with_its_words(flight: Ported) -> None:
    flight.fake.autopilot.most_items = 3
    with pytest.raises(RefusedError) as refused:
        await flight.port.place(FLIGHT, author="hanako")
    assert "飛行範囲" in refused.value.what.ja
    flight.fake.autopilot.most_items = 650
    flight.fake.autopilot.reads_back_wrong = True
    with pytest.raises(RefusedError, match="what was read back is not what was sent"):
        await flight.port.place(FLIGHT, author="hanako")
    aircraft = await report_of_aircraft(flight.port)
    assert (aircraft.state.plan_on_board, aircraft.transfer) == (None, None)
    assert "aircraft.plan" in {finding.rule for finding in aircraft.checks if finding.level.value == "refuse"}


# set_up


async def test_settings_are_put_right_for_the_flight_that_was_given(flight: Ported) -> None:
    await flight.port.place(FLIGHT, author="hanako")
    flight.fake.autopilot.parameters["FENCE_ACTION"] = 0.0
    await flight.vehicle.read_parameter("FENCE_ACTION")
    work: SetUp = PutRight(vehicle_id=VEHICLE, digest=DIGEST, author="hanako")
    await flight.port.set_up(work)
    assert flight.fake.autopilot.parameters["FENCE_ACTION"] == 1.0
    assert flight.journal.recent()[-1].actor == "hanako"
    with pytest.raises(ConflictError):
        await flight.port.set_up(PutRight(vehicle_id=VEHICLE, digest=digest_of(OTHER), author="hanako"))
    flight.fake.autopilot.armed = True
    await eventually(lambda: flight.vehicle.state().armed)
    with pytest.raises(ConflictError):
        await flight.port.set_up(work)


async def test_a_load_is_hung_under_an_aircraft_that_knows_loads(flight: Ported) -> None:
    await flight.port.place(FLIGHT, author="hanako")
    await flight.port.set_up(HangLoad(vehicle_id=VEHICLE, mass_kg=4.5, author="hanako"))
    assert flight.fake.autopilot.parameters["SIM_PAYLOAD_KG"] == 4.5


async def test_the_core_knows_whom_the_desk_named_last(flight: Ported) -> None:
    def session(person: str, permissions: frozenset[Permission], remaining_s: float = 60.0) -> LiveSession:
        return LiveSession(
            token_digest=digest_of_token(f"token of {person}"),
            person=person,
            permissions=permissions,
            remaining_s=remaining_s,
        )

    flyer = session("操縦 太郎", frozenset({Permission.FLY}))
    viewer = session("見学 次郎", frozenset())
    late = session("前の人", frozenset({Permission.FLY}), remaining_s=0.0)
    await flight.port.set_up(HoldSessions(sessions=(flyer, viewer, late)))
    known = flight.core.sessions.who("token of 操縦 太郎")
    assert known is not None
    assert known.person == "操縦 太郎"
    for token in ("token of 見学 次郎", "token of 前の人", "guessed", "", None):
        assert flight.core.sessions.who(token) is None
    await flight.port.set_up(HoldSessions(sessions=()))
    assert flight.core.sessions.who("token of 操縦 太郎") is None


# listen


@pytest.mark.parametrize("after", [0, 1, 199, 200, 499, 500])
async def test_the_journal_is_told_in_order_each_entry_once_from_any_number(flight: Ported, after: int) -> None:
    for _ in range(500):
        flight.journal.hand_over(actor="test", action="test", subject=VEHICLE, detail={"名": 1.5})
    told: list[AuditEntry] = []

    async def listen() -> None:
        async for entries in flight.port.listen(after):
            told.extend(entries)
            if told[-1].number >= 502:
                return

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.05)
    await flight.port.begin(order(Action.HOLD, "hold-1"))
    async with asyncio.timeout(15.0):
        await listening
    assert told == list(flight.journal.recent()[after:])


# on our simulator


@pytest.mark.parametrize("form", FORMS[:2])
async def test_a_flight_on_the_simulator_from_its_placing_to_the_way_home(form: str, tmp_path: Path) -> None:
    async with (
        simulated_aircraft(10.0) as number,
        core_for(number, time_scale=10.0) as cored,
        form_of(form, cored.core, tmp_path) as port,
    ):
        digest = await _placed_once_ready(port)
        begun = await port.begin(order(Action.START_MISSION, "fly-1", digest=digest))
        ended = await port.end_of(begun.id)
        assert ended.state is CommandState.DONE, ended.text.en
        for action, mode in ((Action.HOLD, "BRAKE"), (Action.RESUME, "AUTO"), (Action.RECALL, "SMART_RTL")):
            begun = await port.begin(order(action, f"{action.value}-1"))
            ended = await port.end_of(begun.id)
            assert ended.state is CommandState.DONE, ended.text.en
            assert cored.vehicle.state().mode == mode
        with contextlib.suppress(FleetError):
            await port.begin(order(Action.LAND, "land-1"))
        await eventually(lambda: not cored.vehicle.state().armed, within_s=60.0)


async def _placed_once_ready(port: FlightPort) -> PlanDigest:
    digest = await port.place(FLIGHT, author="hanako")
    async with asyncio.timeout(60.0):
        async for report in port.follow():
            checks = [finding for one in report.vehicles for finding in one.checks]
            if checks and all(finding.level is not Level.REFUSE for finding in checks):
                return digest
    pytest.fail("no more reports")
