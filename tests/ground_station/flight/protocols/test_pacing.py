"""Every exchange on every link: it ends, with what it wanted or a cause, and asks nothing before an answer could be."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.protocols import requests
from ground_station.flight.protocols.command import Answer, CommandAnswer, CommandExchange
from ground_station.flight.protocols.exchange import Exchange, Target
from ground_station.flight.protocols.mission_download import MissionDownload
from ground_station.flight.protocols.mission_upload import MissionUpload
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.parameter_list import ParameterFetch
from ground_station.flight.protocols.parameter_values import ParameterRead, ParameterValues
from ground_station.flight.protocols.transfer import TransferEnd
from missions.values.mission_item import MissionType
from tests.ground_station.flight.fake_autopilot import FakeAutopilot
from tests.ground_station.flight.plans import FENCE, MISSION
from tests.ground_station.flight.radio import Radio

TARGET = Target(system_id=1)
HOLD = dialect.MAV_CMD_DO_SET_MODE
SETTINGS = {f"TEST_{number:02d}": float(number) + 0.5 for number in range(12)}
ON_BOARD = dict.fromkeys(SETTINGS, 0.0) | {f"MORE_{number:03d}": float(number) for number in range(60)}

EXCHANGES: Mapping[str, Callable[[], Exchange[Any]]] = {
    "flight command": lambda: CommandExchange(command=HOLD, make=requests.set_mode(TARGET, 17), expires_s=30.0),
    "request of a message": lambda: CommandExchange(
        command=dialect.MAV_CMD_REQUEST_MESSAGE, make=requests.request_message(TARGET, 148), expires_s=30.0, retry_s=0.7
    ),
    "interval of a message": lambda: CommandExchange(
        command=dialect.MAV_CMD_SET_MESSAGE_INTERVAL,
        make=requests.message_interval(TARGET, 33, 1e6),
        expires_s=30.0,
        retry_s=0.7,
    ),
    "upload": lambda: MissionUpload(TARGET, MISSION, MissionType.MISSION),
    "clearing": lambda: MissionUpload(TARGET, (), MissionType.RALLY),
    "download": lambda: MissionDownload(TARGET, MissionType.FENCE),
    "parameter read": lambda: ParameterRead(TARGET, "TEST_03"),
    "parameter set": lambda: ParameterValues(TARGET, {"TEST_03": 3.5}),
    "parameters read": lambda: ParameterValues(TARGET, dict.fromkeys(SETTINGS)),
    "parameters set": lambda: ParameterValues(TARGET, dict(SETTINGS)),
    "parameter list": lambda: ParameterFetch(TARGET),
}


def _radio(round_trip_s: float, loss: float, seed: int = 1) -> Radio:
    autopilot = FakeAutopilot(parameters=dict(ON_BOARD))
    autopilot.lists[1] = list(FENCE)
    return Radio(autopilot, delay_s=round_trip_s / 2.0, loss=loss, seed=seed)


def _succeeded(result: Any) -> bool:
    if isinstance(result, CommandAnswer):
        return result.answer is Answer.ACCEPTED
    if isinstance(result, Mapping):
        return all(answer.proved for answer in result.values())
    for name in ("end", "complete", "proved"):
        if hasattr(result, name):
            return getattr(result, name) in (TransferEnd.DONE, True)
    raise AssertionError(result)


def _same(one: Any, other: Any) -> bool:
    """Return True for the same question; a command's confirmation counts its repetitions."""
    fields = [name for name in one.fieldnames if name != "confirmation"]
    return one.get_msgId() == other.get_msgId() and all(getattr(one, n) == getattr(other, n) for n in fields)


def _asked_too_soon(radio: Radio, round_trip_s: float) -> list[str]:
    """Return what was sent again within a round trip though nothing had been heard in between."""
    found = []
    sent = list(zip(radio.sent, radio.sent_at_s, strict=True))
    for index, (message, at_s) in enumerate(sent):
        for earlier, before_s in sent[:index]:
            heard = any(before_s < heard_s <= at_s for heard_s in radio.heard_at_s)
            if at_s - before_s < round_trip_s and not heard and _same(message, earlier):
                found.append(f"{message.get_type()} at {before_s:.2f} and {at_s:.2f}")
    return found


@pytest.mark.parametrize("round_trip_s", [0.01, 0.5, 2.0, 4.0])
@pytest.mark.parametrize("name", EXCHANGES)
async def test_on_a_clean_link_every_exchange_gets_what_it_wants_and_asks_once(name: str, round_trip_s: float) -> None:
    radio = _radio(round_trip_s, 0.0)
    assert _succeeded(await radio.run(EXCHANGES[name]()))
    assert _asked_too_soon(radio, round_trip_s) == []


