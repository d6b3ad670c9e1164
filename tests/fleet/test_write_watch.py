"""How writers note their writes, and the probes that write only to see whether it goes."""

import errno
import os
import threading
from pathlib import Path

import pytest

from fleet.audit_file import AuditFile
from fleet.clock import ManualClock, SystemClock
from fleet.disk_health import CLEAR_AFTER_S, Cause, DiskHealth, Place
from fleet.disk_probe import DiskProbe, folder_probe, write_once
from fleet.errors import ConflictError, UnavailableError
from fleet.text import Text
from fleet.write_watch import WatchedAudit, WriteWatch, noting

WORDS = Text("書けません", "cannot be written")


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("error", [UnavailableError(WORDS), OSError(errno.ENOSPC, "full")])
def test_a_refusal_is_noted_and_raised_on(error: Exception) -> None:
    health = DiskHealth()
    with pytest.raises(type(error)), WriteWatch(health, Place.AUDIT, ManualClock()).write():
        raise error
    assert [alarm.place for alarm in health.alarms(0.0)] == [Place.AUDIT]


def test_a_callers_own_error_is_no_word_on_the_disk() -> None:
    health = DiskHealth()
    with pytest.raises(ConflictError), WriteWatch(health, Place.AUDIT, ManualClock()).write():
        raise ConflictError(WORDS)
    assert health.alarms(100.0) == ()


def test_the_time_of_a_write_is_the_monotonic_clocks() -> None:
    health, clock = DiskHealth(), ManualClock()
    with WriteWatch(health, Place.OUTBOX, clock).write():
        clock.jump(3600.0)
    assert health.alarms(clock.monotonic_s()) == ()
    with WriteWatch(health, Place.OUTBOX, clock).write():
        clock.advance(10.0)
    assert health.alarms(clock.monotonic_s())[0].cause is Cause.SLOW


def test_without_a_watch_a_write_is_just_made() -> None:
    with pytest.raises(OSError, match="full"), noting(None):
        raise OSError(errno.ENOSPC, "full")


def test_the_audit_trails_refusal_is_an_alarm_that_ends_once_it_takes_entries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    health, clock = DiskHealth(), ManualClock()
    chain = AuditFile(tmp_path / "audit.jsonl", clock)
    audit = WatchedAudit(chain, WriteWatch(health, Place.AUDIT, clock))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for _ in range(2):
            with pytest.raises(UnavailableError):
                audit.append(actor="花子", action="command", subject="v1", detail={})
        with pytest.raises(UnavailableError):
            audit.resume()
    (alarm,) = health.alarms(0.0)
    assert (alarm.cause, alarm.refused) == (Cause.FULL, 3)
    clock.advance(CLEAR_AFTER_S)
    audit.resume()
    assert health.alarms(clock.monotonic_s()) == ()
    assert audit.append(actor="花子", action="command", subject="v1", detail={}).number == 2


def test_a_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    health = DiskHealth()
    probe = folder_probe(tmp_path, WriteWatch(health, Place.FOLDER, SystemClock()))
    assert probe.start()
    assert probe.wait(10.0)
    assert list(tmp_path.iterdir()) == []
    assert health.alarms(SystemClock().monotonic_s()) == ()


def test_a_probe_after_a_killed_one_works(tmp_path: Path) -> None:
    (tmp_path / "probe").write_bytes(b"left")
    write_once(tmp_path / "probe", 10)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
def test_a_disk_that_refuses_is_found_though_nobody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    health = DiskHealth()
    probe = folder_probe(tmp_path, WriteWatch(health, Place.FOLDER, SystemClock()))
    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        probe.start()
        assert probe.wait(10.0)
    assert [alarm.cause for alarm in health.alarms(0.0)] == [Cause.FULL]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_found(tmp_path: Path) -> None:
    health = DiskHealth()
    probe = folder_probe(tmp_path / "gone", WriteWatch(health, Place.FOLDER, SystemClock()))
    probe.start()
    assert probe.wait(10.0)
    assert [alarm.cause for alarm in health.alarms(0.0)] == [Cause.GONE]


def test_a_probe_that_hangs_is_seen_and_no_second_one_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    health, clock = DiskHealth(), ManualClock()
    probe = folder_probe(tmp_path, WriteWatch(health, Place.FOLDER, clock))
    hanging, release = threading.Event(), threading.Event()

    def hang(_: int) -> None:
        hanging.set()
        release.wait(30.0)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", hang)
        assert probe.start()
        assert hanging.wait(10.0)
        clock.advance(5.0)
        assert [alarm.cause for alarm in health.alarms(clock.monotonic_s())] == [Cause.SLOW]
        assert not probe.start()
        release.set()
        assert probe.wait(10.0)
    clock.advance(CLEAR_AFTER_S)
    assert probe.start()
    assert probe.wait(10.0)
    assert health.alarms(clock.monotonic_s()) == ()


def test_a_probe_takes_what_its_work_finds() -> None:
    def work() -> None:
        raise UnavailableError(WORDS)

    probe = DiskProbe("audit", work)
    assert probe.wait(0.0)
    assert probe.start()
    assert probe.wait(10.0)
    assert probe.start()
