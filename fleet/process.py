"""What a process asks of its kernel: to end with the one that started it, and to be the first to give way.

Linux only; elsewhere nothing is asked and False returned, and owners rely on what they note of their children.
"""

import contextlib
import ctypes
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent(parent_id: int) -> bool:
    """Have this process killed when the thread that started it ends; it ends now if `parent_id` is gone already.

    The kernel forgets the wish at a fork and at a change of user, and keeps it over exec (prctl(2)).
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    asked = libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) == 0
    if os.getppid() != parent_id:
        os._exit(1)
    return bool(asked)


def bound_to_us(program: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs `program` so that it is killed when we die."""
    return (
        sys.executable,
        "-S",
        "-E",
        str(Path(__file__).with_name("bound_child.py")),
        str(os.getpid()),
        program,
        *arguments,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How willingly a process gives way: `oom_score` 0…1000 (1000 dies first), `niceness` 0…19 (19 runs last)."""

    oom_score: int
    niceness: int


WORKER = Standing(oom_score=900, niceness=10)
"""A worker that is started again when it dies, and whose work can wait."""


def give_way(standing: Standing) -> bool:
    """Put this process, and the children it starts from now on, where the kernel takes from first.

    Never makes it more favoured than it is. Returns whether the kernel took both.
    """
    taken = True
    score = Path("/proc/self/oom_score_adj")
    try:
        if int(score.read_text()) < standing.oom_score:
            score.write_text(str(standing.oom_score))
    except (OSError, ValueError):
        taken = False
    with contextlib.suppress(OSError):
        if os.getpriority(os.PRIO_PROCESS, 0) < standing.niceness:
            os.setpriority(os.PRIO_PROCESS, 0, standing.niceness)
        return taken
    return False


def parent_of(process_id: int) -> int | None:
    """Return which process a running one belongs to; None if it is gone or the system does not say."""
    try:
        # Field 4 of proc_pid_stat(5); the name before it may hold anything, brackets too.
        return int(Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


def command_line_of(process_id: int) -> tuple[str, ...]:
    """Return the words a running process was started with; none if it is gone or the system does not say."""
    try:
        content = Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:
        return ()
    return tuple(word.decode(errors="surrogateescape") for word in content.split(b"\0")[:-1])
