"""A file is replaced whole or not at all, and only its owner reads what is private."""

import errno
import os
import stat
from pathlib import Path

import pytest

from fleet.whole_file import write_whole
from tests.refusals import FILE_ERRORS, files_refuse


def test_the_new_content_takes_the_place_of_the_old_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    for content in (b"first", b"", b"second, longer"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_is_durable_first_and_then_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced, really = tmp_path / "kept.json", list[tuple[Path, bool]](), os.fsync

    def sync(descriptor: int) -> None:
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink(), path.exists()))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    write_whole(path, b"first")
    assert synced == [(path.with_suffix(".new"), False), (tmp_path, True)]


@pytest.mark.parametrize("number", FILE_ERRORS, ids=errno.errorcode.get)
def test_a_disk_that_refuses_leaves_what_was_there(number: int, tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    write_whole(path, b"first")
    with files_refuse(number), pytest.raises(OSError, match=r".") as caught:
        write_whole(path, b"second")
    assert caught.value.errno == number
    assert path.read_bytes() == b"first"
    write_whole(path, b"third")
    assert path.read_bytes() == b"third"


def test_a_private_file_is_never_anybody_elses_to_read(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_whole(path, b"secret", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
