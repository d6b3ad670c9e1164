"""Mission transfer when frames are lost, doubled and out of order; and what is taken and what is not."""

import numpy as np
import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from sim.vehicle.mission_item import Kind
from tests.sim.pad import HOME_ITEM, Pad, plain, waypoint

ACCEPTED, ERROR, NO_SPACE, DENIED, CANCELLED = 0, 1, 4, 14, 15


def test_a_mission_in_the_first_second_is_refused_and_a_fence_is_not() -> None:
    pad = Pad(preflight_s=0.0)
    pad.live(0.2)
    assert pad.upload([HOME_ITEM]) == NO_SPACE
    assert pad.texts()[-1] == "Only 0 items are supported"
    assert pad.upload([(0, 5004, 50.0, 0.0, 0.0, 0.0, 347700000, 1332300000, 0.0)], Kind.FENCE) == ACCEPTED


@pytest.mark.parametrize("speedup", [1.0, 60.0])
def test_a_broken_upload_leaves_a_mixture_and_gives_up_after_eight_real_seconds(speedup: float) -> None:
    pad = Pad()
    pad.vehicle.params.set("SIM_SPEEDUP", speedup)
    pad.upload([HOME_ITEM, *(waypoint(347700000 + i, 1332300000, 10.0) for i in range(1, 5))])
    pad.tell(dialect.MAVLink_mission_count_message(1, 1, 4, 0))
    for seq in range(2):
        pad.tell(
            dialect.MAVLink_mission_item_int_message(1, 1, seq, 3, 16, 0, 1, 0, 0, 0, 0, 347800000, 1332300000, 10.0)
        )
    pad.heard.clear()
    pad.live(7.9 * speedup)
    assert [m.seq for m in pad.of_kind("MISSION_REQUEST")] == [2] * 7
    pad.live(0.3 * speedup)
    assert [m.type for m in pad.of_kind("MISSION_ACK")] == [CANCELLED]
    assert [i.x for i in pad.vehicle.items()][1:] == [347800000, 347700002, 347700003]


@pytest.mark.parametrize("seed", range(6))
def test_an_upload_gets_through_loss_doubling_and_disorder(seed: int) -> None:
    chance = np.random.default_rng(seed)
    pad = Pad()
    items = [HOME_ITEM, *(waypoint(347700000 + 10 * i, 1332300000, 10.0) for i in range(1, 30))]
    for _ in range(40):
        if _upload_through(pad, items, chance):
            break
    assert [i.x for i in pad.vehicle.items()][1:] == [i[6] for i in items][1:]


def _upload_through(pad: Pad, items: list[tuple[float, ...]], chance: np.random.Generator) -> bool:
    """Upload once over a link that loses 20 %, doubles 10 % and swaps 10 %; return whether it was accepted."""
    waiting: list[dialect.MAVLink_message] = [dialect.MAVLink_mission_count_message(1, 1, len(items), 0)]
    start = pad.simulation.now_s
    while pad.simulation.now_s - start < 60.0:
        answers = []
        if len(waiting) > 1 and chance.random() < 0.1:
            waiting.reverse()
        for message in waiting:
            for _ in range(2 if chance.random() < 0.1 else 1):
                if chance.random() > 0.2:
                    answers += pad.tell(message)
        known = len(pad.heard)
        pad.live(0.25)
        answers += pad.heard[known:]
        answers = [a for a in answers if chance.random() > 0.2]
        ends = [a.type for a in answers if a.get_type() == "MISSION_ACK" and a.type in (ACCEPTED, CANCELLED)]
        if ends:
            return bool(ends[0] == ACCEPTED)
        waiting = []
        for seq in sorted({a.seq for a in answers if a.get_type() == "MISSION_REQUEST"}):
            frame, command, *rest = items[seq]
            waiting.append(dialect.MAVLink_mission_item_int_message(1, 1, seq, frame, command, 0, 1, *rest))
    return False


def test_a_fence_is_taken_as_a_whole_or_not_at_all() -> None:
    pad = Pad()
    circle = (0, 5004, 50.0, 0.0, 0.0, 0.0, 347750000, 1332300000, 0.0)
    assert pad.upload([circle], Kind.FENCE) == ACCEPTED
    corner = (0, 5001, 4.0, 0.0, 0.0, 0.0, 347750000, 1332300000, 0.0)
    assert pad.upload([corner, corner], Kind.FENCE) == ERROR
    assert [i.command for i in pad.vehicle.plans[Kind.FENCE].items] == [5004]


def test_heights_come_back_in_whole_centimetres_and_unused_fields_empty() -> None:
    pad = Pad()
    pad.upload([HOME_ITEM, (6, 16, 3.7, 2.0, 1.0, 90.0, 347710000, 1332310000, 12.3456), plain(211, 1.0, 0.0, 5.0)])
    items = pad.vehicle.items()
    assert (items[1].frame, items[1].param1, items[1].param2, items[1].param4) == (3, 3.0, 0.0, 0.0)
    assert items[1].z == pytest.approx(12.34, abs=1e-5)
    assert (items[2].frame, items[2].param1, items[2].param3) == (0, 1.0, 0.0)


