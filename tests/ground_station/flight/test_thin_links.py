"""A plan and its settings over thin and lossy radios, in virtual time against our simulator.

Each run ends on board, read back equal, or refused with a cause in words; what is only partly there is never flown; a
second aircraft, on a good link of its own, feels nothing of it.
"""

import asyncio
import itertools
import logging
from dataclasses import dataclass

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import ConflictError, FleetError
from ground_station.flight.protocols.streams import Tier
from ground_station.flight.vehicles.flight_command import Action, CommandState
from ground_station.flight.vehicles.parameter_transfer import read_parameters, set_parameters
from ground_station.flight.vehicles.vehicle import PlanItems
from sim.fault_channel import Faults
from tests.ground_station.flight.plans import FENCE, RALLY, long_mission
from tests.ground_station.flight.virtual_field import FarAircraft, field_station, until_measured
from tests.ground_station.flight.virtual_time import run_virtually

ITEMS = 30
PLAN = PlanItems(name="plan-1", mission=long_mission(ITEMS), fence=FENCE, rally=RALLY)
_log = logging.getLogger(__name__)

SETTINGS = {
    "FS_GCS_ENABLE": 1.0,
    "FS_GCS_TIMEOUT": 5.0,
    "FS_OPTIONS": 8.0,
    "BATT_CAPACITY": 12_000.0,
    "BATT_LOW_MAH": 3_000.0,
    "BATT_FS_LOW_ACT": 2.0,
    "FENCE_ENABLE": 1.0,
    "FENCE_TYPE": 5.0,
    "FENCE_ALT_MAX": 140.0,
    "FENCE_ACTION": 1.0,
    "RTL_ALT": 9_000.0,
    "GRIP_ENABLE": 1.0,
}
GOOD = Faults(delay_s=0.01)
THIN = Faults(delay_s=1.0, rate_bytes_s=600.0)  # 4.8 kbit/s, 2 s there and back
RADIOS = {
    **{f"loss {percent} %": Faults(delay_s=0.03, loss=percent / 100.0) for percent in (0, 10, 20, 30, 40)},
    "bursts": Faults(delay_s=0.03, loss=0.02, burst_s=1.5, burst_every_s=8.0),
    "copies, swaps and broken frames": Faults(delay_s=0.03, loss=0.1, duplicate=0.1, reorder=0.2, corrupt=0.05),
    "4.8 kbit/s, 2 s": THIN,
}
MOSTLY_ON_BOARD_OF_20 = 18


@dataclass(frozen=True)
class Outcome:
    on_board: bool
    seconds: float
    cause: str
    near_silent_s: float


async def _place_all(faults: Faults, seed: int) -> Outcome:
    async with field_station(faults, GOOD, seed=seed) as (far, near):
        await until_measured(far)
        began_s = asyncio.get_running_loop().time()
        near_done = asyncio.create_task(near.vehicle.upload_plan(PLAN))
        refusal: FleetError | None = None
        try:
            await set_parameters(far.vehicle.contact, SETTINGS)
            await far.vehicle.upload_plan(PLAN)
        except FleetError as error:
            refusal = error
        assert refusal is None or (refusal.what.ja and refusal.what.en)
        cause = "" if refusal is None else refusal.what.en
        seconds = asyncio.get_running_loop().time() - began_s
        await _check_never_partly(far, refused=bool(cause))
        await near_done
        return Outcome(not cause, seconds, cause, near.longest_silence_s)


async def _check_never_partly(far: FarAircraft, *, refused: bool) -> None:
    if refused:
        assert far.vehicle.state().plan_on_board is None
        with pytest.raises((ConflictError, FleetError)):
            await far.vehicle.begin(Action.START_MISSION, author="hanako")
        return
    assert far.vehicle.state().plan_on_board == PLAN.name
    assert far.radio.autopilot_items == {kind: len(items) for kind, items in PLAN.parts()}
    assert {name: far.radio.parameter(name) for name in SETTINGS} == SETTINGS


@pytest.mark.parametrize("radio", RADIOS)
def test_a_plan_gets_on_board_or_is_refused_with_the_cause_and_nobody_else_feels_it(radio: str) -> None:
    for seed in (1, 2):
        outcome = run_virtually(_place_all(RADIOS[radio], seed))
        assert outcome.near_silent_s <= 1.5
        assert outcome.on_board, outcome.cause


@pytest.mark.campaign
@pytest.mark.parametrize("radio", RADIOS)
def test_twenty_plans_on_each_radio(radio: str) -> None:
    outcomes = [run_virtually(_place_all(RADIOS[radio], seed)) for seed in range(20)]
    on_board = [outcome.seconds for outcome in outcomes if outcome.on_board]
    _log.info("%s: %d of 20 on board, in %.0f to %.0f s", radio, len(on_board), min(on_board), max(on_board))
    assert max(outcome.near_silent_s for outcome in outcomes) <= 1.5
    assert len(on_board) >= MOSTLY_ON_BOARD_OF_20, [outcome.cause for outcome in outcomes if not outcome.on_board]


