"""Whole transfers with the scripted autopilot over a bad radio, in virtual time."""

from dataclasses import dataclass
from typing import TypeVar

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from fleet.clock import ManualClock
from fleet.errors import ExpiredError, FleetError, RefusedError
from ground_station.flight.protocols.exchange import Exchange, Target
from ground_station.flight.protocols.mission_upload import MissionUpload
from ground_station.flight.protocols.pace import Pace
from ground_station.flight.protocols.transfer import TransferEnd
from ground_station.flight.vehicles.conversation import Conversation
from ground_station.flight.vehicles.plan_transfer import PlanTransfer, TransferProgress
from missions.values.mission_item import MissionItem, MissionType
from tests.ground_station.flight.fake_autopilot import STATION, FakeAutopilot
from tests.ground_station.flight.plans import FENCE, MISSION, RALLY, item, long_mission
from tests.ground_station.flight.radio import Radio

TARGET = Target(system_id=1)
ResultT = TypeVar("ResultT")


def _quick() -> Pace:
    return Pace(round_trip_s=0.02, base_s=0.02)


@dataclass
class Here:
    def check_present(self) -> None:
        return


class OverRadio(Conversation):
    """Runs exchanges in the radio's time."""

    def __init__(self, radio: Radio) -> None:
        super().__init__(radio.sent.append, ManualClock())
        self._radio = radio

    async def run(self, exchange: Exchange[ResultT]) -> ResultT:
        return await self._radio.run(exchange)


def _transfer(radio: Radio) -> PlanTransfer:
    return PlanTransfer(TARGET, OverRadio(radio), Here())


async def _place(radio: Radio, items: tuple[MissionItem, ...], kind: MissionType = MissionType.MISSION) -> int:
    return await _transfer(radio).place(kind, items)


@pytest.mark.parametrize(
    ("kind", "items"), [(MissionType.MISSION, MISSION), (MissionType.FENCE, FENCE), (MissionType.RALLY, RALLY)]
)
async def test_a_list_is_put_on_board_and_read_back(kind: MissionType, items: tuple[MissionItem, ...]) -> None:
    autopilot = FakeAutopilot()
    assert await _place(Radio(autopilot), items, kind) == 1
    assert len(autopilot.lists[kind]) == len(items)


async def test_an_empty_list_clears_what_is_on_board() -> None:
    autopilot = FakeAutopilot()
    radio = Radio(autopilot)
    await _place(radio, FENCE, MissionType.FENCE)
    await _place(radio, (), MissionType.FENCE)
    assert autopilot.lists[MissionType.FENCE] == []


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.2, 0.3])
async def test_a_hundred_items_survive_loss_in_both_directions(loss: float) -> None:
    items = long_mission(100)
    for seed in range(25):
        autopilot = FakeAutopilot()
        radio = Radio(autopilot, loss=loss, duplicate=0.1, reorder=0.1, seed=seed)
        assert await _place(radio, items) <= 6
        assert [kept.x for kept in autopilot.lists[0][1:]] == [wanted.x for wanted in items[1:]]


async def test_at_forty_percent_loss_it_is_equal_or_refused_never_half() -> None:
    items = long_mission(100)
    equal = 0
    for seed in range(15):
        autopilot = FakeAutopilot()
        try:
            await _place(Radio(autopilot, loss=0.4, seed=seed), items)
        except FleetError:
            continue
        assert len(autopilot.lists[0]) == 100
        equal += 1
    assert equal > 0


async def test_a_link_with_two_seconds_round_trip_still_carries_a_plan() -> None:
    autopilot = FakeAutopilot()
    radio = Radio(autopilot, delay_s=1.0)
    assert await _place(radio, MISSION) == 1
    assert len([sent for sent in radio.sent if sent.get_msgId() == dialect.MAVLINK_MSG_ID_MISSION_ITEM_INT]) <= 2 * len(
        MISSION
    )


async def test_progress_says_what_is_being_done_and_which_attempt_it_is() -> None:
    told: list[TransferProgress] = []
    await _transfer(Radio(FakeAutopilot(), loss=0.3, seed=5)).place(MissionType.MISSION, MISSION, told.append)
    assert told[0].text.en == "sending the mission"
    assert told[-1].reading_back


async def test_a_list_that_comes_back_changed_is_refused_with_the_place() -> None:
    autopilot = FakeAutopilot(reads_back_wrong=True)
    with pytest.raises(RefusedError, match="item 3: x was sent as"):
        await _place(Radio(autopilot), FENCE, MissionType.FENCE)


