"""Started as `python bound_child.py PARENT_ID PROGRAM ARGUMENT…`: becomes the program, killed when its parent dies.

A program of somebody else cannot ask that of the kernel itself; asked between fork and exec of a process with threads
it could hang, so this one asks for it and then becomes the other.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from fleet.process import end_with_parent

    end_with_parent(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
