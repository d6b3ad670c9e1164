"""Each condition of `ready`, taken away by itself; and what is said of the one that is missing.

A field of a delivery that decides over `ready`, or a person's check, without a row here fails.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from fleet.errors import RefusedError
from fleet.text import Text
from ground_station.service.delivery import (
    PERSON_CHECKS,
    AcceptedWarning,
    Delivery,
    DeliveryState,
    Tick,
    checked,
    settle,
    ticked,
)
from ground_station.service.may_fly import require_ready
from tests.ground_station.service.delivery_values import OK, READY, REFUSAL, TICKED, WARNING, delivery, ticks_without

NO_PLAN = "the plan is not on board"
MISSING: Mapping[str, tuple[dict[str, Any], str]] = {
    "not on board": ({"on_board": False}, NO_PLAN),
    "not judged": ({"machine_checks": ()}, NO_PLAN),
    "refused": ({"machine_checks": (OK, REFUSAL)}, "it cannot fly yet: battery 40 %"),
    "refused among others": ({"machine_checks": (REFUSAL, OK, WARNING)}, "it cannot fly yet: battery 40 %"),
    "nobody looked": ({"ticks": {}}, "a check is still open: nobody stands near the pad"),
    "pad-clear": ({"ticks": ticks_without("pad-clear")}, "a check is still open: nobody stands near the pad"),
    "airframe": ({"ticks": ticks_without("airframe")}, "a check is still open: airframe and propellers are sound"),
    "load-fixed": ({"ticks": ticks_without("load-fixed")}, "a check is still open: the load is fixed well"),
    "weather": ({"ticks": ticks_without("weather")}, "a check is still open: no rain, fog or strong wind"),
    "receiver-ready": ({"ticks": ticks_without("receiver-ready")}, "a check is still open: the pad keeper said"),
}
DECIDES = {"on_board", "machine_checks", "ticks"}


@pytest.mark.parametrize("name", MISSING)
def test_without_one_of_its_conditions_nothing_is_ready(name: str) -> None:
    change, words = MISSING[name]
    wanting = delivery(**change)
    assert not wanting.ready
    for state in (DeliveryState.CHECKING, DeliveryState.READY):
        assert settle(delivery(**change, state=state)).state is DeliveryState.CHECKING
    with pytest.raises(RefusedError) as raised:
        require_ready(settle(wanting))
    assert words in raised.value.what.en
    assert raised.value.cure is not None


def test_with_all_of_them_it_is_ready_and_a_warning_alone_does_not_hold_it_back() -> None:
    assert READY.ready
    require_ready(READY)
    assert settle(delivery(state=DeliveryState.CHECKING)).state is DeliveryState.READY
    assert delivery(machine_checks=(OK,)).ready
    assert delivery(machine_checks=(WARNING,)).ready
    assert delivery(ticks={**READY.ticks, "older-check": Tick(name="花子", at_s=0.0)}).ready


def test_every_persons_check_has_its_row_and_its_words() -> None:
    assert tuple(check.id for check in PERSON_CHECKS) == TICKED
    assert set(TICKED) <= MISSING.keys()
    assert len({check.text for check in PERSON_CHECKS}) == len(TICKED)


OTHERWISE: Mapping[str, Any] = {
    "accepted_warnings": (AcceptedWarning(rule="wind", name="花子", reason="見た"),),
    "upload_fraction": 0.5,
    "problem": Text("問題", "a problem"),
    "problem_cure": Text("直す", "mend it"),
    "started_at_s": 5.0,
    "ended_at_s": 6.0,
    "pictures": 3,
    "flight": "digest",
    "order_id": "order-1",
}


def test_no_other_field_of_a_delivery_decides() -> None:
    described = {
        *("id", "request_id", "plan_id", "vehicle_id", "site_id", "item", "mass_kg", "state", "created_at_s"),
        *("progress", "load_seen"),
    }
    assert {field.name for field in fields(Delivery)} == DECIDES | OTHERWISE.keys() | described
    for name, value in OTHERWISE.items():
        assert delivery(**{name: value}).ready
        assert not delivery(**{name: value}, on_board=False).ready


SETTLED = {DeliveryState.CHECKING, DeliveryState.READY}


@pytest.mark.parametrize("state", DeliveryState)
def test_only_what_waits_for_its_checks_becomes_ready_or_falls_back(state: DeliveryState) -> None:
    ready, wanting = settle(delivery(state=state)), settle(delivery(state=state, on_board=False))
    assert ready.state is (DeliveryState.READY if state in SETTLED else state)
    assert wanting.state is (DeliveryState.CHECKING if state in SETTLED else state)


@pytest.mark.parametrize("state", DeliveryState)
def test_only_ready_may_be_given_the_word_to_fly(state: DeliveryState) -> None:
    if state is DeliveryState.READY:
        require_ready(delivery(state=state))
        return
    with pytest.raises(RefusedError) as raised:
        require_ready(delivery(state=state))
    assert raised.value.what.en == NO_PLAN


def test_what_is_refused_is_said_before_what_is_open_with_its_own_cure() -> None:
    both = delivery(state=DeliveryState.CHECKING, machine_checks=(REFUSAL,), ticks={})
    with pytest.raises(RefusedError) as raised:
        require_ready(both)
    assert raised.value.what == Text("まだ飛べません: 電池 40 %", "it cannot fly yet: battery 40 %")
    assert raised.value.cure == Text("替える", "change it")
    assert both.refusals == (REFUSAL,)
    assert both.unticked == PERSON_CHECKS


@pytest.mark.parametrize("check", TICKED)
def test_a_tick_makes_it_ready_and_its_withdrawal_takes_that_back(check: str) -> None:
    open_one = settle(delivery(ticks=ticks_without(check)))
    assert [one.id for one in open_one.unticked] == [check]
    tick = Tick(name="太郎", at_s=9.0)
    done = ticked(open_one, check, tick)
    assert (done.state, done.ticks[check]) == (DeliveryState.READY, tick)
    assert {name: done.ticks[name] for name in done.ticks if name != check} == open_one.ticks
    again = ticked(done, check, None)
    assert (again.state, again.ticks) == (DeliveryState.CHECKING, open_one.ticks)
    assert ticked(done, check, Tick(name="次郎", at_s=10.0)).ticks[check].name == "次郎"


def test_new_results_of_the_machine_decide_at_once() -> None:
    refused = checked(READY, (REFUSAL,))
    assert (refused.state, refused.machine_checks) == (DeliveryState.CHECKING, (REFUSAL,))
    assert checked(refused, (OK,)).state is DeliveryState.READY
    assert checked(READY, ()).state is DeliveryState.CHECKING
