"""One contract for the folder's adapters; what only a real disk can show; who owns a folder."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from fleet.errors import ConflictError
from ground_station.flight.journal.files import Folder
from ground_station.flight.journal.journal import Journal
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.memory import MemoryFolder
from ground_station.flight.journal.posix import PosixFolder
from ground_station.flight.journal.verification import verify_journal
from tests.ground_station.flight.journal.troubled import SMALL, times, write_until_refused


@pytest.fixture(params=["posix", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Folder]:
    made: Folder = PosixFolder(tmp_path / "journal") if request.param == "posix" else MemoryFolder()
    made.own()
    yield made
    made.give_up()


def _names(folder: Folder) -> set[str]:
    return set(folder.names()) - {"journal.lock"}


def test_an_allocated_file_is_of_zeros_and_is_written_in_place(folder: Folder) -> None:
    folder.allocate("a", 100)
    assert folder.read("a") == bytes(100)
    folder.write("a", 10, b"abc")
    folder.write("a", 11, b"")
    assert folder.read("a") == bytes(10) + b"abc" + bytes(87)
    assert folder.read("a", 10, 2) == b"ab"
    assert folder.read("a", 500) == b""
    assert _names(folder) == {"a"}


def test_a_replaced_file_has_the_new_content(folder: Folder) -> None:
    folder.replace("c", b"one")
    folder.replace("c", b"")
    assert folder.read("c") == b""
    folder.replace("c", b"two")
    assert folder.read("c") == b"two"
    assert _names(folder) == {"c"}


def test_absent_files_are_told_as_such(folder: Folder) -> None:
    with pytest.raises(FileNotFoundError):
        folder.read("a")
    with pytest.raises(FileNotFoundError):
        folder.write("a", 0, b"x")


def test_there_is_no_old_chain_where_there_was_none(folder: Folder) -> None:
    assert folder.old_chain() is None


def test_an_absent_folder_has_no_names_and_is_made_only_where_its_parent_is(tmp_path: Path) -> None:
    folder = PosixFolder(tmp_path / "gone" / "journal")
    assert folder.names() == []
    with pytest.raises(FileNotFoundError):
        folder.own()
    assert not (tmp_path / "gone").exists()


def test_files_are_readable_by_their_owner_only_and_truly_allocated(tmp_path: Path) -> None:
    folder = PosixFolder(tmp_path / "journal")
    folder.own()
    folder.allocate("a", 1 << 16)
    assert (tmp_path / "journal").stat().st_mode & 0o077 == 0
    assert (tmp_path / "journal" / "a").stat().st_mode & 0o077 == 0
    assert (tmp_path / "journal" / "a").stat().st_blocks * 512 >= 1 << 16
    folder.give_up()


def test_a_file_deleted_while_it_is_open_is_not_written_into_the_void(tmp_path: Path) -> None:
    folder = PosixFolder(tmp_path / "journal")
    folder.own()
    folder.allocate("a", 100)
    folder.write("a", 0, b"x")
    shutil.rmtree(tmp_path / "journal")
    with pytest.raises(FileNotFoundError):
        folder.write("a", 1, b"y")
    folder.give_up()


async def test_a_folder_deleted_under_a_journal_is_begun_again_without_giving_a_number_twice(tmp_path: Path) -> None:
    folder = PosixFolder(tmp_path / "journal")
    journal = Journal.open(folder, times(), limits=SMALL)
    first = await journal.record(actor="a", action="x", subject="v", detail={})
    shutil.rmtree(tmp_path / "journal")
    begun = journal.begin(actor="a", action="recall", subject="v", detail={}, urgent=True)
    entry = await begun.wait_at_most(10.0)
    assert entry is not None
    assert entry.number > first.number
    assert journal.close(10.0)


def test_a_write_returns_only_after_its_file_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    real = os.fdatasync

    def note(descriptor: int) -> None:
        real(descriptor)
        synced.append((tmp_path / "journal" / "a").read_bytes().rstrip(b"\0"))

    monkeypatch.setattr(os, "fdatasync", note)
    folder = PosixFolder(tmp_path / "journal")
    folder.own()
    folder.allocate("a", 100)
    folder.write("a", 0, b"x")
    folder.write("a", 1, b"yz")
    assert synced == [b"x", b"xyz"]
    folder.give_up()


def test_a_process_without_descriptors_left_still_writes(tmp_path: Path) -> None:
    folder = PosixFolder(tmp_path / "journal")
    folder.own()
    folder.allocate("a", 100)
    folder.write("a", 0, b"x")
    taken: list[int] = []
    try:
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        with pytest.raises(OSError, match="Too many open files"):
            folder.read("a")
        folder.write("a", 1, b"y")
    finally:
        for descriptor in taken:
            os.close(descriptor)
    assert folder.read("a", 0, 2) == b"xy"
    folder.give_up()


def test_two_owners_of_one_folder_the_second_is_refused_in_words(tmp_path: Path) -> None:
    first = Journal.open(PosixFolder(tmp_path / "journal"), times(), limits=SMALL, within_s=30.0)
    threads = threading.active_count()
    with pytest.raises(ConflictError) as refused:
        Journal.open(PosixFolder(tmp_path / "journal"), times(), limits=SMALL, within_s=5.0)
    assert threading.active_count() == threads
    assert "別のプログラム" in refused.value.what.ja
    assert refused.value.cure is not None
    assert first.close(10.0)
    third = Journal.open(PosixFolder(tmp_path / "journal"), times(), limits=SMALL, within_s=30.0)
    assert third.close(10.0)


_OPEN = """
import sys
from pathlib import Path
from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from fleet.errors import ConflictError

