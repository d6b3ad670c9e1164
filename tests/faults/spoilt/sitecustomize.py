"""Put first on a run's PYTHONPATH: makes its processes misbehave while files are there.

In the folder that FAULTS names: while there is a file `shout`, each service writes 1,000 log lines a second; while
there is a file `burn`, planner and image workers burn a core each, and memory up to the mebibytes that the file holds.
"""

import os
import sys
import threading
import time
from pathlib import Path

SERVICES = {"ground-station", "town-office"}
WORKERS = ("spawn_main", "imagery.worker_main")
_PIECE_BYTES = 4 << 20
_held: list[bytearray] = []


def _shout(file: Path) -> None:
    while True:
        if file.exists():
            sys.stderr.write("a line that nobody reads, long enough to fill whatever takes it in\n" * 10)
            sys.stderr.flush()
        time.sleep(0.01)


def _burn(file: Path) -> None:
    while True:
        try:
            most = int(file.read_text() or 0) << 20
        except (OSError, ValueError):
            _held.clear()
            time.sleep(0.2)
            continue
        if len(_held) * _PIECE_BYTES < most:
            _held.append(bytearray(os.urandom(4096)) * (_PIECE_BYTES // 4096))
        sum(range(20_000))


if "FAULTS" in os.environ:
    _folder = Path(os.environ["FAULTS"])
    if SERVICES & set(sys.orig_argv):
        threading.Thread(target=_shout, args=(_folder / "shout",), daemon=True).start()
    if any(word in part for word in WORKERS for part in sys.orig_argv):
        threading.Thread(target=_burn, args=(_folder / "burn",), daemon=True).start()
