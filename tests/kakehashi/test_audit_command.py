"""`kakehashi audit`: the chain from before the journal, the link over to it, and its segments are all checked."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.audit import verify_chain
from fleet.audit_file import AuditFile
from fleet.clock import ManualClock
from ground_station.flight.journal.journal import Journal
from ground_station.flight.journal.posix import PosixFolder
from ground_station.flight.journal.writer import Times
from kakehashi.cli import app


def _station(home: Path) -> Path:
    """Return a station's folder with an old chain of three entries and a journal of four behind it."""
    station = home / "drill" / "station"
    station.mkdir(parents=True)
    audit = AuditFile(station / "audit.jsonl", ManualClock())
    for number in range(3):
        audit.append(actor="佐藤", action="x", subject=str(number), detail={})
    _go_on(station, 3)
    return station


def _go_on(station: Path, count: int) -> None:
    clock = ManualClock()
    folder = PosixFolder(station / "journal", old_chain=station / "audit.jsonl")
    journal = Journal.open(folder, Times(clock=clock, boot_id="b", boottime_s=clock.monotonic_s))
    for number in range(count):
        journal.append(actor="佐藤", action="y", subject=str(number), detail={})
    assert journal.close(10.0)


def _flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def _verify(home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    monkeypatch.setenv("KAKEHASHI_HOME", str(home))
    done = CliRunner().invoke(app, ["audit", "verify"])
    return done.exit_code, [line[0] for line in done.output.splitlines()]


def test_a_whole_chain_and_its_journal_are_reported_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _station(tmp_path)
    assert _verify(tmp_path, monkeypatch) == (0, ["✓", "✓"])


@pytest.mark.parametrize("file", ["audit.jsonl", "journal/00000001.journal"])
def test_a_changed_byte_in_either_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    _flip(_station(tmp_path) / file, 30)
    code, marks = _verify(tmp_path, monkeypatch)
    assert code == 1
    assert "✗" in marks


def test_a_journal_that_set_its_damage_aside_is_whole_and_tells_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = _station(tmp_path)
    (station / "journal" / "checkpoint").unlink()
    _flip(station / "journal" / "00000001.journal", 700)
    _go_on(station, 1)
    assert _verify(tmp_path, monkeypatch) == (0, ["✓", "△", "✓"])


def test_a_broken_old_chain_is_known_damage_once_the_journal_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = tmp_path / "drill" / "station"
    station.mkdir(parents=True)
    audit = AuditFile(station / "audit.jsonl", ManualClock())
    for number in range(2):
        audit.append(actor="a", action="x", subject=str(number), detail={})
    del audit
    _flip(station / "audit.jsonl", 300)
    assert _verify(tmp_path, monkeypatch) == (1, ["✗"])
    _go_on(station, 1)
    assert _verify(tmp_path, monkeypatch) == (0, ["△", "✓", "△", "✓"])


def test_a_journal_can_be_verified_and_exported_by_its_folder(tmp_path: Path) -> None:
    station = _station(tmp_path)
    assert CliRunner().invoke(app, ["audit", "verify", str(station / "journal")]).exit_code == 0
    exported = CliRunner().invoke(app, ["audit", "export", str(station / "journal")]).output.splitlines()
    assert [json.loads(line)["number"] for line in exported] == [4, 5, 6, 7]
    old = (station / "audit.jsonl").read_text().splitlines()
    last, fault = verify_chain([*old, *exported])
    assert fault is None
    assert last is not None
    assert last.number == 7


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["audit", "export", str(tmp_path / "none")]).exit_code != 0
