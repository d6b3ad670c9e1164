"""Paper over a plain audit trail: a thread of its own appends, so that a slow disk holds nobody up."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from fleet.audit import AuditEntry, AuditTrail


class TrailPaper:
    """Writes to `trail`, one entry after the other."""

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="paper")

    async def record(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> AuditEntry:
        """Return the entry once it is appended; raises UnavailableError."""
        return await asyncio.wrap_future(self._append(actor, action, subject, detail))

    async def begin_urgent(
        self, *, actor: str, action: str, subject: str, detail: Mapping[str, object], within_s: float
    ) -> None:
        """Append, and wait so long at most."""
        await asyncio.wait({asyncio.wrap_future(self._append(actor, action, subject, detail))}, timeout=within_s)

    def hand_over(self, *, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> None:
        """Append some time."""
        self._append(actor, action, subject, detail)

    def _append(self, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> Future[AuditEntry]:
        append = partial(self._trail.append, actor=actor, action=action, subject=subject, detail=detail)
        return self._writer.submit(append)
