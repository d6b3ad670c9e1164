"""Replacing a file whole: who reads it finds the one before or the new one, and never a part."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put `content`, durable, in the place of a file; raises OSError, then the one before is there as it was.

    Where only the folder's disk then refuses, the new one is there, and may be gone with the power.

    `mode` is that of a file anew, less the process's mask. It is written as `*.new` first, which one writer may do.
    """
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
