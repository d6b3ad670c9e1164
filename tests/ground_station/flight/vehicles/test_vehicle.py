"""One aircraft over a real socket against the scripted autopilot: proof of every end a command and a plan can have."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import ConflictError, ExpiredError, RefusedError, UnavailableError
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.links.frames import FrameParser, Message
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.vehicles.flight_command import Action, CommandState, FlightCommand
from ground_station.flight.vehicles.modes import CopterMode
from ground_station.flight.vehicles.pilot import Gate
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.vehicle import PlanItems
from missions.values.mission_item import MissionType
from tests.ground_station.flight.aircraft import FakeServer, Flown, eventually, fake_aircraft, station_for
from tests.ground_station.flight.fake_autopilot import FakeAutopilot
from tests.ground_station.flight.plans import FENCE, MISSION, RALLY, long_mission

ASKS_ONLY = {dialect.MAV_CMD_SET_MESSAGE_INTERVAL, dialect.MAV_CMD_REQUEST_MESSAGE}
"""What the station asks for by itself, at any time."""

PLAN = PlanItems(name="plan-1", mission=MISSION, fence=FENCE, rally=RALLY)


@dataclass
class Pair:
    fake: FakeServer
    flown: Flown

    @property
    def commands(self) -> list[int]:
        return [one for one in self.fake.autopilot.executed if one not in ASKS_ONLY]

    async def order(self, action: Action, alt_home_m: float = 4.0) -> FlightCommand:
        return await self.flown.vehicle.order(action, author="hanako", alt_home_m=alt_home_m)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with fake_aircraft() as fake, station_for(fake.port, time_scale=3.0) as flown:
        await eventually(lambda: flown.vehicle.state().simulated is Simulated.YES)
        yield Pair(fake, flown)


async def test_a_flight_starts_only_after_its_plan_was_read_back(pair: Pair) -> None:
    with pytest.raises(ConflictError, match="not read back equal"):
        await pair.order(Action.START_MISSION)
    await pair.flown.vehicle.upload_plan(PLAN)
    assert pair.flown.vehicle.state().plan_on_board == "plan-1"
    command = await pair.order(Action.START_MISSION)
    assert command.state is CommandState.DONE
    assert pair.commands[-3:] == [
        dialect.MAV_CMD_DO_SET_MODE,
        dialect.MAV_CMD_COMPONENT_ARM_DISARM,
        dialect.MAV_CMD_MISSION_START,
    ]


async def test_hold_recall_and_land_end_when_they_are_seen(pair: Pair) -> None:
    await pair.flown.vehicle.upload_plan(PLAN)
    await pair.order(Action.START_MISSION)
    assert (await pair.order(Action.HOLD)).state is CommandState.DONE
    assert pair.fake.autopilot.mode == 17
    resumed = asyncio.create_task(pair.order(Action.RESUME))
    await eventually(lambda: pair.fake.autopilot.mode == 3)
    await asyncio.sleep(0.6)
    pair.fake.autopilot.north_m = 30.0
    assert (await resumed).state is CommandState.DONE
    recalled = asyncio.create_task(pair.order(Action.RECALL))
    await eventually(lambda: pair.fake.autopilot.mode == 21)
    await asyncio.sleep(0.6)
    pair.fake.autopilot.alt_m += 2.0
    assert (await recalled).state is CommandState.DONE
    assert (await pair.order(Action.LAND)).state is CommandState.DONE
    assert pair.fake.autopilot.mode == 9


async def test_every_command_is_in_the_audit_chain_before_it_is_sent(pair: Pair) -> None:
    audit = pair.flown.audit
    sent_before: list[bool] = []
    audit.before_append = lambda: sent_before.append(dialect.MAV_CMD_DO_SET_MODE in pair.commands)
    await pair.order(Action.HOLD)
    await eventually(lambda: len(audit.entries) == 2)
    assert sent_before == [False, True]
    assert [entry.action for entry in audit.entries] == ["command.hold.sent", "command.hold.done"]
    assert audit.entries[0].actor == "hanako"


async def test_what_cannot_be_written_down_is_not_sent_but_what_is_safer_is(pair: Pair) -> None:
    def full() -> None:
        raise UnavailableError(Text("満杯", "the disk is full"))

    pair.flown.audit.before_append = full
    with pytest.raises(UnavailableError, match="disk is full"):
        await pair.order(Action.RESUME)
    await asyncio.sleep(0.3)
    assert dialect.MAV_CMD_DO_SET_MODE not in pair.commands
    assert (await pair.order(Action.HOLD)).state is CommandState.DONE
    assert pair.fake.autopilot.mode == 17


async def test_a_refusal_carries_the_aircrafts_own_reason(pair: Pair) -> None:
    await pair.flown.vehicle.upload_plan(PLAN)
    pair.fake.autopilot.refusals[dialect.MAV_CMD_COMPONENT_ARM_DISARM] = [4]
    command = await pair.order(Action.START_MISSION)
    assert command.state is CommandState.REFUSED
    assert "Arm: Need Position Estimate" in command.text.ja
    assert not pair.fake.autopilot.armed


async def test_a_refused_take_off_is_tried_once_more(pair: Pair) -> None:
    await pair.flown.vehicle.upload_plan(PLAN)
    pair.fake.autopilot.refusals[dialect.MAV_CMD_NAV_TAKEOFF] = [4]
    assert (await pair.order(Action.HOLD)).state is CommandState.DONE
    pair.fake.autopilot.refusals[dialect.MAV_CMD_NAV_TAKEOFF] = [4, 4, 0]


async def test_recall_falls_back_to_rtl_where_there_is_no_path_to_retrace(pair: Pair) -> None:
    pair.fake.autopilot.refusals[dialect.MAV_CMD_DO_SET_MODE] = [4]
    await pair.order(Action.RECALL)
    assert pair.fake.autopilot.mode == 6


async def test_a_dead_uplink_is_not_confirmed_within_five_seconds_and_names_the_failsafe(pair: Pair) -> None:
    await pair.flown.vehicle.fetch_parameters()
    pair.fake.autopilot.parameters.update({"FS_GCS_ENABLE": 1.0, "FS_GCS_TIMEOUT": 5.0})
    await pair.flown.vehicle.fetch_parameters()
    pair.fake.deaf = True
    began_s = asyncio.get_running_loop().time()
    command = await pair.order(Action.RECALL)
    assert asyncio.get_running_loop().time() - began_s <= 5.0
    assert command.state is CommandState.NOT_CONFIRMED
    assert "帰還（RTL）" in command.text.ja
    assert "returns home (RTL)" in command.text.en
    pair.fake.deaf = False
    await asyncio.sleep(1.5)
    assert dialect.MAV_CMD_DO_SET_MODE not in pair.commands


async def test_a_command_nobody_answered_cannot_arrive_late(pair: Pair) -> None:
    pair.fake.deaf = True
    assert (await pair.order(Action.LAND)).state is CommandState.NOT_CONFIRMED
    await eventually(lambda: pair.flown.station.links[0].reopened == 1)


async def test_a_command_whose_time_passed_while_it_was_written_down_is_not_sent(pair: Pair) -> None:
    writes = [5.2]
    pair.flown.audit.before_append = lambda: time.sleep(writes.pop() if writes else 0.0)
    assert (await pair.order(Action.RESUME)).state is CommandState.EXPIRED
    assert dialect.MAV_CMD_DO_SET_MODE not in pair.commands


async def test_an_accepted_command_without_effect_is_not_called_done(pair: Pair) -> None:
    pair.fake.autopilot.obeys = False
    command = await pair.order(Action.LAND)
    assert command.state is CommandState.NOT_CONFIRMED
    assert "was accepted but not seen" in command.text.en


async def test_a_newer_command_ends_the_one_that_is_still_being_sent(pair: Pair) -> None:
    pair.fake.autopilot.answers_commands = False
    first = await pair.flown.vehicle.begin(Action.HOLD, author="hanako")
    await asyncio.sleep(0.2)
    pair.fake.autopilot.answers_commands = True
    second = await pair.order(Action.LAND)
    assert (await pair.flown.vehicle.end_of(first.id)).state is CommandState.EXPIRED
    assert second.state is CommandState.DONE
    await asyncio.sleep(1.3)
    assert pair.fake.autopilot.mode == 9


async def test_the_load_is_released_when_the_aircraft_says_so(pair: Pair) -> None:
    assert (await pair.order(Action.RELEASE_LOAD)).state is CommandState.DONE


async def test_a_plan_is_not_sent_to_an_armed_aircraft(pair: Pair) -> None:
    pair.fake.autopilot.armed = True
    await eventually(lambda: pair.flown.vehicle.state().armed)
    with pytest.raises(ConflictError, match="armed"):
        await pair.flown.vehicle.upload_plan(PLAN)


async def test_an_aircraft_lost_in_the_middle_of_an_upload_is_named_and_nothing_counts(pair: Pair) -> None:
    upload = asyncio.create_task(
        pair.flown.vehicle.upload_plan(PlanItems(name="long", mission=long_mission(400), fence=FENCE))
    )
    await eventually(lambda: len(pair.fake.autopilot.lists[0]) > 20)
    pair.fake.deaf = pair.fake.mute = True
    with pytest.raises(UnavailableError, match="lost in the middle"):
        await upload
    assert pair.flown.vehicle.state().plan_on_board is None


async def test_a_reboot_is_seen_within_three_seconds_and_the_plan_counts_no_more(pair: Pair) -> None:
    await pair.flown.vehicle.upload_plan(PLAN)
    await asyncio.sleep(2.0)
    loop = asyncio.get_running_loop()
    pair.fake.autopilot.reboot(loop.time())
    await eventually(lambda: pair.flown.vehicle.state().reboots == 1, within_s=3.0)
    assert pair.flown.vehicle.state().plan_on_board is None
    await pair.flown.vehicle.identify()
    with pytest.raises(ConflictError):
        await pair.order(Action.START_MISSION)
    assert dialect.MAV_CMD_COMPONENT_ARM_DISARM not in pair.commands


async def test_a_station_that_comes_back_finds_the_aircraft_and_sends_no_flight_command() -> None:
    async with fake_aircraft() as fake:
        fake.autopilot.armed, fake.autopilot.mode, fake.autopilot.alt_m = True, 3, 50.0
        async with station_for(fake.port) as flown:
            await eventually(lambda: flown.vehicle.state().armed, within_s=10.0)
            await asyncio.sleep(3.0)
            assert flown.vehicle.state().mode == "AUTO"
        moving = {
            dialect.MAV_CMD_DO_SET_MODE,
            dialect.MAV_CMD_COMPONENT_ARM_DISARM,
            dialect.MAV_CMD_MISSION_START,
            dialect.MAV_CMD_NAV_TAKEOFF,
        }
        assert not moving & set(fake.autopilot.executed)


async def test_a_link_that_breaks_comes_back_by_itself(pair: Pair) -> None:
    pair.fake.hang_up()
    await eventually(lambda: pair.flown.station.links[0].reopened == 1)
    await eventually(lambda: pair.flown.vehicle.state().link is LinkState.FRESH)
    await eventually(lambda: pair.flown.station.links[0].error is None)
    assert pair.flown.vehicle.state().reboots == 0
    assert (await pair.order(Action.HOLD)).state is CommandState.DONE


async def test_silence_is_stale_and_then_lost(pair: Pair) -> None:
    pair.fake.mute = True
    await eventually(lambda: pair.flown.vehicle.state().link is LinkState.STALE, within_s=5.0)
    with pytest.raises(UnavailableError, match="is not heard"):
        await pair.flown.vehicle.fetch_parameters()


async def test_a_plan_on_board_can_be_proved_without_sending_it(pair: Pair) -> None:
    await pair.flown.vehicle.upload_plan(PLAN)
    pair.flown.vehicle.contact.tracker.plan_on_board = None
    assert await pair.flown.vehicle.verify_plan(PLAN)
    other = PlanItems(name="plan-2", mission=MISSION[:-1], fence=FENCE, rally=RALLY)
    assert not await pair.flown.vehicle.verify_plan(other)
    assert pair.flown.vehicle.state().plan_on_board is None


@pytest.mark.parametrize("kind", [MissionType.FENCE, MissionType.RALLY])
async def test_limits_that_somebody_else_changed_are_found_by_reading_them_back(pair: Pair, kind: MissionType) -> None:
    vehicle = pair.flown.vehicle
    await vehicle.upload_plan(PLAN)
    assert await vehicle.verify_limits(PLAN)
    assert vehicle.state().plan_on_board == PLAN.name
    kept = pair.fake.autopilot.lists[kind]
    kept[0] = replace(kept[0], x=kept[0].x + 1000)
    assert not await vehicle.verify_limits(PLAN)
    assert vehicle.state().plan_on_board is None


@pytest.mark.parametrize("what", ["reboots", "sender_changes"])
async def test_a_plan_is_not_on_board_if_another_aircraft_may_have_answered_in_between(pair: Pair, what: str) -> None:
    tracker = pair.flown.vehicle.contact.tracker

    def change(_: object) -> None:
        setattr(tracker, what, getattr(tracker, what) + 1)

    with pytest.raises(UnavailableError, match="in the middle of the transfer"):
        await pair.flown.vehicle.upload_plan(PLAN, change)
    assert pair.flown.vehicle.state().plan_on_board is None


async def test_an_order_goes_to_the_number_that_is_the_aircrafts_when_it_is_sent(pair: Pair) -> None:
    contact = pair.flown.vehicle.contact
    sent: list[int] = []

    def note(message: Message, system_id: int) -> bytes:
        sent.append(message.target_system)
        return bytes(system_id)

    cast("Any", contact._link).send = note
    before = requests.set_mode(Target(system_id=9), CopterMode.BRAKE)(0)
    contact.send(before)
    assert sent == [1]


async def test_parameters_are_read_set_and_refused_in_words(pair: Pair) -> None:
    vehicle = pair.flown.vehicle
    pair.fake.autopilot.parameters["READ_ONLY"] = 1.0
    assert (await vehicle.fetch_parameters())["RTL_ALT"] == 1500.0
    await vehicle.set_parameter("RTL_ALT", 4000.0)
    assert vehicle.parameters["RTL_ALT"] == 4000.0
    with pytest.raises(RefusedError, match="stays 1 instead of 2"):
        await vehicle.set_parameter("READ_ONLY", 2.0)
    with pytest.raises(ExpiredError, match="NO_SUCH"):
        await vehicle.set_parameter("NO_SUCH", 2.0)


async def test_a_simulated_aircraft_cannot_fly_live() -> None:
    async with fake_aircraft() as fake, station_for(fake.port, realm=Realm.LIVE) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        with pytest.raises(RefusedError, match="simulated aircraft cannot fly live"):
            await flown.vehicle.upload_plan(PLAN)
        assert fake.autopilot.lists[0] == []


async def test_a_real_aircraft_cannot_join_a_drill() -> None:
    real = FakeAutopilot(custom_version=b"a1b2c3d4")
    async with fake_aircraft(real) as fake, station_for(fake.port) as flown:
        await eventually(lambda: flown.vehicle.state().telemetry.identity is not None)
        with pytest.raises(RefusedError, match="real aircraft cannot join a drill"):
            await flown.vehicle.upload_plan(PLAN)
        assert flown.vehicle.state().simulated is Simulated.NO


async def test_a_flight_is_recorded_as_a_tlog_of_both_directions(tmp_path: Path) -> None:
    async with fake_aircraft() as fake:
        async with station_for(fake.port, flight_logs=tmp_path) as flown:
            await eventually(lambda: flown.vehicle.state().simulated is Simulated.YES)
            await flown.vehicle.upload_plan(PLAN)
            await flown.vehicle.order(Action.START_MISSION, author="hanako")
        (log,) = tmp_path.glob("*.tlog")
    content = log.read_bytes()
    senders, stamps, at = set(), [], 0
    while at < len(content):
        length = content[at + 9] + 12
        (frame,) = FrameParser().datagram(content[at + 8 : at + 8 + length])
        senders.add(frame.system_id)
        stamps.append(int.from_bytes(content[at : at + 8], "big"))
        at += 8 + length
    assert senders == {1, 255}
    assert stamps == sorted(stamps)


async def test_who_waits_for_a_command_that_is_replaced_is_told_how_it_ended(pair: Pair) -> None:
    vehicle = pair.flown.vehicle
    held = await vehicle.begin(Action.HOLD, author="hanako")
    waiting = asyncio.create_task(vehicle.end_of(held.id))
    await asyncio.sleep(0)
    await vehicle.begin(Action.LAND, author="hanako")
    assert (await waiting).state is CommandState.EXPIRED


async def _mistaken() -> Text | None:
    raise RuntimeError("nobody thought of this look")


async def _cancelled_by_nobody() -> Text | None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("look", [_mistaken, _cancelled_by_nobody])
async def test_a_command_whose_work_falls_ends_as_not_confirmed_and_says_so(pair: Pair, look: Gate) -> None:
    vehicle = pair.flown.vehicle
    sent = len(pair.commands)
    command = await vehicle.begin(Action.HOLD, author="hanako", gate=look)
    ended = await vehicle.end_of(command.id)
    assert ended.state is CommandState.NOT_CONFIRMED
    assert "unforeseen" in ended.text.en
    assert pair.commands[sent:] == []
    assert not vehicle._pilot.busy
