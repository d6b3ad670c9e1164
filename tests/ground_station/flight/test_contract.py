"""What must hold with a real ArduCopter and with our simulator alike: the whole path from plan to landing."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from fleet.errors import RefusedError
from ground_station.flight.links.address import Scheme
from ground_station.flight.preflight.parameter_checks import apply_required_parameters, unmet
from ground_station.flight.preflight.required_parameters import required_parameters
from ground_station.flight.vehicles.contact import SenderChange
from ground_station.flight.vehicles.flight_command import Action, CommandState
from ground_station.flight.vehicles.foreign_hand import ForeignAct
from ground_station.flight.vehicles.telemetry import Simulated, StatusText
from ground_station.flight.vehicles.vehicle import PlanItems, Vehicle
from ground_station.service.flight_of_plan import flight_of_plan
from missions.values.mission_item import MissionType
from tests.ground_station.flight.aircraft import Flown, eventually, real_arducopter, simulated_aircraft, station_for
from tests.ground_station.flight.plans import FENCE, MISSION, RALLY, item, long_mission
from tests.ground_station.plan_values import AIRCRAFT, PLAN_VALUE

SPEEDUP = 5.0
DELIVERY = (
    MISSION[0],
    item(1, 22, z=15.0),
    item(2, 16, x=347_703_000, y=1_332_300_000, z=15.0),
    item(3, 16, x=347_703_000, y=1_332_300_000, z=8.0),
    item(4, 94, x=347_703_000, y=1_332_300_000, z=8.0, param1=20.0),
    item(5, 20),
)
DELIVERY_FLIGHT = flight_of_plan(replace(PLAN_VALUE, items=DELIVERY, return_altitude_home_m=20.0), AIRCRAFT)
PLAN = PlanItems(name="plan-1", mission=MISSION, fence=FENCE, rally=RALLY)
KINDS = ["simulator", pytest.param("arducopter", marks=pytest.mark.arducopter)]


@asynccontextmanager
async def _aircraft(kind: str) -> AsyncIterator[int]:
    if kind == "simulator":
        async with simulated_aircraft(SPEEDUP) as port:
            yield port
    else:
        async with real_arducopter(SPEEDUP) as port:
            yield port


@pytest.fixture(params=KINDS)
async def flown(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Flown]:
    async with _aircraft(request.param) as port, station_for(port, time_scale=SPEEDUP, flight_logs=tmp_path) as station:
        heard = station.station.feed.subscribe()
        await eventually(lambda: _ready(station), within_s=60.0)
        yield station
        assert [event.what for event in heard.take().events if isinstance(event.what, ForeignAct | SenderChange)] == []
        assert station.vehicle.state().foreign is None
        assert not station.vehicle.state().duplicate_suspected


def _ready(flown: Flown) -> bool:
    telemetry = flown.vehicle.state().telemetry
    return bool(
        telemetry.sensors
        and telemetry.sensors.arming_allowed
        and telemetry.ekf
        and telemetry.ekf.has_absolute_position
        and telemetry.motion
    )


def _restarted(vehicle: Vehicle, reboots: int) -> bool:
    return vehicle.state().reboots > reboots


async def _order(vehicle: Vehicle, action: Action) -> CommandState:
    command = await vehicle.order(action, author="hanako")
    assert command.state.is_end
    assert command.state is CommandState.DONE, command.text.en
    return command.state


async def test_a_flight_from_upload_over_hold_and_resume_to_recall_and_landing(flown: Flown) -> None:
    assert await _first_flight(flown.vehicle) == pytest.approx(34.77, abs=5e-5)


@pytest.mark.skipif(importlib.util.find_spec("dronekit") is None, reason="DroneKit is not installed")
async def test_the_same_flight_over_a_link_that_dronekit_holds(tmp_path: Path) -> None:
    async with (
        simulated_aircraft(SPEEDUP) as port,
        station_for(port, time_scale=SPEEDUP, flight_logs=tmp_path, scheme=Scheme.DRONEKIT_TCP) as flown,
    ):
        await eventually(lambda: _ready(flown), within_s=60.0)
        assert await _first_flight(flown.vehicle) == pytest.approx(34.77, abs=5e-5)


async def _first_flight(vehicle: Vehicle) -> float:
    """Fly the plan, hold, go on and come back; return the latitude of the landing."""
    assert await vehicle.identify() is Simulated.YES
    await vehicle.upload_plan(PLAN)
    await _order(vehicle, Action.START_MISSION)
    await eventually(lambda: (vehicle.state().alt_home_m or 0.0) > 30.0, within_s=30.0)
    await _order(vehicle, Action.HOLD)
    assert vehicle.state().mode == "BRAKE"
    await _order(vehicle, Action.RESUME)
    assert vehicle.state().mode == "AUTO"
    await eventually(lambda: (vehicle.state().telemetry.mission or _none()).seq >= 3, within_s=30.0)
    await _order(vehicle, Action.RECALL)
    assert vehicle.state().mode in ("SMART_RTL", "RTL")
    await eventually(lambda: not vehicle.state().armed, within_s=60.0)
    position = vehicle.state().position
    assert position is not None
    assert vehicle.contact.recorder is not None
    return position.lat_deg


@pytest.mark.parametrize("kind", KINDS)
async def test_a_station_started_anew_in_flight_knows_what_silence_means_and_records(kind: str, tmp_path: Path) -> None:
    async with _aircraft(kind) as port:
        async with station_for(port, time_scale=SPEEDUP, flight_logs=tmp_path / "first") as first:
            await eventually(lambda: _ready(first), within_s=60.0)
            await first.vehicle.set_parameter("FS_GCS_ENABLE", 1.0)
            await first.vehicle.upload_plan(PLAN)
            await first.vehicle.order(Action.TAKE_OFF, author="hanako", alt_home_m=10.0)
        async with station_for(port, time_scale=SPEEDUP, flight_logs=tmp_path / "second") as second:
            await eventually(lambda: "RTL" in second.vehicle.silence_failsafe().en, within_s=30.0)
            assert second.vehicle.state().armed
            recorder = second.vehicle.contact.recorder
            assert recorder is not None
            await eventually(lambda: recorder.path is not None, within_s=5.0)
            await _order(second.vehicle, Action.LAND)
            await eventually(lambda: not second.vehicle.state().armed, within_s=30.0)
            await eventually(lambda: recorder.path is None, within_s=20.0)
    (record,) = (tmp_path / "second").glob("*.tlog")
    assert record.stat().st_size > 1000


async def test_take_off_and_land_here(flown: Flown) -> None:
    await flown.vehicle.upload_plan(PLAN)
    command = await flown.vehicle.order(Action.TAKE_OFF, author="hanako", alt_home_m=10.0)
    assert command.state is CommandState.DONE, command.text.en
    await _order(flown.vehicle, Action.LAND)
    await eventually(lambda: not flown.vehicle.state().armed, within_s=30.0)


async def test_a_long_plan_is_read_back_equal_and_a_wrong_one_is_named(flown: Flown) -> None:
    await flown.vehicle.upload_plan(PlanItems(name="long", mission=long_mission(100), fence=FENCE, rally=RALLY))
    assert len(await flown.vehicle.read_items(MissionType.MISSION)) == 100
    wrong = PlanItems(name="wrong", mission=(MISSION[0], item(1, 31999)))
    with pytest.raises(RefusedError, match="does not know a command"):
        await flown.vehicle.upload_plan(wrong)
    assert flown.vehicle.state().plan_on_board is None


async def test_parameters_are_read_whole_and_set(flown: Flown) -> None:
    parameters = await flown.vehicle.fetch_parameters()
    assert {"RTL_ALT", "FS_GCS_ENABLE", "BATT_FS_LOW_ACT", "FENCE_ENABLE", "GRIP_ENABLE"} <= set(parameters)
    await flown.vehicle.set_parameter("RTL_ALT", 4300.0)
    assert await flown.vehicle.read_parameter("RTL_ALT") == 4300.0


async def test_what_the_flight_needs_is_set_and_a_load_is_delivered(flown: Flown) -> None:
    vehicle = flown.vehicle
    for _ in range(3):
        known = await vehicle.fetch_parameters()
        required = required_parameters(DELIVERY_FLIGHT, known, simulated=True)
        changed = await apply_required_parameters(vehicle, required, known)
        if any(needed.needs_restart for needed in changed):
            reboots = vehicle.state().reboots
            await _order(vehicle, Action.RESTART)
            assert await vehicle.contact.conversation.until(partial(_restarted, vehicle, reboots), 60.0)
            await eventually(lambda: _ready(flown), within_s=60.0)
    assert unmet(required, await vehicle.fetch_parameters()) == ()
    await eventually(lambda: _ready(flown), within_s=60.0)
    await vehicle.upload_plan(PlanItems(name="delivery", mission=DELIVERY, fence=FENCE, rally=RALLY))
    await eventually(lambda: _ready(flown), within_s=20.0)
    await _order(vehicle, Action.START_MISSION)
    heard = flown.station.feed.subscribe()
    await eventually(lambda: not vehicle.state().armed, within_s=120.0)
    texts = [event.what.text for event in heard.take().events if isinstance(event.what, StatusText)]
    assert any("Gripper load releas" in text for text in texts), texts
    reached = vehicle.state().telemetry.reached
    assert reached is not None
    assert reached.seq >= 4


async def test_arming_without_position_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with simulated_aircraft(1.0, preflight_s=0.0) as port, station_for(port, flight_logs=tmp_path) as flown:
        await eventually(lambda: flown.vehicle.state().telemetry.heartbeat is not None)
        await asyncio.sleep(3.0)
        await flown.vehicle.upload_plan(PLAN)
        command = await flown.vehicle.order(Action.START_MISSION, author="hanako")
        assert command.state is CommandState.REFUSED
        assert "断りました" in command.text.ja


def _none() -> "_NoMission":
    return _NoMission()


class _NoMission:
    seq = 0
