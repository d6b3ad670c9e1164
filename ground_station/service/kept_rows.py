"""Writes documents that somebody also has in memory, so that memory is what is on disk whatever the store raises."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec
import structlog

_log = structlog.get_logger(__name__)

OUTCOME_WITHIN_S = 5.0
"""How long a cancelled caller still waits for what became of its write, s; after that the write is left to itself."""

Row: TypeAlias = tuple[str, str, Any]
"""A document: its collection, its id, its body."""


class Rows(Protocol):
    """Where documents are kept, durably; both block."""

    def put_all(self, documents: Sequence[Row], at_s: float) -> None:
        """Add or replace documents in one transaction: all of them or none."""
        ...

    def get_json(self, collection: str, document_id: str) -> bytes | None:
        """Return a document as JSON, or None."""
        ...


async def keep(rows: Rows, documents: Sequence[Row], at_s: float, adopt: Callable[[], None]) -> None:
    """Write the documents in one transaction and call `adopt` once they are on disk, and only then.

    Raises what the store raises where it has not taken them. One that raises and has them all the same took them: then
    nothing is raised. `adopt` is called also where the caller is cancelled while the write goes on in its thread.
    """
    work = asyncio.ensure_future(_keep(rows, documents, at_s, adopt))
    try:
        await asyncio.shield(work)
    finally:
        if not work.done():  # the caller is cancelled
            await asyncio.wait([work], timeout=OUTCOME_WITHIN_S)


async def _keep(rows: Rows, documents: Sequence[Row], at_s: float, adopt: Callable[[], None]) -> None:
    writing = asyncio.ensure_future(asyncio.to_thread(rows.put_all, documents, at_s))
    await asyncio.wait([writing])
    error = writing.exception()
    if error is not None:
        if not isinstance(error, Exception) or not await _have(rows, documents):
            raise error
        _log.warning("the store raised, and has what it was given", error=repr(error))
    adopt()


async def _have(rows: Rows, documents: Sequence[Row]) -> bool:
    """Return whether the store has exactly these documents; False where it cannot be asked."""
    asking = asyncio.ensure_future(asyncio.to_thread(_are_there, rows, documents))
    await asyncio.wait([asking])
    return asking.exception() is None and asking.result()


def _are_there(rows: Rows, documents: Sequence[Row]) -> bool:
    return all(
        rows.get_json(collection, document_id) == msgspec.json.encode(body)
        for collection, document_id, body in documents
    )
