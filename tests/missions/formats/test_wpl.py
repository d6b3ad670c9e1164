import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink import mavutil, mavwp
from pymavlink.dialects.v20 import ardupilotmega

from fleet.errors import BadInputError
from missions.formats.wpl import read_wpl, write_wpl
from missions.planning.planner import plan_delivery
from missions.values.mission_item import PLACED_COMMANDS, Command, MissionItem, plain_frame
from missions.values.plan import Plan
from tests.missions.planning import small_town as towns
from tests.shared_data import shared

REAL_FILES = [
    ("ardupilot/CopterMission__copter_mission.txt", 13),
    ("ardupilot/NavDelay__copter_nav_delay.txt", 5),
    ("ardupilot/PayloadPlaceMission__copter_payload_place.txt", 6),
    ("ardupilot/TerrainMission__ap-terrain.txt", 8),
    ("ardupilot/TestGripperMission__copter-gripper-mission.txt", 5),
    ("fence/pymavlink_fence-110.txt", 10),
    ("mavsdk/mission_planner_sample.txt", 4),
]
FLOATS = st.floats(-1e6, 1e6, allow_nan=False)
INTS = st.integers(-(2**31) + 1, 2**31 - 1)


@st.composite
def items(draw: st.DrawFn) -> MissionItem:
    command = draw(st.sampled_from([int(one) for one in Command]))
    placed = command in PLACED_COMMANDS
    return MissionItem(
        seq=0,
        frame=draw(st.sampled_from([0, 2, 3, 10])),
        command=command,
        current=draw(st.integers(0, 1)),
        autocontinue=draw(st.integers(0, 1)),
        param1=draw(FLOATS),
        param2=draw(FLOATS),
        param3=draw(FLOATS),
        param4=draw(FLOATS),
        x=draw(st.integers(-900_000_000, 900_000_000) if placed else INTS),
        y=draw(st.integers(-1_800_000_000, 1_800_000_000) if placed else INTS),
        z=draw(FLOATS),
    )


def small_plan() -> Plan:
    works = towns.no_fly(towns.area_m(1300.0, 1200.0, 1900.0, 1800.0))
    town = towns.town_of(towns.ridge(), airspace=[works], more_places_m={"near": (1300.0, 1900.0)})
    return plan_delivery(towns.request(), town, towns.AIRCRAFT, towns.conditions())


def plain(row: MissionItem, seq: int | None = None) -> tuple[object, ...]:
    params = (row.param1, row.param2, row.param3, row.param4)
    frame = plain_frame(row.frame)
    return (row.seq if seq is None else seq, row.current, frame, row.command, *params, row.x, row.y, row.z)


@pytest.mark.parametrize(("name", "rows"), REAL_FILES)
def test_real_files_are_read_and_written_back_equal(name: str, rows: int) -> None:
    read = read_wpl(shared("data", "missions", *name.split("/")).read_text())
    assert len(read) == rows
    assert [plain(row) for row in read_wpl(write_wpl(read))] == [plain(row) for row in read]


def test_a_real_payload_place_has_its_place() -> None:
    read = read_wpl(
        shared("data", "missions", "ardupilot", "PayloadPlaceMission__copter_payload_place.txt").read_text()
    )
    assert (read[3].command, read[3].x, read[3].y, read[3].z) == (94, -353631060, 1491654360, 20.0)


@given(st.lists(items(), max_size=12))
def test_whatever_is_written_reads_back_equal(drafts: list[MissionItem]) -> None:
    numbered = [replace(row, seq=seq) for seq, row in enumerate(drafts)]
    assert list(read_wpl(write_wpl(numbered))) == numbered


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_as_bad_input(text: str) -> None:
    for candidate in (text, f"QGC WPL 110\n{text}"):
        with contextlib.suppress(BadInputError):
            assert isinstance(read_wpl(candidate), tuple)


def test_an_independent_reader_finds_our_mission_as_we_meant_it(tmp_path: Path) -> None:
    plan = small_plan()
    loader = mavwp.MAVWPLoader()
    path = tmp_path / "mission.txt"
    path.write_text(write_wpl(plan.items))
    assert loader.load(str(path)) == len(plan.items)
    for ours, theirs in zip(plan.items, loader.wpoints, strict=True):
        placed = ours.command in PLACED_COMMANDS
        scale = 1e7 if placed else 1.0
        assert (theirs.seq, theirs.frame, theirs.command) == (ours.seq, plain_frame(ours.frame), ours.command)
        assert theirs.param1 == pytest.approx(ours.param1)
        assert theirs.param2 == pytest.approx(ours.param2)
        assert (theirs.x * scale, theirs.y * scale) == pytest.approx((ours.x, ours.y), abs=0.01)
        assert theirs.z == pytest.approx(ours.z)


def test_an_independent_reader_finds_our_fence_as_we_meant_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAVLINK20", "1")
    monkeypatch.setattr(mavutil, "mavlink", ardupilotmega)
    plan = small_plan()
    path = tmp_path / "fence.txt"
    path.write_text(write_wpl(plan.fence_items))
    loader = mavwp.MissionItemProtocol_Fence()
    loader.load(str(path))
    assert [(item.command, item.param1) for item in loader.wpoints] == [
        (int(item.command), item.param1) for item in plan.fence_items
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", None, "first line"),
        ("QGC WPL 100\n", None, "QGC WPL 100"),
        ("QGC WPL 110\n0\t0\t0\t16\n", 2, "4 columns"),
        ("QGC WPL 110\n0 0 0 16 0 0 0 0 34 133 x 1\n", 2, "'x' is no number"),
        ("QGC WPL 110\n0 0 0 16 0 0 0 0 34 133 nan 1\n", 2, "'nan' is no number"),
        ("QGC WPL 110\n0 0 0 16 0 0 0 0 340 133 0 1\n", 2, "not on the earth"),
        ("QGC WPL 110\n0 0 0 16 0 0 0 0 34 133 0 1\n2 0 0 16 0 0 0 0 34 133 0 1\n", 3, "its index is 2, not 1"),
        ("QGC WPL 110\n0 0 0.5 16 0 0 0 0 34 133 0 1\n", 2, "no whole number"),
    ],
)
def test_a_bad_file_is_refused_with_the_line(text: str, line: int | None, said: str) -> None:
    with pytest.raises(BadInputError) as refused:
        read_wpl(text)
    assert said in refused.value.what.en
    assert refused.value.data.get("line") == line
    assert refused.value.cure is not None


def test_line_ends_byte_order_marks_and_comments_do_not_matter() -> None:
    text = "\ufeffQGC WPL 110\r\n# home\r\n\r\n0\t1\t0\t16\t0\t0\t0\t0\t34.5\t133.25\t500\t1\r\n"
    (home,) = read_wpl(text)
    assert (home.x, home.y, home.z, home.current) == (345_000_000, 1_332_500_000, 500.0, 1)
