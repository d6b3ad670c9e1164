"""What a newcomer must answer before it counts as the aircraft, each part alone."""

from dataclasses import dataclass, field
from itertools import count

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.transport import Peer
from ground_station.flight.vehicles.boot_watch import BootLine
from ground_station.flight.vehicles.newcomers import Newcomers
from tests.ground_station.flight.voices import version

PEER: Peer = ("192.0.2.2", 2000)


def _line(scale: float = 1.0) -> BootLine:
    line = BootLine(scale=scale)
    line.take(100.0, 0.0)
    return line


@dataclass
class Questioned:
    line: BootLine = field(default_factory=_line)
    now_s: float = 20.0

    def __post_init__(self) -> None:
        numbers = count(1000)
        self.newcomers = Newcomers(lambda: next(numbers))

    def ask(self, *, late_s: float = 0.1, ahead_s: float = 0.0) -> None:
        """Ask once, and let it answer `late_s` later with a clock that is `ahead_s` ahead."""
        self.newcomers.heard(PEER, self.now_s)
        nonces = [m.ts1 for _, m in self.newcomers.questions(1, self.now_s) if m.get_type() == "TIMESYNC"]
        self.now_s += late_s
        for nonce in nonces:
            boot_s = (self.line.at(self.now_s) or 0.0) + ahead_s
            self.said(dialect.MAVLink_timesync_message(round(boot_s * 1e9), nonce))
        self.now_s += 1.0

    def said(self, message: object, chip: str = "07") -> None:
        self.newcomers.said(PEER, message, self.now_s, line=self.line, chip=chip)

    @property
    def proved(self) -> bool:
        self.newcomers.heard(PEER, self.now_s)
        return self.newcomers.proved(self.now_s) == (PEER,)


@pytest.mark.parametrize(("answers", "proved"), [(2, False), (3, True)])
def test_three_answers_on_the_line_and_the_chip_are_proof(answers: int, proved: bool) -> None:
    asked = Questioned()
    for _ in range(answers):
        asked.ask()
        asked.said(version(7))
    assert asked.proved is proved


def test_a_chip_named_before_anybody_asked_proves_nothing() -> None:
    asked = Questioned()
    asked.newcomers.heard(PEER, asked.now_s)
    asked.said(version(7))
    for _ in range(3):
        asked.ask()
    assert not asked.proved
    asked.said(version(7))
    assert asked.proved


@pytest.mark.parametrize("ahead_s", [-1.5, 1.5, 60.0, -60.0])
def test_one_answer_off_the_line_begins_it_all_anew(ahead_s: float) -> None:
    asked = Questioned()
    for _ in range(3):
        asked.ask()
    asked.said(version(7))
    asked.ask(ahead_s=ahead_s)
    assert not asked.proved


def test_a_clock_told_off_the_line_begins_it_all_anew() -> None:
    asked = Questioned()
    for _ in range(3):
        asked.ask()
    asked.said(version(7))
    asked.said(dialect.MAVLink_system_time_message(0, 5_000))
    assert not asked.proved


def test_an_answer_counts_once_and_not_after_five_seconds() -> None:
    asked = Questioned()
    asked.newcomers.heard(PEER, asked.now_s)
    (nonce,) = [m.ts1 for _, m in asked.newcomers.questions(1, asked.now_s) if m.get_type() == "TIMESYNC"]
    for _ in range(5):
        asked.said(dialect.MAVLink_timesync_message(round((asked.line.at(asked.now_s) or 0.0) * 1e9), nonce))
    asked.said(version(7))
    assert not asked.proved
    late = Questioned()
    for _ in range(5):
        late.ask(late_s=5.5)
        late.said(version(7))
    assert not late.proved


def test_proof_is_stale_once_answers_stop() -> None:
    asked = Questioned()
    for _ in range(3):
        asked.ask()
    asked.said(version(7))
    assert asked.proved
    asked.now_s += 6.0
    assert not asked.proved


@pytest.mark.parametrize("round_trip_s", [0.05, 2.0, 4.0])
def test_a_slow_radio_does_not_keep_the_aircraft_out(round_trip_s: float) -> None:
    asked = Questioned()
    for _ in range(4):
        asked.ask(late_s=round_trip_s)
        asked.said(version(7))
    assert asked.proved


@pytest.mark.parametrize(
    ("silent_s", "scale", "apart_s", "continues"),
    [
        (10.0, 1.0, 0.9, True),
        (10.0, 1.0, 1.2, False),
        (3600.0, 1.0, 1.5, True),
        (3600.0, 1.0, 2.0, False),
        (86_400.0, 1.0, 2.9, True),
        (86_400.0, 1.0, 3.1, False),
        (10.0, 5.0, 10.0, True),
        (10.0, 5.0, 20.0, False),
    ],
)
def test_the_line_of_a_clock_is_as_wide_as_crystals_drift(
    silent_s: float, scale: float, apart_s: float, continues: bool
) -> None:
    line = _line(scale)
    expected_s = 100.0 + scale * silent_s
    for off_s in (apart_s, -apart_s):
        assert line.runs_through(expected_s + off_s, silent_s, late_s=0.0) is continues
    assert not BootLine().runs_through(100.0, 0.0, late_s=0.0)
