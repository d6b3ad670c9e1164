"""A page of the town office as a browser has it: an office served on loopback, and its WebSocket followed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvicorn
import websockets
from fastapi import FastAPI

from portal.live import apply_patch


class QuietServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """Serve an app on a free port of loopback and give the port."""
    server = QuietServer(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, ws="websockets-sansio"))
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            assert not task.done()
            await asyncio.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


class Page:
    """What a page knows."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.kinds: list[str] = []
        self.cursor = 0

    async def follow(self, port: int, cookie: str) -> None:
        """Follow the live state until cancelled."""
        uri = f"ws://127.0.0.1:{port}/api/live"
        async with websockets.connect(uri, additional_headers={"Cookie": cookie}) as socket:
            async for text in socket:
                self._hear(msgspec.json.decode(text))

    def _hear(self, message: dict[str, Any]) -> None:
        self.kinds.append(message["type"])
        self.cursor = message["cursor"]
        if message["type"] == "snapshot":
            self.state = message["state"]
        elif message["type"] == "delta":
            self.state = apply_patch(self.state, message["patch"])

    def entity(self, collection: str, key: str) -> dict[str, Any]:
        """Return an entity, empty if the page does not know it."""
        found: dict[str, Any] = self.state.get(collection, {}).get(key, {})
        return found
