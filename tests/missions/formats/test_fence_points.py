from pathlib import Path

import pytest
from pymavlink import mavwp

from fleet.errors import BadInputError
from missions.formats.fence_points import read_fence_points, write_fence_points
from missions.values.mission_item import Command
from tests.shared_data import shared

REAL = ("data", "missions", "fence", "CMAC-fence.txt")


def test_a_real_old_fence_is_a_return_point_and_one_closed_polygon() -> None:
    items = read_fence_points(shared(*REAL).read_text())
    assert [item.command for item in items] == [Command.FENCE_RETURN_POINT, *[Command.FENCE_POLYGON_INCLUSION] * 4]
    assert (items[0].x, items[0].y) == (-353637200, 1491636510)
    assert {item.param1 for item in items[1:]} == {4.0}


def test_a_real_old_fence_is_written_back_as_it_was() -> None:
    text = shared(*REAL).read_text()
    written = write_fence_points(read_fence_points(text))
    assert [[float(x) for x in line.split()] for line in written.splitlines()] == [
        [float(x) for x in line.split()] for line in text.splitlines()
    ]


def test_an_independent_reader_finds_the_same_points(tmp_path: Path) -> None:
    items = read_fence_points(shared(*REAL).read_text())
    path = tmp_path / "fence.txt"
    path.write_text(write_fence_points(items))
    loader = mavwp.MAVFenceLoader()
    loader.load(str(path))
    assert loader.count() == 6
    assert loader.point(0).lat == pytest.approx(items[0].x / 1e7, abs=1e-5)


@pytest.mark.parametrize("text", ["", "34 133\n34 133\n34.1 133\n", "34 133\n34 x\n", "34 133\n340 133\n34 1\n34 2\n"])
def test_a_bad_fence_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        read_fence_points(text)


def test_a_fence_with_more_than_one_polygon_does_not_fit_the_old_form() -> None:
    items = read_fence_points(shared(*REAL).read_text())
    with pytest.raises(BadInputError):
        write_fence_points([*items, *items])
