import gzip
import math
from dataclasses import replace
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from ground_station.flight.links.frames import FrameCodec, FrameParser
from ground_station.flight.protocols.comparison import differences
from ground_station.flight.protocols.transfer import item_of
from missions.values.mission_item import MissionItem, MissionType
from tests.ground_station.flight.plans import FENCE, MISSION, RALLY, item
from tests.shared_data import shared


def _recorded(name: str) -> dict[tuple[int, MissionType], tuple[MissionItem, ...]]:
    """Return the items by sender and kind."""
    content = gzip.decompress(shared("recordings", f"{name}.tlog.gz").read_bytes())
    parser, codec = FrameParser(), FrameCodec(255, 190)
    found: dict[tuple[int, MissionType], list[MissionItem]] = {}
    at = 0
    while at < len(content):
        length = content[at + 9] + 12
        for frame in parser.datagram(content[at + 8 : at + 8 + length]):
            if frame.message_id == dialect.MAVLINK_MSG_ID_MISSION_ITEM_INT:
                message = codec.decode(frame)
                assert message is not None
                key = (frame.system_id, MissionType(message.mission_type))
                found.setdefault(key, []).append(item_of(message))
        at += 8 + length
    return {key: tuple(items) for key, items in found.items()}


@pytest.mark.parametrize("name", ["delivery", "delivery_land"])
@pytest.mark.parametrize("kind", list(MissionType))
def test_what_a_real_arducopter_gave_back_means_what_was_sent(name: str, kind: MissionType) -> None:
    recorded = _recorded(name)
    sent, read = recorded[255, kind], recorded[1, kind]
    assert sent != read
    assert differences(sent, read, kind) == ()


@pytest.mark.parametrize(
    ("seq", "change"),
    [
        (1, {"z": 41.0}),
        (2, {"param2": 12.0}),
        (3, {"x": 347_715_001}),
        (3, {"frame": 10}),
        (3, {"frame": 0}),
        (4, {"x": 0}),
        (5, {"param1": 9.0}),
        (5, {"command": 82}),
        (6, {"param1": 25.0}),
        (6, {"z": 12.02}),
    ],
)
def test_a_change_of_meaning_is_found_and_placed(seq: int, change: dict[str, int]) -> None:
    changed = list(MISSION)
    changed[seq] = replace(MISSION[seq], **change)
    found = differences(MISSION, changed, MissionType.MISSION)
    assert [difference.seq for difference in found] == [seq]


@pytest.mark.parametrize(
    "folded",
    [
        {"frame": 3, "seq": 3, "param2": 0.0},
        {"frame": 3, "seq": 3, "z": 59.9999},
        {"frame": 3, "seq": 3, "current": 0, "autocontinue": 0},
    ],
)
def test_what_the_autopilot_folds_is_no_difference(folded: dict[str, Any]) -> None:
    sent = item(3, 16, x=347_715_000, y=1_332_307_999, z=60.0, param2=2.0)
    read = replace(sent, **folded)
    assert differences((MISSION[0], sent), (MISSION[0], read), MissionType.MISSION) == ()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["param1", "param2", "param3", "param4", "z"])
def test_what_comes_back_as_no_number_differs_wherever_it_stands(name: str, value: float) -> None:
    command = item(1, 213)
    lists = {
        MissionType.MISSION: [*MISSION, replace(command, seq=len(MISSION))],
        MissionType.FENCE: list(FENCE),
        MissionType.RALLY: list(RALLY),
    }
    for kind, sent in lists.items():
        for seq in range(1 if kind is MissionType.MISSION else 0, len(sent)):
            read = list(sent)
            broken: dict[str, Any] = {name: value}
            read[seq] = replace(sent[seq], **broken)
            (found,) = differences(sent, read, kind)
            assert found.seq == seq
            assert name in found.text.en
            assert name in found.text.ja


@pytest.mark.parametrize("value", [math.inf, -math.inf])
@pytest.mark.parametrize("command", [16, 94, 213])
@pytest.mark.parametrize("name", ["param1", "z"])
def test_what_is_sent_beyond_all_numbers_never_counts_as_on_board(name: str, command: int, value: float) -> None:
    read = item(1, command)
    beyond: dict[str, Any] = {name: value}
    sent = replace(read, **beyond)
    assert differences((MISSION[0], sent), (MISSION[0], read), MissionType.MISSION)


def test_what_no_32_bit_float_holds_never_counts_as_on_board() -> None:
    read = item(1, 213)
    for sent in (replace(read, param1=1e300), replace(read, z=-1e300)):
        assert differences((MISSION[0], sent), (MISSION[0], read), MissionType.MISSION)


@pytest.mark.parametrize("degrees", [math.nan, math.inf, -math.inf, 3e38])
def test_a_place_in_degrees_that_is_none_differs(degrees: float) -> None:
    for place in ((degrees, 133.23), (34.77, degrees)):
        old = dialect.MAVLink_mission_item_message(255, 190, 1, 3, 16, 0, 1, 0.0, 0.0, 0.0, 0.0, *place, 60.0)
        got = item_of(old)
        for sent in (item(1, 16, x=347_700_000, y=1_332_300_000, z=60.0), replace(got, command=20)):
            assert differences((MISSION[0], sent), (MISSION[0], got), MissionType.MISSION)


def test_home_is_the_aircrafts_own() -> None:
    own = replace(MISSION[0], x=347_123_456, z=500.1)
    assert differences(MISSION, (own, *MISSION[1:]), MissionType.MISSION) == ()


def test_a_missing_item_is_a_difference_of_the_whole_list() -> None:
    assert [found.seq for found in differences(MISSION, MISSION[:-1], MissionType.MISSION)] == [-1]


def test_a_fence_corner_or_circle_that_moved_is_found() -> None:
    circle = item(4, 5004, frame=0, param1=120.5, x=347_720_000, y=1_332_240_000)
    for changed in (replace(circle, param1=121.5), replace(circle, y=1_332_240_001)):
        assert differences((*FENCE, circle), (*FENCE, changed), MissionType.FENCE)


def test_rally_heights_are_whole_metres() -> None:
    assert differences(RALLY, (replace(RALLY[0], z=40.0),), MissionType.RALLY) == ()
    assert differences(RALLY, (replace(RALLY[0], z=39.0),), MissionType.RALLY)


def test_a_command_that_is_not_known_must_come_back_whole() -> None:
    sent = item(1, 213, param1=1.0, param4=2.0)
    assert differences((MISSION[0], sent), (MISSION[0], replace(sent, param4=0.0)), MissionType.MISSION)


def test_a_cleared_mission_may_keep_its_home() -> None:
    assert differences((), (MISSION[0],), MissionType.MISSION) == ()
