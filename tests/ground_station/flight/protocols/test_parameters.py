import math
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.errors import ExpiredError, UnavailableError
from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.parameter_list import LONGEST_S, ParameterFetch
from ground_station.flight.protocols.parameter_values import ParameterRead, ParameterValues
from ground_station.flight.protocols.parameters import MOST_PARAMETERS, ListTrouble, ParameterList, same_value
from ground_station.flight.vehicles.parameter_transfer import not_read
from tests.ground_station.flight.fake_autopilot import FakeAutopilot
from tests.ground_station.flight.radio import Radio

TARGET = Target(system_id=1)


def _many() -> dict[str, float]:
    return {f"TEST_{number:03d}": float(number) / 8.0 for number in range(300)}


@pytest.mark.parametrize("loss", [0.0, 0.2, 0.4])
async def test_every_parameter_is_read_in_spite_of_loss(loss: float) -> None:
    for seed in range(5):
        radio = Radio(FakeAutopilot(parameters=_many()), loss=loss, reorder=0.2, seed=seed)
        result = await radio.run(ParameterFetch(TARGET))
        assert result.complete
        assert result.values == _many()


async def test_an_aircraft_that_does_not_answer_gives_an_incomplete_list() -> None:
    silent = FakeAutopilot(ignores={dialect.MAVLINK_MSG_ID_PARAM_REQUEST_LIST})
    result = await Radio(silent).run(ParameterFetch(TARGET))
    assert not result.complete


async def test_a_set_is_read_back() -> None:
    for seed in range(20):
        autopilot = FakeAutopilot()
        result = await Radio(autopilot, loss=0.3, seed=seed).run(ParameterValues(TARGET, {"RTL_ALT": 4321.5}))
        if result["RTL_ALT"].agreed:
            assert autopilot.parameters["RTL_ALT"] == 4321.5
    lossless = Radio(FakeAutopilot())
    assert (await lossless.run(ParameterValues(TARGET, {"RTL_ALT": 0.1})))["RTL_ALT"].agreed
    kinds = [message.get_msgId() for message in lossless.sent]
    assert kinds == [dialect.MAVLINK_MSG_ID_PARAM_SET, dialect.MAVLINK_MSG_ID_PARAM_REQUEST_READ]


async def test_a_value_that_will_not_change_is_told() -> None:
    autopilot = FakeAutopilot(parameters={"READ_ONLY": 7.0})
    result = (await Radio(autopilot).run(ParameterValues(TARGET, {"READ_ONLY": 8.0})))["READ_ONLY"]
    assert (result.agreed, result.value) == (False, 7.0)


async def test_a_parameter_that_does_not_exist_gives_no_value() -> None:
    assert (await Radio(FakeAutopilot()).run(ParameterRead(TARGET, "SIM_SPEEDUP"))).value is None


async def test_a_late_old_value_is_no_refusal() -> None:
    exchange = ParameterValues(TARGET, {"RTL_ALT": 30.0})
    exchange.start(0.0, lambda: Pace(round_trip_s=0.02, base_s=0.02))
    exchange.receive(dialect.MAVLink_param_value_message(b"RTL_ALT", 15.0, 9, 2, 1), 0.1)
    assert exchange.result is None
    exchange.receive(dialect.MAVLink_param_value_message(b"RTL_ALT", 30.0, 9, 2, 1), 0.2)
    exchange.receive(dialect.MAVLink_param_value_message(b"RTL_ALT", 30.0, 9, 2, 1), 0.3)
    assert exchange.result is not None
    assert exchange.result["RTL_ALT"].agreed


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
async def test_a_value_that_is_no_number_is_not_known(value: float) -> None:
    autopilot = FakeAutopilot(parameters={"RTL_ALT": value, "FS_OPTIONS": 16.0})
    listed = await Radio(autopilot).run(ParameterFetch(TARGET))
    assert listed.complete
    assert listed.values == {"FS_OPTIONS": 16.0}
    assert (await Radio(autopilot).run(ParameterRead(TARGET, "RTL_ALT"))).value is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_the_same_as_nothing(value: float) -> None:
    assert not same_value(value, 1.0)
    assert not same_value(1.0, value)
    assert not same_value(value, value)


Odd = Callable[[], Iterator[tuple[int, int]]]
"""Endless pairs of a count and an index: what an autopilot that has gone wrong says, one after the other."""


def _flapping() -> Iterator[tuple[int, int]]:
    return ((10 if number % 2 else 20, number % 9) for number in count())


def _growing() -> Iterator[tuple[int, int]]:
    return ((number % 60_000 + 2, number % 60_000) for number in count())


def _shrinking() -> Iterator[tuple[int, int]]:
    return ((60_000 - number % 59_000, 3) for number in count())


def _repeating() -> Iterator[tuple[int, int]]:
    return ((300, 7) for _ in count())


def _beyond_the_count() -> Iterator[tuple[int, int]]:
    return ((300, 300 + number % 200) for number in count())


def _huge() -> Iterator[tuple[int, int]]:
    return ((65_535, number % 65_534) for number in count())


def _none_at_all() -> Iterator[tuple[int, int]]:
    return ((0, 0) for _ in count())


def _always_unasked() -> Iterator[tuple[int, int]]:
    return ((300, 65_535) for _ in count())