def test_a_radio_that_carries_nothing_up_is_refused_with_the_cause() -> None:
    async def run() -> str:
        async with field_station(THIN, GOOD, seed=1) as (far, near):
            await until_measured(far)
            await asyncio.sleep(40.0)
            far.radio.up.faults = Faults(loss=1.0)
            with pytest.raises(FleetError) as caught:
                await far.vehicle.upload_plan(PLAN)
            await _check_never_partly(far, refused=True)
            assert near.longest_silence_s <= 1.5
            return caught.value.what.en

    assert "did not answer" in run_virtually(run())


@pytest.mark.parametrize("frozen_s", [8.0, 60.0])
def test_a_radio_that_freezes_in_the_middle_is_refused_with_the_cause_or_goes_on(frozen_s: float) -> None:
    async def run() -> None:
        async with field_station(THIN, GOOD, seed=1) as (far, near):
            await until_measured(far)
            upload = asyncio.create_task(far.vehicle.upload_plan(PLAN))
            await asyncio.sleep(40.0)
            far.radio.up.frozen = far.radio.down.frozen = True
            await asyncio.sleep(frozen_s)
            far.radio.up.frozen = far.radio.down.frozen = False
            (error,) = await asyncio.gather(upload, return_exceptions=True)
            assert error is None or isinstance(error, FleetError)
            await _check_never_partly_plan(far, refused=error is not None)
            await asyncio.sleep(30.0)
            await far.vehicle.upload_plan(PLAN)
            assert far.vehicle.state().plan_on_board == PLAN.name
            assert near.longest_silence_s <= 1.5

    run_virtually(run())


async def _check_never_partly_plan(far: FarAircraft, *, refused: bool) -> None:
    assert (far.vehicle.state().plan_on_board is None) is refused


@pytest.mark.parametrize("bulk", ["plan", "reading back", "all parameters", "settings"])
@pytest.mark.parametrize("after_s", [0.3, 7.7, 25.1])
def test_a_recall_in_the_middle_of_a_transfer_is_on_the_wire_at_once(bulk: str, after_s: float) -> None:
    async def run() -> float:
        async with field_station(THIN, seed=3) as (far,):
            await until_measured(far)
            await far.vehicle.read_items(PLAN.parts()[0][0])
            moving = asyncio.create_task(_move(bulk, far))
            await asyncio.sleep(after_s)
            asked_s = asyncio.get_running_loop().time()
            command = await far.vehicle.begin(Action.RECALL, author="hanako")
            ended = await far.vehicle.end_of(command.id)
            assert ended.state is not CommandState.EXPIRED
            moving.cancel()
            await asyncio.gather(moving, return_exceptions=True)
            return min(
                sent.on_air_s - asked_s
                for sent in far.radio.sent
                if sent.at_s >= asked_s and getattr(sent.message, "command", 0) == dialect.MAV_CMD_DO_SET_MODE
            )

    assert run_virtually(run()) <= 0.5 + 45 / 600.0


async def _move(bulk: str, far: FarAircraft) -> None:
    if bulk == "plan":
        await far.vehicle.upload_plan(PLAN)
    elif bulk == "reading back":
        while True:
            await far.vehicle.verify_plan(PLAN)
    elif bulk == "all parameters":
        await far.vehicle.fetch_parameters()
    else:
        while True:
            await set_parameters(far.vehicle.contact, SETTINGS)
            await read_parameters(far.vehicle.contact, SETTINGS)


def test_the_whole_parameter_list_comes_over_a_thin_link_while_heartbeats_stay_fresh() -> None:
    async def run() -> FarAircraft:
        async with field_station(THIN, seed=1) as (far,):
            await until_measured(far)
            await asyncio.sleep(40.0)
            values = await far.vehicle.fetch_parameters()
            assert len(values) > 50
            return far

    far = run_virtually(run())
    assert far.not_fresh_s <= 1.0


@pytest.mark.parametrize("faults", [THIN, Faults(delay_s=1.0, rate_bytes_s=600.0, loss=0.2)])
def test_what_take_off_checks_judge_never_gets_old_on_a_thin_link(faults: Faults) -> None:
    async def run() -> FarAircraft:
        async with field_station(faults, seed=1) as (far,):
            await until_measured(far)
            await asyncio.sleep(60.0)
            far.oldest_s.clear()
            await far.vehicle.upload_plan(PLAN)
            await asyncio.sleep(600.0)
            return far

    far = run_virtually(run())
    assert set(far.oldest_s) == {"gps", "ekf", "battery", "sensors", "motion"}
    assert max(far.oldest_s.values()) <= 10.0 + (4.0 if faults.loss else 0.0)


def test_a_station_on_a_thin_link_finds_its_tier_and_stays_with_it() -> None:
    async def run() -> list[Tier]:
        async with field_station(Faults(delay_s=1.0, rate_bytes_s=400.0), seed=1) as (far,):
            found = []
            for _ in range(180):
                await asyncio.sleep(5.0)
                found.append(far.upkeep.tier)
            return found

    tiers = run_virtually(run())
    assert tiers.count(Tier.FULL) * 5.0 <= 60.0
    assert sum(one is not other for one, other in itertools.pairwise(tiers)) <= 6
