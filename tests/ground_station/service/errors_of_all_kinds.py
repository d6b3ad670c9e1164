"""Every kind of error that a part of the desk may raise, foreseen or not, one of each."""

import asyncio
import sqlite3

import msgspec
import sqlalchemy as sa

from fleet.error_kinds import KIND_OF
from fleet.errors import FleetError
from fleet.text import Text


def foreseen() -> list[FleetError]:
    """Return one error of each class of the tree."""
    kinds: list[type[FleetError]] = [FleetError, *KIND_OF.values()]
    return [kind(Text("だめです", f"it is {kind.code}"), Text("直す", "mend it")) for kind in kinds]


def of_the_store() -> list[Exception]:
    """Return what the store raises besides, by itself or because of the disk, its driver or this machine."""
    cause = sqlite3.OperationalError("disk I/O error")
    return [
        sa.exc.IntegrityError("INSERT", {}, cause),
        sa.exc.DataError("INSERT", {}, cause),
        sa.exc.ProgrammingError("INSERT", {}, cause),
        sa.exc.DBAPIError("COMMIT", {}, cause),
        sa.exc.TimeoutError("the pool is empty"),
        sa.exc.InvalidRequestError("closed"),
        cause,
        msgspec.EncodeError("no JSON"),
        TypeError("no such type"),
        OSError(28, "No space left on device"),
        TimeoutError(),
        MemoryError(),
        RuntimeError("can't start new thread"),
    ]


def unforeseen() -> list[BaseException]:
    """Return errors that nobody has thought of at the place where they come."""
    group = ExceptionGroup("several", [ValueError("one"), KeyError("other")])
    return [*of_the_store(), KeyError("x"), AssertionError(), RecursionError(), group, asyncio.CancelledError()]


def named(error: BaseException) -> str:
    """Return a short name of an error, for the test's id."""
    return type(error).__name__
