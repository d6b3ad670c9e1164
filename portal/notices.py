"""What a service has to say of itself, among the alerts that its pages show: a broken file, a part that keeps falling.

A notice is an entity of the live collection `alerts` without an aircraft; its id begins with `notice-`, so that what
keeps the other alerts equal to a database leaves it alone. For one event loop, but for `say_broken`.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Literal

from fleet.clock import Clock
from fleet.set_aside import BrokenPart, BrokenParts, kept_aside
from fleet.text import Text
from portal.live_hub import LiveHub

PREFIX = "notice-"
MOST = 30
RECALLED_S = 24 * 3600.0
_ALERTS = "alerts"


class Notices:
    """The notices of one service. Beyond 30 the oldest goes off the page; it stays in the log."""

    def __init__(self, hub: LiveHub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._shown: dict[str, None] = {}

    def say(self, key: str, level: Literal["warn", "act"], text: Text, *, at_s: float | None = None) -> None:
        """Show a notice, or say it anew; `key` names what it is about."""
        notice = notice_id(key)
        self._shown.setdefault(notice, None)
        while len(self._shown) > MOST:
            oldest = next(iter(self._shown))
            del self._shown[oldest]
            self._hub.remove(_ALERTS, oldest)
        shown = {
            "id": notice,
            "at_s": self._clock.now_s() if at_s is None else at_s,
            "level": level,
            "text": text.as_dict(),
            "vehicle_id": None,
        }
        self._hub.put(_ALERTS, notice, shown)

    def over(self, key: str) -> None:
        """Take a notice off: its cause is over."""
        notice = notice_id(key)
        if self._shown.pop(notice, self) is None:
            self._hub.remove(_ALERTS, notice)

    def follow(self, broken: BrokenParts) -> None:
        """Show what was found broken, now and from now on, from whatever thread it is found in."""
        loop = asyncio.get_running_loop()

        def on_broken(part: BrokenPart) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._say_broken, part)

        broken.subscribe(on_broken)

    def recall(self, folder: Path) -> None:
        """Show what earlier starts set aside in a folder within the last day: a restart must not hide it."""
        since_s = self._clock.now_s() - RECALLED_S
        for part in kept_aside((folder,)):
            if part.at_s >= since_s:
                self._say_broken(part)

    def _say_broken(self, part: BrokenPart) -> None:
        text = Text(f"{part.what.ja}。{part.cure.ja}", f"{part.what.en}. {part.cure.en}")
        self.say(f"{part.key}/{part.kept_as}", "warn", text, at_s=part.at_s)


def notice_id(key: str) -> str:
    """Return the id of the notice about `key`."""
    return PREFIX + hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()[:24]
