"""What goes first on a slow line, with the time passed in."""

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import FrameCodec, Message
from ground_station.flight.links.send_queue import SendQueue, Urgency, urgency
from ground_station.flight.protocols import requests
from ground_station.flight.protocols.exchange import Target
from ground_station.flight.vehicles.flight_command import Action
from ground_station.flight.vehicles.manoeuvres import manoeuvre

TARGET = Target(system_id=1)
RATE_BYTES_S = 600.0
CODEC = FrameCodec(255, 190)
ITEM = CODEC.pack(dialect.MAVLink_mission_item_int_message(1, 1, 1, 6, 16, 0, 1, 0, 0, 0, 0, 347_700_000, 1, 40.0, 0))
BEAT = CODEC.pack(requests.heartbeat())
RECALL = CODEC.pack(requests.set_mode(TARGET, 21)(0))


def _frames(queue: SendQueue[None], until_s: float) -> list[tuple[float, bytes]]:
    """Return what leaves, when, as a caller that wakes on time sees it."""
    found: list[tuple[float, bytes]] = []
    now_s = 0.0
    while (wake_s := queue.wake_s(now_s)) is not None and wake_s <= until_s:
        now_s = wake_s
        found += [(now_s, out.frame) for out in queue.due(now_s)]
    return found


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.TAKE_OFF])
def test_every_step_of_every_action_is_a_command(action: Action) -> None:
    steps = list(manoeuvre(action, TARGET).steps)
    steps += [step.instead for step in steps if step.instead is not None]
    assert {urgency(CODEC.pack(step.make(0))) for step in steps} == {Urgency.COMMAND}


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (requests.heartbeat(), Urgency.HEARTBEAT),
        (dialect.MAVLink_timesync_message(0, 1), Urgency.ANSWER),
        (dialect.MAVLink_mission_ack_message(1, 1, 0, 0), Urgency.ANSWER),
        (dialect.MAVLink_mission_count_message(1, 1, 3, 0), Urgency.BULK),
        (dialect.MAVLink_param_set_message(1, 1, b"RTL_ALT", 1.0, 9), Urgency.BULK),
        (dialect.MAVLink_terrain_data_message(1, 1, 100, 1, [1] * 16), Urgency.BULK),
        (requests.message_interval(TARGET, 33, 1e6)(0), Urgency.BULK),
        (requests.request_message(TARGET, 148)(0), Urgency.BULK),
    ],
)
def test_each_kind_of_message_has_its_place(message: Message, wanted: Urgency) -> None:
    assert urgency(CODEC.pack(message)) is wanted


def test_what_is_no_frame_is_bulk() -> None:
    assert urgency(b"") is Urgency.BULK
    assert urgency(b"\xfd" * 40) is Urgency.BULK


def test_without_a_rate_nothing_waits() -> None:
    queue: SendQueue[None] = SendQueue()
    assert [out.frame for _ in range(50) for out in queue.put(ITEM, None, 0.0)] == [ITEM] * 50
    assert queue.is_empty


def test_a_recall_passes_everything_that_waits_and_finds_a_quarter_of_a_second_ahead_at_most() -> None:
    queue: SendQueue[None] = SendQueue(RATE_BYTES_S)
    handed_over = sum(len(out.frame) for _ in range(100) for out in queue.put(ITEM, None, 0.0))
    assert handed_over <= 0.25 * RATE_BYTES_S
    assert [out.frame for out in queue.put(RECALL, None, 0.0)] == [RECALL]


def test_a_heartbeat_goes_before_bulk_that_came_first_and_only_the_newest_waits() -> None:
    queue: SendQueue[None] = SendQueue(RATE_BYTES_S)
    for _ in range(20):
        queue.put(ITEM, None, 0.0)
    queue.put(BEAT, None, 0.0)
    queue.put(BEAT, None, 0.0)
    left = [frame for _, frame in _frames(queue, 10.0)]
    assert left[0] == BEAT
    assert left.count(BEAT) == 1
    assert queue.is_empty


def test_bulk_leaves_no_faster_than_the_line_takes_it() -> None:
    queue: SendQueue[None] = SendQueue(RATE_BYTES_S)
    first = sum(len(out.frame) for _ in range(60) for out in queue.put(ITEM, None, 0.0))
    sent = _frames(queue, 100.0)
    for at_s, _ in sent:
        handed_over = first + sum(len(frame) for left_s, frame in sent if left_s <= at_s)
        assert handed_over <= RATE_BYTES_S * (at_s + 0.25) + 1e-6
    assert sum(len(frame) for _, frame in sent) + first == 60 * len(ITEM)


def test_a_full_queue_drops_the_oldest_bulk_and_no_command() -> None:
    queue: SendQueue[None] = SendQueue(RATE_BYTES_S)
    for _ in range(1_000):
        queue.put(ITEM, None, 0.0)
    queue.put(BEAT, None, 0.0)
    assert queue.dropped > 0
    waiting = [frame for _, frame in _frames(queue, 1e6)]
    assert BEAT in waiting
    assert sum(map(len, waiting)) <= 8_192 + len(BEAT)
    assert len(queue.put(RECALL, None, 1e6)) == 1


def test_a_frame_longer_than_the_room_goes_when_the_line_is_idle() -> None:
    queue: SendQueue[None] = SendQueue(50.0)
    assert len(queue.put(ITEM, None, 0.0)) == 1
    assert queue.put(ITEM, None, 0.0) == []
    assert [at_s for at_s, _ in _frames(queue, 10.0)] == pytest.approx([len(ITEM) / 50.0])


def test_nothing_old_is_sent_on_a_link_that_was_opened_anew() -> None:
    queue: SendQueue[None] = SendQueue(RATE_BYTES_S)
    for _ in range(20):
        queue.put(ITEM, None, 0.0)
    queue.clear()
    assert queue.is_empty
    assert queue.wake_s(0.0) is None
