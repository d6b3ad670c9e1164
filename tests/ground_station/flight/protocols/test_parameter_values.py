"""Several parameters at once against the scripted autopilot: what counts as set, and what each failure looks like."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.parameter_values import ParameterValues
from ground_station.flight.vehicles.parameter_transfer import not_set
from sim.fault_channel import Faults
from tests.ground_station.flight.fake_autopilot import STATION, FakeAutopilot
from tests.ground_station.flight.radio import Radio

TARGET = Target(system_id=1)
READ = dialect.MAVLINK_MSG_ID_PARAM_REQUEST_READ
SET = dialect.MAVLINK_MSG_ID_PARAM_SET


@dataclass
class Peculiar(FakeAutopilot):
    """Has one more habit: it says by PARAM_ERROR what it does not have, or forgets what was set."""

    says_no: bool = False
    forgets: set[str] = field(default_factory=set)

    def receive(self, message: Message, now_s: float) -> Sequence[Message]:
        name = getattr(message, "param_id", None)
        if self.says_no and name is not None and name not in self.parameters:
            return [dialect.MAVLink_param_error_message(*STATION, name.encode(), -1, 1)]
        answers = super().receive(message, now_s)
        if message.get_msgId() == SET and name in self.forgets:
            self.parameters[name] = 0.0
        return answers


async def _run(autopilot: FakeAutopilot, wanted: dict[str, float | None], **radio: Any) -> ParameterValues:
    exchange = ParameterValues(TARGET, wanted)
    await Radio(autopilot, **radio).run(exchange)
    return exchange


async def test_values_are_set_and_each_is_asked_for_again() -> None:
    autopilot = FakeAutopilot(parameters=dict.fromkeys("ABCDEFGH", 0.0))
    radio = Radio(autopilot)
    wanted = dict.fromkeys("ABCDEFGH", 1.5)
    result = await radio.run(ParameterValues(TARGET, dict(wanted)))
    assert all(answer.agreed for answer in result.values())
    kinds = [message.get_msgId() for message in radio.sent]
    assert kinds.count(SET) == kinds.count(READ) == 8
    assert autopilot.parameters == wanted


async def test_a_set_that_was_answered_but_never_read_back_does_not_count() -> None:
    autopilot = FakeAutopilot(parameters={"A": 0.0}, ignores={READ})
    result = (await _run(autopilot, {"A": 1.0})).result
    assert result is not None
    assert result["A"].value == 1.0
    assert not result["A"].agreed
    assert "does not answer about A" in not_set(result["A"]).what.en


async def test_a_value_that_is_forgotten_again_is_refused_with_what_is_there() -> None:
    result = (await _run(Peculiar(parameters={"A": 0.0}, forgets={"A"}), {"A": 1.0})).result
    assert result is not None
    assert (result["A"].agreed, result["A"].value) == (False, 0.0)
    assert "A stays 0 instead of 1" in not_set(result["A"]).what.en


async def test_one_bad_name_among_many_costs_the_others_nothing() -> None:
    names = [f"GOOD_{number}" for number in range(9)]
    autopilot = FakeAutopilot(parameters=dict.fromkeys(names, 0.0) | {"READ_ONLY": 7.0})
    wanted = dict.fromkeys(["NO_SUCH", "READ_ONLY", *names], 1.0)
    for loss in (0.0, 0.3):
        result = (await _run(autopilot, dict(wanted), loss=loss)).result
        assert result is not None
        assert {name for name, answer in result.items() if answer.agreed} == set(names)
        assert (result["NO_SUCH"].value, result["READ_ONLY"].value) == (None, 7.0)


async def test_many_names_it_has_not_do_not_hide_those_it_has() -> None:
    absent = [f"ABSENT_{number}" for number in range(20)]
    result = (await _run(FakeAutopilot(parameters={"LAST": 3.0}), dict.fromkeys([*absent, "LAST"]))).result
    assert result is not None
    assert result["LAST"].value == 3.0
    assert all(result[name].value is None for name in absent)


async def test_an_aircraft_that_says_what_it_has_not_is_believed_at_once() -> None:
    radio = Radio(Peculiar(parameters={"A": 0.0}, says_no=True))
    result = await radio.run(ParameterValues(TARGET, {"NO_SUCH": None, "NOR_THIS": 2.0, "A": 1.0}))
    assert result["A"].agreed
    assert result["NO_SUCH"].value is None
    assert not result["NOR_THIS"].agreed
    assert radio.now_s < 1.0


@pytest.mark.parametrize("measured", [True, False])
async def test_a_dead_radio_ends_a_long_list_of_names_early(*, measured: bool) -> None:
    radio = Radio(FakeAutopilot(), delay_s=1.0)
    if measured:
        await radio.run(ParameterValues(TARGET, {"RTL_ALT": None}))
    radio.down.faults = radio.up.faults = Faults(loss=1.0)
    await radio.run(ParameterValues(TARGET, dict.fromkeys(f"NAME_{number}" for number in range(60))))
    assert radio.now_s <= 120.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_no_answer(value: float) -> None:
    exchange = ParameterValues(TARGET, {"A": None})
    exchange.start(0.0, lambda: Pace(round_trip_s=0.02, base_s=0.02))
    exchange.receive(dialect.MAVLink_param_value_message(b"A", value, 9, 1, 0), 0.1)
    assert exchange.result is None


def test_a_copy_of_the_answer_to_a_set_is_no_reading_back_on_a_slow_link() -> None:
    exchange = ParameterValues(TARGET, {"A": 1.0})
    exchange.start(0.0, lambda: Pace(round_trip_s=2.0, base_s=2.0, spread_s=0.1))
    answer = dialect.MAVLink_param_value_message(b"A", 1.0, 9, 1, 65_535)
    (asked,) = exchange.receive(answer, 2.0)
    assert asked.get_msgId() == READ
    exchange.receive(answer, 2.1)
    assert exchange.result is None
    exchange.receive(answer, 4.0)
    assert exchange.result is not None
    assert exchange.result["A"].agreed


def test_no_more_than_four_are_under_way() -> None:
    exchange = ParameterValues(TARGET, dict.fromkeys(f"NAME_{number}" for number in range(30)))
    assert len(exchange.start(0.0, lambda: Pace(round_trip_s=0.02, base_s=0.02))) == 4


def test_nothing_wanted_ends_at_once() -> None:
    exchange = ParameterValues(TARGET, {})
    assert list(exchange.start(0.0, Pace)) == []
    assert exchange.result == {}
