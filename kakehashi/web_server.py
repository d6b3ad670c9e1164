"""Serves an ASGI app with uvicorn inside a running event loop, without taking over signals."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn

from fleet.errors import UnavailableError
from fleet.text import Text

_START_DEADLINE_S = 10.0


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handlers: the composition root decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


class WebServer:
    """One app on one port; an async context manager."""

    def __init__(self, app: Callable[..., Awaitable[Any]], host: str, port: int) -> None:
        self._server = QuietServer(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="websockets-sansio",
                ws_max_size=64 * 1024,
                timeout_graceful_shutdown=2,
                server_header=False,
            )
        )
        self._task: asyncio.Task[None] | None = None
        self.address = f"http://{host}:{port}"

    async def __aenter__(self) -> "WebServer":
        """Start serving; raises UnavailableError if the port cannot be had."""
        self._task = asyncio.create_task(self._server.serve())
        try:
            async with asyncio.timeout(_START_DEADLINE_S):
                while not self._server.started:
                    if self._task.done():
                        raise self._no_start()
                    await asyncio.sleep(0.02)
        except TimeoutError as error:
            raise self._no_start() from error
        return self

    def _no_start(self) -> UnavailableError:
        return UnavailableError(
            Text(f"{self.address} を開けません", f"cannot serve {self.address}"),
            Text("ポートが空いているか確認してください", "check that the port is free"),
        )

    async def ended(self) -> None:
        """Wait until it serves no more, by itself."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def __aexit__(self, *_: object) -> None:
        """Stop serving and wait for open requests, two seconds at most."""
        self._server.should_exit = True
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError, SystemExit):
                await self._task
