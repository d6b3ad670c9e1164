import math

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.parameter_list import ParameterFetch
from ground_station.flight.protocols.parameter_values import ParameterRead, ParameterValues
from ground_station.flight.protocols.parameters import same_value
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
