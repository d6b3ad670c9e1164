"""What becomes of a delivery as its flight goes on, and where its load is, over every state and stage."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from fleet.text import Text
from ground_station.service.delivery import (
    AWAY_M,
    BEFORE_FLIGHT,
    ENDED,
    PERSON_CHECKS,
    Delivery,
    DeliveryState,
    LoadSeen,
    PersonCheck,
    end_words,
    followed,
    seen,
)
from ground_station.service.flight_progress import FlightProgress, FlightStage
from tests.ground_station.service.delivery_values import READY, delivery

S = DeliveryState
NOW_S = 700.0


def _progress(stage: FlightStage, **more: Any) -> FlightProgress:
    return FlightProgress(**{"stage": stage, "was_armed": True, "was_airborne": True, **more})


AFTER: Mapping[str, tuple[FlightProgress, DeliveryState]] = {
    "armed on the pad": (FlightProgress(was_armed=True), S.READY),
    "left the pad": (_progress(FlightStage.WAITING), S.FLYING),
    "on the way out": (_progress(FlightStage.OUTBOUND), S.FLYING),
    "setting down": (_progress(FlightStage.PLACING), S.PLACING),
    "set down": (_progress(FlightStage.PLACING, released=True), S.DELIVERED),
    "on the way home": (_progress(FlightStage.RETURNING), S.RETURNING),
    "home by itself, on the way out": (_progress(FlightStage.OUTBOUND, left_plan_in="RTL"), S.RETURNING),
    "home by itself, while setting down": (_progress(FlightStage.PLACING, left_plan_in="RTL"), S.PLACING),
    "holding": (_progress(FlightStage.OUTBOUND, holding=True), S.FLYING),
    "down, load set down": (_progress(FlightStage.LANDED, released=True), S.DONE),
    "down, load on board": (_progress(FlightStage.LANDED), S.RECALLED),
    "down, nobody knows": (_progress(FlightStage.LANDED, place_reached=True), S.RECALLED),
    "down, never seen flying": (FlightProgress(stage=FlightStage.LANDED, was_armed=True), S.RECALLED),
}


@pytest.mark.parametrize("name", AFTER)
def test_a_delivery_follows_its_flight(name: str) -> None:
    progress, state = AFTER[name]
    after = followed(READY, progress, NOW_S)
    assert (after.state, after.progress) == (state, progress)
    assert after.started_at_s == (NOW_S if progress.was_airborne else None)
    assert after.ended_at_s == (NOW_S if state in ENDED else None)


def test_every_stage_is_followed() -> None:
    assert {progress.stage for progress, _ in AFTER.values()} == set(FlightStage)


@pytest.mark.parametrize("state", DeliveryState)
def test_what_has_ended_is_never_followed_again(state: DeliveryState) -> None:
    ended = state in {S.DONE, S.RECALLED, S.FAILED}
    assert (state in ENDED) is ended
    assert (state in BEFORE_FLIGHT) is (state in {S.PLANNED, S.UPLOADING, S.CHECKING, S.READY})
    before = delivery(state=state)
    after = followed(before, _progress(FlightStage.OUTBOUND), NOW_S)
    assert (after is before) is ended


def test_the_beginning_is_the_first_moment_in_the_air() -> None:
    flying = followed(READY, _progress(FlightStage.WAITING), 10.0)
    later = followed(flying, _progress(FlightStage.OUTBOUND), 20.0)
    assert (flying.started_at_s, later.started_at_s, later.ended_at_s) == (10.0, 10.0, None)
    down = followed(later, _progress(FlightStage.LANDED, released=True), 30.0)
    assert (down.started_at_s, down.ended_at_s) == (10.0, 30.0)


def test_nothing_new_changes_nothing_but_a_landing_counts_each_time() -> None:
    outbound = delivery(state=S.FLYING, progress=_progress(FlightStage.OUTBOUND))
    assert followed(outbound, _progress(FlightStage.OUTBOUND), NOW_S) is outbound
    landed = delivery(state=S.RETURNING, progress=_progress(FlightStage.LANDED))
    assert followed(landed, _progress(FlightStage.LANDED), NOW_S).state is S.RECALLED


def test_motors_that_stop_on_the_ground_send_it_back_to_its_checks() -> None:
    stopped = FlightProgress(was_armed=True, stopped_on_ground=True)
    after = followed(delivery(state=S.READY), stopped, NOW_S)
    assert (after.state, after.progress, after.started_at_s) == (S.CHECKING, FlightProgress(), None)
    assert after.problem is not None
    assert after.problem.en == "the motors stopped before it left the ground"
    assert after.problem_cure is not None


LOOKED = LoadSeen(set_down=True, name="花子", at_s=800.0)
NOT_THERE = LoadSeen(set_down=False, name="花子", at_s=800.0)
LOADS: Mapping[str, tuple[dict[str, Any], bool, bool, bool]] = {
    # the delivery; is the load unheard of, unknown for good, down
    "recalled before the site": ({"state": S.RECALLED}, False, False, False),
    "recalled after it": ({"state": S.RECALLED, "progress": FlightProgress(place_reached=True)}, True, True, False),
    "coming home": ({"state": S.RETURNING, "progress": FlightProgress(place_reached=True)}, True, False, False),
    "coming home before the site": ({"state": S.RETURNING}, False, False, False),
    "still there": ({"state": S.PLACING, "progress": FlightProgress(place_reached=True)}, False, False, False),
    "heard": (
        {"state": S.RECALLED, "progress": FlightProgress(place_reached=True, released=True)},
        False,
        False,
        True,
    ),
    "seen there": (
        {"state": S.RECALLED, "progress": FlightProgress(place_reached=True), "load_seen": LOOKED},
        False,
        False,
        True,
    ),
    "seen on the aircraft": (
        {"state": S.RECALLED, "progress": FlightProgress(place_reached=True), "load_seen": NOT_THERE},
        False,
        False,
        False,
    ),
}


@pytest.mark.parametrize("name", LOADS)
def test_where_the_load_is(name: str) -> None:
    change, unheard, unknown, down = LOADS[name]
    found = delivery(**change)
    assert (found.load_unheard, found.load_unknown, found.load_down) == (unheard, unknown, down)


UNKNOWN, DOWN, ON_BOARD = (
    "it is not known whether the load",
    "the load was set down",
    "the load is still on the aircraft",
)
LOOK_FOR_LOAD, LOOK_FOR_IT = "look whether the load is still on", "see where it is on the map"
ENDS: Mapping[str, tuple[dict[str, Any], float | None, str | None]] = {
    "home, nobody knows": ({"place_reached": True}, 0.0, f"{UNKNOWN}"),
    "home, load down": ({"released": True}, 0.0, None),
    "home, load on board": ({}, 0.0, None),
    "60 m away": ({}, 60.0, None),
    "just beyond": ({}, 60.5, f"the aircraft is down 60 m from the depot; {ON_BOARD}"),
    "nobody knows where": ({}, None, None),
    "away, load down": ({"released": True}, 900.0, f"the aircraft is down 900 m from the depot; {DOWN}"),
    "away, load on board": ({}, 900.0, f"the aircraft is down 900 m from the depot; {ON_BOARD}"),
    "away, nobody knows": ({"place_reached": True}, 900.0, f"the aircraft is down 900 m from the depot; {UNKNOWN}"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_flight_that_ended_otherwise_than_well_says_how_and_what_to_do(name: str) -> None:
    more, down_m, words = ENDS[name]
    landed = followed(READY, _progress(FlightStage.LANDED, down_from_home_m=down_m, **more), NOW_S)
    found = end_words(landed)
    if words is None:
        assert found is None
        assert (landed.problem, landed.problem_cure) == (None, None)
        return
    assert found is not None
    assert found.en.startswith(words)
    assert landed.problem == found
    assert landed.problem_cure is not None
    assert landed.problem_cure.en.startswith(LOOK_FOR_LOAD if landed.load_unknown else LOOK_FOR_IT)


def test_sixty_metres_is_the_size_of_a_depot() -> None:
    assert AWAY_M == 60.0


@pytest.mark.parametrize(("load", "state"), [(LOOKED, S.DONE), (NOT_THERE, S.RECALLED)])
@pytest.mark.parametrize("down_m", [10.0, 900.0])
def test_what_a_person_saw_ends_the_question(load: LoadSeen, state: DeliveryState, down_m: float) -> None:
    progress = _progress(FlightStage.LANDED, place_reached=True, down_from_home_m=down_m)
    unknown = followed(READY, progress, NOW_S)
    assert unknown.problem is not None
    after = seen(unknown, load)
    assert (after.state, after.load_seen) == (state, load)
    if down_m < AWAY_M:
        assert (after.problem, after.problem_cure) == (None, None)
    else:
        assert after.problem is not None
        assert (DOWN if load.set_down else ON_BOARD) in after.problem.en
        assert after.problem_cure is not None
        assert after.problem_cure.en.startswith(LOOK_FOR_IT)


def test_a_new_delivery_has_nothing_behind_it() -> None:
    required = {
        *("id", "request_id", "plan_id", "vehicle_id", "site_id", "item", "mass_kg", "state", "created_at_s"),
    }
    new = Delivery(**{name: getattr(READY, name) for name in required})
    assert (new.on_board, new.upload_fraction, new.machine_checks, new.ticks, new.pictures) == (False, None, (), {}, 0)
    assert new.progress == FlightProgress()
    assert new.unticked == PERSON_CHECKS
    assert not new.ready
    assert replace(new) == new


def test_a_persons_check_is_told_in_two_languages() -> None:
    for check in PERSON_CHECKS:
        assert isinstance(check, PersonCheck)
        assert isinstance(check.text, Text)
        assert check.text.ja != check.text.en
