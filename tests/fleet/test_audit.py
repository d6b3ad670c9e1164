"""The audit chain: what is changed, taken out or torn is found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.audit import GENESIS, parse_entry, verify_chain
from fleet.audit_file import AuditFile, verify_file
from fleet.clock import ManualClock
from fleet.set_aside import BrokenParts


def _chain(path: Path, count: int) -> AuditFile:
    audit = AuditFile(path, ManualClock())
    for number in range(count):
        audit.append(actor="佐藤", action="command.recall", subject=f"v{number}", detail={"n": number})
    return audit


def test_a_chain_that_was_not_touched_verifies(tmp_path: Path) -> None:
    audit = _chain(tmp_path / "audit.jsonl", 5)
    last, fault = verify_file(tmp_path / "audit.jsonl")
    assert fault is None
    assert last is not None
    assert last.number == 5
    assert last.hash == audit.head


def test_the_first_entry_follows_genesis(tmp_path: Path) -> None:
    _chain(tmp_path / "audit.jsonl", 1)
    last, _ = verify_file(tmp_path / "audit.jsonl")
    assert last is not None
    assert last.previous == GENESIS


@pytest.mark.parametrize("victim", [0, 2, 4])
def test_a_changed_entry_is_found_at_its_line(tmp_path: Path, victim: int) -> None:
    path = tmp_path / "audit.jsonl"
    _chain(path, 5)
    lines = path.read_text().splitlines()
    lines[victim] = lines[victim].replace("佐藤", "鈴木")
    _, fault = verify_chain(lines)
    assert fault is not None
    assert fault.line_number == victim + 1


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('{"action"', '{"approved_by":"町長","action"'),
        ('{"action"', '{"actor":"鈴木","action"'),
        ('"number":2', '"number":2.9'),
        ('"number":2', '"number":1e999'),
        ('"at_s":', '"at_s":NaN,"x":'),
        ('"at_s":', '"at_s":1e999,"x":'),
        ('"佐藤"', '"\\ud800"'),
        ('{"action"', "[" * 100_000),
        ('"n":1', '"n":' + "[" * 900 + "]" * 900),
        ('"n":1', '"n": 1'),
    ],
)
def test_whatever_is_done_to_a_line_is_a_fault_at_that_line(tmp_path: Path, written: str, instead: str) -> None:
    path = tmp_path / "audit.jsonl"
    _chain(path, 3)
    lines = path.read_text().splitlines()
    assert written in lines[1]
    lines[1] = lines[1].replace(written, instead)
    last, fault = verify_chain(lines)
    assert fault is not None
    assert fault.line_number == 2
    assert last is not None
    assert last.number == 1


def test_bytes_that_are_no_text_do_not_pass_for_the_mark_that_stands_for_them(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    AuditFile(path, ManualClock()).append(actor="\ufffd", action="x", subject="x", detail={})
    path.write_bytes(path.read_bytes().replace("\ufffd".encode(), b"\xff"))
    _, fault = verify_file(path)
    assert fault is not None


def test_an_entry_taken_out_is_found(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    _chain(path, 5)
    lines = path.read_text().splitlines()
    del lines[2]
    _, fault = verify_chain(lines)
    assert fault is not None
    assert fault.line_number == 3


def test_a_torn_last_line_is_set_aside_and_the_chain_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    _chain(path, 3)
    with path.open("ab") as file:
        file.write(b'{"number":4,"at_s":1')
    audit = AuditFile(path, ManualClock())
    audit.append(actor="佐藤", action="after", subject="x", detail={})
    last, fault = verify_file(path)
    assert fault is None
    assert last is not None
    assert last.number == 4
    assert path.with_suffix(".jsonl.torn").read_bytes().startswith(b'{"number":4')


def test_a_changed_chain_is_kept_and_a_new_one_begins_with_where_it_broke(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    _chain(path, 3)
    changed = path.read_text().replace('"n":1', '"n":7')
    path.write_text(changed)
    broken = BrokenParts()
    audit = AuditFile(path, ManualClock(), broken)
    (told,) = broken.all
    assert told.kept_as is not None
    assert told.kept_as.read_text() == changed
    assert "2 行目" in told.what.ja
    audit.append(actor="佐藤", action="after", subject="x", detail={})
    last, fault = verify_file(path)
    assert fault is None
    assert last is not None
    assert last.number == 2
    first = parse_entry(path.read_text().splitlines()[0])
    good, _ = verify_file(told.kept_as)
    assert good is not None
    assert (first.action, first.subject) == ("audit.begun-anew", told.kept_as.name)
    assert first.detail["last_good_hash"] == good.hash
    assert (first.detail["last_good_number"], first.detail["line"]) == (1, 2)
    assert first.detail["reason"] == "its content was changed"


def test_a_chain_that_was_emptied_is_said_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    _chain(path, 3)
    path.write_bytes(b"")
    broken = BrokenParts()
    AuditFile(path, ManualClock(), broken).append(actor="佐藤", action="after", subject="x", detail={})
    assert [part.kept_as is not None for part in broken.all] == [True]
    assert verify_file(path)[1] is None


def test_a_restarted_service_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    _chain(path, 2)
    _chain(path, 2)
    last, fault = verify_file(path)
    assert fault is None
    assert last is not None
    assert last.number == 4


_FILL_AND_GO_ON = """
import resource, sys
from pathlib import Path
from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from fleet.errors import UnavailableError

path = Path(sys.argv[1])
audit = AuditFile(path, ManualClock())
audit.append(actor="a", action="first", subject="x", detail={})
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, hard))
try:
    audit.append(actor="a", action="refused", subject="x", detail={})
except UnavailableError:
    print("refused")
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
audit.append(actor="a", action="second", subject="x", detail={})
"""


def test_a_line_the_disk_takes_only_a_part_of_is_refused_and_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    command = [sys.executable, "-c", _FILL_AND_GO_ON, str(path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "refused\n"
    last, fault = verify_file(path)
    assert fault is None
    assert last is not None
    assert (last.number, last.action) == (2, "second")


def test_a_new_chains_name_is_made_durable_with_its_first_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    _chain(tmp_path / "audit.jsonl", 2)
    assert synced.count(tmp_path.stat().st_ino) == 1


_OPEN = """
import sys
from pathlib import Path
from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from fleet.errors import ConflictError

try:
    audit = AuditFile(Path(sys.argv[1]), ManualClock())
except ConflictError as error:
    print(error.what.en)
else:
    print("opened")
"""


def _open_elsewhere(path: Path) -> str:
    command = [sys.executable, "-c", _OPEN, str(path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.strip()


def test_a_second_process_is_refused_for_as_long_as_the_first_has_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    first = _chain(path, 2)
    assert verify_file(path)[1] is None
    assert _open_elsewhere(path) == f"another program is using the audit chain {path}"
    first.append(actor="佐藤", action="after", subject="x", detail={})
    assert _open_elsewhere(path) != "opened"
    del first
    assert _open_elsewhere(path) == "opened"
