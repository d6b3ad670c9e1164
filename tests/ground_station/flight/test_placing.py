"""What is written to an aircraft before a flight, and to which aircraft nothing may be written."""

from dataclasses import replace

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import RefusedError, UnavailableError
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.judge import Judge
from ground_station.flight.placing import Placing
from ground_station.flight.preflight.parameter_checks import unmet
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.state import LinkState
from tests.ground_station.flight.aircraft import eventually, fake_aircraft, ready_autopilot, station_for
from tests.ground_station.flight.fake_autopilot import FakeAutopilot
from tests.ground_station.flight.plans import FLIGHT

_WRONG = {"RTL_ALT": 1500.0, "FS_GCS_ENABLE": 0.0, "FENCE_ENABLE": 0.0, "FENCE_ALT_MAX": 100.0}


async def test_nothing_is_written_to_a_real_aircraft_in_a_drill() -> None:
    real = FakeAutopilot(custom_version=b"a1b2c3d4", parameters=dict(_WRONG))
    async with fake_aircraft(real) as fake, station_for(fake.port) as flown:
        vehicle = flown.vehicle
        await eventually(lambda: vehicle.state().link is LinkState.FRESH)
        placing = Placing(Judge(realm=Realm.DRILL))
        with pytest.raises(RefusedError, match="drill"):
            await placing.put_right(vehicle, FLIGHT, author="hanako")
        with pytest.raises(RefusedError, match="drill"):
            await vehicle.set_parameter("RTL_ALT", 3000.0)
        with pytest.raises(RefusedError, match="drill"):
            await vehicle.begin(Action.RESTART, author="hanako")
        assert real.parameters == _WRONG
        assert 246 not in real.executed


async def test_live_what_may_be_another_aircraft_is_not_written_to() -> None:
    real = FakeAutopilot(custom_version=b"a1b2c3d4", parameters=dict(_WRONG))
    plan = replace(FLIGHT, needs=replace(FLIGHT.needs, system_id=7))
    async with fake_aircraft(real) as fake, station_for(fake.port, realm=Realm.LIVE) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        with pytest.raises(RefusedError, match="another aircraft"):
            await Placing(Judge(realm=Realm.LIVE)).put_right(flown.vehicle, plan, author="hanako")
        assert real.parameters == _WRONG


async def test_what_is_not_right_is_set_in_somebodys_name_and_what_is_right_is_left_alone() -> None:
    async with fake_aircraft(ready_autopilot()) as fake, station_for(fake.port) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        judge = Judge(realm=Realm.DRILL)
        await Placing(judge).put_right(flown.vehicle, FLIGHT, author="hanako")
        assert unmet(judge.required(flown.vehicle, FLIGHT), fake.autopilot.parameters) == ()
        entries = [entry for entry in flown.audit.entries if entry.action == "parameter.set"]
        assert {entry.actor for entry in entries} == {"hanako"}
        names = {entry.detail["name"] for entry in entries}
        assert "FENCE_ACTION" in names
        assert "GRIP_ENABLE" not in names
        fake.received.clear()
        await Placing(judge).put_right(flown.vehicle, FLIGHT, author="hanako")
        assert dialect.MAVLINK_MSG_ID_PARAM_SET not in fake.received


async def test_each_parameter_that_is_set_stands_in_the_audit_chain() -> None:
    async with fake_aircraft() as fake, station_for(fake.port) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        await flown.vehicle.set_parameter("RTL_ALT", 3000.0, author="hanako")
        (entry,) = [entry for entry in flown.audit.entries if entry.action == "parameter.set"]
        assert (entry.actor, entry.detail) == ("hanako", {"name": "RTL_ALT", "value": 3000.0})


async def test_settings_of_which_one_cannot_be_written_down_are_not_sent_at_all() -> None:
    async with fake_aircraft() as fake, station_for(fake.port) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        await flown.vehicle.identify()

        def refuse_the_second() -> None:
            if any(entry.action == "parameter.set" for entry in flown.audit.entries):
                raise UnavailableError(Text("書けません", "cannot write"))

        flown.audit.before_append = refuse_the_second
        with pytest.raises(UnavailableError):
            await flown.vehicle.set_parameters({"RTL_ALT": 3000.0, "FS_OPTIONS": 24.0}, author="hanako")
        assert dialect.MAVLINK_MSG_ID_PARAM_SET not in fake.received
