"""Each condition of the word to fly, taken away by itself between the word and the last look.

A finding of the judge without a row here fails: whatever is judged must be able to hold the flight back, or be named
as what does not.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from fleet.errors import RefusedError, UnavailableError
from fleet.ids import VehicleId
from fleet.realm import Realm
from fleet.text import Text
from ground_station.flight.autopilot_station import VehicleSetting
from ground_station.flight.flight_plan import PlanDigest
from ground_station.flight.judge import Judge
from ground_station.flight.links.address import parse_address
from ground_station.flight.vehicles.pilot import Gate
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Simulated
from missions.values.finding import Finding, Level
from tests.ground_station.flight.plans import FLIGHT, MISSION
from tests.ground_station.flight.preflight.aircraft_values import reporting
from tests.ground_station.flight.quiet_aircraft import DIGEST, SET, QuietStation, QuietVehicle
from tests.ground_station.plan_values import HOME

Change = Callable[[QuietVehicle], object]


def _reports(name: str, **values: object) -> Change:
    return lambda quiet: quiet.becomes(telemetry=reporting(name, **values))


def _is(**values: object) -> Change:
    return lambda quiet: quiet.becomes(**values)


def _has(name: str, value: float) -> Change:
    return lambda quiet: quiet.aboard.update({name: value})


CONDITIONS: Mapping[str, tuple[Change, ...]] = {
    "drill-wall": (_is(simulated=Simulated.NO), _is(simulated=Simulated.UNKNOWN)),
    "aircraft.system-id": (_is(system_id=0),),
    "aircraft.link": (_is(link=LinkState.STALE), _is(link=LinkState.LOST), _is(duplicate_suspected=True)),
    "aircraft.gps": (_reports("gps", hdop=2.1), _reports("gps", satellites=5), _reports("gps", fix_type=2)),
    "aircraft.ekf": (_reports("ekf", compass_variance=0.8),),
    "aircraft.battery": (_reports("battery", percent=59), _reports("battery", received_s=89.9)),
    "aircraft.pre-arm": (_reports("sensors", healthy=0),),
    "aircraft.place": (_reports("motion", alt_home_m=15.1), _reports("motion", position=replace(HOME, lat_deg=34.771))),
    "aircraft.plan": (_is(plan_on_board=None), _is(plan_on_board="another")),
    # Changed on board after it was read: the last look reads it anew.
    **{f"parameter.{name}": (_has(name, value + 1.0), _has(name, value * 10.0)) for name, value in SET.items()},
    "parameter.GRIP_TYPE": (_has("GRIP_TYPE", 0.0),),
    "parameter.FS_OPTIONS": (_has("FS_OPTIONS", 16.0), _has("FS_OPTIONS", 26.0), _has("FS_OPTIONS", 56.0)),
}
HOLDS_NOTHING_BACK = {"aircraft.other-station"}


async def _given(realm: Realm = Realm.DRILL) -> tuple[QuietStation, Gate]:
    """Return a station whose aircraft has the flight on board, and the last look before it flies."""
    station = QuietStation(realm)
    await station.flights.place(FLIGHT, author="hanako", keep=False)
    assert station.quiet.did == ["upload"], "what is set as written in SET needs no setting"
    return station, station.flights.last_look(station.vehicle(VehicleId("hato-1")), DIGEST)


@pytest.mark.parametrize("rule", CONDITIONS)
async def test_without_one_of_its_conditions_it_does_not_fly(rule: str) -> None:
    for change in CONDITIONS[rule]:
        station, look = await _given()
        assert await look() is None
        change(station.quiet)
        objection = await look()
        assert objection is not None, rule
        refused = [one for one in _findings(station) if one.level is Level.REFUSE]
        assert [one.rule for one in refused] == [rule]
        assert objection == Text(f"飛べません: {refused[0].text.ja}", f"it cannot fly: {refused[0].text.en}")


def _findings(station: QuietStation) -> tuple[Finding, ...]:
    return station.judge.findings(station.vehicle(VehicleId("hato-1")), FLIGHT, DIGEST)


async def test_every_finding_of_the_judge_is_a_condition() -> None:
    for realm in Realm:
        station, look = await _given(realm)
        rules = [finding.rule for finding in _findings(station)]
        assert len(rules) == len(set(rules))
        assert set(rules) == CONDITIONS.keys() | HOLDS_NOTHING_BACK
        assert {finding.level for finding in _findings(station)} == {Level.OK}
        assert await look() is None


async def test_live_another_number_holds_it_back_and_in_a_drill_it_does_not() -> None:
    for realm, says in ((Realm.LIVE, "it may be another aircraft"), (Realm.DRILL, None)):
        station, look = await _given(realm)
        station.quiet.becomes(system_id=2)
        objection = await look()
        assert (objection is None) is (says is None)
        if says is not None and objection is not None:
            assert says in objection.en


async def test_a_warning_holds_nothing_back() -> None:
    station, look = await _given()
    station.quiet.becomes(other_station=254)
    assert Level.WARN in {finding.level for finding in _findings(station)}
    assert await look() is None


@pytest.mark.parametrize("name", SET)
async def test_a_setting_that_the_aircraft_does_not_answer_about_holds_it_back(name: str) -> None:
    station, look = await _given()
    station.quiet.silent = {name}
    objection = await look()
    assert objection is not None
    assert objection.en == f"the aircraft does not answer about {name}"


async def test_a_fence_or_rally_points_that_changed_without_a_word_hold_it_back() -> None:
    station, look = await _given()
    assert await look() is None
    assert station.quiet.asked_limits == [DIGEST]
    station.quiet.limits_stand = False
    objection = await look()
    assert objection is not None
    assert "the fence or the rally points on board are not the plan's" in objection.en


async def test_an_aircraft_that_is_lost_in_the_last_look_does_not_fly() -> None:
    station, look = await _given()
    station.quiet.trouble = UnavailableError(Text("聞こえません", "it is not heard"))
    assert await look() == Text("聞こえません", "it is not heard")


async def test_each_look_reads_the_settings_anew() -> None:
    station, look = await _given()
    before = station.quiet.asked
    await look()
    await look()
    assert station.quiet.asked == before + 2


NAMED: Mapping[str, tuple[PlanDigest | None, str | None]] = {
    # what the word names, and what was read back on board
    "nothing": (None, DIGEST),
    "another": (PlanDigest("another"), DIGEST),
    "another that is on board": (PlanDigest("another"), "another"),
    "a lower one that is on board": (PlanDigest("0"), "0"),
    "the one given, but another is on board": (DIGEST, "another"),
    "the one given, but none is on board": (DIGEST, None),
    "nothing, and none is on board": (None, None),
}


@pytest.mark.parametrize("name", NAMED)
async def test_the_word_names_the_flight_that_was_given_and_read_back(name: str) -> None:
    digest, on_board = NAMED[name]
    station, _ = await _given()
    station.quiet.becomes(plan_on_board=on_board)
    with pytest.raises(RefusedError) as raised:
        station.flights.last_look(station.vehicle(VehicleId("hato-1")), digest)
    assert raised.value.what.en == "the flight that was named was not read back from the aircraft"
    assert raised.value.cure is not None


async def test_an_aircraft_that_was_given_no_flight_has_no_word_to_fly() -> None:
    station = QuietStation()
    station.quiet.becomes(plan_on_board=DIGEST)
    with pytest.raises(RefusedError):
        station.flights.last_look(station.vehicle(VehicleId("hato-1")), DIGEST)


async def test_another_flight_that_was_given_since_is_not_judged_by_the_old_word() -> None:
    station, look = await _given()
    await station.flights.place(replace(FLIGHT, mission=MISSION[:-1]), author="hanako", keep=False)
    objection = await look()
    assert objection is not None
    assert "not read back" in objection.en


NAME = Text("はと", "Hato")
SETTING = VehicleSetting(id=VehicleId("hato-1"), address=parse_address("tcp:127.0.0.1:9"), registered=1, name=NAME)
PROBLEMS: Mapping[str, tuple[Realm, Change, VehicleSetting, str | None]] = {
    "fine": (Realm.LIVE, _is(), SETTING, None),
    "fine in a drill": (Realm.DRILL, _is(), SETTING, None),
    "simulated, live": (Realm.LIVE, _is(simulated=Simulated.YES), SETTING, "drill-wall"),
    "real, in a drill": (Realm.DRILL, _is(simulated=Simulated.NO), SETTING, "drill-wall"),
    "not proved yet": (Realm.LIVE, _is(simulated=Simulated.UNKNOWN), SETTING, None),
    "not proved yet, in a drill": (Realm.DRILL, _is(simulated=Simulated.UNKNOWN), SETTING, None),
    "another number": (Realm.LIVE, _is(system_id=2), SETTING, "aircraft.system-id"),
    "another number, not proved yet": (
        Realm.LIVE,
        _is(system_id=2, simulated=Simulated.UNKNOWN),
        SETTING,
        "aircraft.system-id",
    ),
    "another number, in a drill": (Realm.DRILL, _is(system_id=2), SETTING, None),
    "no number yet": (Realm.LIVE, _is(system_id=0), SETTING, None),
    "not registered": (Realm.LIVE, _is(system_id=2), replace(SETTING, registered=None), None),
    "without a name": (Realm.LIVE, _is(system_id=2), replace(SETTING, name=None), None),
    "both": (Realm.LIVE, _is(system_id=2, simulated=Simulated.YES), SETTING, "drill-wall"),
    "heard a while ago": (Realm.LIVE, _is(system_id=2, link=LinkState.STALE), SETTING, "aircraft.system-id"),
    "not heard": (Realm.LIVE, _is(system_id=2, simulated=Simulated.YES, link=LinkState.LOST), SETTING, None),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_an_aircraft_that_may_not_fly_here_is_shown_as_such_once_that_is_known(name: str) -> None:
    realm, change, setting, rule = PROBLEMS[name]
    station = QuietStation(realm)
    change(station.quiet)
    found = station.judge.problem(station.vehicle(VehicleId("hato-1")), setting)
    assert (None if found is None else (found.rule, found.level)) == (None if rule is None else (rule, Level.REFUSE))


@pytest.mark.parametrize(
    ("simulated", "time_scale", "timeout_s"),
    [
        (Simulated.YES, None, 5.0),
        (Simulated.YES, 4.0, 20.0),
        (Simulated.NO, 4.0, 5.0),
        (Simulated.UNKNOWN, 4.0, 5.0),
    ],
)
def test_only_what_is_proved_to_be_simulated_is_judged_by_the_drills_time(
    simulated: Simulated, time_scale: float | None, timeout_s: float
) -> None:
    station = QuietStation()
    station.quiet.becomes(simulated=simulated)
    judge = Judge(realm=Realm.DRILL) if time_scale is None else Judge(realm=Realm.DRILL, time_scale=time_scale)
    assert judge.time_scale == (time_scale or 1.0)
    required = {one.name: one.value for one in judge.required(station.vehicle(VehicleId("hato-1")), FLIGHT)}
    assert required["FS_GCS_TIMEOUT"] == timeout_s
