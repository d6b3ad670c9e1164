from pathlib import Path

import pytest

from fleet.errors import UnavailableError
from fleet.set_aside import BrokenParts
from sim.camera.spool import HandOver, Spool


def about(index: int) -> HandOver:
    return HandOver(vehicle_id="drone-1", image_index=index, captured_at_s=1e9 + index, file_name=f"{index}.jpg")


def drained(spool: Spool) -> list[tuple[bytes, HandOver]]:
    found = []
    while (waiting := spool.oldest()) is not None:
        found.append((waiting.data(), waiting.about))
        spool.done(waiting)
    return found


def test_pictures_come_out_in_the_order_they_went_in(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for index in range(12):
        spool.put(bytes([index]), about(index))
    assert drained(spool) == [(bytes([index]), about(index)) for index in range(12)]
    assert len(spool) == 0
    assert not list(tmp_path.glob("*.jpg"))


def test_pictures_survive_a_restart_and_numbers_go_on(tmp_path: Path) -> None:
    Spool(tmp_path).put(b"first", about(0))
    spool = Spool(tmp_path)
    spool.put(b"second", about(1))
    assert [data for data, _ in drained(spool)] == [b"first", b"second"]


def test_a_full_spool_lets_the_oldest_go_and_counts_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit=3)
    for index in range(5):
        spool.put(bytes([index]), about(index))
    assert (len(spool), spool.dropped) == (3, 2)
    assert [one.image_index for _, one in drained(spool)] == [2, 3, 4]


def test_what_was_half_written_at_a_power_cut_is_cleared(tmp_path: Path) -> None:
    Spool(tmp_path).put(b"whole", about(0))
    (tmp_path / "000000009.jpg").write_bytes(b"no note beside it")
    (tmp_path / "000000010.part").write_bytes(b"{")
    spool = Spool(tmp_path)
    assert [data for data, _ in drained(spool)] == [b"whole"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["refused"]


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"x": 1}', b"\xff"])
def test_a_damaged_note_does_not_stop_the_others(tmp_path: Path, note: bytes) -> None:
    spool = Spool(tmp_path)
    spool.put(b"damaged", about(0))
    spool.put(b"sound", about(1))
    (tmp_path / "000000001.json").write_bytes(note)
    assert [data for data, _ in drained(spool)] == [b"sound"]
    assert spool.dropped == 1


def test_refused_pictures_are_kept_aside_and_bounded(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit=2)
    for index in range(4):
        spool.put(bytes([index]), about(index))
        waiting = spool.oldest()
        assert waiting is not None
        spool.set_aside(waiting)
    assert (len(spool), spool.refused) == (0, 4)
    assert len(list((tmp_path / "refused").glob("*.jpg"))) == 2


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnavailableError):
        Spool(tmp_path / "file" / "spool")


def test_a_disk_that_fails_is_told_as_unavailable_in_whatever_is_done(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    (tmp_path / "000000001.jpg").mkdir()
    with pytest.raises(UnavailableError):
        spool.put(b"picture", about(1))
    (tmp_path / "000000001.jpg").rmdir()
    spool.put(b"picture", about(1))
    waiting = spool.oldest()
    assert waiting is not None
    waiting.path.unlink()
    waiting.path.mkdir()
    (tmp_path / "refused" / waiting.path.name).write_bytes(b"in the way")
    with pytest.raises(UnavailableError):
        spool.set_aside(waiting)


def test_what_is_no_picture_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    broken = BrokenParts()
    spool = Spool(tmp_path, broken=broken)
    for number in (1, 2):
        spool.put(b"picture", about(number))
    (tmp_path / "000000001.jpg").unlink()
    (tmp_path / "000000001.jpg").mkdir()
    waiting = spool.oldest()
    assert waiting is not None
    assert waiting.about == about(2)
    assert (len(spool), spool.dropped) == (1, 1)
    assert [part.kept_as is not None for part in broken.all] == [True]