def _one_a_minute() -> Iterator[tuple[int, int]]:
    return ((9_000, number // 600) for number in count())


ODD: dict[Odd, ListTrouble] = {
    _flapping: ListTrouble.UNSTEADY,
    _growing: ListTrouble.UNSTEADY,
    _shrinking: ListTrouble.TOO_MANY,
    _repeating: ListTrouble.MISSING,
    _beyond_the_count: ListTrouble.SILENT,
    _huge: ListTrouble.TOO_MANY,
    _none_at_all: ListTrouble.SILENT,
    _always_unasked: ListTrouble.SILENT,
    _one_a_minute: ListTrouble.MISSING,
}


def _value(total: int, index: int) -> Message:
    return dialect.MAVLink_param_value_message(f"P{index}".encode(), 1.0, 9, total, index)


def _told(says: Iterator[tuple[int, int]], every_s: float, pace: Pace) -> tuple[ParameterList, float]:
    """Return what a fetch makes of an autopilot that says the next pair every so often, and when."""
    fetch = ParameterFetch(TARGET)
    fetch.start(0.0, lambda: pace)
    now_s = 0.0
    while fetch.result is None:
        assert now_s <= LONGEST_S + 60.0, "the exchange does not end"
        now_s += every_s
        fetch.receive(_value(*next(says)), now_s)
        fetch.tick(now_s)
    return fetch.result, now_s


@pytest.mark.parametrize("pace", [Pace(round_trip_s=0.02, base_s=0.02), Pace(round_trip_s=3.0, base_s=3.0)])
@pytest.mark.parametrize("odd", ODD)
def test_whatever_an_autopilot_says_of_its_count_a_fetch_ends_and_says_why(odd: Odd, pace: Pace) -> None:
    result, after_s = _told(odd(), 0.1, pace)
    assert result.trouble is ODD[odd]
    assert after_s <= 200.0
    assert len(result.values) <= MOST_PARAMETERS
    error = not_read(result)
    assert isinstance(error, UnavailableError)
    assert error.cure is not None


def test_a_list_that_gets_on_too_slowly_is_given_up_after_half_an_hour() -> None:
    result, after_s = _told(((9_000, number) for number in count()), 4.0, Pace(round_trip_s=0.02, base_s=0.02))
    assert result.trouble is ListTrouble.TOO_SLOW
    assert LONGEST_S <= after_s <= LONGEST_S + 10.0


class _GainsOne(FakeAutopilot):
    """Has one parameter more, in the middle of its list, once it has told of so many."""

    told = 0
    after = 100

    def _value(self, name: str, index: int) -> Message:
        self.told += 1
        if self.told == self.after:
            self.parameters["TEST_050A"] = 5.0
        return super()._value(name, sorted(self.parameters).index(name))


@pytest.mark.parametrize("loss", [0.0, 0.3])
async def test_a_list_that_changes_while_it_is_read_is_read_whole_as_it_is_then(loss: float) -> None:
    autopilot = _GainsOne(parameters=_many())
    result = await Radio(autopilot, loss=loss).run(ParameterFetch(TARGET))
    assert result.complete
    assert result.values == {**_many(), "TEST_050A": 5.0}


class _OnThinLink(_GainsOne):
    """Says a heartbeat a second and nothing else unasked, and a list no faster than ten a second, as firmware does."""

    _listed_s = _beaten_s = 0.0
    _left: Iterator[Message] = iter(())

    def tick(self, now_s: float) -> Sequence[Message]:
        said = []
        if now_s - self._beaten_s >= 1.0:
            self._beaten_s = now_s
            said.append(dialect.MAVLink_heartbeat_message(2, 3, 81, 0, 3, 3))
        if now_s - self._listed_s >= 0.1:
            self._listed_s = now_s
            said += islice(self._left, 1)
        return said

    def _parameter(self, kind: int, message: Message) -> Iterator[Message]:
        answers = super()._parameter(kind, message)
        if kind != dialect.MAVLINK_MSG_ID_PARAM_REQUEST_LIST:
            return answers
        self._left = answers
        return iter(())


@pytest.mark.parametrize("after", [700, 1_300])
@pytest.mark.parametrize("round_trip_s", [0.5, 2.0])
async def test_a_long_list_that_changes_on_a_slow_link_is_read_whole(round_trip_s: float, after: int) -> None:
    many = {f"TEST_{number:04d}": float(number) for number in range(1_400)}
    autopilot = _OnThinLink(parameters=dict(many))
    autopilot.after = after
    result = await Radio(autopilot, delay_s=round_trip_s / 2.0, rate_bytes_s=400.0).run(ParameterFetch(TARGET))
    assert result.trouble is None
    assert result.values == {**many, "TEST_050A": 5.0}


async def test_one_odd_count_does_not_pass_for_a_whole_list() -> None:
    radio = Radio(FakeAutopilot(parameters=_many()))
    fetch = ParameterFetch(TARGET)
    fetch.start(0.0, radio.pace)
    fetch.receive(_value(300, 0), 0.1)
    fetch.receive(_value(1, 0), 0.2)
    assert fetch.result is None


@pytest.mark.parametrize(
    ("missing", "ja", "en"),
    [
        (1, "機体の設定値が 1 個読めません", "1 parameter could not be read"),
        (2, "機体の設定値が 2 個読めません", "2 parameters could not be read"),
    ],
)
def test_what_is_missing_is_counted_in_words(missing: int, ja: str, en: str) -> None:
    error = not_read(ParameterList(values={}, count=300, missing=missing, trouble=ListTrouble.MISSING))
    assert (error.what.ja, error.what.en) == (ja, en)
    assert isinstance(error, ExpiredError)
