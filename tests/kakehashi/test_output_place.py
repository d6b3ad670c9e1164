"""A command that cannot write where it is told to says so before it begins to work."""

import errno
from pathlib import Path

import pytest

from fleet.errors import BadInputError, FleetError, UnavailableError
from kakehashi.output_place import require_file_place, require_folder_place, writing
from tests.kakehashi.running import environment, kakehashi


def test_a_place_that_can_be_written_is_accepted_and_nothing_is_left_there(tmp_path: Path) -> None:
    require_file_place(tmp_path / "new.plan")
    require_folder_place(tmp_path)
    require_folder_place(tmp_path / "new" / "town")
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="gone") as refused:
        require_file_place(tmp_path / "gone" / "new.plan")
    assert refused.value.cure is not None


def test_a_file_in_place_of_a_folder_and_a_folder_in_place_of_a_file_are_named(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    for check, place in (
        (require_file_place, tmp_path),
        (require_file_place, taken / "new.plan"),
        (require_folder_place, taken),
        (require_folder_place, taken / "new" / "town"),
    ):
        with pytest.raises(BadInputError) as refused:
            check(place)
        assert str(place) in refused.value.what.ja
        assert refused.value.cure is not None


def test_a_name_that_is_too_long_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(FleetError):
        require_file_place(tmp_path / ("x" * 300 + ".plan"))


def test_a_full_disk_is_told_with_the_place_that_was_written(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="No space") as refused, writing(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(tmp_path) in refused.value.what.ja
    assert refused.value.cure is not None


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "takamuro", "--output", "{taken}/new.plan"),
        ("plan", "takamuro", "--output", "{gone}/new.plan"),
        ("plan", "takamuro", "--output", "new.pdf"),
        ("town", "make-demo", "{taken}"),
        ("town", "make-demo", "{taken}/town", "--force"),
        ("town", "import", "{taken}/town", "--boundary", "b.geojson", "--code", "34545"),
        ("openapi", "{taken}"),
    ],
)
def test_a_command_refuses_a_place_it_cannot_write(tmp_path: Path, words: tuple[str, ...]) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    written = [word.format(taken=taken, gone=tmp_path / "gone") for word in words]
    done = kakehashi(*written, env=environment(tmp_path / "home"))
    assert done.returncode == 1
    assert "→" in done.stderr
    assert "Traceback" not in done.stderr
    assert taken.read_text() == ""


def test_a_home_that_cannot_be_written_is_named_with_its_variable(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    done = kakehashi("run", "--drill", env=environment(taken))
    assert done.returncode == 1
    assert "KAKEHASHI_HOME" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("given", ["synthetik", "{taken}"])
def test_terrain_is_one_of_two_words(tmp_path: Path, given: str) -> None:
    taken = tmp_path / "dem.tif"
    taken.write_text("")
    words = ("--boundary", "b.geojson", "--code", "34545", "--terrain", given.format(taken=taken))
    done = kakehashi("town", "import", str(tmp_path / "town"), *words, env=environment(tmp_path))
    assert done.returncode == 1
    assert "synthetic" in done.stderr
    assert "--dem" in done.stderr
