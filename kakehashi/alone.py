"""One process at a time: services that start at once make the same things, and must make them once."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from fleet.errors import UnavailableError
from fleet.text import Text

WITHIN_S = 60.0
_LOOK_EVERY_S = 0.02


@contextlib.contextmanager
def alone(lock: Path, *, within_s: float = WITHIN_S) -> Iterator[None]:
    """Hold the lock file while the context is open; raises UnavailableError if another holds it for too long."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UnavailableError(
            Text(f"{lock} を使えません: {error.strerror}", f"cannot use {lock}: {error.strerror}"),
            Text("ディスクの空きと権限を確認してください", "check the disk's free space and permissions"),
        ) from error
    try:
        _wait_for(descriptor, lock, within_s)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, lock: Path, within_s: float) -> None:
    deadline_s = time.monotonic() + within_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline_s:
                raise UnavailableError(
                    Text(f"{lock} を別のプログラムが使い続けています", f"another program holds {lock}"),
                    Text(
                        "動いている架け橋を止めてから、もう一度始めてください",
                        "stop the other Kakehashi and start again",
                    ),
                ) from error
            time.sleep(_LOOK_EVERY_S)
        else:
            return
