"""The chain from before the journal goes on in it, and stays as it is."""

from pathlib import Path

import pytest

from fleet.audit import RESUMED
from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from ground_station.flight.journal.journal import Journal
from ground_station.flight.journal.opening import open_chain
from ground_station.flight.journal.posix import PosixFolder, read_old_chain
from ground_station.flight.journal.verification import Verdict, verify_journal
from tests.ground_station.flight.journal.troubled import SMALL, times


def _old(path: Path, count: int) -> AuditFile:
    audit = AuditFile(path, ManualClock())
    for number in range(count):
        audit.append(actor="佐藤", action="command.recall", subject=f"v{number}", detail={"n": number})
    return audit


def _goes_on(station: Path) -> None:
    folder = PosixFolder(station / "journal", old_chain=station / "audit.jsonl")
    journal = Journal.open(folder, times(), limits=SMALL)
    journal.append(actor="佐藤", action="after", subject="v", detail={})
    assert journal.close(10.0)


def _verdict(station: Path) -> Verdict:
    return verify_journal(PosixFolder(station / "journal"), read_old_chain(station / "audit.jsonl"))


def test_the_first_entry_goes_on_with_number_and_hash_of_the_old_chain_and_names_it(tmp_path: Path) -> None:
    head = _old(tmp_path / "audit.jsonl", 5).head
    before = (tmp_path / "audit.jsonl").read_bytes()
    for _ in range(2):
        _goes_on(tmp_path)
    assert (tmp_path / "audit.jsonl").read_bytes() == before
    verdict = _verdict(tmp_path)
    assert (verdict.faults, verdict.set_aside) == ((), ())
    assert (verdict.continues, verdict.entries) == ("audit.jsonl", 3)
    assert verdict.last is not None
    assert (verdict.last.number, verdict.last.action) == (8, "after")
    line = (tmp_path / "journal" / "00000001.journal").read_bytes().split(b"\n")[0].decode()
    assert f'"action":"{RESUMED}"' in line
    assert '"number":6' in line
    assert f'"previous":"{head}"' in line


def test_the_old_chain_is_read_only_until_the_journal_has_an_entry(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    _old(path, 5)
    _goes_on(tmp_path)
    folder = PosixFolder(tmp_path / "journal", old_chain=path)

    def not_again() -> None:
        pytest.fail("it was read again")

    assert open_chain(folder, old=not_again).last is not None


@pytest.mark.parametrize("start", [b"", None], ids=["empty", "absent"])
def test_where_there_is_nothing_to_go_on_from_the_chain_begins(tmp_path: Path, start: bytes | None) -> None:
    if start is not None:
        (tmp_path / "audit.jsonl").write_bytes(start)
    _goes_on(tmp_path)
    verdict = _verdict(tmp_path)
    assert (verdict.faults, verdict.continues) == ((), None)
    assert verdict.last is not None
    assert verdict.last.number == 1


@pytest.mark.parametrize("victim", [0, 2, 4])
@pytest.mark.parametrize("torn", [False, True])
def test_a_broken_old_chain_is_named_with_its_finding_and_left_as_it_is(
    tmp_path: Path, victim: int, torn: bool
) -> None:
    path = tmp_path / "audit.jsonl"
    _old(path, 5)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[victim] = lines[victim][:40] if torn else lines[victim].replace("佐藤".encode(), "鈴木".encode())
    content = b"".join(lines[: victim + 1] if torn else lines)
    path.write_bytes(content)
    _goes_on(tmp_path)
    assert path.read_bytes() == content
    verdict = _verdict(tmp_path)
    assert verdict.faults == ()
    assert [(finding.file, finding.reason.split(":")[0]) for finding in verdict.set_aside] == [
        ("audit.jsonl", f"line {victim + 1}")
    ]
    assert verdict.last is not None
    assert verdict.last.number > (victim if torn else 5)


def test_an_old_chain_that_was_changed_or_gone_on_with_afterwards_is_found(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    _old(path, 5)
    _goes_on(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"n":4', b'"n":7'))
    assert _verdict(tmp_path).faults
    path.write_bytes(whole)
    _old(path, 1)
    assert "does not go on from the end of audit.jsonl" in _verdict(tmp_path).faults[0].reason
    path.write_bytes(whole)
    assert _verdict(tmp_path).faults == ()


def test_an_old_chain_that_was_moved_away_is_no_fault_but_is_said(tmp_path: Path) -> None:
    _old(tmp_path / "audit.jsonl", 5)
    _goes_on(tmp_path)
    (tmp_path / "audit.jsonl").unlink()
    verdict = _verdict(tmp_path)
    assert verdict.faults == ()
    assert verdict.old_is_missing