@pytest.mark.parametrize("loss", [0.2, 0.4])
@pytest.mark.parametrize("round_trip_s", [0.01, 0.5, 2.0, 4.0])
@pytest.mark.parametrize("name", EXCHANGES)
async def test_on_a_lossy_link_every_exchange_ends_and_asks_nothing_too_soon(
    name: str, round_trip_s: float, loss: float
) -> None:
    done = 0
    for seed in range(3):
        radio = _radio(round_trip_s, loss, seed)
        result = await radio.run(EXCHANGES[name]())
        done += _succeeded(result)
        assert _asked_too_soon(radio, round_trip_s) == []
    if loss < 0.4 and round_trip_s <= 2.0:
        assert done >= 2, "it should nearly always get through"


@pytest.mark.parametrize("round_trip_s", [0.01, 2.0, 4.0])
@pytest.mark.parametrize("name", EXCHANGES)
async def test_an_aircraft_that_falls_silent_ends_every_exchange(name: str, round_trip_s: float) -> None:
    radio = _radio(round_trip_s, 0.0)
    exchange = EXCHANGES[name]()
    radio.autopilot.ignores |= {
        dialect.MAVLINK_MSG_ID_COMMAND_LONG,
        dialect.MAVLINK_MSG_ID_MISSION_COUNT,
        dialect.MAVLINK_MSG_ID_MISSION_CLEAR_ALL,
        dialect.MAVLINK_MSG_ID_MISSION_REQUEST_LIST,
        dialect.MAVLINK_MSG_ID_PARAM_REQUEST_LIST,
        dialect.MAVLINK_MSG_ID_PARAM_REQUEST_READ,
        dialect.MAVLINK_MSG_ID_PARAM_SET,
    }
    assert not _succeeded(await radio.run(exchange))
    assert _asked_too_soon(radio, round_trip_s) == []
    assert radio.now_s <= 130.0


async def test_a_dozen_settings_take_far_less_than_a_dozen_times_two_round_trips() -> None:
    radio = _radio(2.0, 0.0)
    assert _succeeded(await radio.run(ParameterValues(TARGET, dict(SETTINGS))))
    assert radio.now_s <= 0.4 * len(SETTINGS) * 2 * 2.0
    assert {name: radio.autopilot.parameters[name] for name in SETTINGS} == SETTINGS


@pytest.mark.parametrize("name", [name for name in EXCHANGES if "parameter" in name or "load" in name])
async def test_on_a_thin_link_nothing_waits_half_a_second_behind_an_exchange(name: str) -> None:
    autopilot = FakeAutopilot(parameters=dict(ON_BOARD))
    autopilot.lists[1] = list(FENCE)
    radio = Radio(autopilot, delay_s=1.0, rate_bytes_s=600.0)
    await radio.run(EXCHANGES[name]())
    assert radio.most_waiting_s <= 0.5


async def test_a_whole_list_does_not_crowd_heartbeats_out_of_a_thin_link() -> None:
    autopilot = FakeAutopilot(parameters={f"TEST_{number:03d}": 1.0 for number in range(400)})
    radio = Radio(autopilot, delay_s=1.0, rate_bytes_s=1_500.0)
    assert (await radio.run(ParameterFetch(TARGET))).complete
    assert dialect.MAVLINK_MSG_ID_PARAM_REQUEST_LIST not in {message.get_msgId() for message in radio.sent}
    pace = radio.pace()
    assert pace.round_trip_s is not None
    assert pace.round_trip_s <= 3.5


def test_before_anything_is_measured_pauses_are_patient_but_for_a_flight_command() -> None:
    exchange = ParameterRead(TARGET, "RTL_ALT")
    exchange.start(0.0, Pace)
    assert exchange.wake_s >= 5.0
    hold = CommandExchange(command=HOLD, make=requests.set_mode(TARGET, 17), expires_s=5.0)
    hold.start(0.0, Pace)
    assert hold.wake_s == pytest.approx(2.0)


def test_pauses_follow_the_link_while_an_exchange_runs() -> None:
    pace = Pace(round_trip_s=0.02, base_s=0.02)
    exchange = ParameterRead(TARGET, "RTL_ALT")
    exchange.start(0.0, lambda: pace)
    assert exchange.wake_s == pytest.approx(0.5)
    pace = Pace(round_trip_s=2.0, base_s=0.02, spread_s=0.1)
    assert exchange.tick(0.5)
    assert exchange.wake_s >= 2.5
