"""When a plan may go on board, and when nobody waits for its load any more, over every level and every state."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from fleet.errors import ConflictError, RefusedError
from fleet.ids import RequestId
from fleet.text import Text
from ground_station.service.delivery import AcceptedWarning, DeliveryState, LoadSeen
from ground_station.service.flight_progress import FlightProgress
from ground_station.service.may_fly import require_flyable, require_wanted
from ground_station.service.request_book import RequestState, StationRequest
from missions.values.finding import Cure, Finding, Level
from tests.ground_station.plan_values import PLAN_VALUE
from tests.ground_station.service import desk_world
from tests.ground_station.service.delivery_values import READY, delivery


def _finding(level: Level, rule: str, cure: Cure | None = None) -> Finding:
    return Finding(level=level, rule=rule, text=Text(f"{rule}の問題", f"trouble with {rule}"), cure=cure)


FINE = _finding(Level.OK, "energy")
WINDY = _finding(Level.WARN, "wind")
SMALL = _finding(Level.WARN, "pad")
HEAVY = _finding(Level.REFUSE, "mass", Cure(text=Text("減らす", "take some off")))
FAR = _finding(Level.REFUSE, "radio")
CANNOT, OPEN = "this plan cannot be flown: trouble with", "have nobody who takes them on: trouble with"
PLANS: Mapping[str, tuple[Sequence[Finding], Sequence[str], str | None]] = {
    # findings, rules of the warnings somebody took on, and what is said
    "nothing found": ((), (), None),
    "fine": ((FINE,), (), None),
    "a warning taken on": ((FINE, WINDY), ("wind",), None),
    "both taken on": ((WINDY, SMALL), ("pad", "wind"), None),
    "a warning": ((FINE, WINDY), (), f"1 warnings {OPEN} wind"),
    "another one taken on": ((WINDY,), ("pad",), f"1 warnings {OPEN} wind"),
    "one of two": ((WINDY, SMALL), ("wind",), f"1 warnings {OPEN} pad"),
    "two warnings": ((WINDY, SMALL), (), f"2 warnings {OPEN} wind"),
    "refused": ((FINE, HEAVY), (), f"{CANNOT} mass"),
    "refused, and somebody would take it on": ((HEAVY,), ("mass",), f"{CANNOT} mass"),
    "refused among warnings": ((WINDY, HEAVY, FAR), ("wind",), f"{CANNOT} mass"),
    "refused without a cure": ((FAR,), (), f"{CANNOT} radio"),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_refusal_is_never_flown_and_a_warning_only_if_somebody_takes_it_on(name: str) -> None:
    findings, taken, words = PLANS[name]
    plan = replace(PLAN_VALUE, findings=tuple(findings))
    accepted = [AcceptedWarning(rule=rule, name="花子", reason="見た") for rule in taken]
    if words is None:
        require_flyable(plan, accepted)
        return
    with pytest.raises(RefusedError) as raised:
        require_flyable(plan, accepted)
    assert raised.value.what.en == words
    is_refused = words.startswith(CANNOT)
    assert raised.value.what.ja.endswith(f": {words.split()[-1]}の問題")
    cure = raised.value.cure
    assert (cure.en if cure else None) == (
        {"mass": "take some off", "radio": None}[words.split()[-1]]
        if is_refused
        else "give a name and a reason for each"
    )


WISH = replace(desk_world.WISH.request, id=RequestId("r-1"))
REQUESTS: Mapping[RequestState, str | None] = {
    RequestState.OPEN: None,
    RequestState.PLANNED: None,
    RequestState.FLYING: None,  # what was recalled is flown again
    RequestState.DELIVERED: "this request was delivered already",
    RequestState.WITHDRAWN: "this request was withdrawn",
}
FLIES = "another delivery flies for this request"
DELIVERIES: Mapping[DeliveryState, str | None] = {
    DeliveryState.PLANNED: None,
    DeliveryState.UPLOADING: None,
    DeliveryState.CHECKING: None,
    DeliveryState.READY: None,
    DeliveryState.FLYING: FLIES,
    DeliveryState.PLACING: FLIES,
    DeliveryState.DELIVERED: FLIES,
    DeliveryState.RETURNING: FLIES,
    DeliveryState.DONE: None,
    DeliveryState.RECALLED: None,
    DeliveryState.FAILED: None,
}


def _entry(state: RequestState) -> StationRequest:
    return StationRequest(request=WISH, source="office", state=state)


@pytest.mark.parametrize("state", RequestState)
def test_what_is_withdrawn_or_was_delivered_is_not_flown(state: RequestState) -> None:
    words = REQUESTS[state]
    if words is None:
        require_wanted(_entry(state), ())
        require_wanted(_entry(state), (READY,))
        return
    with pytest.raises(ConflictError) as raised:
        require_wanted(_entry(state), (READY,))
    assert raised.value.what.en == words
    assert raised.value.cure == Text(
        "まだ要るなら、新しい依頼を作ってください", "make a new request if it is still needed"
    )


@pytest.mark.parametrize("state", DeliveryState)
def test_while_one_delivery_of_a_request_flies_no_other_does(state: DeliveryState) -> None:
    words = DELIVERIES[state]
    one = delivery(state=state)
    for another in (RequestId("r-0"), RequestId("r-2")):
        require_wanted(_entry(RequestState.PLANNED), (replace(one, request_id=another), READY))
    if words is None:
        require_wanted(_entry(RequestState.PLANNED), (READY, one))
        return
    with pytest.raises(ConflictError) as raised:
        require_wanted(_entry(RequestState.PLANNED), (READY, one))
    assert raised.value.what.en == words


def test_a_load_nobody_knows_of_is_looked_for_before_the_next_flight() -> None:
    unheard = delivery(state=DeliveryState.RECALLED, progress=FlightProgress(place_reached=True))
    with pytest.raises(ConflictError) as raised:
        require_wanted(_entry(RequestState.PLANNED), (READY, unheard))
    assert raised.value.what.en == "it is not known where the last flight's load is"
    assert raised.value.cure is not None
    assert "record where the load is" in raised.value.cure.en
    require_wanted(_entry(RequestState.PLANNED), (replace(unheard, request_id=RequestId("r-2")),))
    looked = LoadSeen(set_down=False, name="花子", at_s=9.0)
    require_wanted(_entry(RequestState.PLANNED), (replace(unheard, load_seen=looked),))


def test_every_state_has_its_row() -> None:
    assert REQUESTS.keys() == set(RequestState)
    assert DELIVERIES.keys() == set(DeliveryState)
    assert {finding.level for findings, _, _ in PLANS.values() for finding in findings} == set(Level)