async def test_a_silent_aircraft_expires_within_ten_seconds_an_attempt() -> None:
    autopilot = FakeAutopilot(ignores={dialect.MAVLINK_MSG_ID_MISSION_COUNT})
    radio = Radio(autopilot)
    with pytest.raises(ExpiredError, match="did not answer the start of the transfer"):
        await _place(radio, MISSION)
    assert radio.now_s <= 6 * 10.0


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (item(1, 16, frame=99), "frame of reference"),
        (item(1, 31999), "does not know a command"),
        (item(1, 16, x=990_000_000), "parameter 5"),
    ],
)
async def test_what_the_aircraft_refuses_is_named_and_not_tried_again(bad: MissionItem, words: str) -> None:
    radio = Radio(FakeAutopilot())
    with pytest.raises(RefusedError, match=words):
        await _place(radio, (MISSION[0], bad))
    assert radio.now_s < 10.0
    assert sum(message.get_msgId() == dialect.MAVLINK_MSG_ID_MISSION_COUNT for message in radio.sent) == 1


async def test_too_many_items_are_refused_with_a_cure() -> None:
    with pytest.raises(RefusedError) as caught:
        await _place(Radio(FakeAutopilot(most_items=0)), MISSION)
    assert caught.value.cure is not None
    assert "wait 10 s" in caught.value.cure.en


async def test_an_aircraft_that_asks_for_one_item_for_ever_is_given_up() -> None:
    upload = MissionUpload(TARGET, MISSION, MissionType.MISSION)
    upload.start(0.0, _quick)
    now_s = 0.0
    while upload.result is None:
        now_s += 0.1
        upload.receive(dialect.MAVLink_mission_request_message(*STATION, 2, 0), now_s)
        upload.tick(now_s)
    assert upload.result.end is TransferEnd.STALLED
    assert now_s <= 10.0
    assert "item 3" in upload.result.text.en


async def test_an_aircraft_that_gives_a_transfer_up_is_named_within_ten_seconds() -> None:
    radio = Radio(FakeAutopilot(repeats_item=2))
    result = await radio.run(MissionUpload(TARGET, MISSION, MissionType.MISSION))
    assert result.end in (TransferEnd.REFUSED, TransferEnd.STALLED)
    assert radio.now_s <= 10.0
    assert "item 3" in result.text.en


async def test_an_aircraft_that_asks_for_items_that_do_not_exist_is_given_up() -> None:
    upload = MissionUpload(TARGET, MISSION, MissionType.MISSION)
    upload.start(0.0, _quick)
    now_s = 0.0
    while upload.result is None:
        now_s += 0.1
        upload.receive(dialect.MAVLink_mission_request_message(*STATION, 900, 0), now_s)
        upload.tick(now_s)
    assert now_s <= 10.0


def test_an_old_refusal_does_not_end_a_transfer_that_goes_on() -> None:
    upload = MissionUpload(TARGET, MISSION, MissionType.MISSION)
    upload.start(0.0, _quick)
    upload.receive(dialect.MAVLink_mission_request_message(*STATION, 0, 0), 0.1)
    upload.receive(dialect.MAVLink_mission_ack_message(*STATION, 15, 0), 0.2)
    assert upload.receive(dialect.MAVLink_mission_request_message(*STATION, 1, 0), 0.3)
    upload.tick(2.0)
    assert upload.result is None


def test_a_refusal_that_stands_ends_the_transfer_within_a_second() -> None:
    upload = MissionUpload(TARGET, MISSION, MissionType.MISSION)
    upload.start(0.0, _quick)
    upload.receive(dialect.MAVLink_mission_request_message(*STATION, 0, 0), 0.1)
    upload.receive(dialect.MAVLink_mission_ack_message(*STATION, 2, 0), 0.2)
    upload.tick(1.0)
    assert upload.result is not None
    assert upload.result.end is TransferEnd.REFUSED


def test_an_early_acceptance_is_not_believed() -> None:
    upload = MissionUpload(TARGET, MISSION, MissionType.MISSION)
    upload.start(0.0, _quick)
    upload.receive(dialect.MAVLink_mission_ack_message(*STATION, 0, 0), 0.1)
    assert upload.result is None


def test_messages_about_another_list_change_nothing() -> None:
    upload = MissionUpload(TARGET, FENCE, MissionType.FENCE)
    upload.start(0.0, _quick)
    assert not upload.receive(dialect.MAVLink_mission_request_message(*STATION, 0, 0), 0.1)
    assert upload.items_asked_for == 0
