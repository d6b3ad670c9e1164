"""What is written to an aircraft before a flight, and to which aircraft nothing may be written."""

from dataclasses import replace

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import RefusedError
from fleet.ids import VehicleId
from fleet.realm import Realm
from ground_station.flight.preflight.system_id import system_id_check
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.state import LinkState, Timing
from ground_station.flight.vehicles.telemetry import Simulated
from ground_station.flight.vehicles.tracker import Tracker
from ground_station.service.machine_checks import MachineChecks
from missions.formats.demo_town import make_demo_town
from missions.values.finding import Level
from tests.ground_station.flight.aircraft import VEHICLE, eventually, fake_aircraft, station_for
from tests.ground_station.flight.fake_autopilot import FakeAutopilot
from tests.ground_station.plan_values import PLAN_VALUE

TOWN = make_demo_town()
PLAN = replace(PLAN_VALUE, vehicle_id=VehicleId("kakehashi-1"))
_WRONG = {"RTL_ALT": 1500.0, "FS_GCS_ENABLE": 0.0, "FENCE_ENABLE": 0.0, "FENCE_ALT_MAX": 100.0}


async def test_nothing_is_written_to_a_real_aircraft_in_a_drill() -> None:
    real = FakeAutopilot(custom_version=b"a1b2c3d4", parameters=dict(_WRONG))
    async with fake_aircraft(real) as fake, station_for(fake.port) as flown:
        vehicle = flown.vehicle
        await eventually(lambda: vehicle.state().link is LinkState.FRESH)
        checks = MachineChecks(town=TOWN, realm=flown.station.realm)
        with pytest.raises(RefusedError, match="drill"):
            await checks.cure(vehicle, PLAN, author="hanako")
        with pytest.raises(RefusedError, match="drill"):
            await vehicle.set_parameter("RTL_ALT", 3000.0)
        with pytest.raises(RefusedError, match="drill"):
            await vehicle.begin(Action.RESTART, author="hanako")
        assert real.parameters == _WRONG
        assert 246 not in real.executed


async def test_live_what_may_be_another_aircraft_does_not_take_off_and_is_not_written_to() -> None:
    real = FakeAutopilot(custom_version=b"a1b2c3d4", parameters=dict(_WRONG))
    named = replace(TOWN.aircraft[PLAN.vehicle_id], id=VEHICLE, mavlink_system_id=7)
    town = replace(TOWN, aircraft={VEHICLE: named})
    plan = replace(PLAN, vehicle_id=VEHICLE)
    async with fake_aircraft(real) as fake, station_for(fake.port, realm=Realm.LIVE) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        checks = MachineChecks(town=town, realm=Realm.LIVE)
        problem = checks.problem(flown.vehicle)
        assert problem is not None
        assert problem.cure is not None
        assert "system id 1" in problem.text.en
        assert "7" in problem.text.ja
        assert "mavlink_system_id" in problem.cure.text.en
        with pytest.raises(RefusedError, match="another aircraft"):
            await checks.cure(flown.vehicle, plan, author="hanako")
        assert real.parameters == _WRONG
        found = {finding.rule: finding for finding in await checks.check(flown.vehicle, plan)}
        assert found["aircraft.system-id"].level is Level.REFUSE
        right = MachineChecks(
            town=replace(TOWN, aircraft={VEHICLE: replace(named, mavlink_system_id=1)}), realm=Realm.LIVE
        )
        assert right.problem(flown.vehicle) is None


async def test_in_a_drill_a_sitl_with_its_own_number_is_only_warned_of() -> None:
    named = replace(TOWN.aircraft[VehicleId("arducopter-1")], id=VEHICLE)
    town = replace(TOWN, aircraft={VEHICLE: named})
    async with fake_aircraft() as fake, station_for(fake.port) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        checks = MachineChecks(town=town, realm=Realm.DRILL)
        assert checks.problem(flown.vehicle) is None
        found = {one.rule: one for one in await checks.check(flown.vehicle, replace(PLAN, vehicle_id=VEHICLE))}
        assert found["aircraft.system-id"].level is Level.WARN


def test_before_anything_is_heard_the_number_is_not_taken_for_right_or_wrong() -> None:
    found = system_id_check(Realm.LIVE, TOWN.aircraft[PLAN.vehicle_id], 0)
    assert found.level is Level.REFUSE
    assert "not come yet" in found.text.en


async def test_each_parameter_that_is_set_stands_in_the_audit_chain() -> None:
    async with fake_aircraft() as fake, station_for(fake.port) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        await flown.vehicle.set_parameter("RTL_ALT", 3000.0, author="hanako")
        (entry,) = [entry for entry in flown.audit.entries if entry.action == "parameter.set"]
        assert (entry.actor, entry.detail) == ("hanako", {"name": "RTL_ALT", "value": 3000.0})


def _version(custom: bytes, uid: int) -> object:
    return dialect.MAVLink_autopilot_version_message(0, 0, 0, 0, 0, list(custom), [0] * 8, [0] * 8, 0, 0, uid)


def _simulated() -> Tracker:
    tracker = Tracker(vehicle_id=VehicleId("hato-1"), timing=Timing())
    tracker.take(_version(b"KAKESIM1", 1), 0.0)
    tracker.parameters_read({"SIM_SPEEDUP": 1.0})
    tracker.plan_on_board = "plan-1"
    assert _verdict(tracker) is Simulated.YES
    return tracker


def _verdict(tracker: Tracker) -> Simulated:
    return tracker.evidence.verdict


def test_after_a_restart_it_must_be_shown_again_what_it_is() -> None:
    tracker = _simulated()
    for at_s, boot_s in enumerate((100.0, 0.5, 1.5)):
        tracker.boot_clock(boot_s, at_s)
    assert _verdict(tracker) is Simulated.UNKNOWN
    assert tracker.telemetry.identity is None
    assert tracker.parameters == {}


def test_another_aircraft_under_the_same_number_inherits_nothing() -> None:
    tracker = _simulated()
    tracker.take(_version(b"a1b2c3d4", 2), 1.0)
    assert _verdict(tracker) is Simulated.UNKNOWN
    assert tracker.plan_on_board is None
    assert tracker.telemetry.identity is not None
    tracker.parameters_read({"RTL_ALT": 1500.0})
    assert _verdict(tracker) is Simulated.NO
