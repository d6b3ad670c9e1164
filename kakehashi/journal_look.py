"""Looks once through the flight core's journal when a desk starts, and says what is damaged and was told by nobody.

The core itself opens its journal at the newest entries, so that a start takes no longer with its age.
"""

import asyncio
from pathlib import Path

import structlog

from fleet.clock import Clock
from fleet.errors import FleetError
from fleet.set_aside import BrokenPart, BrokenParts
from fleet.text import Text
from kakehashi.audit_chains import check_chain

_log = structlog.get_logger(__name__)

_CURE = Text(
    "記録は続けて書かれます。フォルダごと保管し、管理者に渡してください（kakehashi audit verify で場所がわかります）",
    "recording goes on; keep the folder and hand it to the administrator (`kakehashi audit verify` shows the place)",
)


async def look_through_journal(folder: Path, broken: BrokenParts, clock: Clock) -> None:
    """Tell `broken` of every fault of a journal's folder that the journal itself does not know of."""
    try:
        report = await asyncio.to_thread(lambda: check_chain(folder) if folder.is_dir() else None)
    except (OSError, FleetError) as error:
        _log.warning("the flight journal was not looked through", why=str(error))
        return
    for fault in report.faults if report is not None else ():
        what = Text(f"飛行記録の {fault.ja}", f"the flight journal: {fault.en}")
        broken.add(BrokenPart(key=f"{folder}/{fault.en}", at_s=clock.now_s(), what=what, cure=_CURE))
