import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInputError
from missions.formats.qgc_plan import read_qgc_plan
from missions.formats.qgc_plan_writer import qgc_plan_of, write_qgc_plan
from missions.planning.planner import plan_delivery
from missions.values.mission_item import MissionItem
from tests.missions.formats.test_wpl import plain, small_plan
from tests.missions.planning import small_town as towns
from tests.shared_data import shared


def real(name: str) -> bytes:
    return shared("data", "missions", *name.split("/")).read_bytes()


def same(first: tuple[MissionItem, ...], second: tuple[MissionItem, ...]) -> bool:
    return [plain(item) for item in first] == [plain(item) for item in second]


def test_a_real_ardupilot_plan_is_read_with_home_as_item_0() -> None:
    plan = read_qgc_plan(real("ardupilot/mission_test_sitl.plan"))
    assert plan.firmware_type == 3
    assert plan.notes == ()
    assert plan.items[0].command == 16
    assert plan.items[0].frame == 0
    assert [item.command for item in plan.items[1:3]] == [22, 16]
    assert (plan.items[2].x, plan.items[2].y, plan.items[2].z) == (-353625654, 1491652514, 5.0)
    assert [item.seq for item in plan.items] == list(range(len(plan.items)))


def test_a_plan_for_another_autopilot_is_read_and_noted() -> None:
    plan = read_qgc_plan(real("mavsdk/qgroundcontrol_sample.plan"))
    assert plan.firmware_type == 12
    assert any("firmwareType 12" in note.en for note in plan.notes)


def test_a_survey_is_taken_apart_into_its_items_and_noted() -> None:
    plan = read_qgc_plan(real("mavsdk/qgroundcontrol_sample_with_survey.plan"))
    assert len(plan.items) == 1 + 1 + 12
    assert any("survey" in note.en and "12 items" in note.en for note in plan.notes)
    assert [item.command for item in plan.items].count(206) == 4


def test_a_wrong_mission_version_is_refused_with_both_versions() -> None:
    with pytest.raises(BadInputError) as refused:
        read_qgc_plan(real("mavsdk/qgroundcontrol_sample_wrong_mission_version.plan"))
    assert "7" in refused.value.what.en
    assert "2" in refused.value.what.en
    assert refused.value.cure is not None


def test_a_plan_without_mission_is_refused() -> None:
    with pytest.raises(BadInputError) as refused:
        read_qgc_plan(real("mavsdk/qgroundcontrol_sample_without_mission.plan"))
    assert "no mission" in refused.value.what.en


@pytest.mark.parametrize(
    "name",
    [
        "ardupilot/mission_test_sitl.plan",
        "mavsdk/qgroundcontrol_sample.plan",
        "mavsdk/qgroundcontrol_sample_with_survey.plan",
    ],
)
def test_real_plans_are_written_back_equal(name: str) -> None:
    plan = read_qgc_plan(real(name))
    again = read_qgc_plan(write_qgc_plan(plan))
    assert same(again.items, plan.items)
    assert same(again.fence_items, plan.fence_items)
    assert same(again.rally_items, plan.rally_items)


def test_our_plan_reads_back_equal_with_fence_and_rally_points() -> None:
    plan = small_plan()
    again = read_qgc_plan(write_qgc_plan(qgc_plan_of(plan, cruise_mps=10.0)))
    assert same(again.items, plan.items)
    assert same(again.fence_items, plan.fence_items)
    assert same(again.rally_items, plan.rally_items)
    assert again.rally_items
    assert {int(item.command) for item in again.fence_items} == {5001, 5002}
    assert again.notes == ()


def test_our_file_has_the_marks_that_qgroundcontrol_asks_for() -> None:
    document = json.loads(write_qgc_plan(qgc_plan_of(small_plan(), cruise_mps=10.0)))
    assert (document["fileType"], document["version"]) == ("Plan", 1)
    assert (document["mission"]["version"], document["mission"]["firmwareType"]) == (2, 3)
    assert (document["geoFence"]["version"], document["rallyPoints"]["version"]) == (2, 2)
    assert all(len(item["params"]) == 7 for item in document["mission"]["items"])
    assert [item["doJumpId"] for item in document["mission"]["items"]] == list(
        range(1, len(document["mission"]["items"]) + 1)
    )
    assert {item["frame"] for item in document["mission"]["items"]} == {3}


def test_circles_and_a_return_point_survive() -> None:
    document = json.loads(real("ardupilot/mission_test_sitl.plan"))
    document["geoFence"]["circles"] = [
        {"circle": {"center": [-35.3, 149.1], "radius": 120.5}, "inclusion": False, "version": 1}
    ]
    document["geoFence"]["breachReturn"] = [-35.31, 149.11, 30.0]
    plan = read_qgc_plan(json.dumps(document).encode())
    assert [(int(item.command), item.param1, item.z) for item in plan.fence_items] == [
        (5000, 0.0, 30.0),
        (5004, 120.5, 0.0),
    ]
    assert same(read_qgc_plan(write_qgc_plan(plan)).fence_items, plan.fence_items)


def test_a_plan_without_a_flight_is_not_exported() -> None:
    walls = [towns.area_m(1900.0, 1600.0, 3190.0, 1800.0), towns.area_m(1800.0, 1600.0, 2000.0, 2990.0)]
    town = towns.town_of(towns.flat(), airspace=[towns.no_fly(wall, name=str(i)) for i, wall in enumerate(walls)])
    empty = plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())
    with pytest.raises(BadInputError):
        qgc_plan_of(empty, cruise_mps=10.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fileType": "Parameters"}, "not a Plan"),
        ({"version": 3}, "the file has version 3"),
        ({"mission": {"version": 2, "items": 5}}, "items"),
        ({"geoFence": {"version": 1, "polygon": [[1, 2], [3, 4], [5, 6]]}}, "its fence has version 1"),
        ({"rallyPoints": {"version": 1, "points": [[1, 2, 3]]}}, "its rally list has version 1"),
        ({"rallyPoints": {"version": 2, "points": [[1, 2]]}}, "rally point has no height"),
        ({"rallyPoints": {"version": 2, "points": [[100, 2, 3]]}}, "latitude"),
    ],
)
def test_a_bad_document_is_refused_and_says_why(change: dict[str, object], said: str) -> None:
    document = json.loads(real("ardupilot/mission_test_sitl.plan")) | change
    with pytest.raises(BadInputError) as refused:
        read_qgc_plan(json.dumps(document).encode())
    assert said in refused.value.what.en


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"type": "SimpleItem", "command": 16, "frame": 3, "params": [0, 0, 0]}, "3 params"),
        ({"type": "SimpleItem", "command": 16, "frame": 3, "params": [0, 0, 0, 0, 95, 0, 9]}, "item 1"),
        ({"type": "SimpleItem", "command": 178, "frame": 2, "params": [0, 0, 0, 0, 0.5, 0, 0]}, "whole"),
        ({"type": "ComplexItem", "complexItemType": "StructureScan"}, "StructureScan, cannot be read"),
    ],
)
def test_a_bad_item_is_refused_by_its_number(item: dict[str, object], said: str) -> None:
    document = json.loads(real("ardupilot/mission_test_sitl.plan"))
    document["mission"]["items"] = [item]
    with pytest.raises(BadInputError) as refused:
        read_qgc_plan(json.dumps(document).encode())
    assert said in refused.value.what.en


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_as_bad_input(data: bytes) -> None:
    with pytest.raises(BadInputError):
        read_qgc_plan(data)
