"""Killed in the middle of its writes, again and again: what was acknowledged is there, and the chain is whole."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from ground_station.flight.journal.files import segment_numbers
from ground_station.flight.journal.posix import PosixFolder
from ground_station.flight.journal.reading import read_entries
from ground_station.flight.journal.verification import verify_journal

_KILLS = 50

_WRITE = """
import os, sys, threading, time
from pathlib import Path
from fleet.clock import SystemClock
from ground_station.flight.journal.journal import Journal
from ground_station.flight.journal.limits import JournalLimits
from ground_station.flight.journal.posix import PosixFolder
from ground_station.flight.journal.writer import Times

life = sys.argv[2]
limits = JournalLimits(segment_bytes=8192, most_line_bytes=4096, checkpoint_every=5)
times = Times(clock=SystemClock(), boot_id=life, boottime_s=time.monotonic)
journal = Journal.open(PosixFolder(Path(sys.argv[1])), times, limits=limits, within_s=10.0)

def write(name):
    for number in range(100_000):
        begun = journal.begin(actor=name, action="urgent", subject=life, detail={}, urgent=True)
        entry = journal.append(actor=name, action="x", subject=life, detail={"command_id": f"{life}-{name}-{number}"})
        os.write(1, f"{entry.number} {entry.hash} {life}-{name}-{number}\\n".encode())

for name in ("a", "b"):
    threading.Thread(target=write, args=(name,), daemon=True).start()
time.sleep(60)
"""


def _killed(folder: Path, life: int) -> list[list[str]]:
    """Let a process write until so many entries are acknowledged, kill it, and return all acknowledgements."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _WRITE, str(folder), str(life)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(1 + life * 7 % 23)]
        process.send_signal(signal.SIGKILL)
        lines.extend(process.stdout)
    return [line.split() for line in lines if line.endswith("\n")]


def test_no_acknowledged_entry_is_lost_over_fifty_kills(tmp_path: Path) -> None:
    folder = PosixFolder(tmp_path / "journal")
    acknowledged: dict[int, tuple[str, str]] = {}
    for life in range(_KILLS):
        for number, digest, command_id in _killed(tmp_path / "journal", life):
            assert int(number) not in acknowledged
            acknowledged[int(number)] = (digest, command_id)
    assert len(acknowledged) > _KILLS
    verdict = verify_journal(folder, None)
    assert verdict.faults == ()
    written = {
        entry.number: (entry.hash, entry.detail["command_id"])
        for entry in read_entries(folder, segment_numbers(folder.names()))
        if entry.action == "x"
    }
    assert acknowledged.items() <= written.items()
    assert len(set(written.values())) == len(written)
