"""Which aircraft is on the link, as it is shown and as it is judged before a flight."""

from dataclasses import replace

from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.flight_plan import digest_of
from ground_station.flight.judge import Judge
from ground_station.flight.links.address import parse_address
from ground_station.flight.preflight.system_id import system_id_check
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Simulated
from missions.values.finding import Finding, Level
from tests.ground_station.flight.aircraft import VEHICLE, Flown, eventually, fake_aircraft, station_for
from tests.ground_station.flight.fake_autopilot import FakeAutopilot
from tests.ground_station.flight.plans import FLIGHT

NAME = Text("はと", "Hato")


def _setting(registered: int | None) -> VehicleSetting:
    return VehicleSetting(id=VEHICLE, address=parse_address("tcp:127.0.0.1:9"), registered=registered, name=NAME)


def _found(judge: Judge, flown: Flown, named: int) -> dict[str, Finding]:
    plan = replace(FLIGHT, needs=replace(FLIGHT.needs, system_id=named))
    return {one.rule: one for one in judge.findings(flown.vehicle, plan, digest_of(plan))}


async def test_live_what_may_be_another_aircraft_does_not_take_off() -> None:
    real = FakeAutopilot(custom_version=b"a1b2c3d4")
    async with fake_aircraft(real) as fake, station_for(fake.port, realm=Realm.LIVE) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        judge = Judge(realm=Realm.LIVE)
        problem = judge.problem(flown.vehicle, _setting(7))
        assert problem is not None
        assert problem.cure is not None
        assert "system id 1" in problem.text.en
        assert "7" in problem.text.ja
        assert "mavlink_system_id" in problem.cure.text.en
        assert _found(judge, flown, 7)["aircraft.system-id"].level is Level.REFUSE
        assert _found(judge, flown, 1)["aircraft.system-id"].level is Level.OK
        assert judge.problem(flown.vehicle, _setting(1)) is None
        assert judge.problem(flown.vehicle, _setting(None)) is None


async def test_in_a_drill_a_sitl_with_its_own_number_is_only_warned_of() -> None:
    async with fake_aircraft() as fake, station_for(fake.port) as flown:
        await eventually(lambda: flown.vehicle.state().link is LinkState.FRESH)
        judge = Judge(realm=Realm.DRILL)
        assert judge.problem(flown.vehicle, _setting(7)) is None
        assert _found(judge, flown, 7)["aircraft.system-id"].level is Level.WARN


async def test_an_aircraft_on_the_wrong_side_of_the_drill_wall_is_shown_as_such() -> None:
    async with fake_aircraft() as fake, station_for(fake.port, realm=Realm.LIVE) as flown:
        await eventually(lambda: flown.vehicle.state().simulated is Simulated.YES)
        problem = Judge(realm=Realm.LIVE).problem(flown.vehicle, _setting(1))
        assert problem is not None
        assert "cannot fly live" in problem.text.en
        assert Judge(realm=Realm.DRILL).problem(flown.vehicle, _setting(1)) is None


def test_before_anything_is_heard_the_number_is_not_taken_for_right_or_wrong() -> None:
    found = system_id_check(Realm.LIVE, 0, named=1, vehicle_id=VEHICLE, name=NAME)
    assert found.level is Level.REFUSE
    assert "not come yet" in found.text.en
