from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import Message
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.command import Answer, CommandExchange
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.protocols.pace import Pace
from tests.ground_station.flight.fake_autopilot import STATION, FakeAutopilot
from tests.ground_station.flight.radio import Radio

TARGET = Target(system_id=1)
ARM = dialect.MAV_CMD_COMPONENT_ARM_DISARM


def _quick() -> Pace:
    return Pace(round_trip_s=0.02, base_s=0.02)


def _slow() -> Pace:
    return Pace(round_trip_s=2.0, base_s=2.0, spread_s=0.25)


def _arm(expires_s: float = 5.0) -> CommandExchange:
    return CommandExchange(command=ARM, make=requests.arm(TARGET), expires_s=expires_s)


def _ack(result: int, command: int = ARM, progress: int = 0) -> Message:
    return dialect.MAVLink_command_ack_message(command, result, progress, 0, *STATION)


async def test_an_accepted_command_is_sent_once() -> None:
    radio = Radio(FakeAutopilot())
    result = await radio.run(_arm())
    assert (result.answer, result.sent) == (Answer.ACCEPTED, 1)


async def test_loss_is_healed_by_repetition_with_a_rising_confirmation() -> None:
    exchange = _arm()
    first = exchange.start(0.0, _quick)
    second = exchange.tick(1.0)
    third = exchange.tick(2.0)
    assert [message.confirmation for message in (*first, *second, *third)] == [0, 1, 2]


async def test_a_dead_uplink_ends_silent_at_the_expiry_and_nothing_is_sent_after_it() -> None:
    radio = Radio(FakeAutopilot(answers_commands=False))
    result = await radio.run(_arm(expires_s=4.0))
    assert result.answer is Answer.SILENT
    assert radio.now_s <= 4.05
    assert result.sent == 4


def test_an_expired_command_is_never_sent() -> None:
    exchange = _arm(expires_s=4.0)
    assert exchange.start(4.0, _quick) == ()
    assert exchange.result is not None
    assert exchange.result.sent == 0


def test_an_answer_to_another_command_changes_nothing() -> None:
    exchange = _arm()
    exchange.start(0.0, _quick)
    exchange.receive(_ack(4, command=dialect.MAV_CMD_NAV_TAKEOFF), 0.1)
    assert exchange.result is None


def test_the_second_answer_does_not_change_the_first() -> None:
    exchange = _arm()
    exchange.start(0.0, _quick)
    exchange.receive(_ack(0), 0.1)
    exchange.receive(_ack(4), 0.2)
    assert exchange.result is not None
    assert exchange.result.answer is Answer.ACCEPTED
    assert exchange.tick(1.0) == ()


def test_in_progress_stops_the_repeating_and_waits_for_the_end() -> None:
    exchange = _arm(expires_s=10.0)
    exchange.start(0.0, _quick)
    exchange.receive(_ack(5, progress=40), 0.5)
    assert exchange.tick(2.0) == ()
    assert exchange.progress_percent == 40
    exchange.receive(_ack(0), 6.0)
    assert exchange.result is not None
    assert exchange.result.answer is Answer.ACCEPTED


def test_temporarily_rejected_is_asked_again() -> None:
    exchange = _arm()
    exchange.start(0.0, _quick)
    exchange.receive(_ack(1), 0.1)
    assert exchange.result is None
    assert len(exchange.tick(1.2)) == 1


def test_a_late_refusal_of_the_command_before_does_not_answer_this_one() -> None:
    exchange = CommandExchange(command=ARM, make=requests.arm(TARGET), expires_s=5.0)
    exchange.start(0.0, _slow)
    exchange.receive(_ack(4), 0.5)
    assert exchange.tick(0.6) == ()
    assert exchange.result is None
    exchange.receive(_ack(0), 2.0)
    assert exchange.result is not None
    assert exchange.result.answer is Answer.ACCEPTED


def test_a_refusal_stands_when_its_grace_is_over_and_nothing_is_sent_meanwhile() -> None:
    exchange = _arm()
    exchange.start(0.0, _quick)
    exchange.receive(_ack(4), 0.9)
    assert exchange.tick(1.2) == ()
    assert exchange.result is None
    assert exchange.tick(1.5) == ()
    assert exchange.result is not None
    assert (exchange.result.answer, exchange.result.code, exchange.result.sent) == (Answer.REFUSED, 4, 1)


def test_nothing_is_repeated_before_an_answer_is_overdue() -> None:
    exchange = CommandExchange(command=ARM, make=requests.arm(TARGET), expires_s=8.0)
    exchange.start(0.0, _slow)
    assert exchange.tick(2.9) == ()
    assert len(exchange.tick(3.0)) == 1


async def test_thirty_percent_loss_and_copies_have_one_effect() -> None:
    for seed in range(40):
        autopilot = FakeAutopilot()
        result = await Radio(autopilot, loss=0.3, duplicate=0.1, reorder=0.1, seed=seed).run(_arm(expires_s=8.0))
        if result.answer is Answer.ACCEPTED:
            assert autopilot.armed
        assert set(autopilot.executed) <= {ARM}
