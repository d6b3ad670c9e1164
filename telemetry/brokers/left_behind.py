"""A broker that a killed service left behind is known by what it was started with, ended, and its port taken again.

On Linux a child dies with its owner; this is for what lives on all the same, as one that an older version started.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

from fleet.process import command_line_of, parent_of

PROCESS_FILE = "mosquitto.pid"
_END_WITHIN_S = 3.0
_LOOK_EVERY_S = 0.05


def note_process(folder: Path, process_id: int) -> None:
    """Write down which process we started with the files of `folder`; raises OSError."""
    (folder / PROCESS_FILE).write_text(f"{process_id} {os.getpid()}\n", encoding="ascii")


def end_left_behind(folder: Path, configuration: Path) -> bool:
    """End the process of an earlier owner if it surely is one; return whether there was one. Blocks up to 3 s.

    Sure is what runs `mosquitto` with our very configuration file, and whose owner is gone.
    """
    try:
        process_id, owner_id = map(int, (folder / PROCESS_FILE).read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return False
    if not _is_ours(process_id, configuration) or parent_of(process_id) in (owner_id, None):
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process_id, number)
        deadline_s = time.monotonic() + _END_WITHIN_S / 2.0
        while time.monotonic() < deadline_s:
            if not _is_ours(process_id, configuration):
                return True
            time.sleep(_LOOK_EVERY_S)
    return False


def _is_ours(process_id: int, configuration: Path) -> bool:
    words = command_line_of(process_id) if process_id > 1 else ()
    return bool(words) and Path(words[0]).name == "mosquitto" and words[1:] == ("-c", str(configuration))
