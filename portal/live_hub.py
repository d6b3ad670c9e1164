"""Hands live state to any number of WebSockets, each at its own pace.

There is no queue a reader: a slow one is given one merged patch when it is ready again, so memory stays bounded and
nobody sees old states late. A patch is encoded once, however many readers wait for it.
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec

from fleet.clock import Clock
from portal.live import JsonObject, LiveState

FLUSH_PERIOD_S = 0.05
BEAT_PERIOD_S = 1.0


class LiveHub:
    """One live state and its readers. Use from one event loop."""

    def __init__(self, state: LiveState, clock: Clock) -> None:
        self.state = state
        self._clock = clock
        self._changed = asyncio.Event()
        self._flushed = asyncio.Condition()
        self._encoded: tuple[int, int, bytes] | None = None
        self.readers = 0

    def touch(self) -> None:
        """Say that the state changed; it is sent within one flush period."""
        self._changed.set()

    def put(self, collection: str, key: str, value: JsonObject) -> None:
        """Set one entity and wake the readers if it changed."""
        if self.state.put(collection, key, value):
            self._changed.set()

    def remove(self, collection: str, key: str) -> None:
        """Take one entity out and wake the readers."""
        if self.state.remove(collection, key):
            self._changed.set()

    def set(self, key: str, value: object) -> None:
        """Set a top-level value and wake the readers if it changed."""
        if self.state.set(key, value):
            self._changed.set()

    async def run(self) -> None:
        """Flush changes until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            self.state.set("clock_s", round(self._clock.now_s(), 3))
            if self.state.flush() is not None:
                async with self._flushed:
                    self._flushed.notify_all()
            await asyncio.sleep(FLUSH_PERIOD_S)

    async def messages(self, cursor: int | None) -> AsyncIterator[bytes]:
        """Yield encoded messages from `cursor` on: first a snapshot or what was missed, then deltas and beats."""
        self.readers += 1
        try:
            position = -1 if cursor is None else cursor
            if cursor is None or self.state.patch_since(cursor) is None:
                position = self.state.cursor
                yield self._snapshot()
            while True:
                if position == self.state.cursor:
                    yield self._beat()
                    await self._wait_for_flush(position)
                if position != self.state.cursor:
                    message, position = self._since(position)
                    yield message
        finally:
            self.readers -= 1

    async def _wait_for_flush(self, position: int) -> None:
        async with self._flushed:
            if position == self.state.cursor:
                try:
                    async with asyncio.timeout(BEAT_PERIOD_S):
                        await self._flushed.wait()
                except TimeoutError:
                    return

    def _snapshot(self) -> bytes:
        return self._encode("snapshot", "state", self.state.state)

    def _beat(self) -> bytes:
        return msgspec.json.encode({"type": "beat", "cursor": self.state.cursor, "at_s": self._clock.now_s()})

    def _since(self, position: int) -> tuple[bytes, int]:
        newest = self.state.cursor
        if self._encoded is not None and self._encoded[:2] == (position, newest):
            return self._encoded[2], newest
        patch = self.state.patch_since(position)
        if patch is None:
            return self._snapshot(), newest
        message = self._encode("delta", "patch", patch)
        self._encoded = (position, newest, message)
        return message, newest

    def _encode(self, kind: str, field: str, content: JsonObject) -> bytes:
        return msgspec.json.encode(
            {"type": kind, "cursor": self.state.cursor, "at_s": self._clock.now_s(), field: content}
        )
