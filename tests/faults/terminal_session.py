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
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    job = subprocess.Popen(sys.argv[1:], process_group=0)
    # Only now: a child would not hear it either.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(0, job.pid)
    raise SystemExit(job.wait())


if __name__ == "__main__":
    main()
