"""A Unix socket under a path that may be long: the kernel takes 107 bytes, so it is reached through its folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "flight.sock"
"""The name of the flight core's socket in the station's folder."""


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Give a short name of `path` while the context is open; raises OSError if its folder is not there."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
