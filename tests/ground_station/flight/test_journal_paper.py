"""The journal as the core asks for it, at a start on a disk that does not answer."""

import asyncio
from typing import Any, cast

from ground_station.flight.journal_paper import JournalPaper


class Head:
    number = 7


class StuckJournal:
    head = Head()

    async def entries_after(self, number: int, limit: int) -> None:
        await asyncio.Event().wait()


async def test_links_do_not_wait_for_entries_that_the_disk_does_not_give() -> None:
    async with asyncio.timeout(10.0):
        paper = await JournalPaper.of(cast("Any", StuckJournal()))
    assert paper.recent() == ()
