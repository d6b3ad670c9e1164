"""Somebody else's doing is told from the station's own, from failsafes and from the mission's own course."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.ids import VehicleId
from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.vehicles.asked import asked_by
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.foreign_hand import ForeignAct, ForeignKind
from ground_station.flight.vehicles.manoeuvres import Step, manoeuvre
from ground_station.flight.vehicles.modes import CopterMode
from ground_station.flight.vehicles.state import Timing
from ground_station.flight.vehicles.tracker import Tracker
from tests.shared_data import shared

TARGET = Target(system_id=1)
RECORDINGS = (
    "battery_low",
    "delivery",
    "delivery_land",
    "fence_auto",
    "foreign_mission",
    "gcs_lost",
    "gps_glitch",
    "gps_lost_auto",
    "mission_errors",
    "motor_lost",
    "params",
    "two_payloads",
)


@dataclass
class Watched:
    """A tracker, its time, and what it found to be somebody else's doing."""

    tracker: Tracker = field(default_factory=lambda: Tracker(vehicle_id=VehicleId("hato-1"), timing=Timing()))
    now_s: float = 0.0
    acts: list[ForeignAct] = field(default_factory=list)

    def hear(self, *messages: Any) -> None:
        for message in messages:
            self.tracker.take(message, self.now_s)

    def beat(self, mode: int, *, armed: bool = True, status: int = 4) -> None:
        self.hear(dialect.MAVLink_heartbeat_message(2, 3, 81 + 128 * armed, mode, status, 3))

    def ask(self, message: Any) -> None:
        asked = asked_by(message)
        if asked is not None:
            self.tracker.expect_modes(asked, self.now_s)

    def later(self, seconds: float) -> None:
        """Let time pass, looking twice a second as the station does."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s = min(until_s, self.now_s + 0.5)
            self.acts += self.tracker.due(self.now_s)

    def fly(self, mode: int, seconds: float, *, status: int = 4) -> None:
        for _ in range(round(seconds)):
            self.later(1.0)
            boot_ms = round(self.now_s * 1000.0) + 100_000
            self.hear(dialect.MAVLink_global_position_int_message(boot_ms, 0, 0, 0, 40_000, 500, 0, 0, 0))
            self.beat(mode, status=status)

    @property
    def kinds(self) -> list[ForeignKind]:
        return [act.kind for act in self.acts]


def _frames(name: str) -> Iterator[tuple[float, Any]]:
    content = gzip.decompress(shared("recordings", f"{name}.tlog.gz").read_bytes())
    parser, codec = FrameParser(), FrameCodec(255, 190)
    at, began_us = 0, int.from_bytes(content[:8], "big")
    while at < len(content):
        at_s = (int.from_bytes(content[at : at + 8], "big") - began_us) / 1e6
        length = content[at + 9] + 12
        (frame,) = parser.datagram(content[at + 8 : at + 8 + length])
        at += 8 + length
        yield at_s, (frame, codec.decode(frame))


def _replayed(name: str, *, telling: bool = True, hearing: Callable[[Any], bool] = lambda _: True) -> Watched:
    watched, heard_s = Watched(), 0.0
    for at_s, (frame, message) in _frames(name):
        if at_s > watched.now_s + 0.5:
            watched.later(at_s - watched.now_s)
        watched.now_s = at_s
        if frame.system_id != 1:
            if telling:
                watched.ask(message)
        elif hearing(message):
            silent_s = at_s - heard_s
            heard_s = at_s
            if watched.tracker.sequence.take(frame.sequence, frame.raw, at_s, silent_s=silent_s):
                watched.tracker.doubled(at_s)
            if watched.tracker.wants(frame.message_id):
                watched.hear(message)
    watched.later(5.0)
    return watched


@pytest.mark.parametrize("name", RECORDINGS)
def test_no_recorded_flight_shows_a_foreign_hand_when_the_station_that_flew_it_is_ours(name: str) -> None:
    watched = _replayed(name)
    assert watched.acts == []
    assert not watched.tracker.state(1, watched.now_s, None).duplicate_suspected


@pytest.mark.parametrize("name", ["battery_low", "fence_auto", "gcs_lost", "gps_lost_auto"])
@pytest.mark.parametrize("lost", [dialect.MAVLINK_MSG_ID_STATUSTEXT, dialect.MAVLINK_MSG_ID_FENCE_STATUS])
def test_a_failsafe_is_known_though_one_kind_of_its_words_is_lost(name: str, lost: int) -> None:
    assert _replayed(name, hearing=lambda message: message.get_msgId() != lost).acts == []


FLOWN_BY_ANOTHER = {
    "battery_low": [ForeignKind.MODE, ForeignKind.ARMED],
    "delivery": [ForeignKind.PLAN, ForeignKind.MODE, ForeignKind.ARMED, ForeignKind.MODE],
    "foreign_mission": [ForeignKind.PLAN, *[ForeignKind.MODE, ForeignKind.ARMED, *[ForeignKind.MODE] * 3]],
    "gcs_lost": [ForeignKind.MODE, ForeignKind.ARMED],
    "motor_lost": [ForeignKind.MODE, ForeignKind.ARMED],
}


@pytest.mark.parametrize("name", FLOWN_BY_ANOTHER)
def test_the_same_flights_seen_by_a_station_that_gave_no_order_show_every_act_of_the_other(name: str) -> None:
    kinds = _replayed(name, telling=False).kinds
    expected = FLOWN_BY_ANOTHER[name]
    assert kinds[: len(expected)] == expected
    assert set(kinds[len(expected) :]) <= {ForeignKind.PLAN}


def test_the_list_that_another_wrote_in_flight_is_told_and_no_plan_counts_as_on_board() -> None:
    watched = Watched()
    watched.tracker.plan_on_board = "plan-1"
    for at_s, (frame, message) in _frames("foreign_mission"):
        watched.later(max(0.0, at_s - watched.now_s))
        if frame.system_id == 1 and watched.tracker.wants(frame.message_id):
            watched.hear(message)
        elif frame.system_id != 1 and at_s < 80.0:  # what came later was the other station's
            watched.ask(message)
    assert set(watched.kinds) == {ForeignKind.PLAN}
    assert watched.acts[0].at_s == pytest.approx(86.05, abs=0.1)
    assert watched.tracker.plan_on_board is None


@pytest.mark.parametrize("mode", sorted(CopterMode))
def test_any_mode_that_nobody_here_asked_for_is_told_within_three_seconds(mode: CopterMode) -> None:
    watched = Watched()
    start = CopterMode.GUIDED if mode in {CopterMode.AUTO, CopterMode.AUTO_RTL} else CopterMode.AUTO
    if mode is CopterMode.GUIDED:
        start = CopterMode.AUTO
    watched.beat(start)
    watched.fly(start, 20.0)
    began_s = watched.now_s
    watched.fly(mode, 3.0)
    (act,) = watched.acts
    assert (act.kind, act.mode_number, act.count) == (ForeignKind.MODE, mode, 1)
    assert act.at_s == pytest.approx(began_s + 1.0)
    assert watched.tracker.foreign == act


def _steps(step: Step | None) -> Iterator[Step]:
    while step is not None:
        yield step
        step = step.instead


@pytest.mark.parametrize("action", Action)
def test_whatever_an_order_of_this_station_brings_about_is_its_own(action: Action) -> None:
    watched = Watched()
    watched.beat(CopterMode.STABILIZE, armed=False)
    watched.later(1.0)
    armed = False
    for first in manoeuvre(action, TARGET).steps:
        for step in _steps(first):
            message = step.make(0)
            watched.ask(message)
            watched.later(4.0)
            if message.command == dialect.MAV_CMD_DO_SET_MODE:
                watched.beat(int(message.param2), armed=armed)
            elif message.command == dialect.MAV_CMD_MISSION_START:
                watched.beat(CopterMode.AUTO, armed=armed)
            elif message.command == dialect.MAV_CMD_COMPONENT_ARM_DISARM:
                armed = message.param1 == 1.0
                watched.beat(CopterMode.GUIDED if armed else CopterMode.STABILIZE, armed=armed)
    watched.later(5.0)
    assert watched.acts == []


def test_an_order_explains_nothing_after_its_life() -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO)
    watched.ask(requests.set_mode(TARGET, CopterMode.BRAKE)(0))
    watched.fly(CopterMode.AUTO, 11.0)
    watched.fly(CopterMode.BRAKE, 4.0)
    assert watched.kinds == [ForeignKind.MODE]


ANNOUNCED: dict[str, tuple[CopterMode, int, Any]] = {
    "text": (CopterMode.RTL, 4, dialect.MAVLink_statustext_message(4, b"Battery Failsafe")),
    "fence text": (CopterMode.RTL, 4, dialect.MAVLink_statustext_message(5, b"Polygon fence breached")),
    "fence status": (CopterMode.RTL, 4, dialect.MAVLink_fence_status_message(1, 1, 3, 0)),
    "status": (CopterMode.LAND, 5, dialect.MAVLink_statustext_message(6, b"nothing of it")),
    "terrain": (CopterMode.RTL, 4, dialect.MAVLink_statustext_message(2, b"Terrain data missing")),
    "smart rtl": (CopterMode.RTL, 4, dialect.MAVLink_statustext_message(4, b"SmartRTL Unavailable, Trying RTL Mode")),
}


@pytest.mark.parametrize("when_s", [-1.9, 1.9])
@pytest.mark.parametrize("case", ANNOUNCED)
def test_what_the_aircraft_announces_is_its_own(case: str, when_s: float) -> None:
    mode, status, word = ANNOUNCED[case]
    watched = Watched()
    watched.beat(CopterMode.AUTO)
    watched.fly(CopterMode.AUTO, 5.0)
    if when_s < 0:
        watched.hear(word)
        watched.later(-when_s)
        watched.beat(mode, status=status)
    else:
        watched.beat(mode, status=status)
        watched.later(when_s)
        watched.hear(word)
    watched.fly(mode, 5.0, status=status)
    assert watched.acts == []


@pytest.mark.parametrize(
    ("mode", "word"),
    [
        (CopterMode.RTL, b"GCS Failsafe Cleared"),
        (CopterMode.RTL, b"Fence breach cleared"),
        (CopterMode.LOITER, b"Battery Failsafe"),
        (CopterMode.STABILIZE, b"Battery Failsafe"),
    ],
)
def test_what_no_failsafe_does_is_somebodys_whatever_was_said(mode: CopterMode, word: bytes) -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO)
    watched.fly(CopterMode.AUTO, 5.0)
    watched.hear(dialect.MAVLink_statustext_message(4, word))
    watched.fly(mode, 5.0)
    assert watched.kinds == [ForeignKind.MODE]


def test_a_failsafe_a_minute_ago_explains_nothing_now() -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO)
    watched.hear(dialect.MAVLink_statustext_message(4, b"Battery Failsafe"))
    watched.fly(CopterMode.AUTO, 60.0, status=5)
    watched.fly(CopterMode.LAND, 5.0, status=5)
    assert watched.kinds == [ForeignKind.MODE]


@pytest.mark.parametrize(
    ("mode", "armed", "told"),
    [
        (CopterMode.RTL, True, False),
        (CopterMode.LAND, True, False),
        (CopterMode.LOITER, True, True),
        (CopterMode.GUIDED, True, True),
        (CopterMode.STABILIZE, False, False),
    ],
)
def test_what_happened_in_silence_is_its_own_only_if_a_failsafe_could_have_done_it(
    mode: CopterMode, armed: bool, told: bool
) -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO)
    watched.fly(CopterMode.AUTO, 5.0)
    watched.later(20.0)
    watched.beat(mode, armed=armed)
    watched.later(4.0)
    assert bool(watched.acts) is told


def test_arming_and_disarming_by_another_are_told_and_the_landing_is_not() -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO, armed=False)
    watched.fly(CopterMode.AUTO, 1.0)
    watched.later(3.0)
    assert watched.kinds == [ForeignKind.ARMED]
    watched.fly(CopterMode.AUTO, 5.0)
    watched.beat(CopterMode.AUTO, armed=False)
    watched.later(3.0)
    assert watched.kinds == [ForeignKind.ARMED, ForeignKind.DISARMED]
    landing = Watched()
    landing.beat(CopterMode.AUTO)
    landing.fly(CopterMode.AUTO, 5.0)
    landing.hear(dialect.MAVLink_global_position_int_message(0, 0, 0, 0, 300, 0, 0, 0, 0))
    landing.beat(CopterMode.AUTO, armed=False)
    landing.later(3.0)
    assert landing.acts == []


def test_a_crash_that_the_aircraft_tells_of_is_no_foreign_disarming() -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO)
    watched.fly(CopterMode.AUTO, 5.0)
    watched.hear(dialect.MAVLink_statustext_message(0, b"Crash: Disarming: AngErr=40>30"))
    watched.beat(CopterMode.AUTO, armed=False)
    watched.later(3.0)
    assert watched.acts == []


def test_a_restart_is_no_foreign_hand() -> None:
    watched = Watched()
    watched.tracker.boot_clock(100.0, 0.0)
    watched.beat(CopterMode.RTL, armed=False, status=3)
    watched.later(1.0)
    watched.beat(CopterMode.STABILIZE, armed=False, status=3)
    watched.tracker.boot_clock(1.0, watched.now_s)
    watched.later(1.0)
    watched.tracker.boot_clock(2.0, watched.now_s)
    watched.beat(CopterMode.STABILIZE, armed=False, status=3)
    watched.later(4.0)
    assert watched.acts == []


def test_it_stands_until_this_station_is_obeyed_and_counts_on() -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO)
    watched.fly(CopterMode.AUTO, 3.0)
    watched.fly(CopterMode.LOITER, 4.0)
    watched.fly(CopterMode.STABILIZE, 120.0)
    assert watched.tracker.foreign is not None
    assert watched.tracker.foreign.count == 2
    watched.ask(requests.set_mode(TARGET, CopterMode.BRAKE)(0))
    watched.fly(CopterMode.BRAKE, 3.0)
    assert watched.tracker.foreign is None


def test_on_the_ground_it_is_over_after_a_minute() -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO, armed=False)
    watched.later(1.0)
    watched.beat(CopterMode.LOITER, armed=False)
    watched.later(59.0)
    assert watched.tracker.foreign is not None
    watched.later(3.0)
    assert watched.tracker.foreign is None


def test_a_switch_that_flutters_does_not_fill_the_journal() -> None:
    watched = Watched()
    watched.beat(CopterMode.AUTO)
    for _ in range(500):
        watched.fly(CopterMode.LOITER, 1.0)
        watched.fly(CopterMode.STABILIZE, 1.0)
    assert 10 < len(watched.acts) <= 110
    assert watched.acts[-1].count >= 990


def test_a_plan_of_our_own_is_none_of_anothers_doing() -> None:
    watched = Watched()
    watched.beat(CopterMode.GUIDED, armed=False)
    watched.tracker.plan_on_board = "plan-1"
    watched.ask(dialect.MAVLink_mission_count_message(1, 1, 5, 0))
    watched.later(1.0)
    watched.hear(dialect.MAVLink_statustext_message(6, b"Flight plan received"))
    watched.later(4.0)
    assert watched.acts == []
    assert watched.tracker.plan_on_board == "plan-1"
