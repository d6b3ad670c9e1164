"""Where passwords are hashed: two at a time in a process, in threads of their own.

Argon2id takes 64 MiB and both cores for a moment. Two hundred sign-ins at once must not take the memory and the threads
that everything else needs: 32 wait, and who comes beyond that is told to come again.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fleet.errors import TooManyError
from fleet.text import Text

AT_ONCE = 2
WAITING_MOST = 32
_NICE = 10

T = TypeVar("T")


class Hasher(Protocol):
    """What hashes; `argon2.PasswordHasher` is one."""

    def hash(self, password: str, /) -> str:
        """Return a hash."""
        ...

    def verify(self, stored: str, password: str, /) -> bool:
        """Return True, or raise VerificationError or InvalidHashError."""
        ...


class PasswordDesk:
    """Hashes and verifies, two at a time, whoever asks and from whichever thread."""

    def __init__(self, hasher: Hasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._seats = threading.BoundedSemaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password", initializer=_yield_to_all_else)
        self._waiting = 0

    def hash(self, password: str) -> str:
        """Return the hash of a password; blocking."""
        with self._seats:
            return self._hasher.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        """Return whether a password belongs to a hash; blocking."""
        with self._seats:
            try:
                return self._hasher.verify(stored, password)
            except (VerificationError, InvalidHashError):
                return False

    async def take(self, work: Callable[[], T]) -> T:
        """Return what blocking `work` returns, done at this desk; raises TooManyError if 32 wait already."""
        if self._waiting >= AT_ONCE + WAITING_MOST:
            raise TooManyError(
                Text("サインインが混み合っています", "too many people are signing in at once"),
                Text("数秒待って、もう一度押してください", "wait a few seconds and press again"),
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _yield_to_all_else() -> None:
    """Let this thread, and those that Argon2 starts from it, run when nothing else wants to (Linux; else as usual)."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