def test_an_old_clients_float_items_are_taken_and_handed_out() -> None:
    pad = Pad()
    pad.tell(dialect.MAVLink_mission_count_message(1, 1, 2, 0))
    for seq in range(2):
        pad.tell(dialect.MAVLink_mission_item_message(1, 1, seq, 3, 16, 0, 1, 0, 0, 0, 0, 34.771, 133.231, 10.0 + seq))
    answers = pad.tell(dialect.MAVLink_mission_request_message(1, 1, 1, 0))
    assert [(round(m.x, 4), round(m.y, 4), m.z) for m in answers] == [(34.771, 133.231, 11.0)]


def test_everything_can_be_cleared_at_once() -> None:
    pad = Pad()
    pad.upload([HOME_ITEM, waypoint(347710000, 1332300000, 10.0)])
    pad.upload([(0, 5004, 50.0, 0.0, 0.0, 0.0, 347750000, 1332300000, 0.0)], Kind.FENCE)
    answers = pad.tell(dialect.MAVLink_mission_clear_all_message(1, 1, 255))
    assert [m.type for m in answers if m.get_type() == "MISSION_ACK"] == [ACCEPTED]
    assert [len(pad.vehicle.plans[kind].items) for kind in Kind] == [1, 0, 0]


def test_parameters_are_listed_whole_and_the_grippers_appear_when_it_is_switched_on() -> None:
    pad = Pad()
    pad.tell(dialect.MAVLink_param_request_list_message(1, 1))
    pad.live(2.0)
    listed = [m for m in pad.of_kind("PARAM_VALUE") if m.param_index != 65535]
    assert [m.param_index for m in listed] == list(range(listed[0].param_count))
    assert "GRIP_TYPE" not in {m.param_id for m in listed}
    pad.set_parameter("GRIP_TYPE", 1)
    pad.set_parameter("GRIP_ENABLE", 1)
    assert pad.of_kind("PARAM_VALUE")[-1].param_count == len(listed) + 7
    pad.set_parameter("GRIP_TYPE", 1)
    assert (pad.of_kind("PARAM_VALUE")[-1].param_id, pad.of_kind("PARAM_VALUE")[-1].param_value) == ("GRIP_TYPE", 1.0)


def test_terrain_is_asked_for_once_a_second_until_somebody_answers() -> None:
    pad = Pad()
    pad.live(5.0)
    requests = pad.of_kind("TERRAIN_REQUEST")
    assert len(requests) == pytest.approx(5, abs=1)
    request = requests[-1]
    for tile in range(56):
        pad.tell(dialect.MAVLink_terrain_data_message(request.lat, request.lon, request.grid_spacing, tile, [512] * 16))
    pad.heard.clear()
    pad.live(5.0)
    assert pad.of_kind("TERRAIN_REQUEST") == []
    answers = pad.tell(dialect.MAVLink_terrain_check_message(347700000, 1332300000))
    assert [(m.terrain_height, m.spacing, m.pending) for m in answers] == [(512.0, 100, 0)]


def test_an_open_upload_takes_nothing_from_another_station_and_hands_nothing_out() -> None:
    pad = Pad()
    other = dialect.MAVLink(None, 254, 190)
    pad.tell(dialect.MAVLink_mission_count_message(1, 1, 2, 0))
    item = dialect.MAVLink_mission_item_int_message(1, 1, 0, 3, 16, 0, 1, 0, 0, 0, 0, 347800000, 1332300000, 10.0)
    known = len(pad.heard)
    pad.simulation.receive(0, pad.session, bytes(item.pack(other)))
    pad.tell(dialect.MAVLink_mission_request_list_message(1, 1, 0))
    answers = [(m.get_type(), m.type, m.target_system) for m in pad.heard[known:] if m.get_type() == "MISSION_ACK"]
    assert answers == [("MISSION_ACK", DENIED, 254), ("MISSION_ACK", DENIED, 255)]
    assert not pad.of_kind("MISSION_COUNT")
    assert [m.seq for m in pad.tell(item) if m.get_type() == "MISSION_REQUEST"] == [1]


def test_a_mission_that_is_being_flown_is_not_cleared() -> None:
    pad = Pad()
    pad.upload([HOME_ITEM, waypoint(0, 0, 20.0, 22), waypoint(347720000, 1332300000, 20.0), plain(20)])
    pad.command(176, 1, 4)
    pad.command(400, 1)
    pad.command(176, 1, 3)
    pad.command(300)
    pad.live(5.0)
    clear = dialect.MAVLink_mission_clear_all_message(1, 1, 0)
    assert [m.type for m in pad.tell(clear) if m.get_type() == "MISSION_ACK"] == [ERROR]
    assert len(pad.vehicle.items()) == 4
    pad.command(176, 1, 4)
    assert [m.type for m in pad.tell(clear) if m.get_type() == "MISSION_ACK"] == [ACCEPTED]
