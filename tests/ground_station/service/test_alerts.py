"""Every alert begins with its cause and has an end; what is told says what to do."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from fleet.text import Text
from ground_station.flight.vehicles.foreign_hand import ForeignAct, ForeignKind
from ground_station.flight.vehicles.state import LinkState
from ground_station.flight.vehicles.telemetry import Landed, LandedState
from ground_station.service.alerts import (
    ENDING_SUBJECTS,
    AlertLevel,
    AlertNews,
    AlertView,
    alert_view,
    alerts_between,
    alerts_over,
    over_since_restart,
)
from tests.ground_station.flight.vehicles.test_replay import Replay
from tests.ground_station.service.fake_core import aircraft

QUIET = AlertView(link=LinkState.FRESH, flying=False, failsafe=None, reboots=0, duplicate=False, other_station=None)
FLYING = replace(QUIET, flying=True)
ACT = ForeignAct(kind=ForeignKind.MODE, mode_number=5, at_s=1.0, count=1)
NAME, SILENCE = Text("はと1号", "hato-1"), Text("帰還します", "it returns")

LIVES: dict[str, tuple[AlertView, AlertView, AlertView]] = {
    "link": (FLYING, replace(FLYING, link=LinkState.LOST), FLYING),
    "failsafe": (FLYING, replace(FLYING, failsafe=Text("電池", "battery")), QUIET),
    "reboot": (FLYING, replace(FLYING, reboots=1), replace(QUIET, reboots=1)),
    "duplicate": (QUIET, replace(QUIET, duplicate=True), QUIET),
    "sender": (
        replace(QUIET, duplicate=True),
        replace(QUIET, duplicate=True, sender_changes=1),
        replace(QUIET, sender_changes=1),
    ),
    "other-station": (QUIET, replace(QUIET, other_station=254), QUIET),
    "foreign": (FLYING, replace(FLYING, foreign=ACT), FLYING),
}


def _news(before: AlertView, now: AlertView) -> list[AlertNews]:
    return alerts_between(before, now, name=NAME, silence=SILENCE)


def test_the_table_holds_every_subject_that_ends() -> None:
    assert set(LIVES) == ENDING_SUBJECTS


@pytest.mark.parametrize("subject", LIVES)
def test_an_alert_begins_with_its_cause_once_and_is_over_when_it_is_gone(subject: str) -> None:
    before, during, after = LIVES[subject]
    assert [news.subject for news in _news(before, during)] == [subject]
    assert _news(during, during) == []
    assert subject not in alerts_over(before, during)
    assert subject in alerts_over(during, after)
    assert subject not in alerts_over(after, after)


@pytest.mark.parametrize("kind", ForeignKind)
def test_what_somebody_else_did_is_told_with_what_to_do(kind: ForeignKind) -> None:
    act = ForeignAct(kind=kind, mode_number=5, at_s=1.0, count=3)
    (news,) = _news(FLYING, replace(FLYING, foreign=act))
    assert news.level is AlertLevel.ACT
    assert "送信機か別の地上局" in news.text.ja
    assert "3 回目" in news.text.ja
    assert "hold or recall" in news.text.en
    (grounded,) = _news(QUIET, replace(QUIET, foreign=act))
    assert grounded.level is AlertLevel.WARN


def test_a_further_act_is_told_again_and_the_same_one_is_not() -> None:
    before = replace(FLYING, foreign=ACT)
    assert _news(before, replace(before, flying=False)) == []
    assert len(_news(before, replace(before, foreign=replace(ACT, count=2)))) == 1


def test_a_second_sender_is_told_with_where_it_is_if_that_shows() -> None:
    (shown,) = _news(QUIET, replace(QUIET, duplicate=True, other_sender="192.0.2.2:2000"))
    assert "192.0.2.2:2000" in shown.text.ja
    (hidden,) = _news(QUIET, replace(QUIET, duplicate=True))
    assert "（" not in hidden.text.ja.replace("（MAV_SYSID）", "")


def test_a_state_shows_all_that_alerts_are_drawn_from() -> None:
    state = next(iter(Replay("delivery").states()))
    view = alert_view(
        structs.replace(
            state, duplicate_suspected=True, other_sender="x:1", sender_changes=2, foreign=ACT, other_station=9
        )
    )
    assert (view.duplicate, view.other_sender, view.sender_changes, view.foreign, view.other_station) == (
        *(True, "x:1", 2, ACT, 9),
    )


@pytest.mark.parametrize(
    ("heard_for_s", "changes", "over"),
    [
        (59.0, {}, {"link", "reboot", "failsafe"}),
        (61.0, {}, set(ENDING_SUBJECTS)),
        (61.0, {"duplicate_suspected": True}, set(ENDING_SUBJECTS) - {"duplicate", "sender"}),
        (61.0, {"other_station": 254}, set(ENDING_SUBJECTS) - {"other-station"}),
        (61.0, {"foreign": ACT}, set(ENDING_SUBJECTS) - {"foreign"}),
    ],
)
def test_after_a_restart_a_minute_of_listening_shows_that_nobody_else_is_about(
    heard_for_s: float, changes: dict[str, Any], over: set[str]
) -> None:
    state = next(state for state in Replay("delivery").states() if not state.armed)
    state = structs.replace(state, link=LinkState.FRESH, critical_since_s=None, heard_since_s=state.at_s - heard_for_s)
    assert over_since_restart(structs.replace(state, **changes)) == over


@pytest.mark.parametrize(
    ("armed", "landed", "flying"),
    [
        (True, LandedState.IN_AIR, True),
        (True, LandedState.ON_GROUND, False),
        (True, None, True),
        (False, None, False),
        (False, LandedState.ON_GROUND, False),
    ],
)
def test_an_armed_aircraft_that_has_not_told_where_it_is_counts_as_flying(
    *, armed: bool, landed: LandedState | None, flying: bool
) -> None:
    """A core that has just started hears of arming before height: what was wrong in the air is not over by that."""
    state = aircraft(armed=armed)
    word = None if landed is None else Landed(received_s=0.0, state=landed)
    state = structs.replace(state, telemetry=structs.replace(state.telemetry, landed=word))
    assert alert_view(state).flying is flying