try:
    AuditFile(Path(sys.argv[1]), ManualClock())
except ConflictError:
    print("refused")
else:
    print("opened")
"""


def _old_station(path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _OPEN, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.strip()


def test_while_the_journal_is_open_nobody_goes_on_in_the_old_chain(tmp_path: Path) -> None:
    old = tmp_path / "audit.jsonl"
    AuditFile(old, ManualClock()).append(actor="a", action="x", subject="v", detail={})
    journal = Journal.open(PosixFolder(tmp_path / "journal", old_chain=old), times(), limits=SMALL, within_s=30.0)
    assert _old_station(old) == "refused"
    assert journal.close(10.0)
    assert _old_station(old) == "opened"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of 256 KiB of its own."""
    mount = shutil.which("mount")
    place = tmp_path / "disk"
    place.mkdir()
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system cannot be mounted here (needs root)")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


async def test_on_a_disk_that_is_really_full_two_segments_are_written_and_the_rest_when_there_is_room(
    full_disk: Path,
) -> None:
    limits = JournalLimits(segment_bytes=32 << 10, most_line_bytes=4096, retry_s=0.01)
    journal = Journal.open(PosixFolder(full_disk / "journal"), times(), limits=limits)
    for _ in range(2):
        await journal.record(actor="a", action="before", subject="v", detail={})
    filler = full_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(bytes(1 << 20))
    written = 2 + await write_until_refused(journal, "full")
    assert written > 2 * limits.segment_bytes // 400
    recall = journal.begin(actor="a", action="recall", subject="v", detail={}, urgent=True)
    assert await recall.wait_at_most(0.05) is None
    assert not journal.health().is_well
    filler.unlink()
    assert await recall.wait_at_most(10.0) is not None
    assert journal.close(10.0)
    verdict = verify_journal(PosixFolder(full_disk / "journal"), None)
    assert verdict.faults == ()
    assert verdict.entries == written + 1


async def test_a_full_disk_at_the_first_start_of_all_keeps_entries_in_memory(full_disk: Path) -> None:
    filler = full_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(bytes(1 << 20))
    limits = JournalLimits(segment_bytes=32 << 10, most_line_bytes=4096, retry_s=0.01)
    journal = Journal.open(PosixFolder(full_disk / "journal"), times(), limits=limits)
    recall = journal.begin(actor="a", action="recall", subject="v", detail={}, urgent=True)
    assert await recall.wait_at_most(0.05) is None
    filler.unlink()
    assert await recall.wait_at_most(10.0) is not None
    assert journal.close(10.0)


async def test_a_disk_turned_read_only_keeps_what_is_begun_and_goes_on_afterwards(full_disk: Path) -> None:
    journal = Journal.open(PosixFolder(full_disk / "journal"), times(), limits=SMALL)
    await journal.record(actor="a", action="before", subject="v", detail={"command_id": "c"})
    journal.close(10.0)
    subprocess.run(["mount", "-o", "remount,ro", str(full_disk)], check=True)
    journal = Journal.open(PosixFolder(full_disk / "journal"), times(), limits=SMALL)
    assert journal.taken("c")
    recall = journal.begin(actor="a", action="recall", subject="v", detail={}, urgent=True)
    assert await recall.wait_at_most(0.05) is None
    subprocess.run(["mount", "-o", "remount,rw", str(full_disk)], check=True)
    assert await recall.wait_at_most(10.0) is not None
    assert journal.close(10.0)
    assert verify_journal(PosixFolder(full_disk / "journal"), None).faults == ()
