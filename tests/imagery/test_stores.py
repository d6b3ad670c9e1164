import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.errors import InvalidValueError, NotFoundError, UnavailableError
from fleet.set_aside import BrokenParts
from imagery.folder_store import FolderStore
from imagery.memory_store import MemoryStore
from imagery.store import Copy, DamagedPictureError, PictureStore, sha256_of

MakeStore = Callable[[], PictureStore]


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PictureStore:
    return MemoryStore() if request.param == "memory" else FolderStore(tmp_path / "pictures")


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_an_original_comes_back_byte_for_byte(store: PictureStore) -> None:
    data = bytes(range(256)) * 100
    assert store.get(store.put(data)) == data


def test_the_same_bytes_are_kept_once(store: PictureStore) -> None:
    assert store.put(b"a") == store.put(b"a")
    assert list(store.originals()) == [sha256_of(b"a")]


def test_parts_can_be_read(store: PictureStore) -> None:
    sha256 = store.put(b"0123456789")
    assert [store.part(sha256, at, 4) for at in (0, 4, 8, 12)] == [b"0123", b"4567", b"89", b""]


def test_copies_are_kept_apart_and_may_be_replaced(store: PictureStore) -> None:
    sha256 = store.put(b"a")
    store.put_copy(sha256, Copy.PREVIEW, b"first")
    store.put_copy(sha256, Copy.PREVIEW, b"second")
    assert store.copy(sha256, Copy.PREVIEW) == b"second"
    assert list(store.originals()) == [sha256]
    with pytest.raises(NotFoundError):
        store.copy(store.put(b"b"), Copy.PREVIEW)


def test_what_is_not_there_is_not_found(store: PictureStore) -> None:
    for read in (store.get, lambda sha256: store.part(sha256, 0, 1)):
        with pytest.raises(NotFoundError):
            read("0" * 64)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../" * 20 + "etc/passwd",
        "a" * 63,
        "A" * 64,
        "g" * 64,
        "0" * 64 + "\n",
        "0" * 63 + "\x00",
        "é" * 64,
        "/" * 4096,
    ],
)
def test_no_name_but_a_hash_reaches_the_disk(store: PictureStore, name: str) -> None:
    for read in (store.get, lambda n: store.part(n, 0, 1), lambda n: store.copy(n, Copy.PREVIEW)):
        with pytest.raises(InvalidValueError):
            read(name)
    with pytest.raises(InvalidValueError):
        store.put_copy(name, Copy.PREVIEW, b"x")


def test_a_hundred_writers_of_one_picture_leave_one(store: PictureStore) -> None:
    data = os.urandom(50_000)
    writers = [threading.Thread(target=store.put, args=(data,)) for _ in range(100)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert list(store.originals()) == [sha256_of(data)]
    assert store.get(sha256_of(data)) == data


def test_a_flipped_bit_is_noticed_and_mended_by_the_next_put(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    sha256 = store.put(b"original")
    (path,) = files(tmp_path)
    path.write_bytes(b"origimal")
    with pytest.raises(DamagedPictureError):
        store.get(sha256)
    store.put(b"original")
    assert store.get(sha256) == b"original"


def test_what_a_power_cut_left_half_written_is_cleared(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    sha256 = store.put(b"original")
    (path,) = files(tmp_path)
    left = path.with_name(".passing-00")
    left.write_bytes(b"half")
    assert list(FolderStore(tmp_path).originals()) == [sha256]
    assert not left.exists()


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    store = FolderStore(tmp_path / "root")
    sha256 = sha256_of(b"secret")
    folder = tmp_path / "root" / "originals" / sha256[:2]
    folder.mkdir(parents=True)
    (folder / sha256).symlink_to(secret)
    with pytest.raises(UnavailableError):
        store.get(sha256)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnavailableError) as error:
        FolderStore(tmp_path / "file" / "pictures")
    assert error.value.cure is not None


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnavailableError):
        store.put(b"x" * 10)
    assert list(store.originals()) == []


@pytest.mark.parametrize("where", ["originals", "originals/{folder}", "originals/{folder}/{name}", "copies/{folder}"])
def test_what_stands_in_the_way_of_pictures_is_set_aside(tmp_path: Path, where: str) -> None:
    sha256 = sha256_of(b"x" * 10)
    place = tmp_path / where.format(folder=sha256[:2], name=sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    if where.endswith("{name}"):
        place.mkdir()
    else:
        place.write_text("in the way")
    broken = BrokenParts()
    store = FolderStore(tmp_path, broken=broken)
    store.put(b"x" * 10)
    store.put_copy(sha256, Copy.PREVIEW, b"small")
    assert store.get(sha256) == b"x" * 10
    assert list(store.originals()) == [sha256]
    assert [part.kept_as is not None for part in broken.all] == [True]


def test_a_damaged_original_is_told_once_and_sent_again_it_is_whole(tmp_path: Path) -> None:
    broken = BrokenParts()
    store = FolderStore(tmp_path, broken=broken)
    sha256 = store.put(b"x" * 10)
    (tmp_path / "originals" / sha256[:2] / sha256).write_bytes(b"x" * 9 + b"y")
    for _ in range(2):
        with pytest.raises(DamagedPictureError):
            store.get(sha256)
    assert len(broken.all) == 1
    store.put(b"x" * 10)
    assert store.get(sha256) == b"x" * 10
