"""What a shell does for a job: runs a command as the foreground group of this terminal, and outlives its stops.

`python -m tests.faults.terminal_session COMMAND …`, with a terminal as standard input that is nobody's yet.
"""

import fcntl
import os
import signal
import subprocess
import sys
import termios


def main() -> None:
    """Run the command to its end."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    job = subprocess.Popen(sys.argv[1:], process_group=0, preexec_fn=_hears_all)
    os.tcsetpgrp(0, job.pid)
    raise SystemExit(job.wait())


def _hears_all() -> None:
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)


if __name__ == "__main__":
    main()
